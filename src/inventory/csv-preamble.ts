import { parse } from 'csv-parse/sync'
import { detectDelimiter, separatorLine } from './csv-delimiter.ts'
import { findHeaderRow, MOST_TOP_ROWS, rowsAbove, type TopRow } from './header-row.ts'
import type { Finding } from './problem.ts'

/** Where the header of a CSV begins. */
export interface HeaderStart {
  /** Offset in the text; its length where there is no header. */
  readonly start: number
  /** Counted from 1. */
  readonly line: number
  /** The notice about what stands above it, or the error where nobody can tell. */
  readonly findings: readonly Finding[]
  readonly isUnclear: boolean
}

interface Line {
  readonly text: string
  readonly start: number
  readonly line: number
}

/**
 * Reads past what is plainly not the header: `sep=`, comments (`#TYPE` of PowerShell too), and titles of
 * one cell with a header below them. What a line is, is told from the line alone, since its delimiter is
 * not known before the header is; which of them is the header is the same question as in a sheet.
 */
export function findHeader(
  text: string,
  given: string | undefined,
  isHeaderCell: (cell: string) => boolean,
): HeaderStart {
  const isSeparated = separatorLine(text) !== undefined
  const cellsOf = (line: Line, like: Line = line): readonly string[] =>
    splitLine(line.text, given ?? detectDelimiter(like.text)).filter((cell) => cell.trim() !== '')
  const { lines: first, areAll } = firstLines(text)
  const lines = first.map((line): Line & TopRow => {
    const isPiece = isPieceOfCell(line.text)
    const isComment = isCommentLine(line.text)
    return {
      ...line,
      isPiece,
      isComment,
      // Worked out when asked: of most files only the first line is split.
      get isPassed() {
        const isSeparator = isSeparated && line.line === 1
        return isComment || isSeparator || (!isPiece && cellsOf(line).length === 0)
      },
    }
  })
  const found = findHeaderRow(lines, cellsOf, isHeaderCell)
  if (found.kind === 'unclear') {
    const { header } = found
    const { line } = found.first
    const args = { line, header: header.line }
    const position = { line, column: 1 }
    const findings: Finding[] = [{ code: 'header-unclear', args, position }]
    return { start: header.start, line: header.line, findings, isUnclear: true }
  }
  // So many lines of empty cells are none: the file is read from its first line.
  const last = areAll ? undefined : lines[0]
  const header = found.kind === 'found' ? found.header : last
  if (header === undefined) return { start: text.length, line: 1, findings: [], isUnclear: false }
  const above = lines.filter((each) => each.line < header.line && /[^\s,;|"]/u.test(each.text))
  return {
    start: header.start,
    line: header.line,
    findings: rowsAbove(above.map(({ line }) => line)),
    isUnclear: false,
  }
}

function isPieceOfCell(text: string): boolean {
  return text.split('"').length % 2 === 0 && /(?:^|[,;\t|])\s*"/u.test(text)
}

function isCommentLine(text: string): boolean {
  return /^\s*"?\s*#/u.test(text) && !isPieceOfCell(text)
}

/**
 * Without blank ones, of which there may be any number, and so may there be of comments before anything else: of those
 * the first and the last ones are kept.
 *
 * @returns whether these are all that there are.
 */
function firstLines(text: string): { readonly lines: readonly Line[]; readonly areAll: boolean } {
  const lines: Line[] = []
  let start = 0
  let line = 1
  let rest = MOST_TOP_ROWS
  let areComments = true
  for (const end of text.matchAll(/\r\n|\r|\n|$/gu)) {
    const own = text.slice(start, end.index)
    if (own.trim() !== '') {
      areComments &&= isCommentLine(own)
      if (!areComments && rest-- === 0) return { lines, areAll: false }
      lines.push({ text: own, start, line })
      if (areComments && lines.length === 2 * MOST_TOP_ROWS) lines.splice(1, MOST_TOP_ROWS)
    }
    start = end.index + end[0].length
    line++
  }
  return { lines, areAll: true }
}

/** As the parser would, were the line all there is. */
function splitLine(line: string, delimiter: string): readonly string[] {
  const [cells = []] = parse(line, {
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    ltrim: true,
    skip_records_with_error: true,
  })
  return cells
}
