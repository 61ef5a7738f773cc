import { stringify } from 'csv-stringify/sync'
import type { Inventory } from './read.ts'
import type { Row } from './row.ts'

/**
 * The given rows as an inventory of their own: the original's columns and delimiter, the cells as they
 * were, those of YAML's `defaults` filled in. Read back, it gives the same rows.
 */
export function remainingCsv(
  inventory: Pick<Inventory, 'columns' | 'delimiter'>,
  rows: readonly Pick<Row, 'source'>[],
): string {
  const { columns, delimiter } = inventory
  const lines = [columns, ...rows.map((row) => columns.map((_, at) => row.source[at] ?? ''))]
  return stringify(
    lines.map((cells) => cells.map(defuse)),
    // Blanks at either end survive within quotes only, and so does a CR alone.
    { delimiter, quoted_match: /^\s|\s$|[\r\n]/, record_delimiter: '\n' },
  )
}

/**
 * Keeps a spreadsheet from running a cell as a formula: an apostrophe goes in front, as Excel itself
 * writes it. A cell that begins with an apostrophe gets one more, because readers take exactly one away.
 */
export function defuse(cell: string): string {
  return /^[=+\-@\t\r']/.test(cell) ? `'${cell}` : cell
}
