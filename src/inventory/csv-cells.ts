import { countCodePoints, type Position } from './problem.ts'

const QUOTE = '"'
type QuoteFault = 'stray-quote' | 'text-after-quote'

export interface CellPlace extends Position {
  readonly fault?: QuoteFault
}

/**
 * Walks over the raw text of one CSV record and says where each cell starts: at its quote, or right
 * after the delimiter. It follows the same rules as the parser (leading blanks before a quote are
 * skipped, a quote inside an unquoted cell is text), so that the n-th place is that of the n-th cell.
 * One more place, the end of the record, closes the list. Columns count code points.
 */
export function cellPlaces(raw: string, delimiter: string, firstLine: number): CellPlace[] {
  const places: CellPlace[] = []
  let line = firstLine
  let lineStart = 0
  let at = 0
  const place = (offset: number): Position => ({
    line,
    column: countCodePoints(raw.slice(lineStart, offset)) + 1,
  })
  const isEnd = (offset: number): boolean =>
    offset >= raw.length ||
    raw.startsWith(delimiter, offset) ||
    raw[offset] === '\n' ||
    raw[offset] === '\r'

  for (;;) {
    const start = at
    while (!isEnd(at) && /\s/u.test(raw[at] ?? '')) at++
    let fault: QuoteFault | undefined
    let position = place(start)
    if (raw[at] === QUOTE) {
      position = place(at)
      const opened = at
      at = endOfQuoted(raw, at)
      for (let offset = opened; offset < at; offset++) {
        const isBreak = raw[offset] === '\n' || (raw[offset] === '\r' && raw[offset + 1] !== '\n')
        if (isBreak) [line, lineStart] = [line + 1, offset + 1]
      }
      if (!isEnd(at)) fault = 'text-after-quote'
    }
    for (; !isEnd(at); at++) if (raw[at] === QUOTE) fault ??= 'stray-quote'
    places.push(fault === undefined ? position : { ...position, fault })
    if (!raw.startsWith(delimiter, at)) return [...places, place(at)]
    at += delimiter.length
  }
}

/** The offset after the closing quote; doubled quotes are text. */
function endOfQuoted(raw: string, opened: number): number {
  let at = opened + 1
  while (at < raw.length) {
    const quote = raw.indexOf(QUOTE, at)
    if (quote < 0) return raw.length
    if (raw[quote + 1] !== QUOTE) return quote + 1
    at = quote + 2
  }
  return raw.length
}
