import { cellPlaces, type CellPlace } from './csv-cells.ts'
import { detectDelimiter, readDelimiter, separatorLine } from './csv-delimiter.ts'
import { findHeader } from './csv-preamble.ts'
import { createLineStarts } from './line-starts.ts'
import { readRecords, type CsvRecord, type Lines } from './csv-records.ts'
import { headerCellTest } from './header-row.ts'
import { isBlank } from './invisible.ts'
import { binarySize, MOST_CELLS, MOST_ROW_BYTES } from './limits.ts'
import type { Finding, Position } from './problem.ts'
import type { Table, Unreadable } from './table.ts'

/**
 * CSV text → table. The delimiter is the one given, the one of an Excel `sep=` line, or the most
 * frequent candidate of the header. Quotes are read leniently, and each doubtful one is a finding.
 *
 * @param mapped Headers that `--map` names: a line with them is a header, whatever else it says.
 */
export function parseCsv(
  text: string,
  givenDelimiter?: string,
  mapped: readonly string[] = [],
): Table | Unreadable {
  const given = givenDelimiter === undefined ? undefined : readDelimiter(givenDelimiter)
  if (given === null) {
    return {
      unreadable: [{ code: 'unknown-delimiter', args: { delimiter: givenDelimiter ?? '' } }],
    }
  }
  const endless = endlessLine(text)
  if (endless !== null) return { unreadable: [endless] }
  const known = given ?? separatorLine(text)
  const isHeaderCell = headerCellTest(mapped)
  const top = findHeader(text, known, isHeaderCell)
  if (top.isUnclear) return { unreadable: top.findings }
  const body = text.slice(top.start)
  const delimiter = known ?? detectDelimiter(body, isHeaderCell)
  const tooMany = excessOfCells(body, delimiter, top.line)
  if (tooMany !== null) return { unreadable: [tooMany] }
  const { records, failure, excess } = readRecords(body, delimiter, top.line)
  const places = createLocator(text, delimiter)
  if (excess !== undefined) {
    const { finding, column, ...lines } = excess
    return { unreadable: [{ ...finding, position: placeOf(places(lines), column) }] }
  }

  const findings: Finding[] = [...top.findings]
  if (failure !== undefined) {
    const broken = places(failure)
    findings.push({ ...failure.finding, position: placeOf(broken, broken.length - 2) })
  }
  const [header] = records
  const rows = records.slice(1)
  if (header === undefined) {
    return { unreadable: failure === undefined ? [{ code: 'empty-file' }] : findings }
  }
  findings.push(...dropTrailingBlanks(rows, header.cells.length, places))
  const mayBeFaulty = body.includes('"')
  if (mayBeFaulty) findings.push(...quoteFaults(header, undefined, places))
  for (const [index, record] of mayBeFaulty ? rows.entries() : []) {
    if (hasQuote(record)) findings.push(...quoteFaults(record, index + 1, places))
  }
  return {
    delimiter,
    headers: header.cells,
    records: rows,
    findings,
    hasHeaderRow: true,
    isUntyped: true,
    locateHeader: (column) => placeOf(places(header), column),
    locateCell: (row, column) => placeOf(places(rows[row - 1] ?? header), column),
    isNested: () => false,
  }
}

/** Cells in all, and rows that an open quote makes longer and longer: looked for before anything is kept. */
function excessOfCells(text: string, delimiter: string, firstLine: number): Finding | null {
  if (text.length <= Math.min(MOST_CELLS, MOST_ROW_BYTES)) return null
  // Without a quote every delimiter ends a cell, and a row is a line: none of those is too long any more.
  if (!text.includes('"') && timesIn(text, delimiter, '\n', '\r') <= MOST_CELLS) return null
  const mark = delimiter.charCodeAt(0)
  let cells = 0
  let line = firstLine
  let isQuoted = false
  // Blank lines are no rows.
  let isBlankLine = true
  let row = { start: 0, line }
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 34) isQuoted = !isQuoted
    else if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) {
      line++
      if (!isQuoted) {
        if (!isBlankLine) cells++
        isBlankLine = true
        row = { start: at, line }
      }
    } else if (code === mark && !isQuoted) {
      cells++
      isBlankLine = false
    } else if (code > 32) isBlankLine = false
    if (cells > MOST_CELLS) {
      return { code: 'too-many-values', args: { most: MOST_CELLS }, position: { line, column: 1 } }
    }
    if (at - row.start > MOST_ROW_BYTES) return rowTooLong(row.line)
  }
  return null
}

/** How often some characters stand in a text. */
function timesIn(text: string, ...characters: readonly string[]): number {
  let count = 0
  for (const each of characters) {
    for (let at = text.indexOf(each); at >= 0; at = text.indexOf(each, at + 1)) count++
  }
  return count
}

function rowTooLong(line: number): Finding {
  const args = { most: binarySize(MOST_ROW_BYTES) }
  return { code: 'row-too-long', args, position: { line, column: 1 } }
}

/** A line that no row needs; the parser would take it for one all the same. */
function endlessLine(text: string): Finding | null {
  let line = 1
  for (let start = 0; start < text.length; line++) {
    const end = text.indexOf('\n', start)
    const next = end < 0 ? text.length : end
    if (next - start > MOST_ROW_BYTES) {
      // Line ends may be a CR alone, as on an old Mac; there may be as many as there are characters.
      for (let own = start; own < next; line++) {
        const found = text.indexOf('\r', own)
        const ownEnd = found < 0 || found > next ? next : found
        if (ownEnd - own > MOST_ROW_BYTES) return rowTooLong(line)
        own = ownEnd + 1
      }
      line--
    }
    start = next + 1
  }
  return null
}

/** Cells beyond the header with nothing in them are what a spreadsheet leaves of deleted columns. */
function dropTrailingBlanks(
  rows: readonly CsvRecord[],
  columns: number,
  places: (record: Lines) => CellPlace[],
): Finding[] {
  const longer = rows.filter(({ cells }) => {
    const written = cells.length
    while (cells.length > columns && isBlank(cells.at(-1) ?? '')) cells.pop()
    return cells.length < written
  })
  const [first] = longer
  if (first === undefined) return []
  const position = placeOf(places(first), columns)
  return [{ code: 'trailing-blanks', args: { rows: longer.length }, position }]
}

/** Says where the cells of a record are. The file's lines are looked up once, when first asked. */
function createLocator(text: string, delimiter: string): (record: Lines) => CellPlace[] {
  let startOf: ((line: number) => number) | undefined
  let last: { readonly line: number; readonly places: CellPlace[] } | undefined
  return ({ line, nextLine }) => {
    // Several things are asked of one record, of a wide header as often as it has columns.
    if (last?.line === line) return last.places
    startOf ??= createLineStarts(text)
    const places = cellPlaces(text.slice(startOf(line), startOf(nextLine)), delimiter, line)
    last = { line, places }
    return places
  }
}

/** Only a cell that holds a quote can have a doubtful one, so few records are looked at twice. */
function hasQuote(record: CsvRecord): boolean {
  return record.cells.some((cell) => cell.includes('"'))
}

function quoteFaults(
  record: CsvRecord,
  row: number | undefined,
  places: (record: Lines) => CellPlace[],
): Finding[] {
  return places(record).flatMap(({ fault, line, column }) =>
    fault === undefined
      ? []
      : [{ code: fault, position: { line, column }, ...(row === undefined ? {} : { row }) }],
  )
}

/** A cell that the record does not have would stand at its end. */
function placeOf(places: readonly CellPlace[], column: number): Position {
  const place = places[Math.max(0, Math.min(column, places.length - 1))] ?? { line: 1, column: 1 }
  return { line: place.line, column: place.column }
}
