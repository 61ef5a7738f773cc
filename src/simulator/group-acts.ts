/**
 * What is done to a whole group. One call, `start-server-group`, is two acts: it switches protection
 * on, or reprotects a group that was failed over.
 */
export type GroupActKind = 'start' | 'stop' | 'reprotect' | 'failover' | 'reverse'

/** A change of a group over time. What it is, and has been, is read from all of them. */
export interface GroupMove {
  readonly act: GroupActKind | 'create' | 'delete'
  readonly startedAt: number
  readonly endsAt: number
  /** The group's status between the two, and from the second on. */
  readonly during: string
  readonly after: string
  /** `priority_station` from its end on; null leaves it as it was. */
  readonly station: 'source' | 'target' | null
  /** Instances whose part of a start failed, by ID: `error-starting`, whatever becomes of the group. */
  readonly failed: readonly string[]
}

/** How a group's start goes wrong although it was accepted. */
export interface StartFails {
  readonly errorCode: string
  readonly failReason: string
  /** This many starts fail, later ones succeed; null is all of them. */
  readonly times: number | null
  /** Where the group ends: `protected` is a start that only some of its instances missed. */
  readonly leaves: 'error-starting' | 'available' | 'protected'
  /** The parent job ends in SUCCESS and only sub-jobs in FAIL. */
  readonly subJobOnly: boolean
  /** A glob over names and IDs of servers: of these the sub-jobs fail. */
  readonly server: string
}

/** How a group's pairs and starts behave, where it is not as everywhere. */
export interface GroupTrouble {
  readonly startFails: StartFails | null
  /** Over `limits.syncTimeMs`. */
  readonly syncTimeMs: { readonly min: number; readonly max: number } | null
}

/** A call for an act that reached the service and found its group; refused ones are kept as well. */
export interface GroupActEntry {
  readonly kind: GroupActKind
  readonly at: number
  readonly serverGroupId: string
  readonly name: string
  /** The group's at that moment, whatever a lagging list said. */
  readonly status: string
  readonly station: 'source' | 'target'
  readonly accepted: {
    readonly jobId: string
    readonly endsAt: number
    readonly jobStatus: 'SUCCESS' | 'FAIL'
    /** The group's status at `endsAt`. */
    readonly after: string
  } | null
  /** The code of the refusal; null where it was accepted. */
  readonly refusedAs: string | null
}

/** What goes wrong with the pairs of a server's instance. Null in a field: as it would be without. */
export interface PairFault {
  /** A glob over the disks' devices: `/dev/vdb`. */
  readonly device: string
  /** What `afterMs` counts from: the end of the create, or of the start that switched protection on (again). */
  readonly from: 'ready' | 'protected'
  readonly afterMs: number
  /** It mends itself so long after; null is never. */
  readonly forMs: number | null
  readonly status: string | null
  readonly replicationStatus: string | null
  readonly progress: number | null
  /** `0`, `2` (the production disk cannot be read) or `5` (the link is broken). */
  readonly faultLevel: string
  readonly failureDetail: string | null
}

/** In what the DR server of a server is not what its create made. Null in a field: it is. */
export interface DrServerDrift {
  /** From so long after the end of the create. */
  readonly afterMs: number
  readonly name: string | null
  readonly status: string | null
  readonly flavor: string | null
  readonly availabilityZone: string | null
  readonly vpcId: string | null
  readonly address: string | null
  readonly tags: readonly string[] | null
  readonly hostName: string | null
  readonly securityGroups: readonly string[] | null
  readonly agency: string | null
  /** Somebody deletes it so long after the end of the create: its instance is `invalid` from then on. */
  readonly deletedAfterMs: number | null
}
