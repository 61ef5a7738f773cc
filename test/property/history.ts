/**
 * One random history: a world, and the runs of the tool that it sees, with what befalls them. Plain
 * data, so that fast-check can shrink it and a person can read it.
 */
export interface History {
  readonly seed: number
  readonly groups: readonly GroupPlan[]
  readonly servers: readonly ServerPlan[]
  /** Instances of servers that no row ever names; somebody else may delete them. */
  readonly foreign: number
  readonly cloud: CloudPlan
  readonly runs: readonly RunPlan[]
  /** The first group and its rows meet no trouble of their own: see `neighbourHistory`. */
  readonly firstGroupIsQuiet: boolean
  /** Runs may overlap, and take the lock of their reports folder: see `crowdedHistory`. */
  readonly takesLocks: boolean
}

export interface GroupPlan {
  /** Creates it runs at once; null is no limit. */
  readonly parallel: number | null
  readonly capacity: number | null
  readonly status: 'available' | 'protected' | 'starting' | 'error' | 'failed-over'
}

export interface ServerPlan {
  /** By place; taken modulo the number of groups. */
  readonly group: number
  readonly job:
    | 'succeeds'
    | 'leaves-error'
    | 'leaves-nothing'
    | 'once-1350'
    | '1350-leaves-error'
    | 'sub-job-fails'
    /** In a late sub-job: what it leaves is healthy. */
    | 'sub-job-fails-late'
    | 'fails-late'
    /** What it leaves in `error` is repaired by itself, a while after. */
    | 'repaired-soon'
    | 'repaired-late'
  /** What befalls the instance of its first create. */
  readonly befalls:
    | 'nothing'
    | 'omitted-early'
    | 'omitted-once-ready'
    /** A minute after it is ready, for hours: it has ended as created, and no list shows it any more. */
    | 'omitted-for-hours'
    | 'breaks-at-once'
    | 'breaks-later'
    | 'job-never-ends'
    | 'says-TARGET'
    | 'says-source-blank'
    | 'says-nothing'
  /** What protects it before the first run, and what state that is in. */
  readonly before:
    | 'nothing'
    | 'available'
    | 'creating'
    | 'error'
    | 'fault'
    | 'elsewhere'
    | 'deleting'
  readonly wave: '1' | '2' | null
}

export interface CloudPlan {
  readonly listLagMs: number
  readonly jobTimeMs: { readonly min: number; readonly max: number }
  readonly latencyMs: number
  readonly busyAs: 'code' | 'conflict'
  readonly rateLimit: number | null
  /** Lists come in pages of so many; null: as asked for. */
  readonly mostPerPage: number | null
  readonly unreachable: number
  /** A service without SDRS.1305; only where lists lag less than the tool looks. */
  readonly forgetful: boolean
  readonly rules: readonly unknown[]
}

export interface RunPlan {
  /** Per mille of the steps that such a run takes about; null: it does not happen. */
  readonly dies: number | null
  readonly interrupted: number | null
  readonly cutOff: number | null
  readonly diskFull: number | null
  /** Whose reports folder it reads and writes. */
  readonly host: 'here' | 'elsewhere'
  /** How far the clock of its machine is ahead of the cloud's; negative: behind. */
  readonly clockOffMs: number
  /** The reports folder as the next run on this host finds it. */
  readonly journals: 'kept' | 'deleted'
  readonly pauseMs: number
  /** What is done to the inventory first: places of rows. */
  readonly dropped: readonly number[]
  readonly moved: readonly number[]
  readonly reversed: boolean
  readonly concurrency: number
  readonly maxJobs: number
  readonly settleWindowMs: number
  readonly jobTimeoutMs: number
  readonly pollIntervalMs: number | null
  readonly replaceFailed: boolean
  readonly journalMs: number
  /** Where locks are taken. */
  readonly crowd: CrowdPlan
}

/** How a run stands to others on the same reports folder. */
export interface CrowdPlan {
  /** Boot and PID namespace that it runs in; the host's name is the same everywhere. */
  readonly namespace: 'one' | 'two'
  /** The next run begins so long after this one, ended or not; null: after its end. */
  readonly nextAfterMs: number | null
  readonly lockTimeoutMs: number
  /** Per mille of its steps: there it stands still for so long, and then goes on as if nothing had been. */
  readonly suspended: { readonly at: number; readonly forMs: number } | null
}
