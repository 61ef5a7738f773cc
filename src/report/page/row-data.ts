import { formatDuration, sanitize } from '../../ui/text.ts'
import {
  carriedCell,
  carriedColumns,
  changesText,
  driftText,
  matchedText,
  OUTCOME_ORDER,
  toneOf,
} from '../columns.ts'
import type { Report, ReportRow } from '../schema.ts'
import {
  isVerified,
  notCarriedOverText,
  replicationText,
  verdictCounts,
  verdictTone,
} from '../verification.ts'
import type { CauseView } from './causes.ts'
import { hasEnded } from './durations-chart.ts'

type Cell = (row: ReportRow) => string | null

/** What the script knows of a row, by name: a text is a number, its place in the list of texts. */
const TEXTS = {
  name: (row) => row.name,
  serverId: (row) => row.serverId,
  groupId: (row) => row.serverGroupId,
  group: (row) => row.serverGroup ?? row.serverGroupId,
  wave: (row) => row.wave,
  outcome: (row) => row.outcome,
  reason: (row) => row.reason,
  code: (row) => row.errorCode,
  http: (row) => (row.httpStatus === null ? null : String(row.httpStatus)),
  message: (row) => row.message,
  advice: (row) => row.advice,
  instance: (row) => row.protectedInstanceId,
  drServer: (row) => row.targetServerId,
  job: (row) => row.jobId,
  jobStatus: (row) => row.jobStatus,
  submitted: (row) => timeText(row.submittedAt),
  finished: (row) => (hasEnded(row) ? timeText(row.finishedAt) : null),
  took: (row) =>
    row.durationMs === null || !hasEnded(row) ? null : formatDuration(row.durationMs),
  drift: (row) => driftText(row.drift),
  changes: (row) => changesText(row.changes),
  matched: (row) => matchedText(row),
  warnings: (row) => row.warnings.map(({ message }) => message).join('; '),
  verdict: (row) => row.verification?.verdict ?? null,
  replication: (row) => (isVerified(row) ? replicationText(row) : null),
  unverifiable: (row) => row.verification?.unverifiable.join(', ') ?? null,
  notCarriedOver: (row) => (isVerified(row) ? notCarriedOverText(row.verification) : null),
} as const satisfies Record<string, Cell>

const NUMBERS = {
  row: (row) => row.row,
  line: (row) => row.line,
  attempts: (row) => row.attempts,
  durationMs: (row) => (hasEnded(row) ? (row.durationMs ?? -1) : -1),
} as const satisfies Record<string, (row: ReportRow) => number>

/** `#has=drift` shows the rows that have one. */
export const NOTED = {
  drift: 'drift',
  warnings: 'a warning',
  changes: 'a value used in another form',
  matched: 'a match by name',
  notCarriedOver: 'something not carried over',
} as const satisfies Partial<Record<keyof typeof TEXTS, string>>

/** All rows as the page's script reads them, small: each text stands there once. */
export interface RowData {
  readonly texts: readonly string[]
  readonly textFields: readonly string[]
  readonly numberFields: readonly string[]
  /** The inventory's own columns. */
  readonly carried: readonly string[]
  /** Texts, numbers, the number of the cause (−1: none), and then the carried cells. */
  readonly rows: readonly (readonly number[])[]
  /** In the order in which they are shown, each with its tone. */
  readonly outcomes: readonly (readonly [outcome: string, tone: string])[]
  readonly verdicts: readonly (readonly [verdict: string, tone: string])[]
  readonly causes: readonly string[]
  /** What a row may be asked to have (`#has=drift`), in words. */
  readonly noted: Readonly<Record<string, string>>
}

/** Pure; texts are safe to show, and still to be escaped for where they are put. */
export function rowData(report: Report, causes: readonly CauseView[]): RowData {
  const places = new Map<string, number>([['', 0]])
  const texts = ['']
  const placeOf = (text: string | null): number => {
    if (text === null || text === '') return 0
    const known = places.get(text)
    if (known !== undefined) return known
    places.set(text, texts.length)
    texts.push(sanitize(text))
    return texts.length - 1
  }
  const causeOf = new Map(causes.flatMap(({ rows }, at) => rows.map((row) => [row, at] as const)))
  const carried = carriedColumns(report.rows)
  return {
    rows: report.rows.map((row) => [
      ...Object.values<Cell>(TEXTS).map((cell) => placeOf(cell(row))),
      ...Object.values<(row: ReportRow) => number>(NUMBERS).map((of) => of(row)),
      causeOf.get(row.row) ?? -1,
      ...carried.map((name) => placeOf(carriedCell(row, name))),
    ]),
    texts,
    textFields: Object.keys(TEXTS),
    numberFields: Object.keys(NUMBERS),
    carried: carried.map(sanitize),
    outcomes: OUTCOME_ORDER.map(([outcome]) => [outcome, toneOf(outcome)]),
    verdicts: verdictCounts(report.rows).map(([verdict]) => [verdict, verdictTone(verdict)]),
    causes: causes.map(({ title }) => title),
    noted: NOTED,
  }
}

/** `2026-01-02 03:04:05 UTC`: milliseconds are for report.json. */
export function timeText(iso: string | null): string | null {
  return iso === null ? null : iso.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC')
}

/**
 * JSON that may stand between the tags of a script: nothing in it ends the element, opens a comment or another
 * element, or is a line end to somebody.
 */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
