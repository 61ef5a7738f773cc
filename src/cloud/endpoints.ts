import { Failure } from '../failure.ts'

/** Services whose calls name a project, as they are called in host names and in the catalogue. */
export type ProjectService = 'sdrs' | 'ecs' | 'vpc' | 'evs'

/** All that this tool talks to. */
export type Service = ProjectService | 'iam'

/** One entry of the catalogue that comes with a token. */
export interface CatalogueEntry {
  readonly type: string
  readonly endpoints: readonly {
    readonly url: string
    readonly region: string | null
    readonly interface: string | null
  }[]
}

export interface GivenEndpoint {
  readonly url: string
  /** A flag, a variable or a place in a file: for messages. */
  readonly from: string
}

export interface EndpointSources {
  /** Base URLs given by hand, and where: they win over everything. */
  readonly given: Readonly<Partial<Record<Service, GivenEndpoint>>>
  readonly catalogue: readonly CatalogueEntry[]
  readonly region: string | null
}

/** Whatever is not in here follows Huawei Cloud's pattern. Sources: the "Regions and Endpoints" pages of the clouds. */
const DOMAINS: readonly { readonly region: RegExp; readonly domain: string; iam?: string }[] = [
  { region: /^eu-(de|nl)$/, domain: 'otc.t-systems.com' },
  { region: /^eu-ch2$/, domain: 'sc.otc.t-systems.com', iam: 'iam-pub' },
  { region: /^eu-west-0$/, domain: 'prod-cloud-ocb.orange-business.com' },
  { region: /^eu-west-1/, domain: 'myhuaweicloud.eu' },
]
const HUAWEI_CLOUD = 'myhuaweicloud.com'

/**
 * The base URL of a service, without version and trailing slash; null where nothing tells. A given SDRS
 * endpoint on this machine (a simulator) stands for all services: nothing of a trial run may reach the
 * real cloud because a region happens to be set. Throws Failure (usage) for one that may not be used.
 */
export function resolveEndpoint(service: Service, sources: EndpointSources): string | null {
  const given = sources.given[service]
  if (given !== undefined) return parseEndpoint(given.url, given.from)
  const { sdrs } = sources.given
  if (sdrs !== undefined) {
    const base = parseEndpoint(sdrs.url, sdrs.from)
    if (isLoopback(new URL(base).hostname)) return base
  }
  return fromCatalogue(service, sources) ?? fromRegion(service, sources.region)
}

/** Names and fields differ between the clouds: Huawei's takes more of both. */
export function dialectOf(endpoint: string): 'otc' | 'huawei' {
  const host = URL.canParse(endpoint) ? new URL(endpoint).hostname : endpoint
  return /(^|\.)(my)?huaweicloud\.(com|eu|cn)$/.test(host) ? 'huawei' : 'otc'
}

/**
 * A base URL as it is used: https (or loopback), no version, no project, no trailing slash. `what` names
 * where it comes from. Throws Failure (usage).
 */
export function parseEndpoint(text: string, what: string): string {
  const trimmed = text.trim()
  const url = URL.canParse(trimmed) ? new URL(trimmed) : null
  if (url === null || !/^https?:$/.test(url.protocol)) {
    // Whoever wrote a password into it shall not read it here.
    const shown = trimmed.replace(/^.*@/s, '…@')
    throw new Failure('usage', `${what}: "${shown}" is not an https URL`, 'write https://host')
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new Failure('usage', `${what}: a base URL holds no user, query or fragment`)
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new Failure(
      'usage',
      `${what}: ${url.origin} is plain http, which would show the credentials to everyone on the way`,
      'use https; plain http is for this very machine only',
    )
  }
  const path = url.pathname.replace(/\/+$/, '').replace(VERSION_AND_PROJECT, '')
  return `${url.origin}${path.replace(/\/+$/, '')}`
}

/** `/v1`, `/v2.1/{project}`, `/v3`, also with the catalogue's placeholders. */
const VERSION_AND_PROJECT = /\/v\d+(\.\d+)?(\/[^/]+)?$/

export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
  )
}

/** A region becomes part of host names, so nothing else may be in it. Throws Failure (usage). */
export function parseRegion(text: string): string {
  if (/^[a-z0-9]+(-[a-z0-9]+)*$/i.test(text)) return text.toLowerCase()
  throw new Failure('usage', `"${text}" is not the name of a region`, 'for example eu-de')
}

/** The region in the host name of an IAM endpoint, or null. */
export function regionOfIamEndpoint(endpoint: string): string | null {
  return /^https:\/\/iam(?:-pub)?\.([a-z0-9]+(?:-[a-z0-9]+)+)\./.exec(endpoint)?.[1] ?? null
}

function fromCatalogue(service: Service, sources: EndpointSources): string | null {
  const { region } = sources
  const found = sources.catalogue
    .filter((entry) => entry.type === service)
    .flatMap((entry) => entry.endpoints)
    .filter((endpoint) => endpoint.interface === null || endpoint.interface === 'public')
    .filter((endpoint) => region === null || endpoint.region === region)
  const urls = new Set(found.map(({ url }) => parseEndpoint(url, `the catalogue's ${service}`)))
  // Without a region, several are a choice that is not ours to make.
  return region !== null || urls.size === 1 ? ([...urls][0] ?? null) : null
}

function fromRegion(service: Service, region: string | null): string | null {
  if (region === null) return null
  const special = DOMAINS.find((entry) => entry.region.test(region))
  const host = service === 'iam' ? (special?.iam ?? 'iam') : service
  return `https://${host}.${region}.${special?.domain ?? HUAWEI_CLOUD}`
}
