import Table from 'cli-table3'
import { WIDTH, displayWidth, sanitize, truncate } from './text.ts'

export interface Column {
  readonly header: string
  readonly align?: 'left' | 'right'
  /** Gives way first when the table is too wide; one column a table. */
  readonly flexible?: boolean
}

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

const GAP = 2

/**
 * A table without lines, at most 80 columns wide, one line a row: it can be read by people and
 * still be cut and grepped. Cells are made safe to show; `paint` colours a whole cell afterwards.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: {
    readonly indent?: string
    readonly paint?: (text: string, row: number, column: number) => string
    readonly paintHeader?: (text: string) => string
  } = {},
): string {
  const indent = options.indent ?? ''
  const cells = rows.map((row) => row.map(sanitize))
  const natural = columns.map((column, at) =>
    Math.max(displayWidth(column.header), ...cells.map((row) => displayWidth(row[at] ?? ''))),
  )
  const gaps = GAP * (columns.length - 1)
  const excess = sum(natural) + gaps + indent.length - WIDTH
  const widths = natural.map((width, at) =>
    excess > 0 && columns[at]?.flexible === true ? Math.max(8, width - excess) : width,
  )

  const drawn = new Table({
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    // No colWidths: the cells fit already, and the library would cut wide characters in two.
    colAligns: columns.map((column) => column.align ?? 'left'),
  })
  const paint = options.paint ?? ((text: string) => text)
  const paintHeader = options.paintHeader ?? ((text: string) => text)
  if (columns.some(({ header }) => header !== '')) {
    drawn.push(columns.map(({ header }, at) => paintHeader(truncate(header, widths[at] ?? 8))))
  }
  for (const [number, row] of cells.entries()) {
    drawn.push(row.map((cell, at) => paint(truncate(cell, widths[at] ?? 8), number, at)))
  }
  return drawn
    .toString()
    .split('\n')
    .map((line) => (indent + line).trimEnd())
    .join('\n')
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
