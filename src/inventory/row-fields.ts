import type { Columns } from './columns.ts'
import { isEmpty, type FieldName } from './fields.ts'
import { looksLikeId, type RowFields } from './row-schema.ts'
import { groupKey } from '../keys.ts'
import type { Cleaner } from './cleaning.ts'
import { put, type TableRecord } from './table.ts'
import { isSystemTag, type TagFinding, type TagReader } from './tags.ts'

export interface ReadFields {
  readonly fields: RowFields
  readonly tagFindings: readonly TagFinding[]
  readonly systemTags: number
  readonly namesTwoGroups: boolean
  /** What stands under `tags`, before it was told apart. */
  readonly tagText: string | undefined
}

/** The cells of one row as fields: cleaned, empty ones absent, constants and the default group filled in. */
export function readFields(
  cells: TableRecord['cells'],
  columns: Columns,
  group: string | undefined,
  cleaner: Pick<Cleaner, 'take'>,
  readTags: TagReader,
): ReadFields {
  const fields: RowFields = {}
  let tagText: string | undefined
  const assign = (field: FieldName, text: string): void => {
    if (isEmpty(text)) return
    if (field === 'tags') tagText = text
    else fields[field] = field === 'server_id' ? text.toLowerCase() : text
  }
  for (const [field, column] of columns.fields) {
    assign(field, cleaner.take(cells[column], column, field))
  }
  for (const [field, value] of columns.constants) assign(field, value)

  const parsed = tagText === undefined ? undefined : readTags(tagText)
  let systemTags = parsed?.systemTags ?? 0
  const hasColumns = columns.tags.length > 0 || columns.constantTags.size > 0
  const tags = hasColumns ? { ...parsed?.tags } : (parsed?.tags ?? {})
  const assignTag = (key: string, text: string): void => {
    if (isEmpty(text)) return
    if (isSystemTag(key)) systemTags++
    else put(tags, key, text)
  }
  for (const { key, column } of columns.tags) {
    assignTag(key, cleaner.take(cells[column], column, 'tags'))
  }
  for (const [key, value] of columns.constantTags) assignTag(key, value)
  if (Object.keys(tags).length > 0) fields.tags = tags

  const namesTwoGroups = settleGroup(fields, group)
  return { fields, tagFindings: parsed?.findings ?? [], systemTags, namesTwoGroups, tagText }
}

/**
 * `--group` is for rows that name no group. An ID in `server_group` is taken as one. Whether a *name*
 * and an ID mean the same group is known to the cloud alone, and is compared when the cloud is read.
 *
 * @returns whether the row names two different groups.
 */
function settleGroup(fields: RowFields, group: string | undefined): boolean {
  if (fields.server_group === undefined && fields.server_group_id === undefined) {
    const wanted = group?.trim() ?? ''
    if (wanted !== '') fields.server_group = wanted
  }
  const { server_group: named, server_group_id: id } = fields
  if (named === undefined || !looksLikeId(named)) return false
  delete fields.server_group
  fields.server_group_id ??= named
  return id !== undefined && groupKey(id) !== groupKey(named)
}
