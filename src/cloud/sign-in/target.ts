import { Failure } from '../../failure.ts'
import {
  isKnownRegion,
  parseRegion,
  regionOfIamEndpoint,
  type EndpointSources,
  type GivenEndpoint,
  type Service,
} from '../endpoints.ts'
import type { SignInFiles } from './chain.ts'
import { variable, type Environment, type Profile } from './credential.ts'

export interface SignInFlags {
  readonly region?: string
  readonly projectId?: string
  readonly projectName?: string
  readonly cloud?: string
  readonly endpoint?: string
  readonly ecsEndpoint?: string
  readonly vpcEndpoint?: string
  readonly evsEndpoint?: string
  readonly iamEndpoint?: string
}

/** Which project, where: as far as flags, files and variables tell. */
export interface Target {
  readonly region: string | null
  readonly projectId: string | null
  /** Only when there is no ID. */
  readonly projectName: string | null
  /** The name by which a cloud of clouds.yaml was chosen. */
  readonly cloudName: string | null
  readonly given: EndpointSources['given']
}

/** Flags win over a named cloud, that over variables, those over the SDKs' file. Throws Failure (usage). */
export function resolveTarget(env: Environment, flags: SignInFlags, files: SignInFiles): Target {
  const project = firstProject([
    { id: flags.projectId, name: flags.projectName },
    { id: files.cloud?.projectId, name: files.cloud?.projectName },
    {
      id: variable(env, 'OS_PROJECT_ID', 'HUAWEICLOUD_SDK_PROJECT_ID', 'HW_PROJECT_ID'),
      name: variable(env, 'OS_PROJECT_NAME', 'HW_PROJECT_NAME'),
    },
    { id: files.huaweicloud?.projectId, name: null },
  ])
  const given = givenEndpoints(env, flags, files)
  const region =
    filled(flags.region) ??
    files.cloud?.region ??
    variable(env, 'OS_REGION_NAME', 'HW_REGION_NAME') ??
    regionOfProject(project.name) ??
    (given.iam === undefined ? null : regionOfIamEndpoint(given.iam.url)) ??
    files.huaweicloud?.region ??
    null
  return {
    region: region === null ? null : parseRegion(region),
    projectId: project.id === null ? null : parseProjectId(project.id),
    projectName: project.name,
    cloudName: files.cloud === null ? null : (filled(flags.cloud) ?? variable(env, 'OS_CLOUD')),
    given,
  }
}

/** It becomes part of every path. Throws Failure (usage). */
export function parseProjectId(text: string): string {
  if (/^[\w-]+$/.test(text)) return text
  throw new Failure(
    'usage',
    `"${text}" is not the ID of a project`,
    'it has 32 hex digits; a name goes into --project-name or OS_PROJECT_NAME',
  )
}

/** From the first place that says anything: the ID of one place never meets the name of another. */
function firstProject(
  places: readonly {
    readonly id?: string | null | undefined
    readonly name?: string | null | undefined
  }[],
): { readonly id: string | null; readonly name: string | null } {
  for (const place of places) {
    const id = filled(place.id)
    if (id !== null) return { id, name: null }
    const name = filled(place.name)
    if (name !== null) return { id: null, name }
  }
  return { id: null, name: null }
}

/** A region's projects are called `eu-de` or `eu-de_anything`. */
function regionOfProject(name: string | null): string | null {
  const [region = ''] = (name ?? '').split('_')
  return isKnownRegion(region) ? region : null
}

function givenEndpoints(
  env: Environment,
  flags: SignInFlags,
  files: SignInFiles,
): EndpointSources['given'] {
  const flagged: Record<Service, { readonly url: string | undefined; readonly from: string }> = {
    sdrs: { url: flags.endpoint, from: '--endpoint' },
    ecs: { url: flags.ecsEndpoint, from: '--ecs-endpoint' },
    vpc: { url: flags.vpcEndpoint, from: '--vpc-endpoint' },
    evs: { url: flags.evsEndpoint, from: '--evs-endpoint' },
    iam: { url: flags.iamEndpoint, from: '--iam-endpoint' },
  }
  const found: Partial<Record<Service, GivenEndpoint>> = {}
  for (const service of Object.keys(flagged) as Service[]) {
    const { url, from } = flagged[service]
    const other = files.cloud?.endpoints[service] ?? null
    if (filled(url) !== null) found[service] = { url: filled(url) ?? '', from }
    else if (other !== null) found[service] = { url: other, from: files.cloud?.source ?? '' }
  }
  const authUrl = authUrlOf(env, files.cloud, files.huaweicloud)
  if (found.iam === undefined && authUrl !== null) found.iam = authUrl
  return found
}

function authUrlOf(
  env: Environment,
  cloud: Profile | null,
  huaweicloud: Profile | null,
): GivenEndpoint | null {
  if (cloud !== null) {
    return cloud.authUrl === null
      ? null
      : { url: cloud.authUrl, from: `auth_url of ${cloud.source}` }
  }
  for (const name of ['OS_AUTH_URL', 'HW_AUTH_URL']) {
    const url = variable(env, name)
    if (url !== null) return { url, from: name }
  }
  const url = huaweicloud?.authUrl ?? null
  return url === null ? null : { url, from: `iam_endpoint in ${huaweicloud?.source}` }
}

function filled(text: string | null | undefined): string | null {
  const trimmed = text?.trim() ?? ''
  return trimmed === '' ? null : trimmed
}
