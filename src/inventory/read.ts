import { createHash } from 'node:crypto'
import { assignColumns } from './columns.ts'
import { decode, type Decoded } from './decode.ts'
import { lineEndOf, PLAIN_TEXT, SPREADSHEET_TEXT, type TextForm } from './encodings.ts'
import type { FieldName } from './fields.ts'
import { foldForeignValues } from './foreign-values.ts'
import { detectBinaryFormat, detectFormat, FORMATS, type InventoryFormat } from './formats.ts'
import { byPlace, toProblem, type Finding, type Position, type Problem } from './problem.ts'
import { isBlank } from './invisible.ts'
import { issuePlace } from './row-findings.ts'
import type { Dialect } from './row-schema.ts'
import type { Row } from './row.ts'
import { readSource, readStream } from './read-source.ts'
import { buildRows } from './rows.ts'
import { checkAcrossRows } from './across-rows.ts'
import type { Table, Unreadable } from './table.ts'

export interface InventoryOptions {
  /** Protection group, by ID or name, for rows that name none. */
  readonly group?: string
  /** `--map`: field → header. */
  readonly map: Readonly<Record<string, string>>
  /** `--set`: field → value. */
  readonly set: Readonly<Record<string, string>>
  readonly encoding?: string
  readonly delimiter?: string
  readonly format?: InventoryFormat
  readonly sheet?: string
  readonly dialect: Dialect
}

export interface Totals {
  readonly rows: number
  readonly errors: number
  readonly warnings: number
  readonly infos: number
}

export interface Inventory {
  /** The path as given; `-` is standard input. */
  readonly source: string
  /** Of the bytes as they were read, in hex. */
  readonly sha256: string
  readonly format: InventoryFormat
  /** By whose rules it was read. */
  readonly dialect: Dialect
  /** The headers in order, without those of secrets; of YAML, all keys that occur. */
  readonly columns: readonly string[]
  readonly delimiter: string
  /** How the file was written; of one that is not a CSV, how a CSV of it is to be written. */
  readonly written: TextForm
  /** Every data row, those with errors as far as they go. Nothing may be sent while there is an error. */
  readonly rows: readonly Row[]
  readonly problems: readonly Problem[]
  readonly totals: Totals
  /**
   * Where a field of a data row stands, for what is found out about it later. Null when it stands in
   * no row: it came from the command line, or there is no such column.
   */
  locate(row: number, field: FieldName): Position | null
}

/** Bytes → inventory, with all of its problems. Never throws over what is in the file. */
export async function parseInventory(
  source: string,
  bytes: Uint8Array,
  options: InventoryOptions,
): Promise<Inventory> {
  const { format, table, written, findings } = await readBytes(source, bytes, options)
  const content =
    'unreadable' in table
      ? unreadableContent({ unreadable: [...table.unreadable, ...findings] })
      : readTable(table, findings, options)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { source, sha256, format, dialect: options.dialect, written, ...content }
}

/**
 * Reads a file, or standard input for `-`. A file that is not there is a problem of the inventory, not
 * an exception.
 */
export async function readInventory(
  path: string,
  options: InventoryOptions,
  stdin: AsyncIterable<Uint8Array | string> = process.stdin,
): Promise<Inventory> {
  const read = path === '-' ? await readStream(stdin) : await readSource(path)
  if ('bytes' in read) return parseInventory(path, read.bytes, options)
  const { dialect } = options
  const format = options.format ?? detectFormat(path, '')
  const content = unreadableContent({ unreadable: [read.finding] })
  return { source: path, sha256: '', format, dialect, written: PLAIN_TEXT, ...content }
}

type Content = Omit<Inventory, 'source' | 'sha256' | 'format' | 'dialect' | 'written'>

interface ReadBytes {
  readonly format: InventoryFormat
  readonly table: Table | Unreadable
  readonly written: TextForm
  /** About the bytes as such. */
  readonly findings: readonly Finding[]
}

async function readBytes(
  source: string,
  bytes: Uint8Array,
  options: InventoryOptions,
): Promise<ReadBytes> {
  const binary = detectBinaryFormat(bytes)
  if (binary !== null) {
    const table = await FORMATS[binary].read({ bytes, text: '' }, options)
    return { format: binary, table, written: SPREADSHEET_TEXT, findings: [] }
  }
  const decoded = await decode(bytes, options.encoding)
  if ('unreadable' in decoded) {
    const format = options.format ?? detectFormat(source, '')
    return { format, table: decoded, written: PLAIN_TEXT, findings: [] }
  }
  const { text, findings } = decoded
  const format = options.format ?? detectFormat(source, text)
  const written = format === 'csv' ? writtenForm(decoded) : PLAIN_TEXT
  const table = isBlank(text)
    ? refused({ code: 'empty-file' })
    : await FORMATS[format].read({ bytes, text }, options)
  return { format, table, written, findings }
}

function writtenForm({ text, encoding, hasBom }: Decoded): TextForm {
  return { encoding, hasBom, lineEnd: lineEndOf(text) }
}

function refused(finding: Finding): Unreadable {
  return { unreadable: [finding] }
}

function readTable(table: Table, notices: readonly Finding[], options: InventoryOptions): Content {
  const columns = assignColumns(table, options)
  const { rows, findings: rowFindings } = buildRows(table, columns, options)
  const isCutShort = table.findings.some(({ code }) => code === 'quote-not-closed')
  const findings: Finding[] = [
    ...notices,
    ...table.findings,
    ...columns.findings,
    ...foldForeignValues(table, columns, rowFindings),
    ...checkAcrossRows(rows, table, columns),
    // An open quote may have swallowed all rows: then it is not true that there are none.
    ...(rows.length === 0 && !isCutShort ? [{ code: 'no-rows' } as const] : []),
  ]
  const headers = table.headers.filter((_, column) => !columns.secret.has(column))
  return {
    columns: headers,
    delimiter: table.delimiter,
    rows,
    ...judged(findings, rows.length),
    locate(row, field) {
      const place = issuePlace({ table, columns, row }, field)
      return typeof place === 'object' ? place : null
    },
  }
}

function unreadableContent({ unreadable }: Unreadable): Content {
  return {
    columns: [],
    delimiter: ',',
    rows: [],
    ...judged(unreadable, 0),
    locate: () => null,
  }
}

function judged(findings: readonly Finding[], rows: number): Pick<Content, 'problems' | 'totals'> {
  const problems = findings.map(toProblem).toSorted(byPlace)
  const count = (severity: Problem['severity']): number =>
    problems.filter((problem) => problem.severity === severity).length
  return {
    problems,
    totals: { rows, errors: count('error'), warnings: count('warning'), infos: count('info') },
  }
}
