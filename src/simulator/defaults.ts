import { chanceUuid } from './chance.ts'
import { noFaultsYet } from './fault-state.ts'
import { withFlavors } from './flavors.ts'
import { emptyLog } from './log.ts'
import type { ActiveDomain, Auth, Disk, Limits, Server, World } from './state.ts'
import { tableOf } from './table.ts'

export const DEFAULT_PROJECT_ID = '0123456789abcdef0123456789abcdef'
export const DEFAULT_REGION = 'eu-de'
export const DEFAULT_FLAVOR = 's3.large.2'
/** IDs made from names alone are the same in every world, so that a sample can quote them. */
export const DEFAULT_VPC_ID = chanceUuid(0, 'vpc', 'main')
export const PRODUCTION_SUBNET_ID = chanceUuid(0, 'subnet', 'production')

/** Quick jobs and no other limit than the service's own: a place to try things out. */
export const DEFAULT_LIMITS: Limits = {
  jobTimeMs: { min: 4_000, max: 8_000 },
  jobTimeMix: [],
  jobTimeGrowth: 0,
  otherJobTimeMs: { min: 1_000, max: 3_000 },
  syncTimeMs: { min: 2_000, max: 5_000 },
  groupParallel: null,
  busyAs: 'code',
  rateLimit: null,
  listLagMs: 0,
  showLags: false,
  swapsServers: false,
  tokenTtlMs: 24 * 3_600_000,
  groupCapacity: null,
  mostPerPage: null,
  limitRange: '1-999',
  pairQuota: -1,
  groupQuota: -1,
  dialect: 'otc',
  latencyMs: 0,
  unsupportedFlavors: null,
}

/** What a world offers that names no flavors; those that its servers have come on top. */
export const DEFAULT_FLAVORS = withFlavors(
  tableOf(),
  ['s2', 's3', 'c3', 'c4', 'm3', 'm4'].flatMap((family) =>
    ['medium', 'large', 'xlarge', '2xlarge', '4xlarge', '8xlarge'].flatMap((size) =>
      ['1', '2', '4', '8'].map((ratio) => `${family}.${size}.${ratio}`),
    ),
  ),
)

/** A server with nothing in the way of its protection, as far as these tell. */
export const PLAIN_SERVER = {
  locked: false,
  lockSource: null,
  lockScene: null,
  taskState: null,
  frozen: false,
  osType: 'Linux',
  keyName: null,
  tenancy: null,
  dedicatedHostId: null,
  hostName: null,
  securityGroups: ['default'],
  agency: null,
  createdAt: null,
  pairFault: null,
  drServer: null,
} as const satisfies Partial<Server>

export const PLAIN_DISK = {
  size: 40,
  type: 'SAS',
  encrypted: false,
  shared: false,
  system: false,
} as const satisfies Partial<Disk>

export const DEFAULT_AUTH: Auth = {
  mode: 'any',
  users: [],
  accessKeys: {},
  tokens: {},
  refusals: {},
}

export function emptyWorld(options: {
  readonly seed: number
  readonly projectId: string
  readonly projectName: string
  readonly region: string
  readonly limits: Limits
  readonly auth: Auth
}): World {
  const domainId = chanceUuid(0, 'domain').replaceAll('-', '')
  return {
    version: 1,
    seed: options.seed,
    project: { id: options.projectId, name: options.projectName },
    domain: { id: domainId, name: 'OTC00000000001000000001' },
    region: options.region,
    limits: options.limits,
    auth: options.auth,
    serial: 1,
    groups: tableOf(),
    groupOrder: emptyLog(),
    groupNames: tableOf(),
    pairsInUse: 0,
    servers: tableOf(),
    serverOrder: emptyLog(),
    subnets: {},
    flavors: DEFAULT_FLAVORS,
    activeDomains: [defaultDomain(domainId, options.region)],
    instances: tableOf(),
    instanceOrder: emptyLog(),
    jobs: tableOf(),
    serverUse: tableOf(),
    createsByServer: tableOf(),
    addressUse: tableOf(),
    departures: tableOf(),
    departing: null,
    acts: tableOf(),
    pairDetails: tableOf(),
    loosePairs: tableOf(),
    volumes: tableOf(),
    drills: tableOf(),
    changes: [],
    ledger: emptyLog(),
    groupLedger: emptyLog(),
    counters: {},
    rateWindow: [],
    faults: noFaultsYet,
  }
}

/** Between the region's first two zones, as groups are by default. */
export function defaultDomain(id: string, region: string): ActiveDomain {
  return {
    id,
    name: 'domain_001',
    sourceAvailabilityZone: `${region}-01`,
    targetAvailabilityZone: `${region}-02`,
    soldOut: false,
  }
}

/** The ID that a group known only by its name gets. */
export function groupIdFor(name: string): string {
  return chanceUuid(0, 'group', name)
}
