import { fieldOfHeader, headerKey, isEmpty } from '../fields.ts'
import type { Finding } from '../problem.ts'
import type { Table } from '../table.ts'
import { redactCells } from './redact.ts'

/** An export that is known by its columns, in whatever format it came. */
interface TableKind {
  /** For messages; null where the document that holds it has been named already. */
  readonly name: string | null
  readonly isKind: (keys: ReadonlySet<string>) => boolean
  readonly adapt: (table: Table) => Table
}

/** `openstack server list`, of all versions of the client, short and `--long`. Source: python-openstackclient, `compute/v2/server.py`. */
const OPENSTACK_LIST: TableKind = {
  name: 'openstack server list',
  isKind: (keys) => ['id', 'name', 'status', 'networks'].every((key) => keys.has(key)),
  adapt: (table) => table,
}

/** What Config says of a resource's service and kind: `ecs` and `cloudservers`. */
const CONFIG_COLUMNS: TableKind = {
  name: null,
  isKind: (keys) => keys.has('provider'),
  adapt: keepServers,
}

/** `report.csv` of this tool. */
const REPORT_CSV: TableKind = {
  name: 'a report of this tool',
  isKind: (keys) =>
    ['serverid', 'outcome', 'attempts', 'protectedinstanceid', 'jobstatus'].every((key) =>
      keys.has(key),
    ),
  adapt: readReport,
}

export const TABLE_KINDS = {
  'openstack-list': OPENSTACK_LIST,
  'config-columns': CONFIG_COLUMNS,
  'report-csv': REPORT_CSV,
} as const satisfies Readonly<Record<string, TableKind>>

/**
 * A table as it came → what is to be read of it. Nested values that stand in cells as text (JSON, or as Python
 * prints them) lose what looks like a secret, whatever the table is of.
 */
export function adaptTable(table: Table): Table {
  const keys = new Set(table.headers.map(headerKey))
  const redacted = redactCells(table)
  const kind = Object.values<TableKind>(TABLE_KINDS).find((each) => each.isKind(keys))
  if (kind === undefined) return redacted
  const adapted = kind.adapt(redacted)
  const position = table.locateHeader(0)
  const readAs: Finding = {
    code: 'read-as',
    args: { what: kind.name ?? '', counted: `${table.records.length} rows` },
    ...(position !== undefined && { position }),
  }
  return kind.name === null ? adapted : { ...adapted, findings: [readAs, ...adapted.findings] }
}

/** Rows of other services than ECS, and of other things of ECS than servers, are left out, if any are of ECS at all. */
function keepServers(table: Table): Table {
  const columnOf = (...names: readonly string[]): number =>
    table.headers.findIndex((header) => names.includes(headerKey(header)))
  const provider = columnOf('provider')
  const type = columnOf('type', 'resourcetype')
  const cell = (row: number, column: number): string =>
    table.records[row]?.cells[column]?.trim().toLowerCase() ?? ''
  const all = [...table.records.keys()]
  if (!all.some((row) => cell(row, provider) === 'ecs')) return table
  const isServer = (row: number): boolean =>
    (cell(row, provider) === 'ecs' || isEmpty(cell(row, provider))) &&
    (type < 0 || isEmpty(cell(row, type)) || /^(?:ecs\.)?cloudservers$/.test(cell(row, type)))
  const kept = all.filter(isServer)
  if (kept.length === all.length) return table
  const what = `${all.length - kept.length} of ${all.length} rows, of other resources than servers of ECS`
  const position = table.locateHeader(provider)
  const left: Finding = {
    code: 'left-out',
    args: { what },
    ...(position !== undefined && { position }),
  }
  return { ...rowsOf(table, kept), findings: [...rowsOf(table, kept).findings, left] }
}

/** Some of a table's rows, which then count from 1. */
function rowsOf(table: Table, kept: readonly number[]): Table {
  const numbers = new Map(kept.map((row, index) => [row + 1, index + 1]))
  return {
    ...table,
    records: kept.flatMap((row) => table.records[row] ?? []),
    findings: table.findings.flatMap((finding) => {
      if (finding.row === undefined) return [finding]
      const row = numbers.get(finding.row)
      return row === undefined ? [] : [{ ...finding, row }]
    }),
    locateCell: (row, column, key) => table.locateCell((kept[row - 1] ?? 0) + 1, column, key),
    isNested: (row, column) => table.isNested((kept[row - 1] ?? 0) + 1, column),
  }
}

/** What a report says of a row beside what happened to it. */
const REPORT_FIELDS: readonly string[] = ['server_id', 'name', 'server_group_id', 'server_group']

/** Columns that the inventory carried may be called like a field, and were not taken as one then. */
function readReport(table: Table): Table {
  const headers = table.headers.map((header) => {
    const field = fieldOfHeader(header)
    const isOwn = field === undefined || REPORT_FIELDS.includes(header)
    return isOwn ? header : `inventory ${header}`
  })
  const position = table.locateHeader(0)
  const partial: Finding = {
    code: 'report-is-partial',
    ...(position !== undefined && { position }),
  }
  return { ...table, headers, findings: [...table.findings, partial] }
}
