import { countCodePoints, type Finding, type Position } from './problem.ts'
import { describeCharacter } from './invisible.ts'
import type { Columns } from './columns.ts'
import type { FieldName } from './fields.ts'
import type { Dialect, RowFields, RowIssue } from './row-schema.ts'
import { ROW_START, type Table } from './table.ts'

/** Which row, and how to find its cells in the file. */
export interface RowContext {
  readonly table: Table
  readonly columns: Columns
  /** Data rows count from 1. */
  readonly row: number
}

/**
 * The finding about one issue of a row, at the cell that the value came from. A value from the command
 * line is not part of a row: its finding has neither row nor place, and so is the same for every row.
 * Nothing is returned where a missing column has been reported for the whole file.
 */
export function issueFinding(
  context: RowContext,
  issue: RowIssue,
  fields: RowFields,
  dialect: Dialect,
): Finding | undefined {
  const { field, tagKey } = issue
  const value = issueValue(issue, fields)
  const finding: Finding = {
    code: issue.code,
    field: tagKey === undefined ? field : `tag:${tagKey}`,
    args: issueArgs(issue, fields, dialect),
    ...(value !== undefined && { value }),
  }
  const place = issuePlace(context, field, tagKey)
  if (place === 'command-line') return finding
  return place === undefined ? undefined : { ...finding, row: context.row, position: place }
}

/** Where a field of a row stands. */
export function issuePlace(
  { table, columns, row }: RowContext,
  field: FieldName,
  tagKey?: string,
): Position | 'command-line' | undefined {
  if (columns.constants.has(field)) return 'command-line'
  if (tagKey !== undefined && columns.constantTags.has(tagKey)) return 'command-line'
  const tagColumn = columns.tagColumns.get(tagKey ?? '') ?? columns.tags[0]?.column
  const column =
    columns.fields.get(field) ??
    (field === 'tags' ? tagColumn : undefined) ??
    (field === 'server_group' ? columns.fields.get('server_group_id') : undefined) ??
    (field === 'server_group_id' ? columns.fields.get('server_group') : undefined)
  if (column !== undefined) return table.locateCell(row, column, tagKey)
  return table.hasHeaderRow || columns.failed.has(field)
    ? undefined
    : table.locateCell(row, ROW_START)
}

/** What the sentence about an issue needs to know besides its code. */
export function issueArgs(
  { code, field, tagKey }: RowIssue,
  fields: RowFields,
  dialect: Dialect,
): NonNullable<Finding['args']> {
  if (field === 'tags') {
    const tags = fields.tags ?? {}
    if (tagKey === undefined) return { count: Object.keys(tags).length }
    const measured = code === 'tag-key-length' ? tagKey : (tags[tagKey] ?? '')
    return { key: tagKey, characters: countCodePoints(measured) }
  }
  const value = fields[field] ?? ''
  const option = FITTED_BY[field]
  // What would be taken is added where there is such a finding: see `withSuggestions`.
  const suggestion = option === undefined ? '' : `${option} changes every such ${field}`
  if (code === 'name-invalid-characters') return { ...nameArgs(value, dialect), suggestion }
  if (code === 'server-id-invalid') return { field, detail: idDetail(value) }
  return { field, bytes: Buffer.byteLength(value), suggestion }
}

/** What keeps a text that is nearly an ID from being one. */
function idDetail(id: string): string {
  const odd = new Set(Array.from(id).filter((character) => !/[0-9a-f-]/i.test(character)))
  const digits = id.match(/[0-9a-f]/gi)?.length ?? 0
  if (digits < 24 || odd.size > 2) return ''
  if (odd.size > 0) return `; it holds ${[...odd].map(describeCharacter).join(', ')}`
  return digits === 32 ? '; its hyphens are not where they belong' : `; it has ${digits} hex digits`
}

function issueValue(issue: RowIssue, fields: RowFields): string | undefined {
  if (issue.field !== 'tags') return fields[issue.field]
  return issue.tagKey === undefined ? undefined : fields.tags?.[issue.tagKey]
}

const FITTED_BY: Partial<Record<FieldName, string>> = {
  name: '--fit-names',
  description: '--fit-descriptions',
}

/** What may stand in a name. */
const ALLOWED = {
  otc: /[A-Za-z0-9._-]/,
  huawei: /[A-Za-z0-9._\-\p{Script=Han}]/u,
} as const satisfies Record<Dialect, RegExp>

function nameArgs(name: string, dialect: Dialect): { offending: string } {
  const offending = new Set(
    Array.from(name).filter((character) => !ALLOWED[dialect].test(character)),
  )
  return {
    offending: [...offending]
      .slice(0, 8)
      .map((character) => JSON.stringify(character))
      .join(' '),
  }
}
