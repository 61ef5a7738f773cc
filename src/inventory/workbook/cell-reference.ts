import { LIMITS } from './limits.ts'

/** `B7` as numbers, both counted from 1. */
export interface CellReference {
  readonly column: number
  readonly row: number
}

/** Null when it is not a reference, or leads out of the largest sheet. */
export function parseReference(text: string): CellReference | null {
  const [, letters, digits] = /^\$?([A-Z]{1,3})\$?([1-9]\d{0,6})$/i.exec(text) ?? []
  if (letters === undefined || digits === undefined) return null
  let column = 0
  for (const letter of letters.toUpperCase()) column = column * 26 + letter.charCodeAt(0) - 64
  const row = Number(digits)
  return column > LIMITS.columns || row > LIMITS.rows ? null : { column, row }
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
