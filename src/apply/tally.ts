import type { FailureCounts } from './failure-limit.ts'
import type { Outcome, OutcomeKind } from '../outcome.ts'

/** Where the run stands, for people. */
export interface Progress {
  readonly rows: number
  /** Ended rows by outcome. */
  readonly ended: Readonly<Partial<Record<OutcomeKind, number>>>
  /** Jobs being followed. */
  readonly running: number
}

/** Counts rows as they end, since it is asked at every step of every row. */
export interface Tally {
  /** A row has failed; what it did is still on its way to the disk. */
  failing(row: number): void
  ended(row: number, outcome: Outcome): void
  /** Its create was accepted, or refused for good. */
  answered(row: number): void
  counts(): FailureCounts
  /** `running`: jobs being followed. */
  progress(running: number): Progress
}

export function createTally(rows: number): Tally {
  const byKind: Partial<Record<OutcomeKind, number>> = {}
  const failing = new Set<number>()
  const answered = new Set<number>()

  return {
    failing(row) {
      failing.add(row)
      answered.add(row)
    },
    answered: (row) => void answered.add(row),
    ended(row, { kind }) {
      failing.delete(row)
      if (kind === 'failed') answered.add(row)
      byKind[kind] = (byKind[kind] ?? 0) + 1
    },
    counts: () => ({ failed: (byKind.failed ?? 0) + failing.size, answered: answered.size }),
    progress: (running) => ({ rows, ended: { ...byKind }, running }),
  }
}
