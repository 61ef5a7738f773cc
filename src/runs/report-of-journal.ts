import type { JournalEvent } from '../journal/journal.ts'
import { serverKey } from '../keys.ts'
import { isProtected, type Outcome } from '../outcome.ts'
import type { Row } from '../inventory/row.ts'
import { remainingFile } from '../inventory/write.ts'
import { reconcile } from '../report/reconcile.ts'
import type { Report } from '../report/schema.ts'
import type { RunBegun } from '../rollout/run-begun.ts'
import { journalledGroups } from './journalled-groups.ts'
import { journalledRows, notYet } from './journalled-rows.ts'

const NO_REQUESTS: Report['requests'] = {
  total: 0,
  byOperation: {},
  byStatus: {},
  retries: 0,
  throttled: 0,
}

/**
 * The report of a run that has none: of one that was killed, or (`isAlive`) is at work. Nobody has looked at the cloud
 * for it, and it counts no requests. Null where the journal does not even say which run it is of. Pure.
 *
 * @param begun null: what the run was about is not known, so that only the rows stand in it that the journal names.
 */
export function reportOfJournal(
  events: readonly JournalEvent[],
  begun: RunBegun | null,
  tool: Report['tool'],
  isAlive: boolean,
): Report | null {
  const [header] = events
  if (header?.type !== 'run') return null
  const journalled = journalledRows(events, isAlive)
  const rows =
    begun === null
      ? [...journalled.values()].map(({ serverId, name, groupId, outcome }, at) => ({
          row: { ...NO_CELLS, row: at + 1, line: 0, serverId, name },
          serverGroupId: groupId,
          outcome,
        }))
      : begun.rows.map((row) => ({
          row: rowOf(row),
          serverGroupId: row.groupId,
          outcome: journalled.get(serverKey(row.serverId))?.outcome ?? untouched(isAlive),
        }))
  const report = reconcile({
    tool: begun?.tool ?? tool,
    run: {
      ...(begun?.run ?? runOf(header, rows.length)),
      finishedAt: new Date(events.at(-1)?.at ?? header.at).toISOString(),
    },
    end: isAlive ? { kind: 'ended' } : { kind: 'aborted', cause: 'crash' },
    rows,
    carriedOver: [],
    inventoryServers: [],
    snapshot: null,
    requests: NO_REQUESTS,
    enablings: journalledGroups(events),
  })
  // Even with every row settled: it never came to its last look.
  return { ...report, run: { ...report.run, outcome: isAlive ? 'partial' : 'aborted' } }
}

/** The rows of a run without a report that are not protected, as an inventory; null where its cells are not known. */
export async function remainingOf(
  begun: RunBegun | null,
  report: Report,
): Promise<Uint8Array | null> {
  if (begun === null) return null
  const open = new Set(report.rows.filter((row) => !isProtected(row.outcome)).map(({ row }) => row))
  const rows = begun.rows.filter(({ row }) => open.has(row)).map(rowOf)
  return remainingFile(begun.inventory, rows)
}

const NO_CELLS = { tags: {}, carried: {}, source: [] } as const

function rowOf({ groupId, groupName, wave, source, ...row }: RunBegun['rows'][number]): Row {
  return {
    ...row,
    tags: {},
    serverGroupId: groupId,
    ...(groupName === null ? {} : { serverGroup: groupName }),
    ...(wave === null ? {} : { wave }),
    source: source.map((cell) => cell ?? undefined),
  }
}

function untouched(isAlive: boolean): Outcome {
  return {
    ...notYet(isAlive),
    attempts: 0,
    protectedInstanceId: null,
    targetServerId: null,
    jobId: null,
    jobStatus: null,
    errorCode: null,
    httpStatus: null,
    submittedAt: null,
    finishedAt: null,
  }
}

function runOf(
  {
    runId,
    command,
    endpoint,
    projectId,
    source,
    sha256,
    at,
  }: Extract<JournalEvent, { type: 'run' }>,
  rows: number,
): Omit<Report['run'], 'outcome' | 'finishedAt'> {
  return {
    id: runId,
    command,
    options: null,
    directory: null,
    startedAt: new Date(at).toISOString(),
    endpoint,
    projectId,
    region: null,
    target: null,
    inventory: { source, sha256, rows },
    selection: null,
    shard: null,
    resumedRuns: [],
  }
}
