import type { Columns } from './columns.ts'
import { createCarrier, NOTHING_CARRIED } from './carried-cells.ts'
import { createCleaner } from './cleaning.ts'
import { createDamageLog, type DamageLog } from './damage-findings.ts'
import { ROW_FIELDS, type FieldName } from './fields.ts'
import { columnKeys } from './headers.ts'
import type { NamedFields, Naming } from './names/naming.ts'
import type { Finding } from './problem.ts'
import { createFieldReader, type ReadFields } from './row-fields.ts'
import { issueFinding, issuePlace, type RowContext } from './row-findings.ts'
import type { Dialect, RowFields, RowIssue } from './row-schema.ts'
import type { Row, RowField } from './row.ts'
import type { Table, TableRecord } from './table.ts'
import { createTagReader, type NestedPairs, type TagFinding } from './tags.ts'

export interface RowOptions {
  readonly group?: string
  readonly dialect: Dialect
  readonly naming: Naming
  readonly nestedPairs: NestedPairs
  /** What is wrong with a row by itself. */
  readonly check: (fields: RowFields) => readonly RowIssue[]
  /** Rows without an ID are matched by name later, so that it is no error. */
  readonly resolveNames?: boolean
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
  const carry = createCarrier(columns, keys)
  // Nothing is copied for the many inventories that hold no secret.
  const pickSource = (cells: TableRecord['cells']): TableRecord['cells'] =>
    columns.secret.size === 0 ? cells : cells.filter((_, column) => !columns.secret.has(column))
  const findings: Finding[] = []
  const cleaner = createCleaner()
  const damage = createDamageLog(table, columns)
  const readFields = createFieldReader({
    columns,
    group: options.group,
    cleaner,
    readTags: createTagReader(options.nestedPairs),
  })
  const judgeFields = createFieldJudge(columns, options, damage)
  const systemTags = { rows: 0, first: undefined as RowContext | undefined }

  const rows = table.records.map((record, index): Row => {
    const context: RowContext = { table, columns, row: index + 1 }
    if (record.cells.length !== keys.length) {
      findings.push(cellCountFinding(context, record.cells.length))
    }
    // In a row that is too long, cells may have slipped out of a secret column: use none of them.
    const isUnusable =
      record.isBroken === true || (record.cells.length > keys.length && columns.secret.size > 0)
    const cells = isUnusable ? [] : record.cells
    const read = readFields(cells)
    const named = options.naming.apply(read.fields)
    if (!isUnusable) judgeFields(context, read, named, findings)
    if (read.systemTags > 0) {
      systemTags.rows++
      systemTags.first ??= context
    }
    const row = toRow(context.row, record.line, named.fields, pickSource(cells))
    if (named.changes.length > 0) row.changes = named.changes
    carry(row, cells)
    return row
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
  findings.push(...damage.warnings(), ...cleaner.findings(table, fieldNamer(columns)))
  return { rows, findings: withoutRepeatedConstants(findings) }
}

function cellCountFinding({ table, row }: RowContext, cells: number): Finding {
  const headers = table.headers.length
  return {
    code: cells > headers ? 'too-many-cells' : 'too-few-cells',
    args: { cells, headers },
    row,
    // The first cell too many, or the end of the row, where the first missing one would stand.
    position: table.locateCell(row, Math.min(cells, headers)),
  }
}

/** What the field of a column is called in findings. */
function fieldNamer({ fields, tags }: Columns): (column: number) => string {
  const names = new Map<number, string>()
  for (const { key, column } of tags) names.set(column, `tag:${key}`)
  for (const [field, column] of fields) names.set(column, field)
  return (column) => names.get(column) ?? ''
}

/** Adds what is wrong with the fields of one row. Of most rows nothing is, which must cost little. */
type FieldJudge = (
  context: RowContext,
  read: ReadFields,
  named: NamedFields,
  findings: Finding[],
) => void

function createFieldJudge(
  columns: Columns,
  { check, dialect, resolveNames = false }: RowOptions,
  damage: DamageLog,
): FieldJudge {
  const ofCells = [...columns.fields].map(([field, column]) => ({ field, column }))
  return (context, read, { fields, isPending, findings: ofName }, findings) => {
    const damaged = damage.judge(context, read)
    const issues = check(fields)
    const nested = nestedFields(context, ofCells)
    const refused = refusedCells(context)
    findings.push(...damaged.findings)
    const report = (issue: RowIssue): void => {
      const finding = issueFinding(context, issue, fields, dialect)
      if (finding !== undefined) findings.push(finding)
    }
    for (const field of nested) report({ code: 'not-text', field })
    findings.push(...refused)
    const isJudged = (field: FieldName): boolean =>
      !nested.includes(field) &&
      // What is no value any more is not judged as one.
      !damaged.fields.has(field) &&
      !refused.some((each) => each.field === field)
    for (const issue of issues) {
      const isLater =
        (issue.code === 'server-id-missing' && resolveNames) ||
        (issue.field === 'name' && isPending)
      if (!isLater && isJudged(issue.field)) report(issue)
    }
    // Without an ID the name is all there is to match by.
    if (resolveNames && fields.server_id === undefined && fields.name === undefined && isPending) {
      report({ code: 'name-missing', field: 'name' })
    }
    for (const each of ofName) findings.push(nameFinding(context, each))
    if (read.namesTwoGroups) report({ code: 'group-mismatch', field: 'server_group' })
    if (damaged.fields.has('tags')) return
    for (const each of read.tagFindings) findings.push(tagFinding(context, each))
  }
}

function nameFinding(
  context: RowContext,
  { code, args }: NamedFields['findings'][number],
): Finding {
  const place = issuePlace(context, 'name')
  return {
    code,
    field: 'name',
    ...(args !== undefined && { args }),
    row: context.row,
    ...(typeof place === 'object' && { position: place }),
  }
}

function tagFinding(context: RowContext, { code, args, key }: TagFinding): Finding {
  const place = issuePlace(context, 'tags', key)
  return {
    code,
    field: key === undefined ? 'tags' : `tag:${key}`,
    ...(args !== undefined && { args }),
    ...(typeof place === 'object' && { row: context.row, position: place }),
  }
}

/** Nearly every row has none. */
const NO_FIELDS: readonly FieldName[] = []
const NO_FINDINGS: readonly Finding[] = []

/** Fields that hold a list or a map; only tags may. */
function nestedFields(
  { table, row }: RowContext,
  ofCells: readonly { readonly field: FieldName; readonly column: number }[],
): readonly FieldName[] {
  let nested: FieldName[] | undefined
  for (const { field, column } of ofCells) {
    if (field !== 'tags' && table.isNested(row, column)) (nested ??= []).push(field)
  }
  return nested ?? NO_FIELDS
}

/** Fields and tags that would be taken from a cell that is not certainly what somebody wrote. */
function refusedCells({ table, columns, row }: RowContext): readonly Finding[] {
  const record = table.records[row - 1]
  const refusals = record?.refusals
  if (record === undefined || !refusals) return NO_FINDINGS
  const used = [
    ...[...columns.fields].map(([field, column]) => ({ field, column })),
    ...columns.tags.map(({ key, column }) => ({ field: `tag:${key}`, column })),
  ]
  return used.flatMap(({ field, column }): Finding[] => {
    const refusal = refusals.get(column)
    if (refusal === undefined) return []
    const value = record.cells[column] ?? ''
    return [{ ...refusal, field, value, row, position: table.locateCell(row, column) }]
  })
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

/** How each field of a row comes from the text of its cells; undefined where the row has none. */
const VALUE_OF: { readonly [Field in RowField]: (fields: RowFields) => Row[Field] | undefined } = {
  serverId: (fields) => fields.server_id ?? '',
  name: (fields) => fields.name ?? '',
  serverGroupId: (fields) => fields.server_group_id,
  serverGroup: (fields) => fields.server_group,
  description: (fields) => fields.description,
  primarySubnetId: (fields) => fields.primary_subnet_id,
  primaryIpAddress: (fields) => fields.primary_ip_address,
  flavor: (fields) => fields.flavor,
  clusterId: (fields) => fields.cluster_id,
  tenancy: ({ tenancy }) => (tenancy === 'shared' || tenancy === 'dedicated' ? tenancy : undefined),
  dedicatedHostId: (fields) => fields.dedicated_host_id,
  tags: (fields) => fields.tags ?? {},
  wave: (fields) => fields.wave,
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

function toRow(row: number, line: number, fields: RowFields, source: Row['source']): Mutable<Row> {
  // Assigned one by one: this runs for every row, and each spread would build an object to throw away.
  const result: Mutable<Row> = {
    row,
    line,
    serverId: '',
    name: '',
    tags: {},
    source,
    carried: NOTHING_CARRIED,
  }
  const assign = <Field extends RowField>(field: Field): void => {
    const value = VALUE_OF[field](fields)
    if (value !== undefined) result[field] = value
  }
  for (const field of ROW_FIELDS) assign(field)
  return result
}
