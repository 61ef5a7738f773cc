import { groupBy } from '../group-by.ts'
import { isProtected } from '../outcome.ts'
import { OUTCOME_ORDER } from './columns.ts'
import type { ReportRow } from './schema.ts'

/** Rows with one outcome, reason and advice: one thing to do, however many servers it is about. */
export interface Attention {
  readonly outcome: ReportRow['outcome']
  readonly reason: ReportRow['reason']
  readonly errorCode: string | null
  readonly advice: string | null
  /** Null when the rows do not all say the same. */
  readonly message: string | null
  readonly rows: readonly ReportRow[]
}

/** What is left for a person, the worst first. */
export function needsAttention(rows: readonly ReportRow[]): readonly Attention[] {
  const open = rows.filter((row) => !isProtected(row.outcome))
  const alike = groupBy(open, ({ outcome, reason, errorCode, advice }) =>
    JSON.stringify([outcome, reason, errorCode, advice]),
  )
  return [...alike.values()]
    .flatMap((same) => {
      const [first] = same
      if (first === undefined) return []
      const { outcome, reason, errorCode, advice } = first
      const message = same.every((row) => row.message === first.message) ? first.message : null
      return [{ outcome, reason, errorCode, advice, message, rows: same }]
    })
    .toSorted((one, other) => rank(one.outcome) - rank(other.outcome))
}

function rank(outcome: ReportRow['outcome']): number {
  return OUTCOME_ORDER.findIndex(([each]) => each === outcome)
}
