import type { Clock } from '../../clock.ts'
import { Failure } from '../../failure.ts'
import type { Log } from '../../log.ts'
import type { SecretRegistry } from '../../secrets.ts'
import { placeOfEndpoint } from '../cloud-target.ts'
import {
  isLoopback,
  locateEndpoint,
  regionsInCatalogue,
  type CatalogueEntry,
  type GivenEndpoint,
  type Service,
} from '../endpoints.ts'
import { ApiError, stoppedBeforeSent } from '../errors.ts'
import { adviceOfSignIn } from './advice.ts'
import type { Transport } from '../transport.ts'
import { untilAborted } from '../until-aborted.ts'
import { agencyKeys } from './agency.ts'
import { akSkAuthenticator } from './ak-sk.ts'
import type { AssumedProject, Authenticator, Connection } from './authenticator.ts'
import { findCredentials, type SignInFiles } from './chain.ts'
import type { Credential, Environment, PasswordUser } from './credential.ts'
import { createToken, type ProjectScope } from './iam.ts'
import { identityOf } from './identity.ts'
import { passwordAuthenticator } from './password.ts'
import { endpointProvenance, provenance, provenanceText } from './provenance.ts'
import type { AccessKey } from './signature.ts'
import {
  iamOf,
  lookUpProject,
  noProject,
  ownProject,
  requireKnownRegion,
  type Project,
} from './project.ts'
import { requireUnquoted, requireUnquotedSecrets } from './quotes.ts'
import { parseProjectId, resolveTarget, type SignInFlags, type Target } from './target.ts'
import { tokenAuthenticator } from './token.ts'

export interface ConnectOptions {
  readonly env: Environment
  readonly flags: SignInFlags
  readonly files: SignInFiles
  readonly requestTimeoutMs: number
  readonly transport: Transport
  readonly clock: Clock
  readonly log: Log
  /** Learns every secret that is found or issued. */
  readonly secrets: SecretRegistry
  /** Called with where each value came from, for people, once that is known: a first refusal may come later. */
  readonly onTaken?: (text: string) => void
  /** Ends the sign-in at once, and every later renewal of the token or key: the whole session hangs on it. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Signs in and finds out where to talk to, with as few requests as that takes: none at all for a token
 * or a key with endpoint (or region) and project ID. Rejects with Failure: usage for what is not set, access
 * for what the cloud refuses. Once `signal` has aborted: at once, with an ApiError of code STOPPED.
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const { env, flags, files, log, secrets } = options
  const found = findCredentials(env, files)
  if ('problem' in found) throw new Failure('access', found.problem.message, found.problem.hint)
  const { credential, source } = found
  addSecrets(secrets, credential)
  requireUnquotedSecrets(credential, source)
  if (credential.kind === 'token') requireSendable(credential.token, source)
  log.debug({ kind: credential.kind, source }, 'credentials found')
  const target = resolveTarget(env, flags, files)
  const told = provenance(found, target)
  log.debug({ values: told }, 'where each value came from')
  requireUnquoted(told)
  const taken = `Taken were: ${provenanceText(told)}.`
  options.onTaken?.(taken)
  try {
    const connecting =
      credential.kind === 'password'
        ? withPassword(options, target, credential, source)
        : withoutSignIn(options, target, credential, source)
    const connection = await untilAborted(connecting, options.signal ?? NEVER)
    if (connection === null) throw stoppedBeforeSent('connect')
    const { endpoints, projectId, region } = connection
    log.debug({ endpoints, projectId, region }, 'connected')
    return connection
  } catch (error) {
    if (error instanceof Failure && error.kind === 'access') {
      throw new Failure(error.kind, error.message, `${sentence(error.hint)}${taken}`)
    }
    if (!(error instanceof ApiError)) throw error
    throw options.signal?.aborted === true
      ? stoppedBeforeSent(error.operation)
      : asFailure(error, credential, source, taken)
  }
}

const NEVER = new AbortController().signal

/** It goes into a header, which carries neither line breaks nor letters beyond Latin-1. */
function requireSendable(token: string, source: string): void {
  if (/^[\t\x20-\x7e\x80-\xff]+$/.test(token)) return
  throw new Failure(
    'access',
    `the token from ${source} holds a line break or a letter that cannot be sent`,
    'copy it again, whole and without anything around it',
  )
}

async function withPassword(
  options: ConnectOptions,
  target: Target,
  user: Extract<Credential, PasswordUser>,
  source: string,
): Promise<Connection> {
  requireAuthUrl(options.files, target)
  const iam = iamOf(options, target)
  const scopeName = target.projectName ?? target.region
  const scope = scopeOf(target)
  if (scope === null) throw noProject()
  const signIn = async () => {
    const issued = await createToken(iam, user, scope)
    options.secrets.add(issued.token)
    options.log.debug({ minutes: Math.round(issued.lifetimeMs / 60_000) }, 'token issued')
    return issued
  }
  const first = await signIn()
  const projectId = target.projectId ?? first.projectId
  if (projectId === null) {
    throw new Failure(
      'access',
      `cannot sign in: IAM issued a token for no project, though "${scopeName}" was asked for`,
      'check the name of the project and the roles of the user in it, or set --project-id or OS_PROJECT_ID',
    )
  }
  return connectionTo(target, {
    authenticator: passwordAuthenticator({ first, signIn, source, clock: options.clock }),
    endpoints: endpointsOf(options, target, first.catalogue),
    project: {
      id: parseProjectId(projectId),
      name: first.projectName ?? (target.projectId === null ? scopeName : null),
    },
    identity: identityOf(user, source, first.user),
    assumedFrom: 'region',
  })
}

/** A cloud of clouds.yaml says where to sign in to; a password goes to no host that it does not name. */
function requireAuthUrl({ cloud }: SignInFiles, { given }: Target): void {
  if (cloud === null || given.iam !== undefined) return
  if (given.sdrs !== undefined && isLoopbackUrl(given.sdrs.url)) return
  throw new Failure(
    'usage',
    `${cloud.source} has no auth_url`,
    'add auth.auth_url to it (or to the region in its list), or give --iam-endpoint',
  )
}

function isLoopbackUrl(url: string): boolean {
  return URL.canParse(url) && isLoopback(new URL(url).hostname)
}

function scopeOf(target: Target): ProjectScope | null {
  const { projectId, projectName, projectDomain, region } = target
  if (projectId !== null) return { id: projectId }
  if (projectName === null) return region === null ? null : { name: region }
  return projectDomain === null
    ? { name: projectName }
    : { name: projectName, domain: projectDomain }
}

async function withoutSignIn(
  options: ConnectOptions,
  target: Target,
  credential: Exclude<Credential, PasswordUser>,
  source: string,
): Promise<Connection> {
  // Before anything is sent: what is not set is not worth a request.
  const endpoints = endpointsOf(options, target, [])
  const authenticatorFor = authenticators(options, credential, source)
  const own = await ownProject(options, target, credential)
  const project =
    own ??
    (target.projectId === null
      ? await lookUpProject(options, target, authenticatorFor(null))
      : { id: target.projectId, name: null })
  return connectionTo(target, {
    authenticator: authenticatorFor(project.id),
    endpoints,
    project,
    assumedFrom: own === null ? 'region' : 'token',
    identity: identityOf(credential, source),
  })
}

function connectionTo(
  { region, projectId, projectName, cloudName }: Target,
  found: Pick<Connection, 'authenticator' | 'endpoints'> & {
    readonly project: Project
    readonly identity: string
    /** What the project is taken from where nobody named one. */
    readonly assumedFrom: AssumedProject
  },
): Connection {
  const { authenticator, endpoints, project, identity, assumedFrom } = found
  const place = placeOfEndpoint(endpoints.sdrs)
  return {
    authenticator,
    endpoints,
    projectId: project.id,
    region,
    target: {
      cloud: place?.cloud ?? cloudName,
      region: region ?? place?.region ?? null,
      projectId: project.id,
      projectName: project.name,
      identity,
    },
    assumedProject: projectId === null && projectName === null ? assumedFrom : null,
  }
}

/** One for calls to a project, one for those that belong to none: the signature tells them apart. */
function authenticators(
  options: ConnectOptions,
  credential: Exclude<Credential, PasswordUser>,
  source: string,
): (projectId: string | null) => Authenticator {
  if (credential.kind === 'token') return () => tokenAuthenticator(credential.token, source)
  const key: () => Promise<AccessKey> =
    credential.kind === 'ak-sk'
      ? async () => credential
      : agencyKeys({ ...options, onSecret: (value) => options.secrets.add(value) })
  return (projectId) => akSkAuthenticator({ key, projectId, source, clock: options.clock })
}

function endpointsOf(
  options: ConnectOptions,
  target: Target,
  catalogue: readonly CatalogueEntry[],
): Connection['endpoints'] {
  const locate = (service: Service): GivenEndpoint | null =>
    locateEndpoint(service, { given: target.given, catalogue, region: target.region })
  const sdrs = locate('sdrs')
  if (sdrs !== null) {
    const others = { ecs: locate('ecs'), vpc: locate('vpc'), evs: locate('evs') }
    const told = endpointProvenance({
      sdrs,
      ...(others.ecs === null ? {} : { ecs: others.ecs }),
      ...(others.vpc === null ? {} : { vpc: others.vpc }),
      ...(others.evs === null ? {} : { evs: others.evs }),
    })
    options.log.debug({ values: told }, 'where each endpoint came from')
    return {
      sdrs: sdrs.url,
      ecs: others.ecs?.url ?? null,
      vpc: others.vpc?.url ?? null,
      evs: others.evs?.url ?? null,
    }
  }
  const elsewhere = regionsInCatalogue('sdrs', catalogue)
  const listed =
    elsewhere.length === 0 ? '' : ` (the catalogue has SDRS in ${elsewhere.join(', ')})`
  requireKnownRegion(target, `name the address of SDRS with --endpoint${listed}`)
  throw new Failure(
    'usage',
    'which cloud and region is not set',
    'set --region or OS_REGION_NAME, or name the address with --endpoint',
  )
}

function addSecrets(secrets: SecretRegistry, credential: Credential): void {
  if (credential.kind === 'token') secrets.add(credential.token)
  if (credential.kind === 'password') secrets.add(credential.password)
  if (credential.kind !== 'ak-sk') return
  for (const value of [credential.accessKey, credential.secretKey, credential.securityToken]) {
    secrets.add(value)
  }
}

function asFailure(
  error: ApiError,
  credential: Credential,
  source: string,
  taken: string,
): Failure {
  const request = error.requestId === null ? '' : ` (request ${error.requestId})`
  const message = `cannot sign in: ${error.operation}: ${error.message}${request}`
  return new Failure('access', message, `${adviceOfSignIn(error, credential, source)} ${taken}`)
}

/** Begun with a capital and ended, so that more can follow; empty for none. */
function sentence(hint: string | null): string {
  return hint === null ? '' : `${hint.slice(0, 1).toUpperCase()}${hint.slice(1)}. `
}
