import { parse, type CsvError } from 'csv-parse/sync'
import { cellPlaces, type CellPlace } from './csv-cells.ts'
import { detectDelimiter, readDelimiter, separatorLine } from './csv-delimiter.ts'
import { findHeader } from './csv-preamble.ts'
import { headerCellTest } from './header-row.ts'
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
  const known = given ?? separatorLine(text)
  const top = findHeader(text, known, headerCellTest(mapped))
  if (top.isUnclear) return { unreadable: top.findings }
  const body = text.slice(top.start)
  const delimiter = known ?? detectDelimiter(body)
  const { records, failure } = readRecords(body, delimiter, top.line)
  const places = createLocator(text, delimiter)

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
  for (const [index, record] of rows.entries()) {
    if (hasQuote(record)) findings.push(...quoteFaults(record, index + 1, places))
  }
  return {
    delimiter,
    headers: header.cells,
    records: rows,
    findings,
    hasHeaderRow: true,
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

/**
 * All records but blank ones. The parser gives no places here: asking it for them costs as much again as
 * parsing. A record's line follows from the line ends in its cells and one at its end.
 */
function readRecords(
  text: string,
  delimiter: string,
  firstLine: number,
): { records: CsvRecord[]; failure?: Failure } {
  const errors: CsvError[] = []
  const raw = parse(text, {
    delimiter,
    // Each one costs time at every character, and most files have no CR.
    record_delimiter: text.includes('\r') ? ['\r\n', '\n', '\r'] : ['\n'],
    relax_column_count: true,
    relax_quotes: true,
    ltrim: true,
    skip_records_with_error: true,
    on_skip: (error) => void (error !== undefined && errors.push(error)),
  })
  const records: CsvRecord[] = []
  let line = firstLine
  for (const cells of raw) {
    const nextLine = line + 1 + lineEndsIn(cells)
    if (!isBlank(cells)) {
      stripApostrophes(cells)
      records.push({ line, nextLine, cells })
    }
    line = nextLine
  }
  const [error] = errors
  if (error === undefined) return { records }
  const finding: Finding =
    error.code === 'CSV_QUOTE_NOT_CLOSED'
      ? { code: 'quote-not-closed' }
      : { code: 'csv-syntax', args: { reason: error.code } }
  return { records, failure: { finding, line, nextLine: Number.POSITIVE_INFINITY } }
}

function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell === '' || cell.trim() === '')
}

/** Cells beyond the header with nothing in them are what a spreadsheet leaves of deleted columns. */
function dropTrailingBlanks(
  rows: readonly CsvRecord[],
  columns: number,
  places: (record: Lines) => CellPlace[],
): Finding[] {
  const longer = rows.filter(({ cells }) => {
    const written = cells.length
    while (cells.length > columns && cells.at(-1)?.trim() === '') cells.pop()
    return cells.length < written
  })
  const [first] = longer
  if (first === undefined) return []
  const position = placeOf(places(first), columns)
  return [{ code: 'trailing-blanks', args: { rows: longer.length }, position }]
}

/** Excel keeps a cell from being a formula by an apostrophe in front: it is not part of the value. */
function stripApostrophes(cells: string[]): void {
  for (let column = 0; column < cells.length; column++) {
    const cell = cells[column]
    if (cell?.startsWith("'") === true) cells[column] = cell.slice(1)
  }
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

type Lines = Pick<CsvRecord, 'line' | 'nextLine'>

/** Says where the cells of a record are. The file's lines are looked up once, when first asked. */
function createLocator(text: string, delimiter: string): (record: Lines) => CellPlace[] {
  let starts: readonly number[] | undefined
  return ({ line, nextLine }) => {
    starts ??= [0, ...Array.from(text.matchAll(LINE_END), (end) => end.index + end[0].length)]
    return cellPlaces(text.slice(starts[line - 1], starts[nextLine - 1]), delimiter, line)
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
