import { newAccount, outcomeOf } from '../apply/account.ts'
import { noteInstance } from '../apply/one-row.ts'
import { NO_OPEN_WORK } from '../journal/replay.ts'
import { protectedResult, type Outcome, type RowResult } from '../outcome.ts'
import { openResult } from '../outcome-sentences.ts'
import type { Action } from '../plan/action.ts'
import { asBeforeFailedStart } from '../plan/failed-start.ts'
import { makePlan, type PlannedRow } from '../plan/plan.ts'
import type { Snapshot } from '../plan/snapshot.ts'

/**
 * The rows as one look shows them, for a run that creates nothing: `already-protected`, `conflict`, or
 * `not-attempted` (`not-protected`), by row number. Pure.
 */
export function lookedRows(
  rows: readonly Pick<PlannedRow, 'row' | 'group'>[],
  snapshot: Pick<Snapshot, 'groups' | 'instances' | 'takenAt'>,
): ReadonlyMap<number, Outcome> {
  const { groups, instances, takenAt } = snapshot
  const plan = makePlan({
    rows: rows.map(({ row }) => row),
    groups: new Map(rows.map(({ row, group }) => [row.row, group])),
    snapshot: {
      groups,
      instances: asBeforeFailedStart(groups, instances),
      takenAt,
      failureJobs: [],
      preflight: null,
    },
    openWork: NO_OPEN_WORK,
    replaceFailed: false,
    // Judges flavors alone, and no preflight is asked.
    dialect: 'otc',
  })
  return new Map(
    plan.rows.map(({ row, action }) => {
      const account = newAccount()
      if ('instance' in action && action.instance !== null) noteInstance(account, action.instance)
      return [row.row, outcomeOf(account, resultOf(action), takenAt)]
    }),
  )
}

function resultOf(action: Action): RowResult {
  switch (action.kind) {
    case 'keep':
      return protectedResult('already-protected', { message: action.warning, drift: action.drift })
    case 'conflict':
      return action.result
    case 'create':
    case 'blocked':
    case 'resume':
    case 'look':
    case 'replace':
      return openResult('not-attempted', 'not-protected', null)
  }
}
