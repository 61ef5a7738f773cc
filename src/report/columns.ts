import type { Report, ReportRow } from './schema.ts'

/** The columns of `report.csv`, and what stands in each. */
export const CSV_COLUMNS = [
  ['row', (row) => row.row],
  ['line', (row) => row.line],
  ['server_id', (row) => row.serverId],
  ['name', (row) => row.name],
  ['server_group_id', (row) => row.serverGroupId],
  ['outcome', (row) => row.outcome],
  ['reason', (row) => row.reason],
  ['message', (row) => row.message],
  ['advice', (row) => row.advice],
  ['attempts', (row) => row.attempts],
  ['protected_instance_id', (row) => row.protectedInstanceId],
  ['target_server_id', (row) => row.targetServerId],
  ['job_id', (row) => row.jobId],
  ['job_status', (row) => row.jobStatus],
  ['error_code', (row) => row.errorCode],
  ['http_status', (row) => row.httpStatus],
  ['drift', (row) => driftText(row.drift)],
  ['submitted_at', (row) => row.submittedAt],
  ['finished_at', (row) => row.finishedAt],
  ['duration_ms', (row) => row.durationMs],
] as const satisfies readonly (readonly [string, (row: ReportRow) => string | number | null])[]

/** `name: wanted web-1, is web-01; …`. */
export function driftText(drift: ReportRow['drift']): string {
  return drift
    .map(({ field, wanted, actual }) => `${field}: wanted ${wanted}, is ${actual ?? 'absent'}`)
    .join('; ')
}

/** The order in which outcomes are shown, with what each means in a word. */
export const OUTCOME_ORDER = [
  ['created', 'created', 'good'],
  ['already-protected', 'alreadyProtected', 'good'],
  ['failed', 'failed', 'bad'],
  ['conflict', 'conflict', 'bad'],
  ['blocked', 'blocked', 'bad'],
  ['in-progress', 'inProgress', 'warn'],
  ['unknown', 'unknown', 'warn'],
  ['not-attempted', 'notAttempted', 'warn'],
] as const satisfies readonly (readonly [ReportRow['outcome'], keyof Report['totals'], Tone])[]

/** How an outcome is to be taken, for colours. */
export type Tone = 'good' | 'bad' | 'warn'

export function toneOf(outcome: ReportRow['outcome']): Tone {
  return OUTCOME_ORDER.find(([each]) => each === outcome)?.[2] ?? 'warn'
}
