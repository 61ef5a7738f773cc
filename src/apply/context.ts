import type { Clock, Random } from '../clock.ts'
import type { Journal, JournalFailure } from '../journal/journal.ts'
import type { Plan, PlannedRow } from '../plan/plan.ts'
import type { SdrsClient } from '../cloud/sdrs/sdrs-client.ts'
import type { ProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'
import type { Dispatcher } from './dispatch.ts'
import type { OfRow, RunEvent } from './events.ts'
import type { Slots } from './slots.ts'
import type { StopControl } from './stop.ts'
import type { Watch } from './watch.ts'

/** What the rows of one run share. */
export interface RunContext {
  readonly client: SdrsClient
  /** Instances that any answer of this run has shown healthy, by ID, each with its server's. */
  readonly seenHealthy: ReadonlyMap<string, string>
  /** See `ApplyParts`. */
  readonly noteHealthy: (seen: Plan['healthy']) => Promise<void>
  /** By `serverKey`; see `OpenWork`. */
  readonly knownInstances: ReadonlyMap<string, readonly string[]>
  readonly journal: Journal
  readonly dispatcher: Dispatcher
  readonly slots: Slots
  readonly watch: Watch
  readonly stop: StopControl
  readonly clock: Clock
  readonly random: Random
  /** When this run's own clock began to count it, ms. */
  readonly startedAt: number
  /** How long a row may be refused without any progress before it is given up, ms. */
  readonly patienceMs: number
  readonly settleWindowMs: number
  /** `--poll-interval`, ms; null: adaptive. */
  readonly pollIntervalMs: number | null
  /** All instances of the project; rows that ask at the same time share one read. */
  readonly allInstances: () => Promise<readonly ProtectedInstance[]>
  readonly onJournalFailure: (error: JournalFailure) => void
  /** Resolves when the row's wave begins; false when it is not to begin any more. */
  readonly waveStarts: (planned: PlannedRow) => Promise<boolean>
  /** Its create was accepted, or refused for good: what the failure limit counts. */
  readonly onAnswered: (planned: PlannedRow) => void
  /** This row has failed: said before its place goes to the next, so that the failure limit comes first. */
  readonly onFailing: (planned: PlannedRow) => void
  /** A create was sent, accepted or refused: something to show. */
  readonly onProgress: () => void
  /** What an event says of a row. */
  readonly about: (planned: PlannedRow) => OfRow
  /** What happened, for the log, the narrator and the live view. */
  readonly onEvent: (event: RunEvent) => void
}
