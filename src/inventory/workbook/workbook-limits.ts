const MIB = 1024 * 1024

/**
 * What a workbook may be. Some of these are Excel's own limits; the others keep a hostile file from taking
 * the machine's memory or time, far above what an inventory of 100,000 servers needs.
 */
export const LIMITS = {
  /** Files in the archive. */
  entries: 10_000,
  /** Unpacked bytes of one part, and of all parts that are read. */
  part: 256 * MIB,
  total: 512 * MIB,
  /** A part may be so many times as large as it is packed, once it is larger than `free`. Sheets pack to a tenth. */
  ratio: 100,
  free: 32 * MIB,
  /** Elements within each other. A sheet has some ten. */
  depth: 64,
  attributes: 256,
  /** Excel's: so many rows, columns. */
  rows: 1_048_576,
  columns: 16_384,
  /** Cells of a sheet, empty ones left of filled ones included: 100,000 rows of 40 columns. */
  cells: 4_000_000,
  /** Characters of one cell: the same as in CSV. Excel's own limit is 32,767. */
  cell: 64 * 1024,
  /** What the different texts of all cells take, in bytes of memory, with `perText` for each. */
  text: 64 * MIB,
  perText: 32,
  /** Equal texts are kept once, as long as there are not more different ones. */
  pooled: 100_000,
  sheets: 1000,
  /** Cells that one merged range or all of them together give their value to. */
  merged: 2_000_000,
} as const
