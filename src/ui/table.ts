import { WIDTH, displayWidth, pad, sanitize, truncate } from './text.ts'

export interface Column {
  readonly header: string
  readonly align?: 'left' | 'right'
  /** Gives way first when the table is too wide; one column a table. */
  readonly flexible?: boolean
}

const GAP = '  '
/** Of a column that gives way. */
const LEAST_WIDTH = 8

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
  const gaps = GAP.length * (columns.length - 1)
  const excess = sum(natural) + gaps + indent.length - WIDTH
  const widths = natural.map((width, at) =>
    excess > 0 && columns[at]?.flexible === true ? Math.max(LEAST_WIDTH, width - excess) : width,
  )

  const paint = options.paint ?? ((text: string) => text)
  const paintHeader = options.paintHeader ?? ((text: string) => text)
  const line = (texts: readonly string[], painted: (text: string, at: number) => string): string =>
    indent +
    columns
      .map(({ align }, at) => {
        const width = widths[at] ?? LEAST_WIDTH
        return pad(painted(truncate(texts[at] ?? '', width), at), width, align)
      })
      .join(GAP)
      .trimEnd()
  const headers = columns.map(({ header }) => header)
  return [
    ...(headers.some((header) => header !== '') ? [line(headers, paintHeader)] : []),
    ...cells.map((row, number) => line(row, (text, at) => paint(text, number, at))),
  ].join('\n')
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
