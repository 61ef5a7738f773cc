import { isProtected } from '../outcome.ts'
import { isOn } from '../enabling.ts'
import { TOTAL_OF } from './schema.ts'
import type { Report, ReportRow, Totals } from './schema.ts'

/** Counts outcomes. Every row has exactly one, so the counters add up to `rows` by construction. */
export function countOutcomes(rows: readonly Pick<ReportRow, 'outcome'>[]): Totals {
  const totals: Totals = {
    rows: rows.length,
    created: 0,
    alreadyProtected: 0,
    failed: 0,
    conflict: 0,
    blocked: 0,
    inProgress: 0,
    unknown: 0,
    notAttempted: 0,
  }
  for (const { outcome } of rows) totals[TOTAL_OF[outcome]] += 1
  return totals
}

/** Rows that have their instance; whether that replicates is a question of its group. */
export function protectedRows(totals: Totals): number {
  return totals.created + totals.alreadyProtected
}

/** Rows of each group, and those of them that have their instance, by group ID. */
export function countGroups(
  rows: readonly ReportRow[],
): ReadonlyMap<string, { readonly rows: number; readonly protected: number }> {
  const counts = new Map<string, { rows: number; protected: number }>()
  for (const { serverGroupId, outcome } of rows) {
    if (serverGroupId === null) continue
    const sofar = counts.get(serverGroupId) ?? { rows: 0, protected: 0 }
    counts.set(serverGroupId, {
      rows: sofar.rows + 1,
      protected: sofar.protected + (isProtected(outcome) ? 1 : 0),
    })
  }
  return counts
}

/**
 * How the run ends in a word: `complete` wins over everything, since then nothing is left to do. For `enable`
 * that is for the groups alone to say; where a run was to do both, for rows and groups.
 */
export function runOutcome(
  about: {
    readonly command: string
    readonly totals: Totals
    readonly groups: Report['groups']
  },
  otherwise: Exclude<Report['run']['outcome'], 'complete'>,
): Report['run']['outcome'] {
  const { command, totals, groups } = about
  const areProtected = command === 'enable' || protectedRows(totals) === totals.rows
  return areProtected && groups.every(isOnAsAsked) ? 'complete' : otherwise
}

/** A group in which an earlier run's start was only taken up has no row of this run. */
function isOnAsAsked({ rows, enabling }: Report['groups'][number]): boolean {
  return rows === 0 || enabling === null || isOn(enabling.outcome)
}
