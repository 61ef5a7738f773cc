import { CsvError, parse } from 'csv-parse/sync'
import { cellPlaces, type CellPlace } from './csv-cells.ts'
import { detectDelimiter, readDelimiter, separatorLine } from './csv-delimiter.ts'
import type { Finding, Position } from './problem.ts'
import type { Table, TableRecord, Unreadable } from './table.ts'

/** Where a record's bytes are, its line end included. */
interface Extent {
  readonly line: number
  readonly start: number
  readonly end: number
}
interface CsvRecord extends TableRecord, Extent {
  readonly cells: readonly string[]
}

/**
 * CSV text → table. The delimiter is the one given, the one of an Excel `sep=` line, or the most
 * frequent candidate of the header. Quotes are read leniently, and each doubtful one is a finding.
 */
export function parseCsv(text: string, givenDelimiter?: string): Table | Unreadable {
  const given = givenDelimiter === undefined ? undefined : readDelimiter(givenDelimiter)
  if (given === null) {
    return {
      unreadable: [{ code: 'unknown-delimiter', args: { delimiter: givenDelimiter ?? '' } }],
    }
  }
  const separator = separatorLine(text)
  const delimiter = given ?? separator ?? detectDelimiter(text)
  const bytes = Buffer.from(text)
  const places = (extent: Extent): CellPlace[] =>
    cellPlaces(bytes.toString('utf8', extent.start, extent.end), delimiter, extent.line)

  const { records, failure } = readRecords(bytes, delimiter)
  const findings: Finding[] = []
  if (failure !== undefined) {
    const broken = places(failure.rest)
    findings.push({ ...failure.finding, position: placeOf(broken, broken.length - 2) })
  }
  const [header, ...rows] = separator === undefined ? records : records.slice(1)
  if (header === undefined)
    return { unreadable: findings.length > 0 ? findings : [{ code: 'empty-file' }] }
  findings.push(...quoteFaults(header, undefined, places))
  for (const [index, record] of rows.entries()) {
    findings.push(...quoteFaults(record, index + 1, places))
  }
  return {
    delimiter,
    headers: header.cells,
    records: rows,
    findings,
    hasHeaderRow: true,
    locateHeader: (column) => placeOf(places(header), column),
    locateCell: (record, column) => placeOf(places(record as CsvRecord), column),
  }
}

interface Failure {
  readonly finding: Finding
  /** From the start of the record that could not be read to the end of the file. */
  readonly rest: Extent
}

/** All records but blank ones. A failure ends the list; what was read before it stays. */
function readRecords(
  bytes: Buffer,
  delimiter: string,
): { records: CsvRecord[]; failure?: Failure } {
  const records: CsvRecord[] = []
  let line = 1
  let start = 0
  try {
    parse(bytes, {
      delimiter,
      // Each one costs time at every character, and most files have no CR.
      record_delimiter: bytes.includes('\r') ? ['\r\n', '\n', '\r'] : ['\n'],
      relax_column_count: true,
      relax_quotes: true,
      ltrim: true,
      on_record: (cells: string[], info) => {
        const end = info.bytes
        if (!isBlank(cells)) {
          stripApostrophes(cells)
          records.push({ line, start, end, cells })
        }
        line += countLines(bytes, start, end)
        start = end
        return null
      },
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const finding: Finding =
      error.code === 'CSV_QUOTE_NOT_CLOSED'
        ? { code: 'quote-not-closed' }
        : { code: 'csv-syntax', args: { reason: error.code } }
    return { records, failure: { finding, rest: { line, start, end: bytes.length } } }
  }
  return { records }
}

function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell === '' || cell.trim() === '')
}

/** Excel keeps a cell from being a formula by an apostrophe in front: it is not part of the value. */
function stripApostrophes(cells: string[]): void {
  for (let column = 0; column < cells.length; column++) {
    const cell = cells[column]
    if (cell?.startsWith("'") === true) cells[column] = cell.slice(1)
  }
}

/** Line ends as editors count them: CRLF, LF, and CR alone. */
function countLines(bytes: Buffer, start: number, end: number): number {
  let lines = 0
  for (let at = start; at < end; at++) {
    const byte = bytes[at]
    if (byte === 0x0a || (byte === 0x0d && bytes[at + 1] !== 0x0a)) lines++
  }
  return lines
}

/** Only a cell that holds a quote can have a doubtful one, so few records are looked at twice. */
function quoteFaults(
  record: CsvRecord,
  row: number | undefined,
  places: (extent: Extent) => CellPlace[],
): Finding[] {
  if (!record.cells.some((cell) => cell.includes('"'))) return []
  return places(record).flatMap(({ fault, line, column }) =>
    fault === undefined
      ? []
      : [{ code: fault, position: { line, column }, ...(row === undefined ? {} : { row }) }],
  )
}

/** A cell that the record does not have would stand at its end. */
function placeOf(places: readonly CellPlace[], column: number): Position {
  const place = places[Math.min(column, places.length - 1)] ?? { line: 1, column: 1 }
  return { line: place.line, column: place.column }
}
