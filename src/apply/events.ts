import type { OutcomeKind, Reason } from '../outcome.ts'
import type { ErrorClass } from '../cloud/errors.ts'
import type { EnablingKind, EnablingReason } from '../enabling.ts'
import type { Progress } from './tally.ts'

/** A row of the run. */
interface OfRow {
  readonly row: number
  readonly serverId: string
}

/** A protection group that is switched on. */
interface OfGroup {
  readonly groupId: string
  readonly name: string
}

/** What the service said. */
interface Answer {
  readonly status: number | null
  readonly code: string | null
  readonly requestId: string | null
}

/**
 * What happens in a run, as data: a closed union, so that whoever tells of it (the log, the narrator,
 * the live view) is led by the compiler to a new event.
 */
export type RunEvent =
  | ({ readonly type: 'accepted'; readonly jobId: string } & OfRow)
  | ({ readonly type: 'create-failed'; readonly class: ErrorClass } & OfRow & Answer)
  | ({
      readonly type: 'row-ended'
      readonly outcome: OutcomeKind
      readonly reason: Reason | null
    } & OfRow)
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
  | ({ readonly type: 'start-accepted'; readonly jobId: string } & OfGroup)
  | ({ readonly type: 'start-failed'; readonly class: ErrorClass } & OfGroup & Answer)
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
