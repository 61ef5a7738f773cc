import * as z from 'zod/mini'
import { FIELD_NAMES, isFieldName, type FieldName } from './fields.ts'
import {
  areRelationsKept,
  brokenRelations,
  checkField,
  FIELD_SCHEMAS,
  type Dialect,
  type RowFields,
  type RowIssue,
} from './row-schema.ts'

const NO_ISSUES: readonly RowIssue[] = []

/** So many tags are remembered as right: rows with the same text share theirs. */
const MOST_REMEMBERED = 512

/**
 * `checkRow` for thousands of rows: the fields' schemas made into code, which lets pass what is right. Of a row that it
 * does not let pass the schema itself judges the fields that are wrong, and no others.
 */
export function compileCheck(dialect: Dialect): (fields: RowFields) => readonly RowIssue[] {
  const { tags: tagSchema, ...others } = FIELD_SCHEMAS[dialect].shape
  const schema = z.compile(z.object(others))
  const isRight = ofEachField(dialect)
  // In which the schema itself tells them.
  const order = Object.keys(FIELD_SCHEMAS[dialect].shape).filter(isFieldName)
  const right = new Set<RowFields['tags']>([undefined])
  const areRight = (tags: RowFields['tags']): boolean => {
    if (right.has(tags)) return true
    const isValid = z.validate(tagSchema, tags)
    if (isValid && right.size < MOST_REMEMBERED) right.add(tags)
    return isValid
  }
  const issuesOf = (fields: RowFields): readonly RowIssue[] => {
    const issues: RowIssue[] = []
    for (const field of order) {
      const isFieldRight = field === 'tags' ? areRight(fields.tags) : isRight[field](fields[field])
      if (!isFieldRight) issues.push(...checkField(field, fields[field], dialect))
    }
    issues.push(...brokenRelations(fields))
    return issues
  }
  return (fields) =>
    areRight(fields.tags) && areRelationsKept(fields) && z.validate(schema, fields)
      ? NO_ISSUES
      : issuesOf(fields)
}

type TextField = Exclude<FieldName, 'tags'>

function ofEachField(dialect: Dialect): Record<TextField, (value: string | undefined) => boolean> {
  const { shape } = FIELD_SCHEMAS[dialect]
  const entries = FIELD_NAMES.filter((field) => field !== 'tags').map((field) => {
    const schema = z.compile<z.core.$ZodType>(shape[field])
    return [field, (value: string | undefined) => z.validate(schema, value)] as const
  })
  return Object.fromEntries(entries) as ReturnType<typeof ofEachField>
}
