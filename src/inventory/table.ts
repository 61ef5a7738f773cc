import type { ProblemCode } from './problem-codes.ts'
import type { Finding, Position } from './problem.ts'

/** One data row of the file, blank ones already skipped. */
export interface TableRecord {
  /** The line the row starts on. */
  readonly line: number
  /** By column; `undefined` where a YAML row does not have the key. Cells beyond the header come last. */
  readonly cells: readonly (string | undefined)[]
  /** Nothing in it can be read; that has been reported, and its fields are not judged. */
  readonly isBroken?: boolean
  /**
   * By column, cells whose text is not certainly what somebody wrote: a date or an error of a sheet. That is
   * a problem only where a field is taken from one.
   */
  readonly refusals?: ReadonlyMap<number, CellRefusal> | null
  /** Columns whose cell an apostrophe marks as text, whatever it looks like. */
  readonly asText?: ReadonlySet<number> | null
}

/** Why no field can be taken from a cell, as a finding about it. */
export interface CellRefusal {
  readonly code: ProblemCode
  readonly args?: Readonly<Record<string, string>>
}

/**
 * What every format is read into: headers and rows of text. Positions are asked for, not stored: they
 * are needed for problems only, and working them out for each cell would cost more than parsing.
 */
export interface Table {
  readonly delimiter: string
  readonly headers: readonly string[]
  readonly records: readonly TableRecord[]
  readonly findings: readonly Finding[]
  /** Whether headers stand in the file once (CSV), rather than in every row (YAML). */
  readonly hasHeaderRow: boolean
  /** Whether cells have no type (CSV), so that what a spreadsheet did to one is told by its looks alone. */
  readonly isUntyped: boolean
  locateHeader(column: number): Position | undefined
  /**
   * Rows count from 1, columns from 0; `ROW_START` is the row itself. `key` points into a nested value:
   * one tag of a YAML row.
   */
  locateCell(row: number, column: number, key?: string): Position
  /** Whether a list or a map stands there, whose cell is its JSON. No cell of a CSV is. */
  isNested(row: number, column: number): boolean
}

export const ROW_START = -1

/** A file that cannot be read as a table at all. */
export interface Unreadable {
  readonly unreadable: readonly Finding[]
}

/**
 * Assigns like `target[key] = value`, also for a key called `__proto__`, which plain assignment would
 * swallow: headers and tag keys come from the outside.
 */
export function put(target: Record<string, string>, key: string, value: string): void {
  if (key !== '__proto__') target[key] = value
  else {
    Object.defineProperty(target, key, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    })
  }
}
