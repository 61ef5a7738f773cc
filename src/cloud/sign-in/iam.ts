import * as z from 'zod'
import type { Clock } from '../../clock.ts'
import { isSuccess, readAnswer, sendOnce } from '../answer.ts'
import { isLastingProblem } from '../connection-problem.ts'
import type { CatalogueEntry } from '../endpoints.ts'
import type { Redact } from '../error-body.ts'
import {
  ApiError,
  apiErrorFromResponse,
  isFromElsewhere,
  isRedirect,
  unreadableAnswer,
  type Asked,
} from '../errors.ts'
import { MAY_PASS } from '../catalogue.ts'
import { text } from '../tolerant.ts'
import type { HttpResponse, Transport } from '../transport.ts'
import type { UnsignedRequest } from './authenticator.ts'
import { withClockSkew } from './clock-skew.ts'
import type { Domain, PasswordUser } from './credential.ts'

/** Identity and Access Management, API v3: the calls of it that signing in needs. */
export interface Iam {
  readonly transport: Transport
  /** Base URL without `/v3`. */
  readonly endpoint: string
  readonly clock: Clock
  readonly requestTimeoutMs: number
  readonly redact: Redact
  /** Cuts a call off, and the wait before it is repeated. */
  readonly signal?: AbortSignal | undefined
}

export type ProjectScope =
  | { readonly id: string }
  | { readonly name: string; readonly domain?: Domain }

/** The user as IAM names it in the answer to a sign-in. */
export interface TokenUser {
  readonly name: string
  /** Null: not told. */
  readonly domain: string | null
}

export interface IssuedToken {
  readonly token: string
  readonly lifetimeMs: number
  readonly projectId: string | null
  /** Null: not told. */
  readonly projectName: string | null
  readonly user: TokenUser | null
  readonly catalogue: readonly CatalogueEntry[]
}

/** One odd entry costs its own service the endpoint, and no other. */
const catalogueSchema = z
  .array(
    z
      .object({
        type: z.string(),
        endpoints: z.array(
          z
            .object({ url: z.string(), region_id: text, region: text, interface: text })
            .nullable()
            .catch(null),
        ),
      })
      .nullable()
      .catch(null),
  )
  .nullish()
  .catch(null)
  .transform((entries) =>
    (entries ?? [])
      .filter((entry) => entry !== null)
      .map(({ type, endpoints }) => ({
        type,
        endpoints: endpoints.filter((endpoint) => endpoint !== null),
      })),
  )

/** Which project the token is for must be readable; all else an odd answer may lack, and nobody the sign-in for it. */
const tokenSchema = z.object({
  token: z.object({
    expires_at: text,
    issued_at: text,
    project: z.object({ id: z.string(), name: text }).nullish(),
    user: z
      .object({ name: text, domain: z.object({ name: text }).nullish().catch(null) })
      .nullish()
      .catch(null),
    catalog: catalogueSchema,
  }),
})
const projectListSchema = z.object({
  projects: z.array(z.object({ id: z.string(), name: z.string() })),
})

/** `POST /v3/auth/tokens` with a password. Rejects with ApiError; a refusal is of class `access`. */
export async function createToken(
  iam: Iam,
  user: PasswordUser,
  scope: ProjectScope,
): Promise<IssuedToken> {
  const identity = {
    methods: ['password'],
    password: { user: { ...userBody(user), password: user.password } },
  }
  const response = await ask(iam, 'createToken', {
    method: 'POST',
    url: `${iam.endpoint}/v3/auth/tokens`,
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify({ auth: { identity, scope: { project: scope } } }),
  })
  const asked = askedOf(iam, 'createToken')
  const body = readAnswer(asked, response, tokenSchema).token
  const token = response.headers['x-subject-token'] ?? ''
  if (token === '') throw unreadableAnswer(asked, response, 'no X-Subject-Token header')
  return {
    token,
    lifetimeMs: lifetime(body.expires_at, body.issued_at ?? response.headers['date'], iam.clock),
    projectId: body.project?.id ?? null,
    projectName: body.project?.name ?? null,
    user: userOf(body.user ?? null),
    catalogue: body.catalog.map((entry) => ({
      type: entry.type,
      endpoints: entry.endpoints.map((endpoint) => ({
        url: endpoint.url,
        region: endpoint.region_id ?? endpoint.region,
        interface: endpoint.interface,
      })),
    })),
  }
}

function userBody(user: PasswordUser): object {
  return 'userId' in user ? { id: user.userId } : { name: user.username, domain: user.domain }
}

function userOf(
  user: {
    readonly name: string | null
    readonly domain?: { readonly name: string | null } | null | undefined
  } | null,
): TokenUser | null {
  const name = user?.name ?? null
  return name === null ? null : { name, domain: user?.domain?.name ?? null }
}

const ownTokenSchema = z.object({
  token: z.object({ project: z.object({ id: z.string().min(1), name: text }).nullish() }),
})

/**
 * `GET /v3/auth/tokens` about the token itself: the project that it is for. Null: it is for none, or IAM does not say.
 * Rejects with ApiError where IAM refuses the token itself, or cannot be asked.
 */
export async function projectOfToken(
  iam: Iam,
  token: string,
): Promise<{ readonly id: string; readonly name: string | null } | null> {
  try {
    const response = await ask(iam, 'showToken', {
      method: 'GET',
      url: `${iam.endpoint}/v3/auth/tokens?nocatalog=true`,
      headers: {
        accept: 'application/json',
        'x-auth-token': token,
        'x-subject-token': token,
      },
    })
    return readAnswer(askedOf(iam, 'showToken'), response, ownTokenSchema).token.project ?? null
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    // Not a call that every IAM has, or gives to everybody.
    if ([400, 403, 404, 405].includes(error.httpStatus ?? 0)) return null
    throw error
  }
}

/** `GET /v3/projects?name=`: those of exactly this name. Rejects with ApiError. */
export async function findProjects(
  iam: Iam,
  authorize: (request: UnsignedRequest) => Promise<Readonly<Record<string, string>>>,
  name: string,
): Promise<{ readonly id: string; readonly name: string }[]> {
  const request: UnsignedRequest = {
    method: 'GET',
    url: `${iam.endpoint}/v3/projects?name=${encodeURIComponent(name)}`,
    headers: { accept: 'application/json', 'content-type': 'application/json' },
  }
  const response = await ask(iam, 'listProjects', {
    ...request,
    headers: await authorize(request),
  })
  const { projects } = readAnswer(askedOf(iam, 'listProjects'), response, projectListSchema)
  return projects.filter((project) => project.name === name)
}

/** By the server's clock on both ends, so that a wrong clock here does not matter. */
function lifetime(expiresAt: string | null, issuedAt: string | undefined, clock: Clock): number {
  const end = Date.parse(expiresAt ?? '')
  const start = Date.parse(issuedAt ?? '')
  const ms = end - (Number.isNaN(start) ? clock.now() : start)
  return Number.isNaN(ms) ? 60 * 60_000 : Math.max(0, ms)
}

/** Waits before the second and the third attempt. Both calls change nothing, so they may be repeated. */
const WAITS_MS = [1000, 4000]
const LONGEST_RETRY_AFTER_MS = 60_000

async function ask(iam: Iam, operation: string, request: UnsignedRequest): Promise<HttpResponse> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await askOnce(iam, operation, request)
    } catch (error) {
      const wait = WAITS_MS[attempt]
      if (!(error instanceof ApiError) || error.class === 'access') throw error
      if (wait === undefined) throw error
      if (isRedirect(error.httpStatus) || isLastingProblem(error.code)) throw error
      await iam.clock.sleep(
        Math.min(error.retryAfterMs ?? wait, LONGEST_RETRY_AFTER_MS),
        iam.signal,
      )
      if (iam.signal?.aborted === true) throw error
    }
  }
}

async function askOnce(
  iam: Iam,
  operation: string,
  request: UnsignedRequest,
): Promise<HttpResponse> {
  const response = await sendOnce(iam.transport, operation, {
    ...request,
    timeoutMs: iam.requestTimeoutMs,
    ...(iam.signal === undefined ? {} : { signal: iam.signal }),
  })
  if (isSuccess(response)) return response
  const now = iam.clock.now()
  const error = apiErrorFromResponse(askedOf(iam, operation), response, now)
  if (mayPass(error)) throw error
  // Here every other refusal is one of us: a wrong project or domain comes as 400 or 404.
  throw withClockSkew(error.amended({ class: 'access', accessScope: 'sign-in' }), response, now)
}

function mayPass(error: ApiError): boolean {
  // A page with a 404 or its like is not IAM: the URL is wrong, and stays so.
  return MAY_PASS[error.class] && !(error.class === 'unknown-fate' && isFromElsewhere(error))
}

function askedOf({ endpoint, redact }: Iam, operation: string): Asked {
  return { operation, host: new URL(endpoint).host, redact }
}
