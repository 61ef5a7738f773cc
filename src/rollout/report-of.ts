import { newAccount, outcomeOf } from '../apply/account.ts'
import type { Applied } from '../apply/apply.ts'
import type { Enabled } from '../apply/enable/enable-groups.ts'
import type { Row } from '../inventory/row.ts'
import type { Selection } from '../inventory/select.ts'
import type { OpenCreate } from '../journal/replay.ts'
import type { Outcome } from '../outcome.ts'
import { unknownResult } from '../outcome-sentences.ts'
import { driftOf } from '../plan/drift.ts'
import type { Snapshot } from '../plan/snapshot.ts'
import { reconcile, type ReconcileInput } from '../report/reconcile.ts'
import type { Report, ReportRun, RequestCounts } from '../report/schema.ts'
import { reportedSelection } from '../report/selection.ts'
import type { RunEnd } from '../run-end.ts'
import type { PlannedRollout } from './plan-rollout.ts'
import type { Work } from './work.ts'

/** What a report says of its run itself. */
export interface RunFacts extends Pick<
  ReportRun,
  'command' | 'endpoint' | 'projectId' | 'region' | 'target' | 'inventory' | 'options' | 'directory'
> {
  readonly runId: string
  /** ms since the epoch. */
  readonly startedAt: number
  readonly tool: Report['tool']
  readonly selection: Selection
}

/** What a run came to, held against a fresh look at the cloud (null: there was none). Pure. */
export function reportOf(input: {
  readonly about: RunFacts
  readonly planned: PlannedRollout
  readonly applied: Applied
  readonly work: Work
  readonly fresh: Snapshot | null
  /** No look has come to an end since protection was switched on. */
  readonly isBeforeEnabling: boolean
  readonly end: RunEnd
  readonly finishedAt: number
  readonly requests: RequestCounts
  readonly enablings: Enabled['enablings']
  /** Left out: nobody kept them. */
  readonly timelines?: NonNullable<ReconcileInput['timelines']>
}): Report {
  const { about, planned, applied, finishedAt } = input
  const { tool, runId, startedAt, selection, ...run } = about
  return reconcile({
    tool,
    run: {
      id: runId,
      ...run,
      startedAt: new Date(startedAt).toISOString(),
      finishedAt: new Date(finishedAt).toISOString(),
      ...reportedSelection(selection),
      resumedRuns: resumedRuns(planned, input.work),
    },
    end: input.end,
    rows: planned.plan.rows.map(({ row, group }) => ({
      row,
      serverGroupId: group.id,
      outcome: applied.outcomes.get(row.row) ?? forgotten(finishedAt),
    })),
    carriedOver: applied.carriedOver.map(({ open, outcome }) => ({
      row: rowOf(open),
      serverGroupId: open.groupId,
      outcome,
    })),
    inventoryServers: planned.inventoryServers,
    snapshot: input.fresh,
    isBeforeEnabling: input.isBeforeEnabling,
    requests: input.requests,
    driftOf,
    enablings: input.enablings,
    ...(input.timelines === undefined ? {} : { timelines: input.timelines }),
    unchecked: planned.plan.unchecked,
    warnings: new Map(planned.plan.rows.map(({ row, warnings }) => [row.row, warnings])),
  })
}

/** Whoever creates takes up open creates, and whoever switches on takes up open starts of groups. */
function resumedRuns({ openWork }: PlannedRollout, { creates, enable }: Work): string[] {
  const { openRunsOf } = openWork
  const runs = [
    ...(creates ? openRunsOf.creates : []),
    ...(enable === null ? [] : openRunsOf.enablings),
  ]
  return [...new Set(runs)].toSorted()
}

/** No row may be without an outcome; should one be, the next run must look. */
function forgotten(now: number): Outcome {
  const cause = 'the run lost sight of this row'
  return outcomeOf(newAccount(), unknownResult('fate-unknown', true, { why: 'bug', cause }), now)
}

/** A create that an earlier run sent, in the shape of a row; it has no place in this inventory. */
function rowOf({ serverId, name, groupId }: OpenCreate): Row {
  return {
    row: 0,
    line: 0,
    serverId,
    name,
    serverGroupId: groupId,
    tags: {},
    carried: {},
    source: [],
  }
}
