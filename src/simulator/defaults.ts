import { chanceUuid } from './chance.ts'
import { noFaultsYet } from './fault-state.ts'
import { emptyLog } from './log.ts'
import type { Auth, Limits, World } from './state.ts'
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
  otherJobTimeMs: { min: 1_000, max: 3_000 },
  groupParallel: null,
  busyAs: 'code',
  rateLimit: null,
  listLagMs: 0,
  showLags: false,
  tokenTtlMs: 24 * 3_600_000,
  groupCapacity: null,
  mostPerPage: null,
  pairQuota: -1,
  groupQuota: -1,
  dialect: 'otc',
  latencyMs: 0,
  // What OTC's documentation rules out as production servers.
  unsupportedFlavors: [
    'c6.*',
    'c9.*',
    's9.*',
    'i9.*',
    'm9.*',
    'g[0-9]*',
    'p[0-9]*',
    'fp[0-9]*',
    'k[cm]*',
  ],
}

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
  return {
    version: 1,
    seed: options.seed,
    project: { id: options.projectId, name: options.projectName },
    domain: { id: chanceUuid(0, 'domain').replaceAll('-', ''), name: 'OTC00000000001000000001' },
    region: options.region,
    limits: options.limits,
    auth: options.auth,
    serial: 1,
    groups: tableOf(),
    groupOrder: emptyLog(),
    servers: tableOf(),
    serverOrder: emptyLog(),
    subnets: {},
    instances: tableOf(),
    instanceOrder: emptyLog(),
    jobs: tableOf(),
    serverUse: tableOf(),
    createsByServer: tableOf(),
    addressUse: tableOf(),
    departures: [],
    ledger: emptyLog(),
    counters: {},
    rateWindow: [],
    faults: noFaultsYet,
  }
}

/** The ID that a group known only by its name gets. */
export function groupIdFor(name: string): string {
  return chanceUuid(0, 'group', name)
}
