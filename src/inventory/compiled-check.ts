import * as z from 'zod/mini'
import {
  areRelationsKept,
  checkRow,
  FIELD_SCHEMAS,
  type Dialect,
  type RowFields,
  type RowIssue,
} from './row-schema.ts'

const NO_ISSUES: readonly RowIssue[] = []

/** So many tags are remembered as right: rows with the same text share theirs. */
const MOST_REMEMBERED = 512

/**
 * `checkRow` for thousands of rows: the fields' schemas made into code, which lets pass what is right. Whatever it
 * does not let pass is judged by the schema itself.
 */
export function compileCheck(dialect: Dialect): (fields: RowFields) => readonly RowIssue[] {
  const { tags: tagSchema, ...others } = FIELD_SCHEMAS[dialect].shape
  const schema = z.compile(z.object(others))
  const right = new Set<RowFields['tags']>([undefined])
  const areRight = (tags: RowFields['tags']): boolean => {
    if (right.has(tags)) return true
    const isValid = z.validate(tagSchema, tags)
    if (isValid && right.size < MOST_REMEMBERED) right.add(tags)
    return isValid
  }
  return (fields) =>
    areRight(fields.tags) && areRelationsKept(fields) && z.validate(schema, fields)
      ? NO_ISSUES
      : checkRow(fields, dialect)
}
