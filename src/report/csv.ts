import { stringify } from 'csv-stringify/sync'
import { sanitizeLines } from '../safe-text.ts'
import { carriedCell, carriedColumns, columnsOf, CSV_COLUMNS } from './columns.ts'
import type { Report } from './schema.ts'

/**
 * `report.csv`: our columns, then those the inventory carried along. With a byte order mark, since
 * Excel reads UTF-8 as the machine's code page without one; and with every cell defused (a leading
 * apostrophe) that a spreadsheet would run as a formula: names and messages come from elsewhere.
 */
export function reportCsv(report: Report): string {
  return [...reportCsvPieces(report)].join('')
}

/** So many rows are made into text at once. */
const ROWS_AT_ONCE = 1_000

/** The same in pieces: of a hundred thousand rows the cells alone take hundreds of megabytes. */
export function* reportCsvPieces(report: Report): Generator<string> {
  const extra = carriedColumns(report.rows)
  const columns = columnsOf(report)
  const ours = CSV_COLUMNS.map(([header]) => header)
  const header = [...columns.map(([name]) => name), ...extra.map((name) => distinct(name, ours))]
  yield textOf([header], true)
  for (let at = 0; at < report.rows.length; at += ROWS_AT_ONCE) {
    const rows = report.rows
      .slice(at, at + ROWS_AT_ONCE)
      .map((row) => [
        ...columns.map(([, cell]) => cell(row)),
        ...extra.map((name) => carriedCell(row, name)),
      ])
    yield textOf(rows, false)
  }
}

function textOf(rows: readonly (readonly (string | number | null)[])[], bom: boolean): string {
  const safe = rows.map((cells) =>
    cells.map((cell) => (typeof cell === 'string' ? sanitizeLines(cell) : cell)),
  )
  return stringify(safe, { bom, escape_formulas: true })
}

/** An inventory made from an earlier report carries columns named like ours. */
function distinct(name: string, ours: readonly string[]): string {
  return ours.includes(name) ? `inventory ${name}` : name
}
