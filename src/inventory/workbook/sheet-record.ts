import type { CellRefusal, TableRecord } from '../table.ts'
import type { SheetRow } from './sheet-rows.ts'

/** A row of the table that a sheet is read into. */
export interface SheetRecord extends TableRecord {
  readonly cells: string[]
  refusals: Map<number, CellRefusal> | null
  /** Columns of the cells beyond the header, counted from 1. */
  readonly beyond: readonly number[]
  readonly isHidden: boolean
}

const NONE: readonly number[] = []

/** As wide as the header; filled cells beyond it come last. The row's cells are used, not copied. */
export function toRecord({ row, cells, refusals, isHidden }: SheetRow, width: number): SheetRecord {
  let beyond = NONE
  if (cells.length > width) {
    const isFilled = (column: number): boolean => cells[column - 1]?.trim() !== ''
    beyond = Array.from(cells.slice(width), (_, at) => width + at + 1).filter(isFilled)
    cells.splice(width, cells.length, ...beyond.map((column) => cells[column - 1] ?? ''))
  }
  while (cells.length < width) cells.push('')
  return { line: row, cells, refusals, beyond, isHidden }
}
