import { countCodePoints } from './problem.ts'

const CANDIDATES = [',', ';', '\t', '|'] as const

/** `--delimiter`: one character, or its name; `null` when it is neither. */
export function readDelimiter(given: string): string | null {
  if (given === 'tab' || given === String.raw`\t`) return '\t'
  return countCodePoints(given) === 1 && !/["\r\n]/.test(given) ? given : null
}

/** Excel writes the delimiter into a line of its own, and hides that line when it opens the file. */
export function separatorLine(text: string): string | undefined {
  return /^"?sep=([^\r\n"])"?(?:\r\n|\r|\n)/iu.exec(text)?.[1]
}

/**
 * The candidate that separates most of the header's cells; a comma when there is none. Where it is known
 * what a header's cells are, one that gives more of those comes first: `name|remark (a, b, c)`.
 */
export function detectDelimiter(
  text: string,
  isHeaderCell: (cell: string) => boolean = () => false,
): string {
  const pieces = headerOf(text).split('"')
  let best = ','
  let most: readonly number[] = [0, 0, 0]
  for (const candidate of CANDIDATES) {
    const cells = cellsOf(pieces, candidate)
    const known = cells.filter(isHeaderCell).length
    // Blanks that cells are aligned by separate them as well, and leave pieces without a word.
    const wordless = known === 0 ? 0 : cells.filter((cell) => !/[\p{L}\p{N}]/u.test(cell)).length
    const score = [known, -wordless, cells.length]
    if (isMore(score, most)) {
      best = candidate
      most = score
    }
  }
  return best
}

/** By the first number that differs. */
function isMore(one: readonly number[], other: readonly number[]): boolean {
  const at = one.findIndex((value, index) => value !== other[index])
  return at >= 0 && (one[at] ?? 0) > (other[at] ?? 0)
}

/** The first line that is not blank; a quoted cell in it may hold line ends. */
function headerOf(text: string): string {
  const start = Math.max(0, text.search(/\S/))
  let isQuoted = false
  let end = start
  for (; end < text.length; end++) {
    const character = text[end]
    if (character === '"') isQuoted = !isQuoted
    else if (!isQuoted && (character === '\n' || character === '\r')) break
  }
  return text.slice(start, end)
}

/** The line's cells without their quotes; every second piece stood in quotes, and is not cut. */
function cellsOf(pieces: readonly string[], delimiter: string): readonly string[] {
  const cells: string[] = []
  let open = ''
  for (const [at, piece] of pieces.entries()) {
    const parts = at % 2 === 0 ? piece.split(delimiter) : [piece]
    for (const part of parts.slice(0, -1)) {
      cells.push(open + part)
      open = ''
    }
    open += parts.at(-1) ?? ''
  }
  return [...cells, open]
}
