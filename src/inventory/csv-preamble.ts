import { parse } from 'csv-parse/sync'
import { detectDelimiter, separatorLine } from './csv-delimiter.ts'
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

/** Among so many lines that are not blank a header is looked for. */
const MOST_LINES = 1000
/** So many lines after the first one may still be a title. */
const MOST_TITLE_LINES = 20

/**
 * Reads past what is plainly not the header: `sep=`, comments (`#TYPE` of PowerShell too), and titles of
 * one cell with a header below them. `#` is also how exports head the column of row numbers: a line that
 * begins with it is the header where it names more of our columns than the first other line.
 */
export function findHeader(
  text: string,
  given: string | undefined,
  isHeaderCell: (cell: string) => boolean,
): HeaderStart {
  const lines = firstLines(text)
  const isSeparated = separatorLine(text) !== undefined
  const cellsOf = (line: Line, delimiter = given ?? detectDelimiter(line.text)): string[] =>
    splitLine(line.text, delimiter).filter((cell) => cell.trim() !== '')
  const score = (line: Line | undefined): number =>
    line === undefined ? 0 : cellsOf(line).filter(isHeaderCell).length
  const isPassed = (line: Line): boolean =>
    isComment(line.text) ||
    (isSeparated && line.line === 1) ||
    (!isPiece(line.text) && cellsOf(line).length === 0)
  const startAt = (header = lines.length < MOST_LINES ? undefined : lines[0]): HeaderStart => ({
    start: header?.start ?? text.length,
    line: header?.line ?? 1,
    findings: notice(lines.filter((each) => header !== undefined && each.line < header.line)),
    isUnclear: false,
  })

  /** The first line that names columns, or a comment above it that names as many. */
  const headerAmong = (candidates: readonly Line[]): Line | undefined => {
    const other = candidates.find((line) => !isComment(line.text) && score(line) > 0)
    const comments = candidates.filter(
      ({ text: own, line }) => isComment(own) && line < (other?.line ?? Number.POSITIVE_INFINITY),
    )
    const most = Math.max(0, ...comments.map(score))
    return most > 0 && most >= score(other) ? comments.find((line) => score(line) === most) : other
  }

  const at = lines.findIndex((line) => !isPassed(line))
  const first = lines[at]
  const atOnce = headerAmong(lines.slice(0, at < 0 ? lines.length : at + 1))
  if (atOnce !== undefined || first === undefined) return startAt(atOnce)
  const header = headerAmong(lines.slice(at + 1, at + 1 + MOST_TITLE_LINES))
  if (header === undefined) return startAt(first)
  const above = lines.slice(at, lines.indexOf(header)).filter((line) => !isPassed(line))
  if (above.some((line) => isPiece(line.text))) return startAt(first)
  const delimiter = given ?? detectDelimiter(header.text)
  const areTitles = above.every((line) => cellsOf(line, delimiter).length === 1)
  if (areTitles && cellsOf(header).length > 1) return startAt(header)
  if (score(header) < 2) return startAt(first)
  const args = { line: first.line, header: header.line }
  const finding: Finding = {
    code: 'header-unclear',
    args,
    position: { line: first.line, column: 1 },
  }
  return { ...startAt(header), findings: [finding], isUnclear: true }
}

function isComment(text: string): boolean {
  return /^\s*"?\s*#/u.test(text) && !isPiece(text)
}

/** Whether a quoted cell may go on in the next line: then nothing is known of this one. */
function isPiece(text: string): boolean {
  return text.split('"').length % 2 === 0 && /(?:^|[,;\t|])\s*"/u.test(text)
}

function notice(above: readonly Line[]): Finding[] {
  const passed = above.filter(({ text }) => /[^\s,;|"]/u.test(text))
  const [first] = passed
  const last = passed.at(-1)
  if (first === undefined || last === undefined) return []
  const lines = first === last ? `line ${first.line}` : `lines ${first.line} to ${last.line}`
  return [
    { code: 'lines-above-header', args: { lines }, position: { line: first.line, column: 1 } },
  ]
}

/** Without blank ones, of which there may be any number. */
function firstLines(text: string): Line[] {
  const lines: Line[] = []
  let start = 0
  let line = 1
  for (const end of text.matchAll(/\r\n|\r|\n|$/gu)) {
    const own = text.slice(start, end.index)
    if (own.trim() !== '') lines.push({ text: own, start, line })
    if (lines.length === MOST_LINES) break
    start = end.index + end[0].length
    line++
  }
  return lines
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
