import type { Finding } from '../problem.ts'
import { cellName } from './cell-reference.ts'
import { LIMITS } from './workbook-limits.ts'
import type { MergedRange } from './sheet-rows.ts'
import type { SheetRecord } from './sheet-record.ts'
import { tooLarge } from './workbook-problem.ts'

/** So many ranges are named. */
const MOST_NAMED = 5

/**
 * Who merges the cells of a group's column means its value for each of the rows, though it stands in the
 * first one only: each gets it. To the right nothing is filled, since columns are different fields. What
 * lies hidden under a merged cell is not seen by anybody, and is not read.
 *
 * @param records Below the header, ascending; they are changed.
 */
export function spreadMergedCells(
  records: readonly SheetRecord[],
  merged: readonly MergedRange[],
  width: number,
): Finding[] {
  const spread: MergedRange[] = []
  let cells = 0
  for (const range of merged) {
    const { from, to } = range
    const start = firstFrom(records, from.row)
    const top = records[start]
    if (top?.line !== from.row || from.column > width) continue
    const last = Math.min(to.column, width)
    const text = top.cells[from.column - 1] ?? ''
    const refusal = top.refusals?.get(from.column - 1)
    for (let at = start; (records[at]?.line ?? Number.POSITIVE_INFINITY) <= to.row; at++) {
      const record = records[at]
      cells += last - from.column + 1
      if (cells > LIMITS.merged) throw tooLarge('more merged cells than rows')
      for (let column = from.column - 1; record !== undefined && column < last; column++) {
        const isFilled = column === from.column - 1
        record.cells[column] = isFilled ? text : ''
        if (isFilled && refusal !== undefined) (record.refusals ??= new Map()).set(column, refusal)
        else record.refusals?.delete(column)
      }
    }
    if (text !== '' && (records[start + 1]?.line ?? Number.POSITIVE_INFINITY) <= to.row) {
      spread.push(range)
    }
  }
  const [first] = spread
  if (first === undefined) return []
  const names = spread.slice(0, MOST_NAMED).map(nameOf).join(', ')
  const more = spread.length - MOST_NAMED
  return [
    {
      code: 'merged-cells',
      args: { ranges: more > 0 ? `${names} and ${more} more` : names },
      position: { line: first.from.row, column: first.from.column },
    },
  ]
}

function nameOf({ from, to }: MergedRange): string {
  return `${cellName(null, from.row, from.column)}:${cellName(null, to.row, to.column)}`
}

/** The first record that stands in this row or below it, by bisection. */
function firstFrom(records: readonly SheetRecord[], row: number): number {
  let low = 0
  let high = records.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((records[middle]?.line ?? row) < row) low = middle + 1
    else high = middle
  }
  return low
}
