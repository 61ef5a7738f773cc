import type { JournalEvent } from '../journal/journal.ts'

/** What a run is, seen from outside. */
export type RunState = 'running' | 'done' | 'interrupted' | 'killed'

/**
 * A run with an end in its journal has ended, and one without is at work as long as its process is. An audit keeps
 * no journal: it has ended once its report is there. Pure.
 */
export function runState(run: {
  /** Null: there is no journal. */
  readonly events: readonly JournalEvent[] | null
  /** The outcome in its report; null: there is none. */
  readonly reported: string | null
  readonly isAlive: boolean
}): RunState {
  const end = run.events?.findLast((event) => event.type === 'end')
  const outcome = end?.outcome ?? (run.events === null ? run.reported : null)
  if (outcome !== null) return outcome === 'interrupted' ? 'interrupted' : 'done'
  return run.isAlive ? 'running' : 'killed'
}
