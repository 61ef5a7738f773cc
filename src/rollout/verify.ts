import { newAccount, outcomeOf } from '../apply/account.ts'
import { noticingHealthy } from '../apply/noticed-healthy.ts'
import type { OtherClients } from '../cloud/clients.ts'
import type { SdrsClient } from '../cloud/sdrs/sdrs-client.ts'
import type { Clock } from '../clock.ts'
import type { Inventory } from '../inventory/read.ts'
import type { Problem } from '../inventory/problem.ts'
import { keepLook } from '../journal/seen-healthy.ts'
import { asBeforeFailedStart } from '../plan/failed-start.ts'
import type { Reading } from '../plan/preflight/attempts.ts'
import type { Unchecked } from '../plan/preflight/facts.ts'
import { readSnapshot, type Snapshot } from '../plan/snapshot.ts'
import { reconcile } from '../report/reconcile.ts'
import type { Report, RequestCounts } from '../report/schema.ts'
import { reportedSelection } from '../report/selection.ts'
import type { NextStep } from '../report/next-step.ts'
import { writeReportFiles } from '../report/write.ts'
import { verifyRows, type VerifiedRow } from '../verify/verify-rows.ts'
import { readOpenWork } from './open-work.ts'
import { readAudit } from './read-audit.ts'
import type { RunFacts } from './report-of.ts'
import { pointToLatest } from './latest-run.ts'
import { withServers } from './resolve-names.ts'
import { findRowsInCloud } from './rows-in-cloud.ts'
import { makeRunFolder } from './run-folder.ts'

export interface VerifyRequest {
  /** Checked: without an error among its problems. */
  readonly inventory: Inventory
  readonly selection: RunFacts['selection']
  /** Where the report is kept; earlier runs' journals are there. */
  readonly reportsDir: string
  readonly about: Omit<RunFacts, 'inventory' | 'selection'>
}

export interface VerifyParts {
  readonly client: SdrsClient
  readonly others: OtherClients
  readonly clock: Clock
  readonly requests: () => RequestCounts
  /** Ends it at once, without a report. */
  readonly signal: AbortSignal
  /** Hears what is being read. */
  readonly onReading?: (reading: Reading) => void
  /** What comes after it, for its report. */
  readonly nextStep?: (report: Report) => NextStep | null
}

/** An audit that came to its end. */
export interface Audited {
  readonly kind: 'done'
  readonly report: Report
  /** What could not be read beside groups and instances, once a service. */
  readonly unchecked: readonly Unchecked[]
  /** Null: not even the folder could be made. */
  readonly directory: string | null
  /** Why the files could not be written whole; null when they could. */
  readonly unwritten: unknown
}

/** How an audit ended. */
export type Verified =
  | Audited
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] }
  | { readonly kind: 'nothing-selected' }

/**
 * One audit: reads alone, no lock and no journal, so that it may run beside any other run and leaves nothing
 * that a later one must read, but what it has seen healthy. Its folder is made at its end, with the report in
 * it. Rejects with Failure (an earlier journal cannot be trusted) and ApiError (SDRS cannot be read, the
 * sign-in is refused, `signal` has aborted).
 */
export async function verify(request: VerifyRequest, parts: VerifyParts): Promise<Verified> {
  const { inventory, selection, reportsDir, about } = request
  const { clock, others, signal, onReading } = parts
  const { projectId } = about
  const openWork = await readOpenWork(reportsDir, projectId, { remember: false })
  const seenHealthy = new Map<string, string>()
  const client = noticingHealthy(parts.client, seenHealthy)
  try {
    const reading = { service: 'sdrs', what: 'groups and instances', read: null } as const
    onReading?.({ ...reading, isDone: false })
    const snapshot = await readSnapshot(client, clock, { withFailures: false, signal }).finally(
      () => onReading?.({ ...reading, isDone: true }),
    )
    const resolution = { ecs: others.ecs, identify: inventory.identify }
    const sources = { resolution, clock, signal, onReading }
    const found = await findRowsInCloud(inventory.rows, selection, snapshot, sources)
    if (found.kind !== 'found') return found
    const { all, rows, groups } = found
    const wanted = rows.flatMap((row) => {
      const group = groups.get(row.row)
      return group === undefined ? [] : [{ row, group }]
    })
    const { look, unchecked } = await readAudit(
      { sdrs: client, others: withServers(others, found.servers), clock, signal, onReading },
      snapshot,
      wanted,
    )
    const verified = verifyRows(wanted, look, openWork.healthyInstances)
    const report = auditReport({ ...request, rows: all }, verified, snapshot, {
      finishedAt: clock.now(),
      requests: parts.requests(),
      unchecked,
    })
    const next = parts.nextStep?.(report) ?? null
    return { kind: 'done', report, unchecked, ...(await keep(request, report, rows, next)) }
  } finally {
    const at = clock.now()
    await keepLook(reportsDir, { projectId, at, seenHealthy, openWork, rows: inventory.rows })
  }
}

/** Pure. */
function auditReport(
  { inventory, selection, about, rows }: VerifyRequest & { readonly rows: Inventory['rows'] },
  verified: readonly VerifiedRow[],
  snapshot: Pick<Snapshot, 'groups' | 'instances'>,
  end: {
    readonly finishedAt: number
    readonly requests: RequestCounts
    readonly unchecked: readonly Unchecked[]
  },
): Report {
  const { tool, runId, startedAt, ...run } = about
  const { source, sha256 } = inventory
  return reconcile({
    tool,
    run: {
      id: runId,
      ...run,
      inventory: { source, sha256, rows: rows.length },
      startedAt: new Date(startedAt).toISOString(),
      finishedAt: new Date(end.finishedAt).toISOString(),
      ...reportedSelection(selection),
      resumedRuns: [],
    },
    end: { kind: 'ended' },
    rows: verified.map(({ row, group, result, instance }) => {
      const account = {
        ...newAccount(),
        protectedInstanceId: instance?.id ?? null,
        targetServerId: instance?.targetServer ?? null,
      }
      const outcome = { ...outcomeOf(account, result, end.finishedAt), finishedAt: null }
      return { row, serverGroupId: group.id, outcome }
    }),
    carriedOver: [],
    inventoryServers: rows.map(({ serverId }) => serverId),
    // Judged by the same eyes as the rows.
    snapshot: {
      groups: snapshot.groups,
      instances: asBeforeFailedStart(snapshot.groups, snapshot.instances),
    },
    requests: end.requests,
    unchecked: end.unchecked,
    warnings: new Map(verified.map(({ row, warnings }) => [row.row, warnings])),
    verifications: new Map(verified.map(({ row, verification }) => [row.row, verification])),
  })
}

async function keep(
  { inventory, reportsDir, about }: VerifyRequest,
  report: Report,
  rows: Inventory['rows'],
  next: NextStep | null,
): Promise<Pick<Audited, 'directory' | 'unwritten'>> {
  let directory: string | null = null
  try {
    directory = await makeRunFolder(reportsDir, about.runId)
    await pointToLatest(reportsDir, about.runId)
    await writeReportFiles(directory, report, inventory, rows, { next })
    return { directory, unwritten: null }
  } catch (error) {
    return { directory, unwritten: error }
  }
}
