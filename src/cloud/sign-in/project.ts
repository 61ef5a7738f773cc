import type { Clock } from '../../clock.ts'
import { Failure } from '../../failure.ts'
import type { Log } from '../../log.ts'
import type { SecretRegistry } from '../../secrets.ts'
import { isKnownRegion, locateEndpoint, ofAnotherCloud, resolveEndpoint } from '../endpoints.ts'
import type { Transport } from '../transport.ts'
import type { Authenticator } from './authenticator.ts'
import type { Credential } from './credential.ts'
import { findProjects, projectOfToken, type Iam } from './iam.ts'
import { parseProjectId, type Target } from './target.ts'

/** What it takes to ask IAM. */
export interface AskingIam {
  readonly transport: Transport
  readonly clock: Clock
  readonly requestTimeoutMs: number
  readonly log: Log
  readonly secrets: SecretRegistry
  readonly signal?: AbortSignal | undefined
}

export interface Project {
  readonly id: string
  /** Null: nobody told, and it is not worth a request. */
  readonly name: string | null
}

/** Of a token, where nobody names a project: it opens no other one, whatever the region's is called. */
export async function ownProject(
  options: AskingIam,
  target: Target,
  credential: Credential,
): Promise<Project | null> {
  if (credential.kind !== 'token' || target.projectId !== null || target.projectName !== null) {
    return null
  }
  if (noPlaceToAsk(target)) return null
  const project = await projectOfToken(iamOf(options, target), credential.token)
  if (project === null) return null
  options.log.debug({ projectId: project.id, name: project.name }, 'project of the token')
  return { id: parseProjectId(project.id), name: project.name }
}

/** No region and no address: what is not set is told in other words than the address's. */
function noPlaceToAsk({ given, region }: Target): boolean {
  return locateEndpoint('iam', { given, catalogue: [], region }) === null
}

/** By its name, or by that of the region: every region has a project of its own name. */
export async function lookUpProject(
  options: AskingIam,
  target: Target,
  authenticator: Authenticator,
): Promise<Project> {
  const name = target.projectName ?? target.region
  if (name === null) throw noProject()
  const iam = iamOf(options, target)
  const projects = await findProjects(iam, (request) => authenticator.authorize(request), name)
  const [project] = projects
  const ids = [...new Set(projects.map(({ id }) => id))]
  if (project === undefined) {
    throw new Failure(
      'access',
      `these credentials see no project "${name}"`,
      'set --project-id or OS_PROJECT_ID (My Credentials in the console lists them)',
    )
  }
  if (ids.length > 1) {
    throw new Failure(
      'usage',
      `there are ${ids.length} projects "${name}"`,
      `set --project-id or OS_PROJECT_ID to one of ${ids.join(', ')}`,
    )
  }
  options.log.debug({ name, projectId: project.id }, 'project found')
  return { id: parseProjectId(project.id), name: project.name }
}

export function iamOf(options: AskingIam, target: Target): Iam {
  const endpoint = resolveEndpoint('iam', {
    given: target.given,
    catalogue: [],
    region: target.region,
  })
  if (endpoint !== null) return { ...options, redact: options.secrets.redact, endpoint }
  requireKnownRegion(target, 'set OS_AUTH_URL or --iam-endpoint')
  throw new Failure(
    'usage',
    'where to sign in is not set',
    'set OS_AUTH_URL, or --region or OS_REGION_NAME, or --iam-endpoint',
  )
}

/** No credential goes to a host that was made up from a name. */
export function requireKnownRegion(target: Target, hint: string): void {
  const { region } = target
  if (region === null) return
  const other = ofAnotherCloud(target)
  if (other !== null) {
    throw new Failure(
      'usage',
      `where the region "${region}" is reached is not known: ${other.from} is not of the cloud that is known to have it`,
      hint,
    )
  }
  if (isKnownRegion(region)) return
  throw new Failure('usage', `where the region "${region}" is reached is not known`, hint)
}

export function noProject(): Failure {
  return new Failure(
    'usage',
    'the project is not set',
    'set --project-id or OS_PROJECT_ID, or OS_PROJECT_NAME, or --region to use its own project',
  )
}
