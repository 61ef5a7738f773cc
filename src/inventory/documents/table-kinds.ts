import { fieldOfHeader, headerKey } from '../fields.ts'
import { headerPlace } from '../headers.ts'
import type { Finding } from '../problem.ts'
import type { Table } from '../table.ts'
import { counted } from './kind.ts'
import { redactCells } from './redact.ts'

/** An export that is known by its columns, in whatever format it came. */
interface TableKind {
  /** For messages. */
  readonly name: string
  /** By the headers, in the form of `headerKey`, or by what stands under them. */
  readonly isKind: (keys: ReadonlySet<string>, table: Table) => boolean
  /** Whether it may also be within a document of a known kind, which has its own name then. */
  readonly isWithin: boolean
  readonly adapt: (table: Table) => Table | Promise<Table>
}

/** `openstack server list`, of all versions of the client, short and `--long`. Source: python-openstackclient, `compute/v2/server.py`. */
const OPENSTACK_LIST: TableKind = {
  name: 'openstack server list',
  isKind: (keys) => ['id', 'name', 'status', 'networks'].every((key) => keys.has(key)),
  isWithin: false,
  adapt: readPlainTags,
}

/**
 * Nova's tags are words: a list of them (as JSON, or as Python prints it), or one after the other with commas. As of
 * a server of the API, a tag without `=` is its key alone.
 */
async function readPlainTags(table: Table): Promise<Table> {
  const column = table.headers.findIndex((header) => headerKey(header) === 'tags')
  if (column < 0) return table
  const { plainTags } = await import('./plain-tags.ts')
  const records = table.records.map((record) => {
    const cell = record.cells[column]
    const tags = cell === undefined ? null : plainTags(cell)
    return tags === null ? record : { ...record, cells: record.cells.with(column, tags) }
  })
  return { ...table, records }
}

/** What Config calls the services beside ECS whose resources come in numbers. Source: Config, "Supported Services and Regions". */
const CONFIG_PROVIDERS: ReadonlySet<string> = new Set(
  (
    'as bms cbr cce cdn cfw cfs config css cts dcs dds deh dli dms dns dws eip elb eps evs fgs gaussdb iam ims kms ' +
    'lts mrs nat obs rds rms sdrs sfs sfsturbo smn swr tms vpc vpcep vpn waf'
  ).split(' '),
)

function isAllOf(cells: readonly string[], known: ReadonlySet<string>): boolean {
  return cells.length > 0 && cells.every((cell) => known.has(cell))
}

/** What Config says of a resource's service and kind: `ecs` and `cloudservers`. */
const CONFIG_COLUMNS: TableKind = {
  name: 'a result of Config',
  isKind: (keys, table) => {
    if (!keys.has('provider')) return false
    const providers = cellsOf(table, 'provider')
    // Without any server it is one all the same: a disk has an ID and a name as well.
    return providers.includes('ecs') || (keys.has('type') && isAllOf(providers, CONFIG_PROVIDERS))
  },
  isWithin: true,
  adapt: keepServers,
}

/** `report.csv` of this tool. */
const REPORT_CSV: TableKind = {
  name: 'a report of this tool',
  isKind: (keys) =>
    ['serverid', 'outcome', 'attempts', 'protectedinstanceid', 'jobstatus'].every((key) =>
      keys.has(key),
    ),
  isWithin: false,
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
 *
 * @param isNamed Whether the document that holds it has been told what it is read as.
 */
export async function adaptTable(table: Table, isNamed = false): Promise<Table> {
  const keys = new Set(table.headers.map(headerKey))
  const redacted = await redactCells(table)
  const kind = Object.values<TableKind>(TABLE_KINDS).find(
    (each) => (each.isWithin || !isNamed) && each.isKind(keys, table),
  )
  if (kind === undefined) return redacted
  const adapted = await kind.adapt(redacted)
  if (isNamed) return adapted
  const args = { what: kind.name, counted: counted(table.records.length, 'row') }
  const readAs: Finding = { code: 'read-as', args, ...headerPlace(table, 0) }
  return { ...adapted, findings: [readAs, ...adapted.findings] }
}

/** Of the first column of such a header; without case. Empty where there is none. */
function cellsOf(table: Table, ...keys: readonly string[]): readonly string[] {
  const column = table.headers.findIndex((header) => keys.includes(headerKey(header)))
  if (column < 0) return []
  return table.records.map(({ cells }) => cells[column]?.trim().toLowerCase() ?? '')
}

/** Rows of other services than ECS, and of other things of ECS than servers, are left out. */
function keepServers(table: Table): Table {
  const providers = cellsOf(table, 'provider')
  const types = cellsOf(table, 'type', 'resourcetype')
  const isServer = (row: number): boolean =>
    ['ecs', ''].includes(providers[row] ?? '') &&
    /^(?:|(?:ecs\.)?cloudservers)$/.test(types[row] ?? '')
  const all = [...table.records.keys()]
  const kept = all.filter(isServer)
  if (kept.length === all.length) return table
  const left = all.length - kept.length
  const what = `${counted(left, 'row')} of ${all.length}, of other resources than servers of ECS`
  const column = table.headers.findIndex((header) => headerKey(header) === 'provider')
  const some = rowsOf(table, kept)
  const finding: Finding = { code: 'left-out', args: { what }, ...headerPlace(table, column) }
  return { ...some, findings: [...some.findings, finding] }
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
  const partial: Finding = { code: 'report-is-partial', ...headerPlace(table, 0) }
  return { ...table, headers, findings: [...table.findings, partial] }
}
