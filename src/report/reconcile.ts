import type { RunEnd } from '../run-end.ts'
import { isSwitchedOn } from '../group-status.ts'
import { indexInstances } from '../plan/locate-instance.ts'
import { changesOf, matchOf } from '../plan/plan-document.ts'
import { groupKey, serverKey } from '../keys.ts'
import type { RowWarning } from '../outcome.ts'
import { isOn, type Enabling, type EnablingResult } from '../enabling.ts'
import { offResult } from '../enabling-sentences.ts'
import { isStartable } from '../plan/start-guard.ts'
import { asBeforeFailedStart } from '../plan/failed-start.ts'
import type { Unchecked } from '../plan/preflight/facts.ts'
import type { Row } from '../inventory/row.ts'
import type { Verification } from '../verify/verification.ts'
import type { ProtectedInstance, ServerGroup } from '../cloud/sdrs/sdrs-schema.ts'
import { REPORT_SCHEMA_VERSION } from './schema.ts'
import type { Span } from './timeline.ts'
import type { Report, ReportEnabling, ReportRow, ReportRun, RequestCounts } from './schema.ts'
import { countGroups, countOutcomes, runOutcome } from './totals.ts'
import { settle, type DriftOf, type RowOutcome } from './verdict.ts'

/** The cloud as it was read after the last row had ended. */
interface FinalSnapshot {
  readonly groups: readonly ServerGroup[]
  readonly instances: readonly ProtectedInstance[]
}

export interface ReconcileInput {
  readonly tool: Report['tool']
  readonly run: Omit<ReportRun, 'outcome'>
  readonly end: RunEnd
  /** The rows of the selection, each with its outcome. */
  readonly rows: readonly RowOutcome[]
  readonly carriedOver: readonly RowOutcome[]
  /** The server IDs of the whole inventory, so that a selection does not make the rest look unmanaged. */
  readonly inventoryServers: Iterable<string>
  /** Null when it could not be read: then the run's own belief stands. */
  readonly snapshot: FinalSnapshot | null
  /** That snapshot is of before protection was switched on: the look after it has failed, or was not to be. */
  readonly isBeforeEnabling?: boolean
  readonly requests: RequestCounts
  readonly driftOf?: DriftOf
  /** What the plan said of creates, by row number. */
  readonly warnings?: ReadonlyMap<number, readonly RowWarning[]>
  /** What an audit says, by row number. */
  readonly verifications?: ReadonlyMap<number, Verification>
  /** What could not be read beside groups and instances, once a service. */
  readonly unchecked?: readonly Unchecked[]
  /** What came of switching protection on, by `groupKey`; of groups without a row as well. */
  readonly enablings?: ReadonlyMap<string, Enabling & { readonly groupId: string }>
  /** By `groupKey`. Left out: nobody kept them. */
  readonly timelines?: ReadonlyMap<string, readonly Span[]>
}

/** Every row's last word, and totals that add up. Throws when a row has no outcome or two: that is a bug. */
export function reconcile(input: ReconcileInput): Report {
  const { snapshot } = input
  const driftOf = input.driftOf ?? (() => [])
  const index = indexInstances(
    asBeforeFailedStart(snapshot?.groups ?? [], snapshot?.instances ?? []),
  )
  const groupNames = namesOfGroups(input)
  const toRow = (entry: RowOutcome): ReportRow =>
    reportRow(
      snapshot === null ? entry : { ...entry, outcome: settle(entry, index, driftOf) },
      groupNames,
      input.warnings?.get(entry.row.row) ?? [],
      input.verifications?.get(entry.row.row) ?? null,
    )

  assertOneOutcomeEach(input.rows)
  const rows = input.rows.map(toRow).toSorted((one, other) => one.row - other.row)
  const totals = countOutcomes(rows)
  const endedAs =
    input.end.kind === 'ended'
      ? 'partial'
      : input.end.kind === 'aborted'
        ? 'aborted'
        : 'interrupted'
  const groups = groupsOf(rows, input, groupNames)
  const { command } = input.run
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    tool: input.tool,
    run: { ...input.run, outcome: runOutcome({ command, totals, groups }, endedAs) },
    totals,
    requests: input.requests,
    rows,
    carriedOver: input.carriedOver.map(toRow),
    unmanaged: unmanaged(input, snapshot?.instances ?? []),
    unchecked: (input.unchecked ?? []).map(({ service, reason }) => ({ service, reason })),
    groups,
  }
}

function assertOneOutcomeEach(rows: readonly RowOutcome[]): void {
  const seen = new Set<number>()
  for (const { row, outcome } of rows as readonly { row: Row; outcome?: RowOutcome['outcome'] }[]) {
    if (outcome === undefined) throw new Error(`row ${row.row} (${row.serverId}) has no outcome`)
    if (seen.has(row.row)) throw new Error(`row ${row.row} (${row.serverId}) has two outcomes`)
    seen.add(row.row)
  }
}

function reportRow(
  { row, serverGroupId: resolved, outcome }: RowOutcome,
  groupNames: ReadonlyMap<string, string>,
  warnings: readonly RowWarning[],
  verification: Verification | null,
): ReportRow {
  const { kind, drift, ...rest } = outcome
  const { submittedAt, finishedAt } = outcome
  const elapsed =
    submittedAt === null || finishedAt === null
      ? null
      : Math.max(0, Date.parse(finishedAt) - Date.parse(submittedAt))
  const serverGroupId = resolved ?? row.serverGroupId ?? null
  const liveName = serverGroupId === null ? undefined : groupNames.get(groupKey(serverGroupId))
  return {
    row: row.row,
    line: row.line,
    serverId: row.serverId,
    name: row.name,
    serverGroupId,
    serverGroup: liveName ?? row.serverGroup ?? null,
    wave: row.wave ?? null,
    carried: { ...row.carried },
    outcome: kind,
    reason: rest.reason,
    message: rest.message,
    advice: rest.advice,
    attempts: rest.attempts,
    protectedInstanceId: rest.protectedInstanceId,
    targetServerId: rest.targetServerId,
    jobId: rest.jobId,
    jobStatus: rest.jobStatus,
    errorCode: rest.errorCode,
    httpStatus: rest.httpStatus,
    drift: drift.map((difference) => ({ ...difference })),
    warnings: warnings.map(({ code, message }) => ({ code, message })),
    verification: verification && {
      ...verification,
      drift: verification.drift.map((difference) => ({ ...difference })),
      unverifiable: [...verification.unverifiable],
      notCarriedOver: verification.notCarriedOver.map((difference) => ({ ...difference })),
    },
    submittedAt,
    finishedAt,
    durationMs: elapsed,
    changes: changesOf(row),
    matched: matchOf(row),
  }
}

/** As the cloud has them; where nobody could look, as any row of the group has it: others name it by its ID alone. */
function namesOfGroups({ rows, carriedOver, snapshot }: ReconcileInput): Map<string, string> {
  const written = [...rows, ...carriedOver].flatMap(({ row, serverGroupId }) => {
    const id = serverGroupId ?? row.serverGroupId
    const name = row.serverGroup
    return id === undefined || id === null || name === undefined
      ? []
      : [[groupKey(id), name] as const]
  })
  const live = (snapshot?.groups ?? []).map(({ id, name }) => [groupKey(id), name] as const)
  return new Map([...written, ...live])
}

function unmanaged(
  input: ReconcileInput,
  instances: readonly ProtectedInstance[],
): Report['unmanaged'] {
  const groups = new Set(
    input.rows.flatMap(({ serverGroupId: id }) => (id === null ? [] : groupKey(id))),
  )
  const named = new Set([...input.inventoryServers].map(serverKey))
  for (const { row } of input.rows) named.add(serverKey(row.serverId))
  const isNamed = (id: string | null): boolean => id !== null && named.has(serverKey(id))
  return instances.flatMap((instance) => {
    const { serverGroupId, sourceServer, targetServer } = instance
    if (serverGroupId === null || !groups.has(groupKey(serverGroupId))) return []
    if (isNamed(sourceServer) || isNamed(targetServer)) return []
    const { id, name, status } = instance
    return [{ protectedInstanceId: id, name, serverGroupId, sourceServer, status }]
  })
}

function groupsOf(
  rows: readonly ReportRow[],
  { snapshot, enablings = new Map(), timelines, ...input }: ReconcileInput,
  groupNames: ReadonlyMap<string, string>,
): Report['groups'] {
  const listed = (snapshot?.groups ?? []).toReversed()
  // Should one be listed twice, the first counts.
  const groups = new Map(listed.map((group) => [groupKey(group.id), group]))
  const counted = countGroups(rows)
  const known = new Set([...counted.keys()].map(groupKey))
  const others = [...enablings.values()].flatMap(({ groupId }) =>
    known.has(groupKey(groupId)) ? [] : [[groupId, { rows: 0, protected: 0 }] as const],
  )
  return [...counted, ...others].map(([id, counts]) => {
    const live = groups.get(groupKey(id))
    const believed = enablings.get(groupKey(id))
    const isOld = snapshot === null || input.isBeforeEnabling === true
    const shown = live?.status ?? null
    const enabling = believed === undefined || isOld ? believed : settleEnabling(believed, shown)
    const status = isOld && believed !== undefined ? statusSince(believed, shown) : shown
    return {
      id,
      name: groupNames.get(groupKey(id)) ?? null,
      status,
      ...counts,
      protectionEnabled: isSwitchedOn(status),
      enabling: enablingOf(enabling),
      timeline: timelines === undefined ? null : [...(timelines.get(groupKey(id)) ?? [])],
    }
  })
}

/** Switched on, or found so, and not any more at the last look: somebody else's doing, or the lists disagree. */
function settleEnabling(enabling: Enabling, shown: string | null): Enabling {
  if (!isOn(enabling.kind) || shown === 'protected' || shown === 'unknown') return enabling
  const { jobId, errorCode, submittedAt, finishedAt } = enabling
  return { ...notOnAnyMore(shown), jobId, errorCode, submittedAt, finishedAt }
}

function notOnAnyMore(shown: string | null): EnablingResult {
  if (shown === null) return offResult('unknown', 'not-in-list', null)
  return isStartable(shown) || shown === 'starting'
    ? offResult('unknown', 'fate-unknown', { why: 'off-again', status: shown })
    : offResult('refused', 'group-not-ready', { status: shown })
}

/** What is known of a group's status where nobody has looked since it was switched on; null: nothing. */
function statusSince({ kind, submittedAt }: Enabling, before: string | null): string | null {
  switch (kind) {
    // It was seen to be on.
    case 'enabled':
    case 'already-enabled':
      return 'protected'
    case 'refused':
    case 'not-attempted':
      return submittedAt === null ? before : null
    case 'failed':
    case 'in-progress':
    case 'unknown':
      return null
  }
}

function enablingOf(enabling: Enabling | undefined): ReportEnabling | null {
  if (enabling === undefined) return null
  const { kind, reason, message, advice, jobId, errorCode, submittedAt, finishedAt } = enabling
  return { outcome: kind, reason, message, advice, jobId, errorCode, submittedAt, finishedAt }
}
