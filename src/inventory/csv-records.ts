import { parse, type CsvError } from 'csv-parse/sync'
import { withoutBlanksAroundQuotes } from './csv-cells.ts'
import { isBlank } from './invisible.ts'
import {
  binarySize,
  isLongCell,
  MOST_CELL_BYTES,
  MOST_COLUMNS,
  MOST_ROWS,
  MOST_ROW_BYTES,
} from './limits.ts'
import type { Finding } from './problem.ts'
import { createSharing } from './shared-cells.ts'
import type { TableRecord } from './table.ts'

export interface CsvRecord extends TableRecord {
  readonly cells: string[]
  /** The line after the record's last one. */
  readonly nextLine: number
}

export type Lines = Pick<CsvRecord, 'line' | 'nextLine'>

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

/** CRLF, LF, and CR alone, as editors count them. */
export const LINE_END = /\r\n|\r|\n/g

/**
 * All records but blank ones. The parser gives no places here: asking it for them costs as much again as
 * parsing. A record's line follows from the line ends in its cells and one at its end.
 */
export function readRecords(
  text: string,
  delimiter: string,
  firstLine: number,
): { records: CsvRecord[]; failure?: Failure; excess?: Excess } {
  const errors: CsvError[] = []
  // A line end in a cell stands between quotes.
  const mayHoldLineEnds = text.includes('"')
  const mayHaveApostrophes = text.includes("'")
  const aligned = withoutBlanksAroundQuotes(text, delimiter)
  const records: CsvRecord[] = []
  let line = firstLine
  const share = createSharing()
  for (const cells of recordsOf(aligned, delimiter, errors)) {
    const nextLine = line + 1 + (mayHoldLineEnds ? lineEndsIn(cells) : 0)
    if (records.length === 0 || cells.some(isLongCell)) {
      const lines = { line, nextLine }
      const excess =
        (records.length === 0 ? excessOfHeader(cells, lines) : null) ?? longCell(cells, lines)
      if (excess !== null) return { records, excess }
    }
    if (!cells.every(isBlank)) {
      if (records.length > MOST_ROWS) {
        const finding = { code: 'too-many-rows', args: { most: MOST_ROWS } } as const
        return { records, excess: { finding, column: 0, line, nextLine } }
      }
      const asText = mayHaveApostrophes ? stripApostrophes(cells) : null
      share(cells)
      records.push({ line, nextLine, cells, asText })
    }
    line = nextLine
  }
  const [error] = errors
  if (error === undefined) return { records }
  return { records, failure: failureOf(error, line) }
}

/** The parser's records. Where each line is one, and needs no parser, they cost a fifth of that. */
function* recordsOf(text: string, delimiter: string, errors: CsvError[]): Generator<string[]> {
  const rest = yield* plainRecords(text, delimiter)
  if (rest === text.length) return
  yield* parse(text.slice(rest), {
    delimiter,
    // Each one costs time at every character, and most files have no CR.
    record_delimiter: text.includes('\r') ? ['\r\n', '\n', '\r'] : ['\n'],
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: MOST_ROW_BYTES,
    skip_records_with_error: true,
    on_skip: (error) => void (error !== undefined && errors.push(error)),
  })
}

/**
 * Records up to the first line with a quote that is not the first or last character of a cell, or with so many
 * characters that its bytes have to be counted. Their cells take no room beside the text.
 *
 * @returns the offset of that line; the text's length when there is none.
 */
function* plainRecords(text: string, delimiter: string): Generator<string[], number> {
  const hasQuotes = text.includes('"')
  const hasReturns = text.includes('\r')
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('\n', start)
    const next = found < 0 ? text.length : found
    if (3 * (next - start) > MOST_ROW_BYTES) return start
    const end = hasReturns && text[next - 1] === '\r' && next > start ? next - 1 : next
    const line = text.slice(start, end)
    const own = hasReturns && line.includes('\r') ? line.split('\r') : [line]
    const records = own.map((each) => each.split(delimiter))
    if (hasQuotes && line.includes('"') && !records.every(takeQuotes)) return start
    yield* records
    start = next + 1
  }
  return text.length
}

/** Takes the quotes off quoted cells; false where one is not so simple. */
function takeQuotes(cells: string[]): boolean {
  for (let column = 0; column < cells.length; column++) {
    const cell = cells[column] ?? ''
    const first = cell.indexOf('"')
    if (first < 0) continue
    if (first > 0 || cell.length < 2 || cell.indexOf('"', 1) !== cell.length - 1) return false
    cells[column] = cell.slice(1, -1)
  }
  return true
}

function longCell(cells: readonly string[], lines: Lines): Excess | null {
  const column = cells.findIndex(isLongCell)
  if (column < 0) return null
  const args = { most: binarySize(MOST_CELL_BYTES) }
  return { finding: { code: 'cell-too-long', args }, column, ...lines }
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

/** Line ends as editors count them: CRLF, LF, and CR alone. */
function lineEndsIn(cells: readonly string[]): number {
  let count = 0
  for (const cell of cells) {
    if (cell.includes('\n') || cell.includes('\r')) count += cell.match(LINE_END)?.length ?? 0
  }
  return count
}
