import { findHeaderRow, MOST_TOP_ROWS, rowsAbove, type TopRow } from '../header-row.ts'
import { fieldOfHeader, type FieldName } from '../fields.ts'
import type { Finding, Position } from '../problem.ts'
import type { Table, Unreadable } from '../table.ts'
import { cellName } from './cell-reference.ts'
import { LIMITS } from './workbook-limits.ts'
import { spreadMergedCells } from './merged-cells.ts'
import { toRecord, type SheetRecord } from './sheet-record.ts'
import type { SheetRow, SheetRows } from './sheet-rows.ts'
import { tooLarge } from './workbook-problem.ts'

/**
 * Rows of a sheet → table. Its header is found as that of a CSV is.
 *
 * @param sheet Its name, where cells need it to be found: the workbook has several.
 * @param isHeaderCell Whether a cell names a column of ours.
 */
export function toTable(
  { rows, merged, numbers }: SheetRows,
  sheet: string | null,
  isHeaderCell: (cell: string) => boolean,
): Table | Unreadable {
  const place = (row: number, column: number): Position => ({
    line: row,
    column,
    cell: cellName(sheet, row, column),
  })
  const comments = rows.findIndex((row) => !topRow(row).isComment)
  const ofComments = comments < 0 ? rows.length : comments
  const top = rows.slice(Math.max(0, ofComments - MOST_TOP_ROWS), ofComments + MOST_TOP_ROWS)
  const found = findHeaderRow(top.map(topRow), filledCells, isHeaderCell)
  if (found.kind === 'unclear') {
    const { first, header } = found
    const args = { line: first.line, header: header.line }
    return { unreadable: [{ code: 'header-unclear', args, position: place(first.line, 1) }] }
  }
  const headerRow =
    found.kind === 'none' ? undefined : rows.find(({ row }) => row === found.header.line)
  if (headerRow === undefined) return { unreadable: [{ code: 'empty-file' }] }

  const width = headerRow.cells.length
  const below = rows.slice(rows.indexOf(headerRow) + 1)
  if (width * below.length > LIMITS.cells) {
    throw tooLarge(`${below.length} rows of ${width} columns`)
  }
  const headers = headerRow.cells
  const records = below.map((row) => toRecord(row, width))
  const findings: Finding[] = [
    ...rowsAbove(rows.slice(0, rows.indexOf(headerRow)).map(({ row }) => row)),
    ...hiddenRows(records, place),
    ...formulas(below, place),
    ...bareNumbers(headerRow, numbers, place),
    ...spreadMergedCells(records, merged, width).map((finding) => ({
      ...finding,
      ...(finding.position !== undefined && {
        position: place(finding.position.line, finding.position.column),
      }),
    })),
  ]
  return {
    delimiter: ',',
    headers,
    records,
    findings,
    hasHeaderRow: true,
    isUntyped: false,
    locateHeader: (column) => place(headerRow.row, column + 1),
    locateCell(row, column) {
      const record = records[row - 1]
      const beyond = column < width ? undefined : record?.beyond[column - width]
      return place(record?.line ?? headerRow.row, beyond ?? Math.max(0, column) + 1)
    },
    isNested: () => false,
  }
}

interface TopSheetRow extends TopRow {
  readonly cells: readonly string[]
}

function topRow({ row, cells }: SheetRow): TopSheetRow {
  const isComment =
    cells
      .find((cell) => cell !== '')
      ?.trim()
      .startsWith('#') === true
  return { line: row, cells, isComment, isPassed: isComment, isPiece: false }
}

function filledCells({ cells }: TopSheetRow): readonly string[] {
  return cells.filter((cell) => cell !== '')
}

type Place = (row: number, column: number) => Position

/** A filter hides rows from the eye, not from the file: who does not see them must be told. */
function hiddenRows(records: readonly SheetRecord[], place: Place): Finding[] {
  const hidden = records.filter(({ isHidden }) => isHidden)
  const [first] = hidden
  if (first === undefined) return []
  return [{ code: 'hidden-rows', args: { rows: hidden.length }, position: place(first.line, 1) }]
}

function formulas(rows: readonly SheetRow[], place: Place): Finding[] {
  const first = rows.find((row) => row.formulas > 0)
  if (first === undefined) return []
  const cells = rows.reduce((sum, row) => sum + row.formulas, 0)
  const position = place(first.row, first.firstFormula)
  return [{ code: 'formula-cells', args: { cells }, position }]
}

/** Fields whose values are names or IDs: there, 7 may have been typed as 007. */
const NOT_NUMBERS: readonly FieldName[] = ['name', 'server_group', 'server_id', 'server_group_id']

function bareNumbers(
  header: SheetRow,
  numbers: ReadonlyMap<number, number>,
  place: Place,
): Finding[] {
  return header.cells.flatMap((cell, index): Finding[] => {
    const field = fieldOfHeader(cell)
    const last = numbers.get(index + 1) ?? 0
    if (field === undefined || !NOT_NUMBERS.includes(field) || last <= header.row) return []
    const position = place(header.row, index + 1)
    return [{ code: 'number-cells', args: { header: cell }, field, position }]
  })
}
