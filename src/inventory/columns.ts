import {
  describesProduction,
  fieldOfHeader,
  isExportServerId,
  isSecretHeader,
  tagKeyOfHeader,
  type FieldName,
} from './fields.ts'
import { readMap, readSet, type ColumnOptions } from './column-options.ts'
import type { Finding } from './problem.ts'
import { tagKeyCode } from './row-schema.ts'
import { suggest } from './suggest.ts'
import type { Table } from './table.ts'

/** Which column feeds what. Columns are counted from 0. */
export interface Columns {
  readonly fields: ReadonlyMap<FieldName, number>
  readonly constants: ReadonlyMap<FieldName, string>
  readonly tags: readonly { readonly key: string; readonly column: number }[]
  readonly constantTags: ReadonlyMap<string, string>
  /** Columns of no field of ours; secrets and columns without a header are not among them. */
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
  const secret = new Set(
    [...headers.keys()].filter((column) => isSecretHeader(headers[column] ?? '')),
  )
  const mapped = readMap(options.map, headers, secret)
  const set = readSet(options.set, mapped)
  const findings: Finding[] = [...mapped.findings, ...set.findings]
  const at = (column: number): Pick<Finding, 'position'> => {
    const position = table.locateHeader(column)
    return position === undefined ? {} : { position }
  }

  const natural = naturalColumns(headers, secret)
  const fields = new Map(mapped.fields)
  const used = new Set<number>([...mapped.fields.values(), ...mapped.tags.values()])
  const idColumn = mapped.fields.get('server_id') ?? natural.get('server_id')?.[0]
  const isExport = idColumn !== undefined && isExportServerId(headers[idColumn] ?? '')

  for (const [field, candidates] of natural) {
    const [first, second] = candidates
    if (first === undefined || mapped.fields.has(field) || mapped.failed.has(field)) continue
    if (isExport && candidates.every((column) => describesProduction(headers[column] ?? '')))
      continue
    for (const column of candidates) used.add(column)
    const header = headers[first] ?? ''
    if (set.fields.has(field)) {
      findings.push({ code: 'set-overrides-column', args: { field, header }, field, ...at(first) })
    } else if (second === undefined) fields.set(field, first)
    else {
      const args = { first: header, second: headers[second] ?? '', field }
      findings.push({ code: 'two-columns', args, field, ...at(second) })
      mapped.failed.add(field)
    }
  }

  const tags: { key: string; column: number }[] = []
  const byTagKey = new Map<string, number>(mapped.tags)
  for (const [column, header] of headers.entries()) {
    const key = tagKeyOfHeader(header)
    if (key === undefined) continue
    used.add(column)
    const first = byTagKey.get(key)
    if (set.tags.has(key) || mapped.tags.has(key)) continue
    if (first !== undefined) {
      const args = { first: headers[first] ?? '', second: header }
      findings.push({ code: 'duplicate-tag-column', args, field: header, ...at(column) })
    } else byTagKey.set(key, column)
  }
  for (const [key, column] of byTagKey) {
    const code = tagKeyCode(key)
    if (code === undefined) tags.push({ key, column })
    else {
      const args = { key, characters: [...key].length }
      findings.push({ code, args, field: `tag:${key}`, ...at(column) })
    }
  }

  const tagColumn = tags[0]
  const tagsColumn = fields.get('tags')
  if (
    (tagColumn !== undefined || set.tags.size > 0) &&
    (tagsColumn !== undefined || set.fields.has('tags'))
  ) {
    const args = {
      tags: tagsColumn === undefined ? '--set tags' : (headers[tagsColumn] ?? ''),
      column: tagColumn === undefined ? '--set tag:' : (headers[tagColumn.column] ?? ''),
    }
    findings.push({
      code: 'tags-twice',
      args,
      field: 'tags',
      ...(tagColumn && at(tagColumn.column)),
    })
  }

  const has = (field: FieldName): boolean =>
    fields.has(field) || set.fields.has(field) || mapped.failed.has(field)
  if (table.hasHeaderRow) {
    const missing = (field: string): Finding => {
      const args = { field, suggestion: suggest(field, headers) }
      return {
        code: 'missing-column',
        args,
        field,
        position: at(0).position ?? { line: 1, column: 1 },
      }
    }
    for (const field of ['server_id', 'name'] as const)
      if (!has(field)) findings.push(missing(field))
    if (!has('server_group') && !has('server_group_id') && options.group === undefined) {
      findings.push(missing('server_group'))
    }
  }

  const carried = [...headers.keys()].filter(
    (column) => !used.has(column) && !secret.has(column) && headers[column]?.trim() !== '',
  )
  const notice = (code: Finding['code'], columns: readonly number[]): void => {
    const [first] = columns
    if (first === undefined) return
    const names = [...new Set(columns.map((column) => headers[column] ?? ''))]
    findings.push({ code, args: { columns: names.join(', ') }, ...at(first) })
  }
  notice('carried-columns', carried)
  notice('secret-columns', [...secret])
  notice(
    'export-columns',
    carried.filter((column) => describesProduction(headers[column] ?? '')),
  )
  return {
    fields,
    constants: set.fields,
    tags,
    constantTags: set.tags,
    carried,
    secret,
    failed: mapped.failed,
    findings,
  }
}

/** All columns that stand for each field by their own name or as an alias. */
function naturalColumns(
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
