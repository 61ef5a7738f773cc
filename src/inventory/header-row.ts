import { fieldOfHeader, headerKey } from './fields.ts'
import { foreignSystems } from './foreign-ids.ts'
import type { Finding } from './problem.ts'

/** A line of a CSV or a row of a sheet that is not blank, near the top. */
export interface TopRow {
  /** Counted from 1. */
  readonly line: number
  readonly isComment: boolean
  /** A comment, a separator line, or cells with nothing in them: plainly not the header by itself. */
  readonly isPassed: boolean
  /** A quoted cell may go on in the next line, so that nothing is known of this one. */
  readonly isPiece: boolean
}

export type HeaderRow<Row extends TopRow> =
  | { readonly kind: 'found'; readonly header: Row }
  /** There is nothing but what is passed. */
  | { readonly kind: 'none' }
  /** `first` is neither a header nor plainly something else; `header` seems to be it. */
  | { readonly kind: 'unclear'; readonly first: Row; readonly header: Row }

/** Among so many rows that are not blank a header is looked for. */
export const MOST_TOP_ROWS = 1000
/** So many rows after the first one may still be a title. */
const MOST_TITLE_ROWS = 20

/**
 * Reads past what is plainly not the header: comments, separator lines, and titles of one cell with a
 * header below them. `#` is also how exports head the column of row numbers: a row that begins with it is
 * the header where it names more of our columns than the first other row.
 *
 * @param cellsOf The cells of a row that are not blank; `like`: separated as that row is.
 * @param isHeaderCell Whether a cell names a column of ours.
 */
export function findHeaderRow<Row extends TopRow>(
  rows: readonly Row[],
  cellsOf: (row: Row, like?: Row) => readonly string[],
  isHeaderCell: (cell: string) => boolean,
): HeaderRow<Row> {
  const score = (row: Row | undefined): number =>
    row === undefined ? 0 : cellsOf(row).filter(isHeaderCell).length

  /** The first row that names columns, or a comment above it that names as many. */
  const headerAmong = (candidates: readonly Row[]): Row | undefined => {
    const other = candidates.find((row) => !row.isComment && score(row) > 0)
    const comments = candidates.filter(
      ({ isComment, line }) => isComment && line < (other?.line ?? Number.POSITIVE_INFINITY),
    )
    const most = comments.reduce((best, row) => Math.max(best, score(row)), 0)
    return most > 0 && most >= score(other) ? comments.find((row) => score(row) === most) : other
  }

  const at = rows.findIndex((row) => !row.isPassed)
  const first = rows[at]
  const atOnce = headerAmong(rows.slice(0, at < 0 ? rows.length : at + 1))
  if (atOnce !== undefined) return { kind: 'found', header: atOnce }
  if (first === undefined) return { kind: 'none' }
  const header = headerAmong(rows.slice(at + 1, at + 1 + MOST_TITLE_ROWS))
  if (header === undefined) return { kind: 'found', header: first }
  const above = rows.slice(at, rows.indexOf(header)).filter((row) => !row.isPassed)
  if (above.some(({ isPiece }) => isPiece)) return { kind: 'found', header: first }
  const areTitles = above.every((row) => cellsOf(row, header).length === 1)
  if (areTitles && cellsOf(header).length > 1) return { kind: 'found', header }
  return score(header) < 2 ? { kind: 'found', header: first } : { kind: 'unclear', first, header }
}

/** Whether a cell names a column: one of ours, one that `--map` names, or one of IDs that are not the cloud's. */
export function headerCellTest(mapped: readonly string[]): (cell: string) => boolean {
  const mappedKeys = new Set(mapped.map(headerKey))
  return (cell) =>
    fieldOfHeader(cell) !== undefined ||
    foreignSystems(cell).length > 0 ||
    mappedKeys.has(headerKey(cell))
}

/** The notice about the rows above the header that have something in them. */
export function rowsAbove(lines: readonly number[]): Finding[] {
  const [first] = lines
  const last = lines.at(-1)
  if (first === undefined || last === undefined) return []
  const named = first === last ? `line ${first}` : `lines ${first} to ${last}`
  return [
    { code: 'lines-above-header', args: { lines: named }, position: { line: first, column: 1 } },
  ]
}
