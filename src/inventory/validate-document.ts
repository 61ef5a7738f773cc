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

/** The document as JSON, as `JSON.stringify` indents it by two, piece by piece: whole it may be longer than a string can be. */
export function* validateDocumentText({
  rows,
  problems,
  totals,
}: Pick<Inventory, 'rows' | 'problems' | 'totals'>): Generator<string> {
  yield '{\n  "rows": '
  yield* listText(rows, toDocumentRow)
  yield ',\n  "problems": '
  yield* listText(problems, (problem) => problem)
  yield `,\n  "totals": ${indented(totals, '  ')}\n}\n`
}

function* listText<Item>(items: readonly Item[], plain: (item: Item) => object): Generator<string> {
  let before = '[\n    '
  for (const item of items) {
    yield before + indented(plain(item), '    ')
    before = ',\n    '
  }
  yield items.length === 0 ? '[]' : '\n  ]'
}

/** No line end of a value is left in JSON. */
function indented(value: object, by: string): string {
  return JSON.stringify(value, null, 2).replaceAll('\n', `\n${by}`)
}

/** An ID or a name that is missing is an empty text in the row. */
function toDocumentRow(row: Row): DocumentRow {
  return { row: row.row, line: row.line, ...mapFields((field) => row[field] || null) }
}
