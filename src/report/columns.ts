import { groupBy } from '../group-by.ts'
import type { OutcomeKind } from '../outcome.ts'
import { formatCount } from '../ui/text.ts'
import type { Report, ReportRow } from './schema.ts'
import { isVerified, notCarriedOverText } from './verification.ts'

/** What stands in a column of `report.csv`: the field itself, or made from it. */
type Cell = (row: ReportRow) => string | number | null

/**
 * Each field of a row as a column of `report.csv`, in their order: a new field does not compile without one.
 * The inventory's own columns come after ours, as many as there are.
 */
const COLUMN_OF = {
  row: ['row', (row) => row.row],
  line: ['line', (row) => row.line],
  serverId: ['server_id', (row) => row.serverId],
  name: ['name', (row) => row.name],
  serverGroupId: ['server_group_id', (row) => row.serverGroupId],
  serverGroup: ['server_group', (row) => row.serverGroup],
  wave: ['wave', (row) => row.wave],
  outcome: ['outcome', (row) => row.outcome],
  reason: ['reason', (row) => row.reason],
  message: ['message', (row) => row.message],
  advice: ['advice', (row) => row.advice],
  attempts: ['attempts', (row) => row.attempts],
  protectedInstanceId: ['protected_instance_id', (row) => row.protectedInstanceId],
  targetServerId: ['target_server_id', (row) => row.targetServerId],
  jobId: ['job_id', (row) => row.jobId],
  jobStatus: ['job_status', (row) => row.jobStatus],
  errorCode: ['error_code', (row) => row.errorCode],
  httpStatus: ['http_status', (row) => row.httpStatus],
  drift: ['drift', (row) => driftText(row.drift)],
  warnings: ['warnings', (row) => warningsText(row.warnings)],
  verification: ['verdict', (row) => row.verification?.verdict ?? null],
  submittedAt: ['submitted_at', (row) => row.submittedAt],
  finishedAt: ['finished_at', (row) => row.finishedAt],
  durationMs: ['duration_ms', (row) => row.durationMs],
  changes: ['changes', (row) => changesText(row.changes)],
  matched: ['matched_by_name', (row) => row.matched?.name ?? null],
} as const satisfies Record<
  Exclude<keyof ReportRow, 'carried'>,
  readonly [header: string, cell: Cell]
>

/** What an audit says beside its verdict. */
const AUDIT_COLUMNS = [
  ['replication', (row) => row.verification?.replication.state ?? null],
  ['pairs', (row) => row.verification?.replication.pairs ?? null],
  ['progress', (row) => row.verification?.replication.progress ?? null],
  ['unverifiable', (row) => row.verification?.unverifiable.join('; ') ?? null],
  ['not_carried_over', (row) => (isVerified(row) ? notCarriedOverText(row.verification) : null)],
] as const satisfies readonly (readonly [header: string, cell: Cell])[]

export const CSV_COLUMNS: readonly (readonly [header: string, cell: Cell])[] = [
  ...Object.values(COLUMN_OF),
  ...AUDIT_COLUMNS,
]

const AUDIT_HEADERS: readonly string[] = [
  COLUMN_OF.verification[0],
  ...AUDIT_COLUMNS.map(([header]) => header),
]

/** Those of a report: what only an audit or some options fill is left out where it is empty in every row. */
export function columnsOf({ rows }: Report): typeof CSV_COLUMNS {
  const empty = [
    ...(rows.some(isVerified) ? [] : AUDIT_HEADERS),
    ...(rows.some(({ changes }) => changes.length > 0) ? [] : [COLUMN_OF.changes[0]]),
    ...(rows.some(({ matched }) => matched !== null) ? [] : [COLUMN_OF.matched[0]]),
  ]
  return CSV_COLUMNS.filter(([header]) => !empty.includes(header))
}

/** The inventory's own columns, in the order in which they first appear. */
export function carriedColumns(rows: readonly ReportRow[]): readonly string[] {
  return [...new Set(rows.flatMap(({ carried }) => Object.keys(carried)))]
}

/** What stands there for a row; empty where its row has no such cell. A column may be named like anything. */
export function carriedCell({ carried }: ReportRow, name: string): string {
  return Object.hasOwn(carried, name) ? (carried[name] ?? '') : ''
}

/** `name: wanted web-1, is web-01; …`. */
export function driftText(drift: ReportRow['drift']): string {
  return drift
    .map(({ field, wanted, actual }) => `${field}: wanted ${wanted}, is ${actual ?? 'absent'}`)
    .join('; ')
}

/** `name: web ü, used as web-ue-…`. */
export function changesText(changes: ReportRow['changes']): string {
  return changes.map(({ field, from, to }) => `${field}: ${from}, used as ${to}`).join('; ')
}

/** `matched by its name web-1: zone eu-de-01, ACTIVE; left out as a DR server: …`. */
export function matchedText({ matched }: Pick<ReportRow, 'matched'>): string {
  if (matched === null) return ''
  const { name, availabilityZone, status, leftOut } = matched
  const about = [
    ...(availabilityZone === null ? [] : [`zone ${availabilityZone}`]),
    ...(status === null ? [] : [status]),
  ]
  return [
    `by its name ${name}${about.length === 0 ? '' : ` (${about.join(', ')})`}`,
    ...(leftOut.length === 0 ? [] : [`left out as DR servers of that name: ${leftOut.join(', ')}`]),
  ].join('; ')
}

/** `task-running: a task is running …; …`. */
function warningsText(warnings: ReportRow['warnings']): string {
  return warnings.map(({ code, message }) => `${code}: ${message}`).join('; ')
}

/** Each warning with the servers it is said of: one is often said of a whole fleet. */
export function warningsOf(
  rows: readonly ReportRow[],
): readonly { readonly message: string; readonly names: readonly string[] }[] {
  const said = rows.flatMap(({ name, warnings }) =>
    warnings.map(({ message }) => ({ name, message })),
  )
  return [...groupBy(said, ({ message }) => message)].map(([message, same]) => ({
    message,
    names: same.map(({ name }) => name),
  }))
}

const NAMES_SHOWN = 10

/** `web-1, web-2 and 12 more`: the first of them. Still to be made safe. */
export function nameList(names: readonly string[]): string {
  const more = names.length - NAMES_SHOWN
  const shown = names.slice(0, NAMES_SHOWN).join(', ')
  return more > 0 ? `${shown} and ${formatCount(more)} more` : shown
}

/** How an outcome is to be taken, for colours. */
export type Tone = 'good' | 'bad' | 'warn'

/**
 * Each outcome with its counter in `totals`, how it is to be taken, and how it is counted in a sentence, in
 * the order in which they are shown. `already-protected` says that the instance was there: whether its group
 * is switched on is another question, so a sentence does not call it protected.
 */
const SHOWN_AS = {
  created: ['created', 'good', 'created'],
  'already-protected': ['alreadyProtected', 'good', 'already created'],
  failed: ['failed', 'bad', 'failed'],
  conflict: ['conflict', 'bad', 'in conflict'],
  blocked: ['blocked', 'bad', 'blocked'],
  'in-progress': ['inProgress', 'warn', 'in progress'],
  unknown: ['unknown', 'warn', 'unknown'],
  'not-attempted': ['notAttempted', 'warn', 'not attempted'],
} as const satisfies Record<
  OutcomeKind,
  readonly [total: keyof Report['totals'], tone: Tone, counted: string]
>

export const OUTCOME_ORDER = Object.entries(SHOWN_AS).map(
  ([outcome, [total, tone]]) => [outcome as OutcomeKind, total, tone] as const,
)

/** `created`, `already created`, `in conflict`: behind a number, in a sentence. */
export function countedAs(outcome: OutcomeKind): string {
  return SHOWN_AS[outcome][2]
}

export function toneOf(outcome: OutcomeKind): Tone {
  return SHOWN_AS[outcome][1]
}
