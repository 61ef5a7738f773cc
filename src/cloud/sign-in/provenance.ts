import { Failure } from '../../failure.ts'
import { groupBy } from '../../group-by.ts'
import { locateEndpoint, type GivenEndpoint, type Service } from '../endpoints.ts'
import type { Credential } from './credential.ts'
import type { Target } from './target.ts'

/** One value of a sign-in and where it came from. Never a secret: of those only the place is told. */
interface Told {
  readonly what: string
  /** Null where the value itself is secret, or of no use to a reader. */
  readonly value: string | null
  readonly from: string
}

/**
 * Where each value of a sign-in came from: the flag, the variable or the file. For the debug log, and for
 * whoever has to find out why it was refused: most often a variable that was forgotten. Pure.
 */
export function provenance(
  found: {
    readonly credential: Credential
    readonly source: string
    readonly domainFrom?: string | null
  },
  target: Target,
): readonly Told[] {
  const { credential, source } = found
  const told: Told[] = []
  if (credential.kind === 'password') {
    const isById = 'userId' in credential
    const value = isById ? credential.userId : credential.username
    told.push({ what: isById ? 'user ID' : 'user', value, from: source })
    if (!isById) {
      const { domain } = credential
      const name = 'name' in domain ? domain.name : domain.id
      told.push({ what: 'domain', value: name, from: found.domainFrom ?? source })
    }
  } else told.push({ what: KINDS[credential.kind], value: null, from: source })
  const project = target.projectId ?? target.projectName
  told.push(
    project === null
      ? {
          what: 'project',
          value: null,
          from: `the ${credential.kind === 'token' ? 'token or the region' : 'region'}, as none was named`,
        }
      : { what: 'project', value: project, from: target.sources.project ?? '' },
  )
  if (target.region !== null) {
    told.push({ what: 'region', value: target.region, from: target.sources.region ?? '' })
  }
  for (const service of SERVICE_ORDER) {
    const given = target.given[service] ?? (service === 'iam' ? iamOf(target) : undefined)
    if (given !== undefined) told.push(endpointTold(service, given))
  }
  return told
}

/** Where each endpoint that is used comes from, those that nobody gave too. */
export function endpointProvenance(
  endpoints: Readonly<Partial<Record<Service, GivenEndpoint>>>,
): readonly Told[] {
  return SERVICE_ORDER.flatMap((service) => {
    const found = endpoints[service]
    return found === undefined ? [] : [endpointTold(service, found)]
  })
}

const SERVICE_ORDER = ['iam', 'sdrs', 'ecs', 'vpc', 'evs'] as const satisfies readonly Service[]

function endpointTold(service: Service, { url, from }: GivenEndpoint): Told {
  return { what: SERVICES[service], value: shownUrl(url), from }
}

/** Where the sign-in goes to when nobody says it; what may not be used is refused elsewhere. */
function iamOf({ given, region }: Target): GivenEndpoint | undefined {
  try {
    return locateEndpoint('iam', { given, catalogue: [], region }) ?? undefined
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}

/** Whatever stands before a host or in a query: it may be a password, and a URL that has one is refused only later. */
function shownUrl(url: string): string {
  return url.replace(/^([a-z][a-z\d+.-]*:\/\/)?.*@/is, '$1…@').replace(/[?#].*$/s, '')
}

/** `user jane, domain OTC1 from OS_USERNAME, …; project eu-de_dr from OS_TENANT_NAME; …` */
export function provenanceText(told: readonly Told[]): string {
  return [...groupBy(told, ({ from }) => from)]
    .map(([from, values]) => {
      const names = values.map(({ what, value }) => (value === null ? what : `${what} ${value}`))
      return `${names.join(', ')} from ${from}`
    })
    .join('; ')
}

const KINDS = {
  token: 'token',
  'ak-sk': 'access key',
  agency: 'agency',
} as const satisfies Record<Exclude<Credential['kind'], 'password'>, string>

const SERVICES = {
  iam: 'IAM endpoint',
  sdrs: 'SDRS endpoint',
  ecs: 'ECS endpoint',
  vpc: 'VPC endpoint',
  evs: 'EVS endpoint',
} as const satisfies Record<Service, string>
