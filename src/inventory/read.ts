import { createHash } from 'node:crypto'
import { assignColumns, type Columns } from './columns.ts'
import { decode, type Decoded } from './decode.ts'
import { lineEndOf, PLAIN_TEXT, SPREADSHEET_TEXT, type TextForm } from './encodings.ts'
import type { FieldName } from './fields.ts'
import { foldForeignValues, withoutForeignIds } from './foreign-values.ts'
import { detectBinaryFormat, detectFormat, FORMATS, type InventoryFormat } from './formats.ts'
import { openNaming, type Naming, type NamingOptions } from './names/naming.ts'
import { withSuggestions } from './names/suggestions.ts'
import { byPlace, toProblem, type Finding, type Position, type Problem } from './problem.ts'
import { isBlank } from './invisible.ts'
import { readSource, readStream } from './read-source.ts'
import { issueArgs, issuePlace } from './row-findings.ts'
import { checkRow, type Dialect, type RowFields, type RowIssue } from './row-schema.ts'
import { inventoryName, type Row } from './row.ts'
import { buildRows } from './rows.ts'
import { checkAcrossRows } from './across-rows.ts'
import type { Table, Unreadable } from './table.ts'
import { mayBeNested, NO_NESTED_PAIRS, type NestedPairs } from './tags.ts'

export interface InventoryOptions extends NamingOptions {
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
  /**
   * `--resolve-names`: rows without a server ID are no error. Theirs is empty until they are matched by name
   * against the servers of the project, which plan, apply, enable and verify do.
   */
  readonly resolveNames?: boolean
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
  /**
   * A row with the server that it was matched to: its name is then made as the options say. Problems are of
   * that name, and know their row and field.
   */
  readonly identify: (row: Row, server: Pick<Row, 'serverId' | 'matched'>) => IdentifiedRow
}

export interface IdentifiedRow {
  readonly row: Row
  readonly problems: readonly Problem[]
}

/** Bytes → inventory, with all of its problems. Never throws over what is in the file. */
export async function parseInventory(
  source: string,
  bytes: Uint8Array,
  options: InventoryOptions,
): Promise<Inventory> {
  return parseHeld(source, { bytes }, options)
}

/** Bytes that are let go as soon as they have become text: of a large file they are as much again. */
interface Held {
  bytes: Uint8Array
}

const NO_BYTES = new Uint8Array()

async function parseHeld(
  source: string,
  held: Held,
  options: InventoryOptions,
): Promise<Inventory> {
  const sha256 = createHash('sha256').update(held.bytes).digest('hex')
  const { format, table, written, findings } = await readBytes(source, held, options)
  const content =
    'unreadable' in table
      ? unreadableContent({ unreadable: [...table.unreadable, ...findings] })
      : await readTable(table, findings, options)
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
  if ('bytes' in read) return parseHeld(path, { bytes: read.bytes }, options)
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
  held: Held,
  options: InventoryOptions,
): Promise<ReadBytes> {
  const binary = detectBinaryFormat(held.bytes)
  if (binary !== null) {
    const table = await FORMATS[binary].read({ bytes: held.bytes, text: '' }, options)
    const findings = unusedOptions(binary, options)
    return { format: binary, table, written: SPREADSHEET_TEXT, findings }
  }
  const decoded = await decode(held.bytes, options.encoding)
  held.bytes = NO_BYTES
  if ('unreadable' in decoded) {
    const format = options.format ?? detectFormat(source, '')
    return { format, table: decoded, written: PLAIN_TEXT, findings: [] }
  }
  const { text, findings } = decoded
  const format = options.format ?? detectFormat(source, text)
  const written = format === 'csv' ? writtenForm(decoded) : PLAIN_TEXT
  const table = isBlank(text)
    ? refused({ code: 'empty-file' })
    : await FORMATS[format].read({ bytes: NO_BYTES, text }, options)
  return { format, table, written, findings: [...findings, ...unusedOptions(format, options)] }
}

/** What somebody said about another format than this: perhaps it is not the file that was meant. */
function unusedOptions(format: InventoryFormat, options: InventoryOptions): readonly Finding[] {
  const { sheet, delimiter, encoding } = options
  const what = format === 'xlsx' ? 'a workbook' : format === 'csv' ? 'a CSV' : 'YAML or JSON'
  const unused = [
    ...(sheet !== undefined && format !== 'xlsx' ? ['--sheet'] : []),
    ...(delimiter !== undefined && format !== 'csv' ? ['--delimiter'] : []),
    ...(encoding !== undefined && format === 'xlsx' ? ['--encoding'] : []),
  ]
  return unused.map((option) => ({ code: 'option-unused', args: { option, what } }))
}

function writtenForm({ text, encoding, hasBom }: Decoded): TextForm {
  return { encoding, hasBom, lineEnd: lineEndOf(text) }
}

function refused(finding: Finding): Unreadable {
  return { unreadable: [finding] }
}

async function readTable(
  table: Table,
  notices: readonly Finding[],
  options: InventoryOptions,
): Promise<Content> {
  const { resolveNames = false, dialect } = options
  const naming = await openNaming(options)
  const needless = [
    ...(resolveNames ? (['server_id'] as const) : []),
    // Without IDs the name is all there is to match by.
    ...(naming.needsName || resolveNames ? [] : (['name'] as const)),
  ]
  const assigned = assignColumns(table, { ...options, needless })
  const isMapped = Object.hasOwn(options.map, 'server_id')
  const columns = resolveNames ? withoutForeignIds(table, assigned, isMapped) : assigned
  const { rows, findings: rowFindings } = buildRows(table, columns, {
    ...options,
    naming,
    nestedPairs: await loadNestedPairs(table, columns),
    check: await loadCheck(table, dialect),
  })
  const isCutShort = table.findings.some(({ code }) => code === 'quote-not-closed')
  const findings: Finding[] = [
    ...notices,
    ...table.findings,
    ...columns.findings,
    ...naming.findings,
    ...(await withSuggestions(foldForeignValues(table, columns, rowFindings), rows, dialect)),
    ...namingNotices(rows, options),
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
    identify: (row, server) => identified(row, server, naming, dialect),
  }
}

/** From so many rows on it takes less time to make code of the schema first. */
const MANY_ROWS = 2_000

async function loadCheck(
  { records }: Table,
  dialect: Dialect,
): Promise<(fields: RowFields) => readonly RowIssue[]> {
  if (records.length < MANY_ROWS) return (fields) => checkRow(fields, dialect)
  const { compileCheck } = await import('./compiled-check.ts')
  return compileCheck(dialect)
}

/** Most inventories have no use for it. */
async function loadNestedPairs({ records }: Table, columns: Columns): Promise<NestedPairs> {
  const column = columns.fields.get('tags') ?? -1
  const isNeeded =
    mayBeNested(columns.constants.get('tags') ?? '') ||
    records.some(({ cells }) => mayBeNested(cells[column] ?? ''))
  return isNeeded ? (await import('./nested-tags.ts')).nestedPairs : NO_NESTED_PAIRS
}

/** What was changed, and what is still to be found out, in one line each. */
function namingNotices(
  rows: readonly Row[],
  { resolveNames, fitNames, fitDescriptions }: InventoryOptions,
): Finding[] {
  const fitted = rows.flatMap(({ changes }) => changes?.filter(({ by }) => by === 'fit') ?? [])
  const toResolve = resolveNames === true ? rows.filter(({ serverId }) => serverId === '') : []
  const options = [
    ...(fitNames === true ? ['--fit-names'] : []),
    ...(fitDescriptions === true ? ['--fit-descriptions'] : []),
  ].join(', ')
  return [
    ...(fitted.length === 0
      ? []
      : [{ code: 'fields-fitted', args: { count: fitted.length, options } } as const]),
    ...(toResolve.length > 0
      ? [{ code: 'names-to-resolve', args: { rows: toResolve.length } } as const]
      : []),
  ]
}

function identified(
  row: Row,
  server: Parameters<Inventory['identify']>[1],
  naming: Naming,
  dialect: Dialect,
): IdentifiedRow {
  const { serverGroup, serverGroupId, wave } = row
  const { fields, changes, findings } = naming.apply({
    server_id: server.serverId,
    name: inventoryName(row) || undefined,
    server_group: serverGroup,
    server_group_id: serverGroupId,
    wave,
  })
  const name = fields.name ?? ''
  const others = (row.changes ?? []).filter(({ field }) => field !== 'name')
  const { changes: _changes, ...rest } = row
  const all = [...changes, ...others]
  const issues = checkRow({ ...fields, description: undefined }, dialect).filter(
    ({ field }) => field === 'name',
  )
  return {
    row: { ...rest, ...server, name, ...(all.length === 0 ? {} : { changes: all }) },
    problems: [
      ...findings,
      ...issues.map((issue) => ({ code: issue.code, args: issueArgs(issue, fields, dialect) })),
    ].map((finding) => ({
      ...toProblem({ ...finding, row: row.row, field: 'name', value: name }),
      line: row.line,
    })),
  }
}

function unreadableContent({ unreadable }: Unreadable): Content {
  return {
    columns: [],
    delimiter: ',',
    rows: [],
    ...judged(unreadable, 0),
    locate: () => null,
    identify: (row, server) => ({ row: { ...row, ...server }, problems: [] }),
  }
}

function judged(findings: readonly Finding[], rows: number): Pick<Content, 'problems' | 'totals'> {
  const problems = findings.map(toProblem).toSorted(byPlace)
  const counts: Record<Problem['severity'], number> = { error: 0, warning: 0, info: 0 }
  for (const { severity } of problems) counts[severity]++
  return {
    problems,
    totals: { rows, errors: counts.error, warnings: counts.warning, infos: counts.info },
  }
}
