import type { ApiError, ErrorClass } from '../cloud/errors.ts'
import type { EnablingKind, EnablingReason } from '../enabling.ts'
import type { OutcomeKind, Reason } from '../outcome.ts'
import type { End } from './followed.ts'
import type { StopReason } from './stop.ts'
import type { Progress } from './tally.ts'

/** A protection group, by its ID and its name. */
export interface OfGroup {
  readonly groupId: string
  readonly group: string
}

/** A row of the run, with the group that it names. */
export interface OfRow extends OfGroup {
  readonly row: number
  readonly serverId: string
  readonly name: string
  /** The place of its wave among the run's waves, from 1. */
  readonly wave: number
}

/** A job that is followed; `row` and `wave` are null for a create of an earlier run that no row names. */
interface OfJob extends OfGroup {
  readonly row: number | null
  readonly serverId: string
  readonly name: string
  readonly wave: number | null
}

/** What the service said. */
interface Answer {
  readonly status: number | null
  readonly code: string | null
  readonly requestId: string | null
}

/** So many rows of one wave and one group for which the plan has not settled everything yet. */
interface Lot {
  readonly wave: number
  readonly groupId: string
  readonly rows: number
}

/** How many creates a group takes at once, as far as its answers have shown. Times in ms. */
export interface LaneFacts {
  /** Jobs at once; null: nothing has pointed to a limit. */
  readonly limit: number | null
  /** Since when it has refused without any progress; null: it does not. */
  readonly busySince: number | null
  /** Nothing is sent to it before then, unless one of its own jobs ends; null: it is open. */
  readonly closedUntil: number | null
}

/**
 * What happens in a run, as data: a closed union, so that whoever tells of it (the log, the narrator, the live
 * view, `--progress json`) is led by the compiler to a new event. Times are ms since the epoch by the run's own
 * clock, durations ms.
 */
export type RunEvent =
  /** The first event of a run that creates. */
  | {
      readonly type: 'run-begun'
      readonly rows: number
      readonly maxJobs: number
      readonly waves: readonly { readonly name: string | null; readonly rows: number }[]
      readonly groups: readonly (OfGroup & { readonly rows: number })[]
      readonly lots: readonly Lot[]
    }
  | {
      readonly type: 'wave-begun'
      readonly wave: number
      readonly of: number
      readonly name: string | null
      readonly rows: number
    }
  | ({ readonly type: 'accepted'; readonly jobId: string } & OfRow)
  | ({ readonly type: 'create-failed'; readonly class: ErrorClass } & OfRow & Answer)
  /** A create is followed: an accepted one, one of an earlier run, or one whose answer was lost (no job is known). */
  | ({
      readonly type: 'job-running'
      readonly jobId: string | null
      readonly since: number
    } & OfJob)
  | ({
      readonly type: 'job-ended'
      readonly end: End['kind']
      readonly durationMs: number
    } & OfJob)
  /** What a failed create left is being deleted, with its DR server. */
  | ({ readonly type: 'removing'; readonly instanceId: string } & OfRow)
  | ({ readonly type: 'removed'; readonly instanceId: string } & OfRow)
  | ({
      readonly type: 'row-ended'
      readonly outcome: OutcomeKind
      readonly reason: Reason | null
      readonly errorCode: string | null
      /** The plan had settled it: this run had nothing to do for it. */
      readonly wasSettled: boolean
    } & OfRow)
  /** What is known of how many creates a group takes has changed. */
  | ({ readonly type: 'lane' } & OfGroup & LaneFacts)
  /** The service asks for less (429, 503): no create goes before `until`. */
  | ({ readonly type: 'held-back'; readonly until: number } & Answer)
  /** Nothing new is sent any more. */
  | { readonly type: 'stopping'; readonly reason: StopReason }
  | ({
      readonly type: 'access-lost'
      readonly operation: string
      readonly message: string
    } & Answer)
  /**
   * The failure limit is reached: nothing more is sent. `answered` creates, or starts of groups, of which
   * `failed` failed.
   */
  | {
      readonly type: 'failure-limit'
      readonly of: 'creates' | 'groups'
      readonly failed: number
      readonly answered: number
      readonly limit: string
    }
  | ({ readonly type: 'progress' } & Progress)
  /** Everything sent has ended, and the cloud is looked at once more. */
  | { readonly type: 'looking' }
  /** Protection is switched on in these groups. */
  | {
      readonly type: 'groups-begun'
      readonly maxJobs: number
      readonly groups: readonly (OfGroup & { readonly rows: number })[]
    }
  | ({ readonly type: 'start-accepted'; readonly jobId: string } & OfGroup)
  | ({ readonly type: 'start-failed'; readonly class: ErrorClass } & OfGroup & Answer)
  /** The start of a group is followed. */
  | ({
      readonly type: 'start-running'
      readonly jobId: string | null
      readonly since: number
    } & OfGroup)
  | ({
      readonly type: 'group-ended'
      readonly outcome: EnablingKind
      readonly reason: EnablingReason | null
      readonly isOn: boolean
    } & OfGroup)
  | {
      readonly type: 'groups-progress'
      readonly groups: number
      /** Ended groups by outcome. */
      readonly ended: Readonly<Partial<Record<EnablingKind, number>>>
      /** Starts being followed. */
      readonly running: number
    }

export function answerOf({ httpStatus: status, code, requestId }: ApiError): Answer {
  return { status, code, requestId }
}
