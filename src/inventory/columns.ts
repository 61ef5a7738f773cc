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
import {
  nearestHeaderOf,
  nearHeaderFindings,
  nearHeaders,
  nearTagFindings,
  type NearHeader,
} from './near-headers.ts'
import { clean } from './invisible.ts'
import { nearest } from '../nearest.ts'
import type { Finding } from './problem.ts'
import { looksLikeId } from './row-schema.ts'
import type { Table } from './table.ts'
import { assignTagColumns, bothTagForms } from './tag-columns.ts'

/** Which column feeds what. Columns are counted from 0. */
export interface Columns {
  readonly fields: ReadonlyMap<FieldName, number>
  readonly constants: ReadonlyMap<FieldName, string>
  readonly tags: readonly { readonly key: string; readonly column: number }[]
  /** The same by key. */
  readonly tagColumns: ReadonlyMap<string, number>
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
  const isNotMissing = (field: FieldName): boolean => has(field) || needsNone(field)
  const near = nearHeaders(table, carried, isNotMissing)
  const values = isNotMissing('server_id') ? null : headerOfValues(table)
  if (values !== null) {
    const required = ['server_id', 'name', 'server_group', 'server_group_id'] as const
    for (const field of required) failed.add(field)
  }
  const foreign = isNotMissing('server_id') || values !== null ? null : foreignColumns(table)
  if (foreign !== null) failed.add('server_id')
  const missing = missingFields(isNotMissing, options.group).filter(
    (field) => table.hasHeaderRow || nearestHeaderOf(field, near) !== undefined,
  )
  for (const field of missing) failed.add(field)
  return {
    fields,
    constants: set.fields,
    tags: tagColumns.tags,
    tagColumns: new Map(tagColumns.tags.map(({ key, column }) => [key, column])),
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
      ...(values === null ? [] : [values]),
      ...(needsNone('server_id') && !has('server_id') ? unusedForeign(table) : []),
      ...missing.map((field) => missingColumn(table, field, near)),
      ...nearHeaderFindings(table, near, missing),
      ...nearTagFindings(table, carried),
      ...(values === null ? notice(table, 'carried-columns', carried) : []),
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
      const other = headers[second] ?? ''
      const suggestion =
        header.trim() === other.trim()
          ? 'rename or delete one of them'
          : `choose one, for example with --map '${field}=${header.trim()}'`
      const args = { first: header, second: other, field, suggestion }
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
    const same = columns.get(field)
    if (same === undefined) columns.set(field, [column])
    else same.push(column)
  }
  return columns
}

/**
 * Required fields that no column gives: told once for the file. In YAML, whose rows have keys of their
 * own, that is so only where a key is misspelt; else it is told row by row.
 */
function missingFields(
  has: (field: FieldName) => boolean,
  group: string | undefined,
): readonly FieldName[] {
  const hasGroup = has('server_group') || has('server_group_id') || group !== undefined
  return [
    ...(['server_id', 'name'] as const).filter((field) => !has(field)),
    ...(hasGroup ? [] : ['server_group' as const]),
  ]
}

/** A list without a header, of which the first server was taken for one: one error rather than one a field. */
function headerOfValues(table: Table): Finding | null {
  if (!table.hasHeaderRow) return null
  for (const [column, header] of table.headers.entries()) {
    // Of a list whose values stand apart by blanks alone there is one cell: `openstack … -f value`.
    const [word = ''] = clean(header, 'edges').split(/\s/, 1)
    if (!looksLikeId(word)) continue
    return {
      code: 'header-missing',
      args: { id: word },
      field: 'server_id',
      value: header,
      ...headerPlace(table, column),
    }
  }
  return null
}

/** At the header that was probably meant; else at the first one. */
function missingColumn(table: Table, field: FieldName, near: readonly NearHeader[]): Finding {
  const column = nearestHeaderOf(field, near)
  const header = column === undefined ? undefined : table.headers[column]
  return {
    code: 'missing-column',
    args: {
      field,
      suggestion:
        header === undefined
          ? suggestHeader(field, table.headers) + (INSTEAD[field] ?? '')
          : `did you mean "${header}"? Rename it, or give --map '${field}=${header}'`,
    },
    field,
    ...(header !== undefined && { value: header }),
    ...headerPlace(table, column ?? 0),
  }
}

/** Of many headers only the first are named: a list of a thousand helps nobody. */
function suggestHeader(field: FieldName, headers: readonly string[]): string {
  const named = headers.filter((header) => header.trim() !== '')
  const near = nearest(field, named)
  if (near !== null) return `did you mean "${near}"? Then give --map '${field}=${near}'`
  const shown = named.slice(0, MOST_HEADERS).join(', ')
  const more = named.length - MOST_HEADERS
  return `the columns are: ${shown}${more > 0 ? ` and ${more} more` : ''}; name one with --map ${field}=HEADER`
}

/** So many headers are named in a hint. */
const MOST_HEADERS = 12

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
