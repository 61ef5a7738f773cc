import type { Act, Change, Drill, LoosePair, PairDetails } from './acts.ts'
import type { FaultState } from './fault-state.ts'
import type {
  DrServerDrift,
  GroupActEntry,
  GroupMove,
  GroupTrouble,
  PairFault,
} from './group-acts.ts'
import type { Log } from './log.ts'
import type { Table } from './table.ts'

/**
 * Everything the simulated cloud knows, as plain data. A request maps one World to the next; what
 * time alone changes (a job's end, an instance becoming available) is not stored but computed by
 * whoever reads: every record carries the instants at which it changes.
 */
export interface World {
  readonly version: 1
  readonly seed: number
  readonly project: { readonly id: string; readonly name: string }
  readonly domain: { readonly id: string; readonly name: string }
  readonly region: string
  readonly limits: Limits
  readonly auth: Auth
  /** Counts made-up IDs, so that each is new. */
  readonly serial: number
  readonly groups: Table<Group>
  readonly groupOrder: Log<string>
  /** The ID of the first group of each name. */
  readonly groupNames: Table<string>
  /** Replication pairs of all groups. */
  readonly pairsInUse: number
  /** By `serverKey`. */
  readonly servers: Table<Server>
  readonly serverOrder: Log<string>
  readonly subnets: Readonly<Record<string, Subnet>>
  /** All that ECS offers, by ID. */
  readonly flavors: Table<Flavor>
  /** The pairs of zones that groups may span. */
  readonly activeDomains: readonly ActiveDomain[]
  readonly instances: Table<Instance>
  readonly instanceOrder: Log<string>
  readonly jobs: Table<Job>
  /** The instance that uses a server, by `serverKey`, for production and DR servers alike. */
  readonly serverUse: Table<string>
  /** Creates accepted so far, by `serverKey`. */
  readonly createsByServer: Table<number>
  /** Who holds an address, by `subnet/address`. */
  readonly addressUse: Table<string>
  /** Instances that will be gone at a known instant; what they hold is freed then. */
  readonly departures: Table<Departure>
  /** The same, the soonest first. */
  readonly departing: Departing | null
  /** What is being done to instances and pairs, or has been: by their IDs, oldest first. */
  readonly acts: Table<readonly Act[]>
  readonly pairDetails: Table<PairDetails>
  readonly loosePairs: Table<LoosePair>
  /** Disks that no server has. */
  readonly volumes: Table<Volume>
  readonly drills: Table<Drill>
  /** What is still to come of acts that were accepted. */
  readonly changes: readonly Change[]
  readonly ledger: Log<LedgerEntry>
  /** Append-only: calls for starts, stops and the like of groups. */
  readonly groupLedger: Log<GroupActEntry>
  /** Requests by operation, refused ones included. */
  readonly counters: Readonly<Record<string, number>>
  /** When the requests of the last second were let through. */
  readonly rateWindow: readonly number[]
  readonly faults: FaultState
}

export interface MsRange {
  readonly min: number
  readonly max: number
}

export interface Limits {
  readonly jobTimeMs: MsRange
  /** Shares of all creates that take another time than `jobTimeMs`: two humps, a long tail. */
  readonly jobTimeMix: readonly (MsRange & { readonly share: number })[]
  /** So much longer does a create take for each hour since the world's first; negative: shorter. */
  readonly jobTimeGrowth: number
  /** Jobs other than a create: delete, start, stop, create group. */
  readonly otherJobTimeMs: MsRange
  /** How long a pair copies from the end of its group's start until it is in sync. */
  readonly syncTimeMs: MsRange
  /** Creates that one group runs at once; null is not limited. A group's own `parallel` wins. */
  readonly groupParallel: number | null
  /** How a busy group answers: 400 with SDRS.1018, or 409. */
  readonly busyAs: 'code' | 'conflict'
  /** SDRS, ECS, VPC and EVS requests in any one second; null is not limited. */
  readonly rateLimit: number | null
  /** A list shows instances, groups and pairs as they were this long ago. */
  readonly listLagMs: number
  /** Whether one of them asked for by its ID lags as well. */
  readonly showLags: boolean
  /**
   * Which server `source_server` names once a group's sides are turned is not documented: true is the
   * one that production runs on, false the one that was protected first.
   */
  readonly swapsServers: boolean
  readonly tokenTtlMs: number
  readonly groupCapacity: number | null
  /** Lists of SDRS and of servers never give more items a page than this, whatever was asked for; null gives what was asked for. */
  readonly mostPerPage: number | null
  /** What a `limit` may be in SDRS: as its error SDRS.0221 says, or as its reference says. */
  readonly limitRange: '1-999' | '0-1000'
  /** Replication pairs and groups; −1 is unlimited, as on the wire. */
  readonly pairQuota: number
  readonly groupQuota: number
  /** Huawei Cloud takes Chinese names, dedicated hosts and clusters; OTC does not. */
  readonly dialect: 'otc' | 'huawei'
  readonly latencyMs: number
  /** Globs of flavors that cannot be protected; null: those of the dialect's documentation. */
  readonly unsupportedFlavors: readonly string[] | null
}

export interface Auth {
  /**
   * `any`: credentials that this world does not know are let in, for trying things out. Known ones
   * are checked in both modes: an issued token expires, a known access key must sign correctly.
   */
  readonly mode: 'any' | 'strict'
  /** Without users any name and password signs in. */
  readonly users: readonly User[]
  /** Secret key by access key. */
  readonly accessKeys: Readonly<Record<string, string>>
  /** By SHA-256 of the token, so that a saved world holds no credential. */
  readonly tokens: Readonly<Record<string, KnownToken>>
  /** When each access key was last refused: five times within five minutes lock it. */
  readonly refusals: Readonly<Record<string, readonly number[]>>
}

export interface KnownToken {
  readonly expiresAt: number
  readonly revoked: boolean
  /** Null: of an older version's file, or made elsewhere. */
  readonly about: TokenAbout | null
}

/** What IAM can tell of a token that it issued. */
export interface TokenAbout {
  readonly issuedAt: number
  /** `password`, `token`: how it was asked for, and what that was asked with. */
  readonly methods: readonly string[]
  /** The user's name, and the name of its domain. */
  readonly user: string
  readonly domain: string
  readonly scope: 'project' | 'domain' | 'unscoped'
}

interface User {
  readonly name: string
  readonly password: string
  readonly domain: string
}

export interface Group extends GroupTrouble {
  readonly id: string
  readonly name: string
  readonly description: string
  /** Before its first move. */
  readonly status: string
  /** Oldest first. */
  readonly moves: readonly GroupMove[]
  readonly sourceAvailabilityZone: string
  readonly targetAvailabilityZone: string
  readonly domainId: string
  readonly sourceVpcId: string
  readonly targetVpcId: string
  /** Before its first move that turns it. */
  readonly priorityStation: 'source' | 'target'
  readonly capacity: number | null
  readonly parallel: number | null
  readonly createdAt: number
  readonly updatedAt: number
  readonly goneAt: number | null
  readonly instances: Log<string>
  readonly jobs: Log<string>
  readonly instanceCount: number
  readonly pairCount: number
  /** Ends of its running creates; kept only where the group is limited. */
  readonly running: readonly number[]
}

export interface Server {
  readonly id: string
  readonly name: string
  readonly status: string
  readonly availabilityZone: string
  readonly vpcId: string
  readonly flavor: string
  /** None at all for one that boots from a local disk. */
  readonly disks: readonly Disk[]
  readonly addresses: readonly { readonly address: string; readonly subnetId: string }[]
  readonly tags: readonly string[]
  /** By another operation. */
  readonly locked: boolean
  /** Who else locks it, and what for: `metadata.lockSource`, `lockScene`. One with a source is locked. */
  readonly lockSource: string | null
  readonly lockScene: string | null
  /** What is being done to it right now. */
  readonly taskState: string | null
  /** By the cloud: unpaid, or by law. */
  readonly frozen: boolean
  /** `Linux` or `Windows`. */
  readonly osType: string
  readonly keyName: string | null
  /** `dedicated`: it stands on a dedicated host. */
  readonly tenancy: 'shared' | 'dedicated' | null
  readonly dedicatedHostId: string | null
  /** Null: its name. */
  readonly hostName: string | null
  readonly securityGroups: readonly string[]
  readonly agency: string | null
  /** ms since the epoch; null: long ago. */
  readonly createdAt: number | null
  readonly createFails: CreateFails | null
  /** What befalls the instances that its creates make. */
  readonly anomalies: PlannedAnomalies | null
  /** What befalls the pairs of its instance, and its DR server. */
  readonly pairFault: PairFault | null
  readonly drServer: DrServerDrift | null
}

export interface Disk {
  /** A shared disk is the one of that ID in every server that has it. */
  readonly id: string
  readonly device: string
  /** GiB. */
  readonly size: number
  /** `SAS`, `SSD` … */
  readonly type: string
  readonly encrypted: boolean
  readonly shared: boolean
  /** The server boots from it. */
  readonly system: boolean
}

export interface Volume {
  readonly disk: Disk
  readonly zone: string
}

/** How the create job of a server goes wrong although it was accepted. */
export interface CreateFails {
  readonly errorCode: string
  readonly failReason: string
  /** True: an instance in `error` stays behind; `healthy`: one that is `available`; false: none. */
  readonly leavesInstance: boolean | 'healthy'
  /** The parent job ends in SUCCESS and only a sub-job in FAIL. */
  readonly subJobOnly: boolean
  /** This many creates fail, later ones succeed; null is all of them. */
  readonly times: number | null
  /** The instance left in `error` is repaired by itself so long after the failure; null is never. */
  readonly repairedAfterMs: number | null
}

/** What befalls an instance later on, beside what its create and its group make of it. */
export interface Anomalies {
  /** From `at` until the next turn it is in `status`; `available` is what its group makes of that. Oldest first. */
  readonly turns: readonly { readonly at: number; readonly status: string }[]
  /** Lists leave it and its pairs out between these instants; asked for by its ID it is there. */
  readonly omissions: readonly { readonly from: number; readonly until: number }[]
  /** What it says instead of its group's `priority_station`; null in it leaves the field out. */
  readonly station: { readonly says: string | null } | null
}

/** Anomalies of instances that are still to be made. */
export interface PlannedAnomalies {
  /** Counted from the end of the create. */
  readonly turns: readonly { readonly afterMs: number; readonly status: string }[]
  /** Counted from the create's acceptance, or from its end. */
  readonly omissions: readonly {
    readonly from: 'created' | 'ready'
    readonly afterMs: number
    readonly forMs: number
  }[]
  readonly station: Anomalies['station']
  /** The create's job says RUNNING for ever, whatever becomes of the instance. */
  readonly jobNeverEnds: boolean
  /** The instances of this many creates; null is all of them. */
  readonly times: number | null
}

export interface Subnet {
  readonly id: string
  readonly name: string
  readonly cidr: string
  /** Null: it has none. */
  readonly gatewayIp: string | null
  readonly vpcId: string
}

export interface Flavor {
  readonly id: string
  /** `normal`, `promotion`, `obt`, `abandon`, `sellout`, `obt_sellout`, where no zone says otherwise. */
  readonly status: string
  /** By zone. */
  readonly zones: Readonly<Record<string, string>>
  /** Further `os_extra_specs`, such as `quota:local_disk`; over those that every flavor has. */
  readonly specs: Readonly<Record<string, string>>
}

export interface ActiveDomain {
  readonly id: string
  readonly name: string
  readonly sourceAvailabilityZone: string
  readonly targetAvailabilityZone: string
  /** It may have no room for DR disks. That refuses nothing. */
  readonly soldOut: boolean
}

export interface Instance {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly groupId: string
  readonly serverId: string
  readonly targetServerId: string
  readonly createdAt: number
  readonly readyAt: number
  readonly updatedAt: number
  readonly jobId: string | null
  /** What its create comes to at `readyAt`. */
  readonly ends: 'ready' | 'error' | 'gone'
  /** A status that the group's does not decide (`fault`, `invalid` …), from a world file. */
  readonly fixedStatus: string | null
  readonly anomalies: Anomalies | null
  readonly tags: readonly Tag[]
  readonly flavor: string
  readonly subnetId: string | null
  readonly address: string | null
  readonly pairs: readonly {
    readonly id: string
    readonly device: string
    readonly diskId: string
  }[]
  readonly deletion: {
    readonly at: number
    readonly endsAt: number
    readonly deletesTarget: boolean
  } | null
}

export interface Tag {
  readonly key: string
  readonly value: string
}

export interface JobEnd {
  readonly status: 'SUCCESS' | 'FAIL'
  readonly errorCode: string | null
  readonly failReason: string | null
}

export interface Job {
  readonly id: string
  readonly type: string
  readonly startedAt: number
  readonly endsAt: number
  readonly end: JobEnd
  /** Beside those that all jobs may have. */
  readonly entities: Readonly<Record<string, string>>
  readonly groupId: string | null
  readonly instanceId: string | null
  readonly targetServerId: string | null
  readonly resource: { readonly id: string; readonly name: string; readonly type: ResourceType }
  readonly subJobs: readonly SubJob[]
  /** Its failed task has been deleted; left out of all others, which are nearly all. */
  readonly isFailureDeleted?: true | undefined
}

/** What a job is about, as failed tasks name it. */
export type ResourceType =
  | 'server_groups'
  | 'protected_instances'
  | 'replications'
  | 'disaster_recovery_drills'

export interface SubJob {
  readonly id: string
  readonly type: string
  readonly startedAt: number
  readonly endsAt: number
  readonly end: JobEnd
  readonly entities: Readonly<Record<string, string>>
}

export interface Departure {
  readonly at: number
  readonly instanceId: string
}

/**
 * Departures, the soonest first, as a value: a heap whose shorter side is always on the right (a leftist heap). To
 * add one, or to take the soonest, costs the logarithm of how many there are.
 */
export interface Departing {
  readonly first: Departure
  /** How far it is to the end on the right. */
  readonly rank: number
  readonly left: Departing | null
  readonly right: Departing | null
}

/** Append-only: the creates and deletes that the cloud accepted. What `audit.ts` reads promises from. */
export type LedgerEntry = AcceptedAct<'create'> | DeleteEntry

export interface DeleteEntry extends AcceptedAct<'delete'> {
  /** The instance's at that moment, whatever a lagging list said; null in files of older versions. */
  readonly status: string | null
  /** Its `priority_station` as the API shows it; null where it shows none. */
  readonly station: string | null
}

interface AcceptedAct<Kind> {
  readonly kind: Kind
  readonly at: number
  readonly serverId: string
  readonly serverGroupId: string
  readonly name: string
  readonly jobId: string
  readonly instanceId: string
}

/** How two spellings of one server ID are recognised as the same: without case and hyphens. */
export function serverKey(id: string): string {
  return id.replaceAll('-', '').toLowerCase()
}
