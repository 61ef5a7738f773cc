import { isMisspelling } from '../nearest.ts'
import { describesProduction, FIELDS, headerKey, tagKeyOfHeader, type FieldName } from './fields.ts'
import { headerPlace } from './headers.ts'
import type { Finding } from './problem.ts'
import type { Table } from './table.ts'

/** A header that is nearly a field's, and the field. */
export interface NearHeader {
  readonly column: number
  readonly field: FieldName
}

/** Every spelling of a field that a header may be meant as, in the form of `headerKey`. */
const SPELLINGS: readonly (readonly [key: string, field: FieldName])[] = Object.values<{
  readonly name: FieldName
  readonly aliases: readonly string[]
}>(FIELDS).flatMap(({ name, aliases }) =>
  [headerKey(name), ...aliases].map((key) => [key, name] as const),
)

/**
 * Columns that would be carried, though their header is plainly a field's misspelt: `server_grup`,
 * `wawe`. Only fields that no other column and no option gives are meant.
 */
export function nearHeaders(
  table: Table,
  carried: readonly number[],
  has: (field: FieldName) => boolean,
): readonly NearHeader[] {
  return carried.flatMap((column) => {
    const header = table.headers[column] ?? ''
    if (describesProduction(header)) return []
    const key = headerKey(header)
    const meant = SPELLINGS.find(([spelling, field]) => !has(field) && isMisspelling(key, spelling))
    return meant === undefined ? [] : [{ column, field: meant[1] }]
  })
}

/**
 * Said once, at the header. An optional field that is not taken would be missed by nobody until the DR
 * server has the wrong address, so this is a warning and not a notice.
 */
export function nearHeaderFindings(
  table: Table,
  near: readonly NearHeader[],
  missing: readonly FieldName[],
): Finding[] {
  const told = new Set(missing.map((field) => nearestHeaderOf(field, near)))
  return near
    .filter(({ column }) => !told.has(column))
    .map(({ column, field }) => {
      const header = table.headers[column] ?? ''
      const args = { header, field }
      return { code: 'near-header', args, field, value: header, ...headerPlace(table, column) }
    })
}

/** `tags:env`, `tag.env`, `tag_env`: nearly the form of a tag's own column, `tag:env`. */
const NEARLY_A_TAG = /^\s*tags?\s*[:：._/-]\s*(\S.*?)\s*$/iu

export function nearTagFindings(table: Table, carried: readonly number[]): Finding[] {
  return carried.flatMap((column) => {
    const header = table.headers[column] ?? ''
    const key = NEARLY_A_TAG.exec(header)?.[1]
    if (key === undefined || tagKeyOfHeader(header) !== undefined) return []
    const args = { header, key }
    return [{ code: 'near-tag-header', args, value: header, ...headerPlace(table, column) }]
  })
}

/** The header that was probably meant to give a required field, wherever it stands. */
export function nearestHeaderOf(field: FieldName, near: readonly NearHeader[]): number | undefined {
  // A group may be meant by its name or its ID.
  const fields: readonly FieldName[] =
    field === 'server_group' ? [field, 'server_group_id'] : [field]
  return near.find((each) => fields.includes(each.field))?.column
}
