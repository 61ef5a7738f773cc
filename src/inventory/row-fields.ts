import type { Columns } from './columns.ts'
import { isEmpty, type FieldName } from './fields.ts'
import { looksLikeId, type RowFields } from './row-schema.ts'
import { groupKey } from '../keys.ts'
import type { Cleaner } from './cleaning.ts'
import { put, type TableRecord } from './table.ts'
import { isSystemTag, type ParsedTags, type TagFinding, type TagReader } from './tags.ts'

export interface ReadFields {
  readonly fields: RowFields
  readonly tagFindings: readonly TagFinding[]
  readonly systemTags: number
  readonly namesTwoGroups: boolean
  /** What stands under `tags`, before it was told apart. */
  readonly tagText: string | undefined
}

/** What is the same for all rows of a table. */
export interface FieldReading {
  readonly columns: Columns
  readonly group: string | undefined
  readonly cleaner: Pick<Cleaner, 'take'>
  readonly readTags: TagReader
}

const NO_TAGS: ParsedTags = { tags: {}, findings: [], systemTags: 0 }

/**
 * Reads the cells of one row as fields: cleaned, empty ones absent, constants and the default group filled in. Made
 * once a table: what is asked of its columns is the same in every row.
 */
export function createFieldReader({
  columns,
  group,
  cleaner,
  readTags,
}: FieldReading): (cells: TableRecord['cells']) => ReadFields {
  const ofCells = [...columns.fields].map(([field, column]) => ({ field, column }))
  const constants = [...columns.constants].map(([field, value]) => ({ field, value }))
  const readTagColumns = createTagColumnReader(columns, cleaner)
  return (cells) => {
    const fields: RowFields = {}
    let tagText: string | undefined
    const assign = (field: FieldName, text: string): void => {
      if (isEmpty(text)) return
      if (field === 'tags') tagText = text
      else fields[field] = field === 'server_id' ? text.toLowerCase() : text
    }
    for (const { field, column } of ofCells) {
      assign(field, cleaner.take(cells[column], column, field))
    }
    for (const { field, value } of constants) assign(field, value)
    const written = tagText === undefined ? NO_TAGS : readTags(tagText)
    const { tags, findings: tagFindings, systemTags } = readTagColumns(cells, written)
    if (!isEmptyMap(tags)) fields.tags = tags
    const namesTwoGroups = settleGroup(fields, group)
    return { fields, tagFindings, systemTags, namesTwoGroups, tagText }
  }
}

function isEmptyMap(tags: ParsedTags['tags']): boolean {
  for (const _ in tags) return false
  return true
}

/** Adds the tags that have columns of their own, or come from the command line. */
function createTagColumnReader(
  { tags: ofCells, constantTags }: Columns,
  cleaner: Pick<Cleaner, 'take'>,
): (cells: TableRecord['cells'], written: ParsedTags) => ParsedTags {
  if (ofCells.length === 0 && constantTags.size === 0) return (_, written) => written
  return (cells, written) => {
    const tags = { ...written.tags }
    let { systemTags } = written
    const assign = (key: string, text: string): void => {
      if (isEmpty(text)) return
      if (isSystemTag(key)) systemTags++
      else put(tags, key, text)
    }
    for (const { key, column } of ofCells) assign(key, cleaner.take(cells[column], column, 'tags'))
    for (const [key, value] of constantTags) assign(key, value)
    return { ...written, tags, systemTags }
  }
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
  // Not deleted: that would make a hash table of the object, and of every row's.
  fields.server_group = undefined
  fields.server_group_id ??= named
  return id !== undefined && groupKey(id) !== groupKey(named)
}
