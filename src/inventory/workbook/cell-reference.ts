import { LIMITS } from './workbook-limits.ts'

/** `B7` as numbers, both counted from 1. */
export interface CellReference {
  readonly column: number
  readonly row: number
}

/** Null when it is not a reference, or leads out of the largest sheet. */
export function parseReference(text: string): CellReference | null {
  // Called for every cell: a regular expression takes several times as long.
  let at = 0
  let column = 0
  for (; at < text.length && at < 4; at++) {
    const letter = (text.charCodeAt(at) & ~0x20) - 0x40
    if (letter < 1 || letter > 26) break
    column = column * 26 + letter
  }
  let row = 0
  const digits = at
  for (; at < text.length && at < digits + 8; at++) {
    const digit = text.charCodeAt(at) - 0x30
    if (digit < 0 || digit > 9) return null
    row = row * 10 + digit
  }
  const isInside = row > 0 && row <= LIMITS.rows && column > 0 && column <= LIMITS.columns
  return isInside && at === text.length ? { column, row } : null
}

/** 28 → `AB`. */
export function columnLetters(column: number): string {
  let letters = ''
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters
  }
  return letters
}

/** `Servers!B7`, or `B7` where there is one sheet only. Names are quoted as Excel does. */
export function cellName(sheet: string | null, row: number, column: number): string {
  const cell = `${columnLetters(column)}${row}`
  if (sheet === null) return cell
  const isPlain = /^[\p{L}_][\p{L}\p{N}_]*$/u.test(sheet)
  return `${isPlain ? sheet : `'${sheet.replaceAll("'", "''")}'`}!${cell}`
}
