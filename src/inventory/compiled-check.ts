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

/**
 * `checkRow` for thousands of rows: the fields' schemas made into code, which lets pass what is right. Whatever it
 * does not let pass is judged by the schema itself.
 */
export function compileCheck(dialect: Dialect): (fields: RowFields) => readonly RowIssue[] {
  const schema = z.compile(FIELD_SCHEMAS[dialect])
  return (fields) =>
    z.validate(schema, fields) && areRelationsKept(fields) ? NO_ISSUES : checkRow(fields, dialect)
}
