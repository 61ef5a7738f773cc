import { formatCount, sanitize } from '../../ui/text.ts'
import { changesText, driftText, matchedText, nameList, warningsOf } from '../columns.ts'
import type { Report, ReportRow } from '../schema.ts'
import { isVerified, notCarriedOverText } from '../verification.ts'
import { hashOf } from './group-views.ts'
import type { NOTED } from './row-data.ts'

/** Safe to show, still to be escaped. */
export interface TableView {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** How many are not shown here. */
  readonly left: string
  /** Shows the rows that it is about; '': they are not among the servers of the page. */
  readonly hash: string
}

/** Each of them may be as long as the inventory: it is in the rows, and all of it in report.csv. */
const ROWS_SHOWN = 20

/** What there is to note beside the outcomes; what is none is left out. */
export function tablesOf(report: Report): readonly TableView[] {
  const { rows } = report
  return [
    noted('Drift', 'drift', ['differs'], rows, (row) => [driftText(row.drift)]),
    noted('Not carried over to the DR server', 'notCarriedOver', ['differs'], rows, (row) => [
      isVerified(row) ? notCarriedOverText(row.verification) : '',
    ]),
    warnings(rows),
    noted('Used in another form than the inventory has it', 'changes', ['what'], rows, (row) => [
      changesText(row.changes),
    ]),
    noted('Matched to their server by name', 'matched', ['server', 'how'], rows, (row) =>
      row.matched === null ? ['', ''] : [row.serverId, matchedText(row)],
    ),
    table(
      'Left open by earlier runs, outside this one',
      ['name', 'server', 'outcome', 'reason', 'message', 'what to do'],
      report.carriedOver.map((row) => [
        row.name,
        row.serverId,
        row.outcome,
        row.reason ?? '',
        row.message ?? '',
        row.advice ?? '',
      ]),
    ),
    table(
      'In these groups, but in no row',
      ['name', 'instance', 'server', 'status'],
      report.unmanaged.map((one) => [
        one.name,
        one.protectedInstanceId,
        one.sourceServer ?? '',
        one.status,
      ]),
    ),
  ].filter((each) => each.rows.length > 0)
}

function noted(
  title: string,
  has: keyof typeof NOTED,
  columns: readonly string[],
  rows: readonly ReportRow[],
  cellsOf: (row: ReportRow) => readonly string[],
): TableView {
  const told = rows.flatMap((row) => {
    const cells = cellsOf(row)
    return cells.every((cell) => cell === '') ? [] : [[String(row.row), row.name, ...cells]]
  })
  return table(title, ['row', 'name', ...columns], told, hashOf({ has }))
}

function warnings(rows: readonly ReportRow[]): TableView {
  const told = warningsOf(rows).map(({ message, names }) => [
    message,
    formatCount(names.length),
    nameList(names),
  ])
  return table('Warnings', ['warning', 'servers', 'which'], told, hashOf({ has: 'warnings' }))
}

function table(
  title: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  hash = '',
): TableView {
  const left = rows.length - ROWS_SHOWN
  return {
    title,
    columns,
    rows: rows.slice(0, ROWS_SHOWN).map((cells) => cells.map(sanitize)),
    left: left > 0 ? formatCount(left) : '',
    hash,
  }
}
