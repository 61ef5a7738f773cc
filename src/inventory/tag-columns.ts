import { countCodePoints, type Finding } from './problem.ts'
import type { ConstantColumns, MappedColumns } from './column-options.ts'
import { tagKeyOfHeader, type FieldName } from './fields.ts'
import { tagKeyCode } from './row-schema.ts'
import type { Table } from './table.ts'
import { headerPlace } from './headers.ts'

export interface TagColumns {
  readonly tags: readonly { readonly key: string; readonly column: number }[]
  /** All `tag:KEY` columns, those that could not be used as well. */
  readonly used: readonly number[]
  readonly findings: readonly Finding[]
}

/** `tag:KEY` columns. A key is judged here, once, rather than in every row. */
export function assignTagColumns(
  table: Table,
  mapped: MappedColumns,
  set: ConstantColumns,
): TagColumns {
  const { headers } = table
  const findings: Finding[] = []
  const used: number[] = []
  const byKey = new Map(mapped.tags)
  for (const [column, header] of headers.entries()) {
    const key = tagKeyOfHeader(header)
    if (key === undefined) continue
    used.push(column)
    if (set.tags.has(key) || mapped.tags.has(key)) continue
    const first = byKey.get(key)
    if (first === undefined) byKey.set(key, column)
    else {
      const args = { first: headers[first] ?? '', second: header }
      const place = headerPlace(table, column)
      findings.push({ code: 'duplicate-tag-column', args, field: `tag:${key}`, ...place })
    }
  }
  const tags: { key: string; column: number }[] = []
  for (const [key, column] of byKey) {
    const code = tagKeyCode(key)
    if (code === undefined) tags.push({ key, column })
    else {
      const args = { key, characters: countCodePoints(key) }
      findings.push({ code, args, field: `tag:${key}`, ...headerPlace(table, column) })
    }
  }
  return { tags, used, findings }
}

/** Tags come in one form or the other: of two, a reader could not tell which one counts. */
export function bothTagForms(
  table: Table,
  fields: ReadonlyMap<FieldName, number>,
  { tags }: TagColumns,
  set: ConstantColumns,
): Finding[] {
  const tagsColumn = fields.get('tags')
  const [first] = tags
  const hasTags = tagsColumn !== undefined || set.fields.has('tags')
  if (!hasTags || (first === undefined && set.tags.size === 0)) return []
  const args = {
    tags: tagsColumn === undefined ? '--set tags' : (table.headers[tagsColumn] ?? ''),
    column: first === undefined ? '--set tag:…' : (table.headers[first.column] ?? ''),
  }
  const place = first === undefined ? {} : headerPlace(table, first.column)
  return [{ code: 'tags-twice', args, field: 'tags', ...place }]
}
