import type { Applied } from '../apply/apply.ts'
import { newAccount, outcomeOf } from '../apply/account.ts'
import type { Outcome } from '../outcome.ts'
import type { RunEnd } from '../exit-code.ts'
import type { Row } from '../inventory/row.ts'
import type { Journal } from '../journal/journal.ts'
import type { OpenCreate } from '../journal/replay.ts'
import { driftOf } from '../plan/drift.ts'
import type { Snapshot } from '../plan/snapshot.ts'
import { reconcile } from '../report/reconcile.ts'
import type { Report, RequestCounts } from '../report/schema.ts'
import { reportedSelection } from '../report/selection.ts'
import type { Connection } from '../sdrs/sign-in/authenticator.ts'
import type { Settings } from '../settings.ts'
import { tool } from '../version.ts'
import type { Prepared } from './prepare.ts'
import { recordedOptions } from './recorded-options.ts'

/** What a run came to, held against a fresh look at the cloud. */
export function makeReport(input: {
  readonly prepared: Prepared
  readonly applied: Applied
  readonly fresh: Snapshot | null
  readonly end: RunEnd
  readonly runId: string
  readonly startedAt: Date
  readonly finishedAt: Date
  readonly connection: Connection
  readonly requests: RequestCounts
  readonly settings: Settings
}): Report {
  const { prepared, applied, connection, settings } = input
  const { inventory, plan, openWork } = prepared
  return reconcile({
    tool: tool(),
    run: {
      id: input.runId,
      command: settings.command,
      options: recordedOptions(settings, inventory),
      directory: process.cwd(),
      startedAt: input.startedAt.toISOString(),
      finishedAt: input.finishedAt.toISOString(),
      endpoint: connection.endpoints.sdrs,
      projectId: connection.projectId,
      region: connection.region,
      inventory: {
        source: inventory.source,
        sha256: inventory.sha256,
        rows: inventory.rows.length,
      },
      ...reportedSelection(settings.selection),
      resumedRuns: [...openWork.openRuns],
    },
    end: input.end,
    rows: plan.rows.map(({ row, group }) => ({
      row,
      serverGroupId: group.id,
      outcome: applied.outcomes.get(row.row) ?? forgotten(input.finishedAt),
    })),
    carriedOver: applied.carriedOver.map(({ open, outcome }) => ({
      row: rowOf(open),
      serverGroupId: open.groupId,
      outcome,
    })),
    inventoryServers: inventory.rows.map(({ serverId }) => serverId),
    snapshot: input.fresh,
    requests: input.requests,
    driftOf,
  })
}

/**
 * Where the fresh list settled what the run itself could not, the journal must say so too: the next
 * run then finds the server protected, and does not take it up again.
 */
export async function settleLate(
  journal: Journal,
  applied: Applied,
  report: Report,
  at: number,
): Promise<void> {
  for (const row of report.rows) {
    const before = applied.outcomes.get(row.row)
    if (before?.kind !== 'unknown' || row.outcome === 'unknown' || row.outcome === 'in-progress') {
      continue
    }
    await journal
      .append({
        type: 'settled',
        at,
        server: row.serverId,
        outcome: row.outcome,
        reason: row.reason,
        instanceId: row.protectedInstanceId,
      })
      // A journal that fails now has been told of already, and the next run looks anyway.
      .catch(() => undefined)
  }
}

/** No row may be without an outcome; should one be, the next run must look. */
function forgotten(now: Date): Outcome {
  return outcomeOf(
    newAccount(),
    {
      kind: 'unknown',
      reason: 'fate-unknown',
      message: 'the run lost sight of this row',
      advice: 'This is a bug. Run again: it looks first. Please report it.',
    },
    now.getTime(),
  )
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
