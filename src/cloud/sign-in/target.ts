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
import {
  domainOf,
  filled,
  firstProject,
  variable,
  type Domain,
  type Environment,
  type Profile,
} from './credential.ts'

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
  /** The domain of a project that is given by name, where somebody says it. */
  readonly projectDomain: Domain | null
  /** The variable, flag or file that each came from; null where nothing says it. */
  readonly sources: { readonly project: string | null; readonly region: string | null }
  /** The name by which a cloud of clouds.yaml was chosen. */
  readonly cloudName: string | null
  readonly given: EndpointSources['given']
}

/** Flags win over a named cloud, that over variables, those over the SDKs' file. Throws Failure (usage). */
export function resolveTarget(env: Environment, flags: SignInFlags, files: SignInFiles): Target {
  const file = files.cloud?.source ?? ''
  const project = firstSaid([
    { id: flags.projectId, from: optionFrom(env, 'project-id', flags.projectId) },
    { name: flags.projectName, from: optionFrom(env, 'project-name', flags.projectName) },
    {
      id: files.cloud?.projectId,
      name: files.cloud?.projectName,
      from: files.cloud?.sources?.project ?? file,
    },
    ...PROJECT_IDS.map((from) => ({ id: env[from], from })),
    ...PROJECT_NAMES.map((from) => ({ name: env[from], from })),
    // What older RC files hold, often beside the newer ones.
    { id: env['OS_TENANT_ID'], from: 'OS_TENANT_ID' },
    { name: env['OS_TENANT_NAME'], from: 'OS_TENANT_NAME' },
    { id: files.huaweicloud?.projectId, from: files.huaweicloud?.source ?? '' },
  ])
  const given = givenEndpoints(env, flags, files)
  const region = firstRegion([
    [filled(flags.region), optionFrom(env, 'region', flags.region)],
    [files.cloud?.region ?? null, files.cloud?.sources?.region ?? file],
    ...REGIONS.map((name) => [variable(env, name), name] as const),
    [regionOfProject(project.name), `the project's name`],
    [given.iam === undefined ? null : regionOfIamEndpoint(given.iam.url), given.iam?.from ?? ''],
    [files.huaweicloud?.region ?? null, files.huaweicloud?.source ?? ''],
  ])
  return {
    region: region === null ? null : parseRegion(region.value, region.from),
    projectId: project.id === null ? null : parseProjectId(project.id, project.from),
    projectName: project.name,
    projectDomain: files.cloud?.projectDomain ?? projectDomainIn(env),
    sources: { project: project.from, region: region?.from ?? null },
    cloudName: files.cloud === null ? null : (filled(flags.cloud) ?? variable(env, 'OS_CLOUD')),
    given,
  }
}

/** The project's own, the common one, the default: what one of them says of a user holds for a project too. */
function projectDomainIn(env: Environment): Domain | null {
  return domainOf(
    ...['OS_PROJECT_DOMAIN', 'OS_DOMAIN', 'OS_DEFAULT_DOMAIN'].map((place) => ({
      name: variable(env, `${place}_NAME`),
      id: variable(env, `${place}_ID`),
    })),
  )
}

const PROJECT_IDS = ['OS_PROJECT_ID', 'HUAWEICLOUD_SDK_PROJECT_ID', 'HW_PROJECT_ID'] as const
const PROJECT_NAMES = ['OS_PROJECT_NAME', 'HW_PROJECT_NAME'] as const
const REGIONS = ['OS_REGION_NAME', 'HW_REGION_NAME'] as const

/** `--endpoint`, or the variable that every option can come from, where that says the same. */
function optionFrom(env: Environment, option: string, value: string | undefined): string {
  const name = `SDRS_PROTECT_${option.toUpperCase().replaceAll('-', '_')}`
  return filled(value) !== null && filled(env[name]) === filled(value) ? name : `--${option}`
}

interface Said {
  readonly id?: string | null | undefined
  readonly name?: string | null | undefined
  readonly from: string
}

/** The ID of one place never meets the name of another. */
function firstSaid(places: readonly Said[]): {
  readonly id: string | null
  readonly name: string | null
  readonly from: string | null
} {
  for (const { id, name, from } of places) {
    const { projectId, projectName } = firstProject([{ id, name }])
    if (projectId !== null || projectName !== null) {
      return { id: projectId, name: projectName, from }
    }
  }
  return { id: null, name: null, from: null }
}

function firstRegion(
  places: readonly (readonly [value: string | null, from: string])[],
): { readonly value: string; readonly from: string } | null {
  for (const [value, from] of places) if (value !== null) return { value, from }
  return null
}

/**
 * It becomes part of every path. Throws Failure (usage).
 *
 * @param from the flag, variable or file that says it; null: IAM.
 */
export function parseProjectId(text: string, from: string | null = null): string {
  if (/^[\w-]+$/.test(text)) return text
  throw new Failure(
    'usage',
    `${from === null ? '' : `${from}: `}"${text}" is not the ID of a project`,
    'it has 32 hex digits; a name goes into --project-name or OS_PROJECT_NAME',
  )
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
  const said = (url: string | undefined, option: string) => ({
    url,
    from: optionFrom(env, option, url),
  })
  const flagged: Record<Service, { readonly url: string | undefined; readonly from: string }> = {
    sdrs: said(flags.endpoint, 'endpoint'),
    ecs: said(flags.ecsEndpoint, 'ecs-endpoint'),
    vpc: said(flags.vpcEndpoint, 'vpc-endpoint'),
    evs: said(flags.evsEndpoint, 'evs-endpoint'),
    iam: said(flags.iamEndpoint, 'iam-endpoint'),
  }
  const found: Partial<Record<Service, GivenEndpoint>> = {}
  for (const service of Object.keys(flagged) as Service[]) {
    const { url, from } = flagged[service]
    const other = files.cloud?.endpoints[service] ?? null
    if (filled(url) !== null) found[service] = { url: filled(url) ?? '', from }
    else if (other !== null) {
      const from = files.cloud?.sources?.endpoints[service] ?? files.cloud?.source ?? ''
      found[service] = { url: other, from }
    }
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
      : { url: cloud.authUrl, from: cloud.sources?.authUrl ?? `auth_url of ${cloud.source}` }
  }
  for (const name of ['OS_AUTH_URL', 'HW_AUTH_URL', 'HUAWEICLOUD_SDK_IAM_ENDPOINT']) {
    const url = variable(env, name)
    if (url !== null) return { url, from: name }
  }
  // The domain of a cloud, from which the Terraform provider of Huawei Cloud makes the same.
  const [domain, region] = [variable(env, 'HW_CLOUD'), variable(env, 'HW_REGION_NAME')]
  if (domain !== null && region !== null) {
    return { url: `https://iam.${region}.${domain}`, from: 'HW_CLOUD' }
  }
  const url = huaweicloud?.authUrl ?? null
  return url === null ? null : { url, from: `iam_endpoint in ${huaweicloud?.source}` }
}
