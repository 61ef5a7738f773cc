import { stringify } from 'csv-stringify/sync'
import { detectDelimiter } from './csv-delimiter.ts'
import { encodeText } from './encodings.ts'
import type { Inventory } from './read.ts'
import type { Row } from './row.ts'

type Source = Pick<Inventory, 'columns' | 'delimiter' | 'written'>

/**
 * The given rows as an inventory of their own: the original's columns, delimiter and line ends, the cells
 * as they were, those of YAML's `defaults` filled in. Read back, it gives the same rows.
 */
export function remainingCsv(
  { columns, delimiter, written }: Source,
  rows: readonly Pick<Row, 'source'>[],
): string {
  const lines = [columns, ...rows.map((row) => columns.map((_, at) => row.source[at] ?? ''))]
  const text = stringify(
    lines.map((cells) => cells.map(defuse)),
    // Blanks at either end survive within quotes only, and so does a CR alone.
    { delimiter, quoted_match: /^\s|\s$|[\r\n]/, record_delimiter: written.lineEnd },
  )
  // One that was told by `--delimiter` or a line of its own would be missed when this is read.
  return detectDelimiter(text) === delimiter || columns.length < 2
    ? text
    : `sep=${delimiter}${written.lineEnd}${text}`
}

/** The same as the bytes of a file: in the encoding of the original, with its byte order mark. */
export function remainingFile(
  inventory: Source,
  rows: readonly Pick<Row, 'source'>[],
): Promise<Uint8Array> {
  return encodeText(remainingCsv(inventory, rows), inventory.written)
}

/**
 * Keeps a spreadsheet from running a cell as a formula: an apostrophe goes in front, as Excel itself
 * writes it. A cell that begins with an apostrophe gets one more, because readers take exactly one away.
 */
export function defuse(cell: string): string {
  return /^[=+\-@\t\r']/.test(cell) ? `'${cell}` : cell
}
