import { mapFields } from './fields.ts'
import type { Problem } from './problem.ts'
import type { Inventory, Totals } from './read.ts'
import type { Row, RowField } from './row.ts'

/** What `validate --json` prints. Absent values are `null`. */
export interface ValidateDocument {
  readonly rows: readonly DocumentRow[]
  readonly problems: readonly Problem[]
  readonly totals: Totals
}

/** Where the row stands, and every field: text, or the tags by key. */
export type DocumentRow = Readonly<Pick<Row, 'row' | 'line'>> &
  Readonly<Record<RowField, string | Row['tags'] | null>>

/** The rows as they would be used, and every problem. */
export function validateDocument(inventory: Inventory): ValidateDocument {
  const { rows, problems, totals } = inventory
  return { rows: rows.map(toDocumentRow), problems, totals }
}

/** An ID or a name that is missing is an empty text in the row. */
function toDocumentRow(row: Row): DocumentRow {
  return { row: row.row, line: row.line, ...mapFields((field) => row[field] || null) }
}
