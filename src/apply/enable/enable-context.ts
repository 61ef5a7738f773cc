import type { Clock, Random } from '../../clock.ts'
import type { SdrsClient } from '../../cloud/sdrs/sdrs-client.ts'
import type { Journal, JournalFailure } from '../../journal/journal.ts'
import type { PlannedEnabling } from '../../plan/enabling-plan.ts'
import type { Dispatcher } from '../dispatch.ts'
import type { RunEvent } from '../events.ts'
import type { Slots } from '../slots.ts'
import type { StopControl } from '../stop.ts'
import type { GroupWatch } from './group-watch.ts'
import type { Switching } from './switching.ts'

/** What the groups of one run share. */
export interface EnableContext {
  readonly client: Pick<
    SdrsClient,
    'startServerGroup' | 'showServerGroup' | 'listProtectedInstances' | 'listFailureJobs'
  >
  readonly journal: Journal
  readonly dispatcher: Dispatcher
  readonly slots: Slots
  readonly watch: GroupWatch
  readonly stop: StopControl
  readonly clock: Clock
  readonly random: Random
  /** How long a group may be refused without any progress before it is given up, ms. */
  readonly patienceMs: number
  readonly onJournalFailure: (error: JournalFailure) => void
  /** Its start was accepted, or refused for good: what the failure limit counts. */
  readonly onAnswered: (planned: PlannedEnabling) => void
  /** This group has failed: said before its place goes to the next. */
  readonly onFailing: (planned: PlannedEnabling) => void
  /** A start was sent, accepted or refused: something to show. */
  readonly onProgress: () => void
  readonly onEvent: (event: RunEvent) => void
}

/** One group on its way through a run. */
export interface OneGroup {
  readonly context: EnableContext
  readonly planned: PlannedEnabling
  readonly switching: Switching
  /** Starts sent in this run. */
  attempts: number
  /** Starts of this run whose answer was lost. */
  lost: number
  lastLost: string | null
  /** When the first start was sent that may be out there without an end, of this run or of one before, ms. */
  openSince: number | null
  /** Since the last start whose end is not known, the group was looked at through the window, and stayed off. */
  lookedFor: boolean
  /** The group's status before the last start was sent. */
  before: string | null
  /** In which status looks have shown it when nothing seemed to have started it. */
  offIn: string | null
  jobId: string | null
  errorCode: string | null
  /** ms since the epoch. */
  submittedAt: number | null
}
