import { createHash } from 'node:crypto'
import { gatewayRefuse, type Answer } from './answers.ts'
import type { SimulatorRequest } from './route.ts'
import type { KnownToken, TokenAbout, World } from './state.ts'
import { ALGORITHM, readAuthorization, verifySignature } from './verify-signature.ts'

const REFUSALS_THAT_LOCK = 5
const LOCK_MS = 5 * 60_000

/** The gateway's doorman: null in second place lets the request through. */
export function authorise(
  world: World,
  request: SimulatorRequest,
  now: number,
): readonly [World, Answer | null] {
  const token = request.headers['x-auth-token'] ?? ''
  if (token !== '') return [world, judgeToken(world, token, now)]
  const header = request.headers['authorization'] ?? ''
  const parts = readAuthorization(header)
  if (parts === null) {
    const why = header === '' ? 'no credential' : whyUnreadable(header)
    return [world, incorrect('APIGW.0301', `Incorrect IAM authentication information: ${why}`)]
  }
  return judgeSignature(world, request, parts.accessKey, now)
}

/** Names the scheme, never what it carries. */
function whyUnreadable(header: string): string {
  const [scheme = ''] = header.trim().split(/\s+/)
  return scheme === ALGORITHM
    ? `the header Authorization of ${ALGORITHM} is malformed`
    : `the scheme ${/^[\w-]{1,40}$/.test(scheme) ? scheme : 'of the header Authorization'} is not supported here, ${ALGORITHM} is`
}

function judgeToken(world: World, token: string, now: number): Answer | null {
  const known = world.auth.tokens[tokenKey(token)]
  if (known === undefined) {
    return world.auth.mode === 'any'
      ? null
      : incorrect('APIGW.0301', 'Incorrect IAM authentication information: decrypt token fail')
  }
  if (known.revoked) {
    return incorrect('APIGW.0301', 'Incorrect IAM authentication information: token revoked')
  }
  return now < known.expiresAt
    ? null
    : incorrect('APIGW.0307', 'The token must be updated: token expires')
}

function judgeSignature(
  world: World,
  request: SimulatorRequest,
  accessKey: string,
  now: number,
): readonly [World, Answer | null] {
  const secretKey = world.auth.accessKeys[accessKey]
  if (secretKey === undefined) {
    return world.auth.mode === 'any'
      ? [world, null]
      : [
          world,
          incorrect(
            'APIGW.0301',
            'Incorrect IAM authentication information: AK access key not exist',
          ),
        ]
  }
  const refusals = (world.auth.refusals[accessKey] ?? []).filter((at) => at > now - LOCK_MS)
  if (refusals.length >= REFUSALS_THAT_LOCK) {
    return [
      world,
      incorrect('APIGW.0301', 'Incorrect IAM authentication information: the key is locked'),
    ]
  }
  const fault = verifySignature(request, secretKey, now)
  if (fault === null) return [world, null]
  const auth = {
    ...world.auth,
    refusals: { ...world.auth.refusals, [accessKey]: [...refusals, now] },
  }
  const message =
    fault === 'skewed'
      ? 'Signature expired: the request time differs from the server time by more than 15 minutes'
      : `verify aksk signature fail, ${fault}`
  return [
    { ...world, auth },
    incorrect('APIGW.0301', `Incorrect IAM authentication information: ${message}`),
  ]
}

function incorrect(code: string, message: string): Answer {
  return gatewayRefuse(401, code, message)
}

function tokenKey(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** A token of the domain, or of nothing, opens IAM and no project. Whatever this world did not issue opens what it is let in to. */
export function opensProjects(world: World, { headers }: SimulatorRequest): boolean {
  const about = world.auth.tokens[tokenKey(headers['x-auth-token'] ?? '')]?.about ?? null
  return about === null || about.scope === 'project'
}

/** What is known of a token that is good now; null: not one of this world's, expired or revoked. */
export function knownToken(world: World, token: string, now: number): KnownToken | null {
  const known = world.auth.tokens[tokenKey(token)]
  return known === undefined || known.revoked || now >= known.expiresAt ? null : known
}

/** `about` is null for a token that was made elsewhere. */
export function withToken(
  world: World,
  token: string,
  expiresAt: number,
  about: TokenAbout | null = null,
): World {
  const tokens = { ...world.auth.tokens, [tokenKey(token)]: { expiresAt, revoked: false, about } }
  return { ...world, auth: { ...world.auth, tokens } }
}

/** Revokes every token issued so far, or one token, which need not be of ours. */
export function revokeTokens(world: World, token?: string): World {
  const revoked =
    token === undefined
      ? Object.fromEntries(
          Object.entries(world.auth.tokens).map(([key, known]) => [
            key,
            { ...known, revoked: true },
          ]),
        )
      : {
          ...world.auth.tokens,
          [tokenKey(token)]: { expiresAt: Number.MAX_SAFE_INTEGER, revoked: true, about: null },
        }
  return { ...world, auth: { ...world.auth, tokens: revoked } }
}
