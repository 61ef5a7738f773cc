import { groupBy } from '../group-by.ts'
import type { ServerGroup } from '../cloud/sdrs/sdrs-schema.ts'
import type { ActionKind } from './action.ts'
import type { Plan, PlannedRow } from './plan.ts'

const WORK: readonly ActionKind[] = ['create', 'look', 'replace', 'resume']

export interface PlanSummary {
  readonly rows: number
  readonly counts: Readonly<Record<ActionKind, number>>
  /** The groups in which something is to be done, in order of first appearance. */
  readonly groups: readonly { readonly group: ServerGroup; readonly rows: readonly PlannedRow[] }[]
  /** How many rows want work. */
  readonly work: number
  /** How many of those may send something that is billed, or deletes: these want an approval. */
  readonly sends: number
}

/** Counts first: what a plan comes to. Pure. */
export function summarise(plan: Plan): PlanSummary {
  const counts = { create: 0, keep: 0, conflict: 0, blocked: 0, resume: 0, look: 0, replace: 0 }
  for (const { action } of plan.rows) counts[action.kind] += 1
  const working = plan.rows.filter(({ action }) => WORK.includes(action.kind))
  const groups = [...groupBy(working, ({ group }) => group.id).values()].flatMap((rows) => {
    const group = rows[0]?.group
    return group === undefined ? [] : [{ group, rows }]
  })
  const sends = working.filter(mayBeSent).length
  return { rows: plan.rows.length, counts, groups, work: working.length, sends }
}

/** Something that is billed, or deletes, may be sent for this row. */
export function mayBeSent({ action }: PlannedRow): boolean {
  // What is taken up has been approved by the run that sent it.
  return action.kind !== 'resume' && WORK.includes(action.kind)
}

/** Rows that a person must decide on: nothing is sent for them. */
export function openQuestions(plan: Plan): PlannedRow[] {
  return plan.rows.filter(({ action }) => action.kind === 'conflict' || action.kind === 'blocked')
}
