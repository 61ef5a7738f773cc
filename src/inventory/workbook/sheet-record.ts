import type { CellRefusal, TableRecord } from '../table.ts'
import type { SheetRow } from './sheet-rows.ts'

/** A row of the table that a sheet is read into. */
export interface SheetRecord extends TableRecord {
  readonly cells: string[]
  readonly refusals: Map<number, CellRefusal>
  /** Columns of the cells beyond the header, counted from 1. */
  readonly beyond: readonly number[]
  readonly isHidden: boolean
}

/** With the cells between the filled ones, as far as the header goes; then those beyond it. */
export function toRecord(
  { row, columns, texts, refusals, isHidden }: SheetRow,
  width: number,
): SheetRecord {
  const cells = Array.from({ length: width }, () => '')
  const beyond: number[] = []
  for (const [at, column] of columns.entries()) {
    const text = texts[at] ?? ''
    if (column <= width) cells[column - 1] = text
    else {
      beyond.push(column)
      cells.push(text)
    }
  }
  const byIndex = new Map([...refusals].map(([column, refusal]) => [column - 1, refusal]))
  return { line: row, cells, refusals: byIndex, beyond, isHidden }
}
