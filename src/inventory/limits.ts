/**
 * How large an inventory may be. Whatever is beyond is refused with one error, before it costs more memory
 * than an inventory of 100,000 servers does.
 */

/** Of the file as it comes, of whatever format. */
export const MOST_BYTES = 64 * 1024 * 1024
export const MOST_COLUMNS = 32_768
/** Of one cell, in UTF-8. */
export const MOST_CELL_BYTES = 64 * 1024
/** Rows times columns, or cells that a CSV really has: 100,000 rows of 40 columns. */
export const MOST_CELLS = 4_000_000
/** Each of them may be wrong in several ways, and each of these is told. */
export const MOST_ROWS = 500_000
/** Of one row of a CSV, in UTF-8: as many columns as may be, of 128 bytes. */
export const MOST_ROW_BYTES = 4 * 1024 * 1024
/** Lists and maps within each other, in YAML and JSON. */
export const MOST_LEVELS = 100
/** What the reader of YAML tells apart: names, values, colons, blanks. Each takes some 400 bytes of memory. */
export const MOST_TOKENS = 2_000_000

/** Whether a cell is too large. Most are so short that their bytes need not be counted. */
export function isLongCell(cell: string): boolean {
  return cell.length * 3 > MOST_CELL_BYTES && Buffer.byteLength(cell) > MOST_CELL_BYTES
}

/** `64 MiB` */
export function binarySize(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB'] as const
  let size = bytes
  let unit = 0
  for (; size >= 1024 && unit < units.length - 1; unit++) size /= 1024
  return `${Math.round(size * 10) / 10} ${units[unit] ?? ''}`
}
