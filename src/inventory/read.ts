import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { assignColumns } from './columns.ts'
import { decode } from './decode.ts'
import type { FieldName } from './fields.ts'
import { foldForeignValues } from './foreign-values.ts'
import { detectBinaryFormat, detectFormat, FORMATS, type InventoryFormat } from './formats.ts'
import { byPlace, toProblem, type Finding, type Position, type Problem } from './problem.ts'
import { issuePlace } from './row-findings.ts'
import type { Dialect } from './row-schema.ts'
import type { Row } from './row.ts'
import { systemErrorCode } from '../system-error.ts'
import { buildRows } from './rows.ts'
import { checkAcrossRows } from './across-rows.ts'
import { sourceLines } from './source-lines.ts'
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
  /** Every data row, those with errors as far as they go. Nothing may be sent while there is an error. */
  readonly rows: readonly Row[]
  readonly problems: readonly Problem[]
  readonly totals: Totals
  /**
   * Where a field of a data row stands, for what is found out about it later. Null when it stands in
   * no row: it came from the command line, or there is no such column.
   */
  locate(row: number, field: FieldName): Position | null
  /** A line of the file as it stands there, for showing it; null where it is not text, or has no such line. */
  lineText(line: number): string | null
}

/** Bytes → inventory, with all of its problems. Never throws over what is in the file. */
export async function parseInventory(
  source: string,
  bytes: Uint8Array,
  options: InventoryOptions,
): Promise<Inventory> {
  const { format, table, text } = await readBytes(source, bytes, options)
  const content = 'unreadable' in table ? unreadableContent(table) : readTable(table, options)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const lineText = sourceLines(text)
  return { source, sha256, format, dialect: options.dialect, ...content, lineText }
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
  let bytes: Uint8Array
  try {
    bytes = path === '-' ? await readAll(stdin) : await readFile(path)
  } catch (error) {
    const code = systemErrorCode(error) ?? String(error)
    const finding: Finding =
      code === 'ENOENT'
        ? { code: 'file-missing', args: { path } }
        : { code: 'file-unreadable', args: { path, reason: code } }
    const format = options.format ?? detectFormat(path, '')
    const content = unreadableContent({ unreadable: [finding] })
    const dialect = options.dialect
    return { source: path, sha256: '', format, dialect, ...content, lineText: () => null }
  }
  return parseInventory(path, bytes, options)
}

type Content = Omit<Inventory, 'source' | 'sha256' | 'format' | 'dialect' | 'lineText'>

interface ReadBytes {
  readonly format: InventoryFormat
  /** Empty where the file is not text. */
  readonly text: string
  readonly table: Table | Unreadable
}

async function readBytes(
  source: string,
  bytes: Uint8Array,
  options: InventoryOptions,
): Promise<ReadBytes> {
  const binary = detectBinaryFormat(bytes)
  if (binary !== null) {
    const table = await FORMATS[binary].read({ bytes, text: '' }, options)
    return { format: binary, text: '', table }
  }
  const decoded = decode(bytes, options.encoding)
  if ('unreadable' in decoded) {
    return { format: options.format ?? detectFormat(source, ''), text: '', table: decoded }
  }
  const { text } = decoded
  const format = options.format ?? detectFormat(source, text)
  if (text.trim() === '') return { format, text, table: { unreadable: [{ code: 'empty-file' }] } }
  return { format, text, table: await FORMATS[format].read({ bytes, text }, options) }
}

function readTable(table: Table, options: InventoryOptions): Content {
  const columns = assignColumns(table, options)
  const { rows, findings: rowFindings } = buildRows(table, columns, options)
  const isCutShort = table.findings.some(({ code }) => code === 'quote-not-closed')
  const findings: Finding[] = [
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

async function readAll(stream: AsyncIterable<Uint8Array | string>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) {
    chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk))
  }
  return Buffer.concat(chunks)
}
