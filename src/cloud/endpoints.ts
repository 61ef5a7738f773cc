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

interface Domain {
  readonly name: string
  readonly regions: ReadonlySet<string> | RegExp
  readonly iam?: string
}

/**
 * The clouds that have SDRS. Sources: the "Regions and Endpoints" pages of Huawei Cloud, Open Telekom Cloud and
 * Flexible Engine. A region that is not in here is nobody's: its host would be a guess, and a credential
 * would go to it.
 */
const DOMAINS: readonly Domain[] = [
  { name: 'otc.t-systems.com', regions: new Set(['eu-de', 'eu-nl']) },
  { name: 'sc.otc.t-systems.com', regions: new Set(['eu-ch2']), iam: 'iam-pub' },
  { name: 'prod-cloud-ocb.orange-business.com', regions: new Set(['eu-west-0']) },
  { name: 'myhuaweicloud.eu', regions: /^eu-west-1\d\d$/ },
  {
    name: 'myhuaweicloud.com',
    regions: new Set(
      [
        'af-north-1 af-south-1',
        'ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5',
        'cn-east-2 cn-east-3 cn-east-4 cn-east-5',
        'cn-north-1 cn-north-2 cn-north-4 cn-north-9 cn-north-11 cn-north-12',
        'cn-south-1 cn-south-2 cn-south-4 cn-southwest-2',
        'la-north-2 la-south-2 na-mexico-1 sa-brazil-1',
        'me-east-1 ru-northwest-2 tr-west-1',
      ].flatMap((line) => line.split(' ')),
    ),
  },
]

/**
 * The base URL of a service, without version and trailing slash; null where nothing tells. In this order: as
 * given; a given SDRS endpoint on this machine (a simulator), which stands for all services, since nothing
 * of a trial run may reach the real cloud because a region happens to be set; the catalogue; the known cloud
 * of the region, unless an address that is given is of another cloud; for the siblings of SDRS the known cloud that
 * its endpoint is in. Never a guess. Throws Failure (usage) for one that may not be used.
 */
export function resolveEndpoint(service: Service, sources: EndpointSources): string | null {
  return locateEndpoint(service, sources)?.url ?? null
}

/** The same, and what it comes from. */
export function locateEndpoint(service: Service, sources: EndpointSources): GivenEndpoint | null {
  const given = sources.given[service]
  if (given !== undefined) return { ...given, url: parseEndpoint(given.url, given.from) }
  const { sdrs } = sources.given
  const base = sdrs === undefined ? null : parseEndpoint(sdrs.url, sdrs.from)
  if (sdrs !== undefined && base !== null && isLoopback(new URL(base).hostname)) {
    return { url: base, from: `${sdrs.from}, which is on this machine` }
  }
  if (service === 'sdrs' || service === 'iam') {
    return fromCatalogue(service, sources) ?? fromRegion(service, sources)
  }
  const sibling = siblingOf(base ?? resolveEndpoint('sdrs', sources), service)
  // A catalogue of another region than SDRS's would show other servers.
  const region = base === null ? sources.region : (sibling?.region ?? sources.region)
  return (
    usable(() => fromCatalogue(service, { ...sources, region })) ??
    (sibling === null ? null : { url: sibling.url, from: 'the cloud of the SDRS endpoint' })
  )
}

/** A plan can do without these services: a catalogue that names one as it may not be used is no reason to end. */
function usable(find: () => GivenEndpoint | null): GivenEndpoint | null {
  try {
    return find()
  } catch (error) {
    if (error instanceof Failure) return null
    throw error
  }
}

/** Whether a region's hosts are known. */
export function isKnownRegion(region: string): boolean {
  return domainOf(region) !== null
}

/**
 * The given address of IAM or SDRS that is not of the cloud which is known to have the region. Private clouds call
 * their regions as they like, also `eu-de`: a credential of theirs is nothing for the other cloud's hosts. Null: there
 * is none, or the region is nobody's.
 */
export function ofAnotherCloud({
  given,
  region,
}: Pick<EndpointSources, 'given' | 'region'>): GivenEndpoint | null {
  const domain = region === null ? null : domainOf(region)
  if (domain === null) return null
  const others = [given.iam, given.sdrs].filter((each) => each !== undefined)
  return others.find(({ url, from }) => domainOfHost(parseEndpoint(url, from)) !== domain) ?? null
}

/** The known cloud that a host is in; the longest name counts, as one cloud's ends in another's. */
function domainOfHost(url: string): Domain | null {
  const { hostname } = new URL(url)
  return (
    DOMAINS.filter(({ name }) => hostname.endsWith(`.${name}`)).toSorted(
      (one, other) => other.name.length - one.name.length,
    )[0] ?? null
  )
}

/** Beside `https://sdrs.REGION.DOMAIN` of a known cloud: null for any other host, port or path. */
function siblingOf(
  sdrs: string | null,
  service: ProjectService,
): { readonly url: string; readonly region: string } | null {
  const [, region = '', domain = ''] =
    /^https:\/\/sdrs\.([a-z0-9-]+)\.([a-z.-]+)$/.exec(sdrs ?? '') ?? []
  return DOMAINS.some(({ name }) => name === domain)
    ? { url: `https://${service}.${region}.${domain}`, region }
    : null
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

/** `/v1`, `/v2.1/{project}`, `/v3`, also with the catalogue's placeholders; and the call itself that signs in. */
const VERSION_AND_PROJECT = /\/v\d+(\.\d+)?(\/[^/]+)?$|\/v3\/auth\/tokens$/

export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
  )
}

/** A region becomes part of host names, so nothing else may be in it. Throws Failure (usage). */
export function parseRegion(text: string, from: string | null = null): string {
  if (/^[a-z0-9]+(-[a-z0-9]+)*$/i.test(text)) return text.toLowerCase()
  const place = from === null ? '' : `${from}: `
  throw new Failure('usage', `${place}"${text}" is not the name of a region`, 'for example eu-de')
}

/** The region in the host name of an IAM endpoint, or null. */
export function regionOfIamEndpoint(endpoint: string): string | null {
  return /^https:\/\/iam(?:-pub)?\.([a-z0-9]+(?:-[a-z0-9]+)+)\./.exec(endpoint)?.[1] ?? null
}

/** As catalogues call the services: EVS is also there as what it is to OpenStack. The first that is there counts. */
const CATALOGUE_TYPES = {
  sdrs: ['sdrs'],
  ecs: ['ecs'],
  vpc: ['vpc'],
  evs: ['evs', 'volumev3', 'volumev2'],
  iam: ['iam'],
} as const satisfies Record<Service, readonly string[]>

function fromCatalogue(service: Service, sources: EndpointSources): GivenEndpoint | null {
  for (const type of CATALOGUE_TYPES[service]) {
    const url = inCatalogue(type, service, sources)
    if (url !== null) return { url, from: 'the catalogue' }
  }
  return null
}

function inCatalogue(type: string, service: Service, sources: EndpointSources): string | null {
  const { region } = sources
  const found = sources.catalogue
    .filter((entry) => entry.type === type)
    .flatMap((entry) => entry.endpoints)
    .filter((endpoint) => endpoint.interface === null || endpoint.interface === 'public')
    .filter((endpoint) => region === null || endpoint.region === region)
  const urls = new Set(found.map(({ url }) => endpointInCatalogue(url, service)))
  // Without a region, several are a choice that is not ours to make.
  return region !== null || urls.size === 1 ? ([...urls][0] ?? null) : null
}

/** Nobody can mend a catalogue, but name another address. */
function endpointInCatalogue(url: string, service: Service): string {
  try {
    return parseEndpoint(url, `the catalogue's ${service}`)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const option = service === 'sdrs' ? '--endpoint' : `--${service}-endpoint`
    throw new Failure(error.kind, error.message, `name its https address with ${option}`)
  }
}

/** The regions in which a catalogue has a service, for people. */
export function regionsInCatalogue(
  service: Service,
  catalogue: readonly CatalogueEntry[],
): readonly string[] {
  const types: readonly string[] = CATALOGUE_TYPES[service]
  const regions = catalogue
    .filter(({ type }) => types.includes(type))
    .flatMap(({ endpoints }) => endpoints)
    .filter(({ interface: kind }) => kind === null || kind === 'public')
    .flatMap(({ region }) => region ?? [])
  return [...new Set(regions)]
}

function fromRegion(service: Service, sources: EndpointSources): GivenEndpoint | null {
  const { region } = sources
  const domain = region === null ? null : domainOf(region)
  if (domain === null || ofAnotherCloud(sources) !== null) return null
  const host = service === 'iam' ? (domain.iam ?? 'iam') : service
  return { url: `https://${host}.${region}.${domain.name}`, from: `the region ${region}` }
}

function domainOf(region: string): Domain | null {
  const isIts = ({ regions }: Domain): boolean =>
    regions instanceof RegExp ? regions.test(region) : regions.has(region)
  return DOMAINS.find(isIts) ?? null
}
