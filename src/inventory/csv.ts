import { parse, type CsvError } from 'csv-parse/sync'
import { cellPlaces, withoutBlanksAroundQuotes, type CellPlace } from './csv-cells.ts'
import { detectDelimiter, readDelimiter, separatorLine } from './csv-delimiter.ts'
import { findHeader } from './csv-preamble.ts'
import { headerCellTest } from './header-row.ts'
import { isBlank } from './invisible.ts'
import {
  binarySize,
  isLongCell,
  MOST_CELL_BYTES,
  MOST_CELLS,
  MOST_COLUMNS,
  MOST_ROW_BYTES,
} from './limits.ts'
import type { Finding, Position } from './problem.ts'
import type { Table, TableRecord, Unreadable } from './table.ts'

interface CsvRecord extends TableRecord {
  readonly cells: string[]
  /** The line after the record's last one. */
  readonly nextLine: number
}

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
  const [header, ...rows] = records
  if (header === undefined) {
    return { unreadable: failure === undefined ? [{ code: 'empty-file' }] : findings }
  }
  findings.push(...dropTrailingBlanks(rows, header.cells.length, places))
  findings.push(...quoteFaults(header, undefined, places))
  const mayBeFaulty = body.includes('"')
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

interface Failure {
  readonly finding: Finding
  /** Where the record starts that could not be read; it takes the rest of the file with it. */
  readonly line: number
  readonly nextLine: number
}

/** What makes a file too large to be read, and the record it was found in. */
interface Excess extends Lines {
  readonly finding: Finding
  /** Counted from 0. */
  readonly column: number
}

/**
 * All records but blank ones. The parser gives no places here: asking it for them costs as much again as
 * parsing. A record's line follows from the line ends in its cells and one at its end.
 */
function readRecords(
  text: string,
  delimiter: string,
  firstLine: number,
): { records: CsvRecord[]; failure?: Failure; excess?: Excess } {
  const errors: CsvError[] = []
  const parsed: string[][] = parse(withoutBlanksAroundQuotes(text, delimiter), {
    delimiter,
    // Each one costs time at every character, and most files have no CR.
    record_delimiter: text.includes('\r') ? ['\r\n', '\n', '\r'] : ['\n'],
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: MOST_ROW_BYTES,
    skip_records_with_error: true,
    on_skip: (error) => void (error !== undefined && errors.push(error)),
  })
  const records: CsvRecord[] = []
  let line = firstLine
  const share = createSharing()
  // A line end in a cell stands between quotes.
  const mayHoldLineEnds = text.includes('"')
  for (const cells of parsed) {
    const nextLine = line + 1 + (mayHoldLineEnds ? lineEndsIn(cells) : 0)
    const lines = { line, nextLine }
    line = nextLine
    const excess =
      (records.length === 0 ? excessOfHeader(cells, lines) : null) ?? longCell(cells, lines)
    if (excess !== null) return { records, excess }
    if (cells.every(isBlank)) continue
    const asText = stripApostrophes(cells)
    share(cells)
    records.push({ line: lines.line, nextLine, cells, asText })
  }
  const [error] = errors
  if (error === undefined) return { records }
  return { records, failure: failureOf(error, line) }
}

function longCell(cells: readonly string[], lines: Lines): Excess | null {
  const column = cells.findIndex(isLongCell)
  if (column < 0) return null
  const args = { most: binarySize(MOST_CELL_BYTES) }
  return { finding: { code: 'cell-too-long', args }, column, ...lines }
}

/** So many values of one column are remembered: zones, states, groups, rather than IDs. */
const MOST_SHARED = 512

/**
 * Lets equal cells of a column be one string: groups, zones and states come once a row, and each would be
 * kept for itself. A column in which none of so many came again holds IDs or names, and is not asked any more.
 */
function createSharing(): (cells: string[]) => void {
  const known: ({ readonly values: Map<string, string>; isAnyAgain: boolean } | null)[] = []
  return (cells) => {
    for (let column = 0; column < cells.length; column++) {
      const cell = cells[column] ?? ''
      const seen =
        (known[column] === undefined
          ? (known[column] = { values: new Map(), isAnyAgain: false })
          : known[column]) ?? null
      if (seen === null || cell === '') continue
      const before = seen.values.get(cell)
      if (before !== undefined) {
        cells[column] = before
        seen.isAnyAgain = true
      } else if (seen.values.size < MOST_SHARED) seen.values.set(cell, cell)
      else if (!seen.isAnyAgain) known[column] = null
    }
  }
}

function failureOf(error: CsvError, line: number): Failure {
  const finding: Finding =
    error.code === 'CSV_QUOTE_NOT_CLOSED'
      ? { code: 'quote-not-closed' }
      : error.code === 'CSV_MAX_RECORD_SIZE'
        ? { code: 'row-too-long', args: { most: binarySize(MOST_ROW_BYTES) } }
        : { code: 'csv-syntax', args: { reason: error.code } }
  return { finding, line, nextLine: Number.POSITIVE_INFINITY }
}

function excessOfHeader(header: readonly string[], lines: Lines): Excess | null {
  if (header.length <= MOST_COLUMNS) return null
  const args = { columns: header.length, most: MOST_COLUMNS }
  return { finding: { code: 'too-many-columns', args }, column: MOST_COLUMNS, ...lines }
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
  let row = { start: 0, line }
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 34) isQuoted = !isQuoted
    else if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) {
      line++
      if (!isQuoted) {
        cells++
        row = { start: at, line }
      }
    } else if (code === mark && !isQuoted) cells++
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

/**
 * Excel keeps a cell from being a formula by an apostrophe in front: it is not part of the value. Returns the
 * columns that had one; null: none.
 */
function stripApostrophes(cells: string[]): ReadonlySet<number> | null {
  let found: Set<number> | null = null
  for (let column = 0; column < cells.length; column++) {
    const cell = cells[column]
    if (cell?.startsWith("'") !== true) continue
    cells[column] = cell.slice(1)
    found ??= new Set()
    found.add(column)
  }
  return found
}

const LINE_END = /\r\n|\r|\n/g

/** Line ends as editors count them: CRLF, LF, and CR alone. */
function lineEndsIn(cells: readonly string[]): number {
  let count = 0
  for (const cell of cells) {
    if (cell.includes('\n') || cell.includes('\r')) count += cell.match(LINE_END)?.length ?? 0
  }
  return count
}

function lineStarts(text: string): readonly number[] {
  const starts = [0]
  for (const end of text.matchAll(LINE_END)) starts.push(end.index + end[0].length)
  return starts
}

type Lines = Pick<CsvRecord, 'line' | 'nextLine'>

/** Says where the cells of a record are. The file's lines are looked up once, when first asked. */
function createLocator(text: string, delimiter: string): (record: Lines) => CellPlace[] {
  let starts: readonly number[] | undefined
  let last: { readonly line: number; readonly places: CellPlace[] } | undefined
  return ({ line, nextLine }) => {
    // Several things are asked of one record, of a wide header as often as it has columns.
    if (last?.line === line) return last.places
    starts ??= lineStarts(text)
    const places = cellPlaces(text.slice(starts[line - 1], starts[nextLine - 1]), delimiter, line)
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
