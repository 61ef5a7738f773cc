import {
  readMap,
  readSet,
  type ColumnOptions,
  type ConstantColumns,
  type MappedColumns,
} from './column-options.ts'
import {
  describesProduction,
  fieldOfHeader,
  isExportServerId,
  isSecretHeader,
  type FieldName,
} from './fields.ts'
import { foreignColumns, mappedForeign, unusedForeign } from './foreign-columns.ts'
import { headerPlace } from './headers.ts'
import { suggest, type Finding } from './problem.ts'
import type { Table } from './table.ts'
import { assignTagColumns, bothTagForms } from './tag-columns.ts'

/** Which column feeds what. Columns are counted from 0. */
export interface Columns {
  readonly fields: ReadonlyMap<FieldName, number>
  readonly constants: ReadonlyMap<FieldName, string>
  readonly tags: readonly { readonly key: string; readonly column: number }[]
  readonly constantTags: ReadonlyMap<string, string>
  /** Columns that are not one of our fields; secrets and columns without a header are not among them. */
  readonly carried: readonly number[]
  readonly secret: ReadonlySet<number>
  /** Fields whose column was asked for and could not be told: reported once for the whole file. */
  readonly failed: ReadonlySet<FieldName>
  readonly findings: readonly Finding[]
}

/**
 * Headers → fields. `--map` comes first, then a field's own name or alias. `--set` takes the place of
 * a column, with a warning, and contradicts `--map` for the same field.
 */
export function assignColumns(table: Table, options: ColumnOptions): Columns {
  const { headers } = table
  const columns = [...headers.keys()]
  const secret = new Set(columns.filter((column) => isSecretHeader(headers[column] ?? '')))
  const mapped = readMap(options.map, headers, secret)
  const set = readSet(options.set, mapped)
  const natural = assignByName(table, secret, mapped, set)
  const fields = new Map([...natural.fields, ...mapped.fields])
  const tagColumns = assignTagColumns(table, mapped, set)

  const used = new Set([
    ...natural.used,
    ...tagColumns.used,
    ...mapped.fields.values(),
    ...mapped.tags.values(),
  ])
  const carried = columns.filter(
    (column) => !used.has(column) && !secret.has(column) && headers[column]?.trim() !== '',
  )
  const failed = new Set([...mapped.failed, ...natural.failed])
  const has = (field: FieldName): boolean =>
    fields.has(field) || set.fields.has(field) || failed.has(field)
  const needsNone = (field: FieldName): boolean => options.needless?.includes(field) === true
  const foreign = has('server_id') || needsNone('server_id') ? null : foreignColumns(table)
  if (foreign !== null) failed.add('server_id')
  return {
    fields,
    constants: set.fields,
    tags: tagColumns.tags,
    constantTags: set.tags,
    carried,
    secret,
    failed,
    findings: [
      ...mapped.findings,
      ...set.findings,
      ...natural.findings,
      ...tagColumns.findings,
      ...bothTagForms(table, fields, tagColumns, set),
      ...mappedForeign(table, mapped.fields.get('server_id')),
      ...(foreign === null ? [] : [foreign]),
      ...(needsNone('server_id') && !has('server_id') ? unusedForeign(table) : []),
      ...(table.hasHeaderRow
        ? missingColumns(table, (field) => has(field) || needsNone(field), options.group)
        : []),
      ...notice(table, 'carried-columns', carried),
      ...notice(table, 'secret-columns', [...secret]),
      ...notice(
        table,
        'export-columns',
        carried.filter((column) => describesProduction(headers[column] ?? '')),
      ),
    ],
  }
}

interface NaturalColumns {
  readonly fields: ReadonlyMap<FieldName, number>
  readonly used: readonly number[]
  readonly failed: readonly FieldName[]
  readonly findings: readonly Finding[]
}

/** Fields that no option speaks of, by header: own names and aliases. */
function assignByName(
  table: Table,
  secret: ReadonlySet<number>,
  mapped: MappedColumns,
  set: ConstantColumns,
): NaturalColumns {
  const { headers } = table
  const candidates = columnsByField(headers, secret)
  const idColumn = mapped.fields.get('server_id') ?? candidates.get('server_id')?.[0]
  const isExport = idColumn !== undefined && isExportServerId(headers[idColumn] ?? '')
  const fields = new Map<FieldName, number>()
  const used: number[] = []
  const failed: FieldName[] = []
  const findings: Finding[] = []
  for (const [field, columns] of candidates) {
    if (mapped.fields.has(field) || mapped.failed.has(field)) continue
    const usable = columns.filter(
      (column) => !(isExport && describesProduction(headers[column] ?? '')),
    )
    const [first, second] = usable
    if (first === undefined) continue
    used.push(...usable)
    const header = headers[first] ?? ''
    if (set.fields.has(field)) {
      const args = { field, header }
      findings.push({ code: 'set-overrides-column', args, field, ...headerPlace(table, first) })
    } else if (second === undefined) fields.set(field, first)
    else {
      const args = { first: header, second: headers[second] ?? '', field }
      findings.push({ code: 'two-columns', args, field, ...headerPlace(table, second) })
      failed.push(field)
    }
  }
  return { fields, used, failed, findings }
}

function columnsByField(
  headers: readonly string[],
  secret: ReadonlySet<number>,
): Map<FieldName, number[]> {
  const columns = new Map<FieldName, number[]>()
  for (const [column, header] of headers.entries()) {
    const field = fieldOfHeader(header)
    if (field === undefined || secret.has(column)) continue
    columns.set(field, [...(columns.get(field) ?? []), column])
  }
  return columns
}

/** Told once for the file; YAML, whose rows have their own keys, tells it row by row. */
function missingColumns(
  table: Table,
  has: (field: FieldName) => boolean,
  group: string | undefined,
): Finding[] {
  const hasGroup = has('server_group') || has('server_group_id') || group !== undefined
  const missing = [
    ...(['server_id', 'name'] as const).filter((field) => !has(field)),
    ...(hasGroup ? [] : ['server_group' as const]),
  ]
  return missing.map((field) => ({
    code: 'missing-column',
    args: { field, suggestion: suggest(field, table.headers) + (INSTEAD[field] ?? '') },
    field,
    ...headerPlace(table, 0),
  }))
}

/** What is done without such a column. */
const INSTEAD: Partial<Record<FieldName, string>> = {
  server_id: '; or --resolve-names, which matches rows by name',
}

/** One notice names all columns it is about, and stands at the first of them. */
function notice(table: Table, code: Finding['code'], columns: readonly number[]): Finding[] {
  const [first] = columns
  if (first === undefined) return []
  const names = new Set(columns.map((column) => table.headers[column] ?? ''))
  return [{ code, args: { columns: [...names].join(', ') }, ...headerPlace(table, first) }]
}
