import { Failure } from '../../failure.ts'
import { isRecord } from '../../json.ts'
import { regionOfIamEndpoint, resolveEndpoint, type Service } from '../endpoints.ts'
import { requireUsableKind } from './auth-type.ts'
import { credentialOfCloud } from './cloud-credential.ts'
import { layersOf, type Layer, type Layers, type SaidBy } from './cloud-layers.ts'
import { firstFile, searchPath, type FilesAccess, type Tree } from './clouds-files.ts'
import { domainOf, firstProject, variableFrom, type Profile } from './credential.ts'
import { regionOfCloud } from './regions-of-cloud.ts'

/**
 * The cloud `name` as the OpenStack clients read it: its vendor profile, over that the first clouds.yaml of the
 * search path that exists, the first secure.yaml, then the chosen region's values; what is still missing may come
 * from the environment. Rejects with Failure (usage).
 */
export async function readCloud(
  name: string,
  files: FilesAccess,
  wantedRegion: string | null = null,
): Promise<Profile> {
  const found = await firstFile('clouds', files)
  if (found === null) {
    throw new Failure(
      'usage',
      `cloud "${name}": there is no clouds.yaml`,
      `looked in ${searchPath('clouds', files).join(', ')}`,
    )
  }
  const secure = await firstFile('secure', files)
  const places = [found, ...(secure === null ? [] : [secure])].map(({ path, tree }) => ({
    from: `cloud ${name} in ${path}`,
    clouds: child(tree, 'clouds'),
  }))
  const layers = places.flatMap(({ from, clouds }): Layer[] => {
    const tree = clouds[name]
    return isRecord(tree) ? [{ from, tree }] : []
  })
  if (layers.length === 0) {
    const known = [...new Set(places.flatMap(({ clouds }) => Object.keys(clouds)))]
    throw new Failure(
      'usage',
      `${found.path} has no cloud "${name}"`,
      known.length === 0
        ? 'it names no clouds'
        : `it has ${known.map((key) => `"${key}"`).join(', ')}`,
    )
  }
  const own = layersOf(layers)
  const profile = await vendorProfile(
    (own.top('profile') ?? own.top('cloud'))?.value ?? null,
    files,
  )
  return profileOf({ name, source: places[0]?.from ?? '', layers, profile, files, wantedRegion })
}

interface VendorProfile {
  readonly from: string
  readonly tree: Tree
  /** Where IAM is in a region; null: its `auth_url`, if any, says. */
  readonly iamOf: ((region: string | null) => string | null) | null
}

/** The vendor profiles of the OpenStack SDK that have SDRS, with their regions; the addresses are those of the clouds. */
const VENDORS: Readonly<Record<string, readonly string[]>> = {
  otc: ['eu-de', 'eu-nl'],
  'otc-swiss': ['eu-ch2'],
}

/** From clouds-public.yaml before what the SDK brings. Null: none, or none that is known. */
async function vendorProfile(
  name: string | null,
  files: FilesAccess,
): Promise<VendorProfile | null> {
  if (name === null) return null
  const file = await firstFile('clouds-public', files)
  const written = child(file?.tree ?? {}, 'public-clouds')[name]
  if (isRecord(written)) {
    return { from: `profile ${name} in ${file?.path}`, tree: written, iamOf: null }
  }
  const regions = VENDORS[name]
  return regions === undefined
    ? null
    : { from: `profile ${name}`, tree: { regions }, iamOf: (region) => iamOf(region, regions) }
}

/** A region of another cloud is not one of the profile's, and its IAM is another's. */
function iamOf(region: string | null, regions: readonly string[]): string | null {
  const known = regions.find((each) => each === region?.toLowerCase())
  return known === undefined
    ? null
    : resolveEndpoint('iam', { given: {}, catalogue: [], region: known })
}

function profileOf({
  name,
  source,
  layers,
  profile,
  files,
  wantedRegion,
}: {
  readonly name: string
  readonly source: string
  readonly layers: readonly Layer[]
  readonly profile: VendorProfile | null
  readonly files: FilesAccess
  readonly wantedRegion: string | null
}): Profile {
  const { env } = files
  const lowest = [...(profile === null ? [] : [profile]), ...layers]
  const { region, values } = regionOfCloud(
    Object.assign({}, ...layers.map(({ tree }) => tree)) as Tree,
    profile?.tree ?? null,
    source,
    {
      wanted: wantedRegion === null ? null : { value: wantedRegion, from: '--region' },
      environment: variableFrom(env, 'OS_REGION_NAME', 'HW_REGION_NAME'),
      fromUrl: regionOfIamEndpoint(layersOf(lowest).inAuth('auth_url')?.value.trim() ?? ''),
    },
  )
  const cloud = layersOf([
    ...lowest,
    { from: `region ${region?.value} of ${source}`, tree: values },
  ])
  requireUsableKind(
    {
      authType: cloud.top('auth_type', 'auth_plugin')?.value.trim() ?? null,
      hasPasscode: cloud.overAuth('passcode') !== null,
      hasApplicationCredential:
        cloud.inAuth('application_credential_id', 'application_credential_name') !== null,
      hasTrust: cloud.inAuth('trust_id', 'system_scope') !== null,
    },
    source,
  )
  const expanded = (said: SaidBy | null): SaidBy | null =>
    said === null ? null : { from: said.from, value: expand(said.value.trim(), region, cloud) }
  const authUrl =
    expanded(cloud.inAuth('auth_url')) ??
    vendorsIam(profile, region?.value ?? null) ??
    variableFrom(env, 'OS_AUTH_URL')
  const projects = [
    { id: cloud.overAuth('project_id'), name: cloud.overAuth('project_name') },
    { id: cloud.overAuth('tenant_id'), name: cloud.overAuth('tenant_name') },
  ]
  const { projectId, projectName } = firstProject(
    projects.map(({ id, name: named }) => ({ id: id?.value, name: named?.value })),
  )
  const project = projects.flatMap(({ id, name: named }) => id ?? named ?? [])[0]
  const usedRegion = region ?? regionOfUrl(authUrl)
  const caFile = cloud.top('cacert')?.value.trim() ?? null
  const endpoints = overrides(cloud, expanded)
  const { credential, missing, sources } = credentialOfCloud(cloud, env, source)
  return {
    source,
    credential,
    missing,
    authUrl: authUrl?.value ?? null,
    projectId,
    projectName,
    projectDomain: domainOf(
      ...(['project_domain', 'domain', 'default_domain'] as const).map((key) => ({
        name: cloud.overAuth(`${key}_name`)?.value.trim() ?? null,
        id: cloud.overAuth(`${key}_id`)?.value.trim() ?? null,
      })),
    ),
    region: usedRegion?.value ?? null,
    endpoints: Object.fromEntries(
      Object.entries(endpoints).map(([service, { value }]) => [service, value]),
    ),
    caFile: caFile === null ? null : caFile.replace(/^~(?=\/)/, files.home),
    verify:
      !['false', 'no', '0'].includes(lower(cloud.top('verify')) ?? 'true') &&
      !['true', 'yes', '1'].includes(lower(cloud.top('insecure')) ?? 'false'),
    sources: {
      ...sources,
      project: project?.from ?? null,
      region: usedRegion?.from ?? null,
      authUrl: authUrl === null ? null : fromOf(authUrl, name),
      endpoints: Object.fromEntries(
        Object.entries(endpoints).map(([service, { from }]) => [service, from]),
      ),
    },
  }
}

function vendorsIam(profile: VendorProfile | null, region: string | null): SaidBy | null {
  const value = profile?.iamOf?.(region) ?? null
  return value === null || profile === null ? null : { value, from: profile.from }
}

function regionOfUrl(authUrl: SaidBy | null): SaidBy | null {
  const value = authUrl === null ? null : regionOfIamEndpoint(authUrl.value)
  return value === null || authUrl === null ? null : { value, from: `auth_url of ${authUrl.from}` }
}

/** A variable or a profile speaks for itself; of a file the key is named. */
function fromOf({ from }: SaidBy, name: string): string {
  return from.includes(`cloud ${name} in `) ? `auth_url of ${from}` : from
}

/** `https://iam.{region_name}.example`: the SDK fills in what the cloud says of itself. */
function expand(text: string, region: SaidBy | null, cloud: Layers): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, key: string) => {
    const said = key === 'region_name' ? region : cloud.top(key)
    return said?.value.trim() ?? whole
  })
}

/** `{service}_endpoint_override`, the OpenStack SDK's own way to name an endpoint. */
function overrides(
  cloud: Layers,
  expanded: (said: SaidBy | null) => SaidBy | null,
): Partial<Record<Service, SaidBy>> {
  const services = {
    sdrs: 'sdrs',
    ecs: 'ecs',
    vpc: 'vpc',
    evs: 'evs',
    iam: 'identity',
  } as const satisfies Record<Service, string>
  const found: Partial<Record<Service, SaidBy>> = {}
  for (const service of Object.keys(services) as Service[]) {
    const url = expanded(cloud.top(`${services[service]}_endpoint_override`))
    if (url !== null) found[service] = url
  }
  return found
}

function lower(said: SaidBy | null): string | null {
  return said === null ? null : said.value.trim().toLowerCase()
}

function child(tree: Tree, key: string): Tree {
  const value = tree[key]
  return isRecord(value) ? value : {}
}
