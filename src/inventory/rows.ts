import type { Columns } from './columns.ts'
import { columnKeys } from './headers.ts'
import type { Finding } from './problem.ts'
import { readFields, type ReadFields } from './row-fields.ts'
import { issueFinding, issuePlace, type RowContext } from './row-findings.ts'
import { checkRow, type Dialect, type RowFields } from './row-schema.ts'
import type { Row } from './row.ts'
import { put, type Table, type TableRecord } from './table.ts'

export interface RowOptions {
  readonly group?: string
  readonly dialect: Dialect
}

/**
 * Table → rows, each checked by the rules of a row. A row with errors is there as far as it goes:
 * without a usable ID its `serverId` is what stood there, or empty.
 */
export function buildRows(
  table: Table,
  columns: Columns,
  options: RowOptions,
): { rows: Row[]; findings: Finding[] } {
  const keys = columnKeys(table.headers)
  const kept = [...keys.keys()].filter((column) => !columns.secret.has(column))
  const findings: Finding[] = []
  const systemTags = { rows: 0, first: undefined as RowContext | undefined }

  const rows = table.records.map((record, index): Row => {
    const context: RowContext = { table, columns, record, row: index + 1 }
    findings.push(...cellCountFindings(context))
    // In a row that is too long, cells may have slipped out of a secret column: use none of them.
    const isUnusable =
      record.isBroken === true || (record.cells.length > keys.length && columns.secret.size > 0)
    const cells = isUnusable ? [] : record.cells
    const read = readFields(cells, columns, options.group)
    if (!isUnusable) findings.push(...fieldFindings(context, read, options.dialect))
    if (read.systemTags > 0) {
      systemTags.rows++
      systemTags.first ??= context
    }
    return toRow(context.row, record.line, read.fields, {
      carried: pick(cells, columns.carried, keys),
      source: pick(cells, kept, keys),
    })
  })
  if (systemTags.first !== undefined) {
    const position = issuePlace(systemTags.first, 'tags')
    findings.push({
      code: 'system-tags',
      args: { rows: systemTags.rows },
      field: 'tags',
      row: systemTags.first.row,
      ...(typeof position === 'object' && { position }),
    })
  }
  return { rows, findings: withoutRepeatedConstants(findings) }
}

function cellCountFindings({ table, record, row }: RowContext): Finding[] {
  const headers = table.headers.length
  const cells = record.cells.length
  if (cells === headers) return []
  return [
    {
      code: cells > headers ? 'too-many-cells' : 'too-few-cells',
      args: { cells, headers },
      row,
      // The first cell too many, or the end of the row, where the first missing one would stand.
      position: table.locateCell(record, Math.min(cells, headers)),
    },
  ]
}

function fieldFindings(
  context: RowContext,
  { fields, tagFindings, namesTwoGroups }: ReadFields,
  dialect: Dialect,
): Finding[] {
  const issues = [
    ...checkRow(fields, dialect),
    ...(namesTwoGroups ? [{ code: 'group-mismatch', field: 'server_group' } as const] : []),
  ]
  const findings = issues.flatMap((issue) => issueFinding(context, issue, fields, dialect) ?? [])
  for (const { code, args, key } of tagFindings) {
    const place = issuePlace(context, 'tags', key)
    const field = key === undefined ? 'tags' : `tag:${key}`
    findings.push({
      code,
      field,
      ...(args !== undefined && { args }),
      ...(typeof place === 'object' && { row: context.row, position: place }),
    })
  }
  return findings
}

/** A wrong `--set` value is wrong in every row alike: once is enough. */
function withoutRepeatedConstants(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>()
  return findings.filter((finding) => {
    if (finding.row !== undefined) return true
    const key = `${finding.code} ${finding.field ?? ''}`
    return !seen.has(key) && seen.add(key)
  })
}

function toRow(
  row: number,
  line: number,
  fields: RowFields,
  cells: Pick<Row, 'carried' | 'source'>,
): Row {
  return {
    row,
    line,
    serverId: fields.server_id ?? '',
    name: fields.name ?? '',
    ...(fields.server_group_id !== undefined && { serverGroupId: fields.server_group_id }),
    ...(fields.server_group !== undefined && { serverGroup: fields.server_group }),
    ...(fields.description !== undefined && { description: fields.description }),
    ...(fields.primary_subnet_id !== undefined && { primarySubnetId: fields.primary_subnet_id }),
    ...(fields.primary_ip_address !== undefined && { primaryIpAddress: fields.primary_ip_address }),
    ...(fields.flavor !== undefined && { flavor: fields.flavor }),
    tags: fields.tags ?? {},
    ...(fields.cluster_id !== undefined && { clusterId: fields.cluster_id }),
    ...((fields.tenancy === 'shared' || fields.tenancy === 'dedicated') && {
      tenancy: fields.tenancy,
    }),
    ...(fields.dedicated_host_id !== undefined && { dedicatedHostId: fields.dedicated_host_id }),
    ...(fields.wave !== undefined && { wave: fields.wave }),
    ...cells,
  }
}

function pick(
  cells: TableRecord['cells'],
  columns: readonly number[],
  keys: readonly string[],
): Record<string, string> {
  const picked: Record<string, string> = {}
  for (const column of columns) put(picked, keys[column] ?? '', cells[column] ?? '')
  return picked
}
