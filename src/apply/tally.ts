import type { FailureCounts } from './failure-limit.ts'
import type { Outcome, OutcomeKind } from '../outcome.ts'

/** Where the run stands, for people. */
export interface Progress {
  readonly rows: number
  /** Ended rows by outcome. */
  readonly ended: Readonly<Partial<Record<OutcomeKind, number>>>
  /** Jobs being followed. */
  readonly running: number
  /** A guess from the jobs seen so far, ms; null when there is nothing to guess from. */
  readonly etaMs: number | null
}

/** Counts rows as they end, since it is asked at every step of every row. */
export interface Tally {
  /** A row has failed; what it did is still on its way to the disk. */
  failing(row: number): void
  ended(row: number, outcome: Outcome): void
  /** Its create was accepted, or refused for good. */
  answered(row: number): void
  counts(): FailureCounts
  progress(now: {
    readonly running: number
    readonly elapsedMs: number
    readonly medianJobMs: number | null
  }): Progress
}

export function createTally(rows: number, maxJobs: number): Tally {
  const byKind: Partial<Record<OutcomeKind, number>> = {}
  const failing = new Set<number>()
  const answered = new Set<number>()
  let ended = 0
  /** Ended rows for which this run sent or followed a create: the others took no time. */
  let worked = 0

  function eta(elapsedMs: number, medianJobMs: number | null): number | null {
    const left = rows - ended
    if (medianJobMs === null || worked === 0) return null
    return left === 0
      ? 0
      : Math.min((left * elapsedMs) / worked, Math.ceil(left / maxJobs) * medianJobMs)
  }

  return {
    failing(row) {
      failing.add(row)
      answered.add(row)
    },
    answered: (row) => void answered.add(row),
    ended(row, { kind, attempts, jobId }) {
      failing.delete(row)
      if (kind === 'failed') answered.add(row)
      ended += 1
      byKind[kind] = (byKind[kind] ?? 0) + 1
      if (attempts > 0 || jobId !== null || kind === 'created') worked += 1
    },
    counts: () => ({ failed: (byKind.failed ?? 0) + failing.size, answered: answered.size }),
    progress: ({ running, elapsedMs, medianJobMs }) => ({
      rows,
      ended: byKind,
      running,
      etaMs: eta(elapsedMs, medianJobMs),
    }),
  }
}
