import { BLANK_CLASS } from './invisible.ts'
import type { Position } from './problem.ts'

const QUOTE = '"'
type QuoteFault = 'stray-quote' | 'text-after-quote'

export interface CellPlace extends Position {
  readonly fault?: QuoteFault
}

/** Offsets of one cell in the text. */
interface CellSpan {
  /** Of its opening quote, when it has one; else of its first character. */
  readonly start: number
  /** After its closing quote; null when it has none. */
  readonly closed: number | null
  /** Of the delimiter or the line end behind it, or the end of the text. */
  readonly end: number
  /** Whether nothing but blanks stands between its closing quote and its end. */
  readonly isWhole: boolean
}

/**
 * Walks over the cells of a text by the rules of the parser: a cell is quoted when its first character
 * but blanks is a quote; a quote inside an unquoted cell is text.
 */
function spanOf(text: string, at: number, delimiter: string): CellSpan {
  const opened = afterBlanks(text, at, delimiter)
  if (text[opened] !== QUOTE) {
    return { start: at, closed: null, end: endOfPlain(text, opened, delimiter), isWhole: true }
  }
  const closed = endOfQuoted(text, opened)
  const behind = afterBlanks(text, closed, delimiter)
  const end = endOfPlain(text, behind, delimiter)
  return { start: opened, closed, end, isWhole: end === behind }
}

/**
 * Says where each cell of one CSV record starts: at its quote, or right after the delimiter, so that the
 * n-th place is that of the n-th cell. One more place, the end of the record, closes the list. Columns
 * count code points.
 */
export function cellPlaces(raw: string, delimiter: string, firstLine: number): CellPlace[] {
  const places: CellPlace[] = []
  let line = firstLine
  let column = 1
  let counted = 0
  const placeOf = (offset: number): Position => {
    for (; counted < offset; counted++) {
      const code = raw.charCodeAt(counted)
      if (code === 10 || (code === 13 && raw.charCodeAt(counted + 1) !== 10)) {
        line++
        column = 1
      } else if (code !== 13 && !isSecondHalf(raw, counted)) column++
    }
    return { line, column }
  }
  for (let at = 0; ; at += delimiter.length) {
    const { start, closed, end, isWhole } = spanOf(raw, at, delimiter)
    const place = placeOf(start)
    const fault = isWhole ? strayQuote(raw, closed ?? start, end) : 'text-after-quote'
    places.push(fault === undefined ? place : { ...place, fault })
    at = end
    if (!raw.startsWith(delimiter, at)) return [...places, placeOf(at)]
  }
}

/** A blank beside a quote, before an apostrophe, or an ordinary one at the beginning of a cell. */
function isDoubtful(text: string, delimiter: string): boolean {
  if (!text.includes('"') && !text.includes("'")) {
    const before = [delimiter, '\n', '\r']
    const isIndented = (each: string): boolean =>
      text.includes(`${each} `) || text.includes(`${each}\t`)
    return /^[ \t]/.test(text) || before.some(isIndented)
  }
  const separator = delimiter.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
  const doubtful = `[${BLANK_CLASS}]["']|"[${BLANK_CLASS}]|(?:^|${separator}|[\r\n])[ \t]`
  return new RegExp(doubtful, 'u').test(text)
}

/**
 * The text without the blanks around quoted cells (`"a" , "b"` is what people align by hand), before the
 * apostrophe of a spreadsheet, and without ordinary ones before any cell. The parser takes a quote only at
 * a cell's very ends for one that opens or closes it, and its own trimming takes out of other cells what
 * has to be told.
 */
export function withoutBlanksAroundQuotes(text: string, delimiter: string): string {
  if (!isDoubtful(text, delimiter)) return text
  const pieces: string[] = []
  let kept = 0
  for (let at = 0; at < text.length;) {
    const { start, closed, end, isWhole } = spanOf(text, at, delimiter)
    const opened = closed === null ? startOfPlain(text, at, delimiter) : start
    if (opened > at) {
      pieces.push(text.slice(kept, at))
      kept = opened
    }
    if (closed !== null && isWhole) {
      if (end > closed) {
        pieces.push(text.slice(kept, closed))
        kept = end
      }
    }
    at = end + (text.startsWith(delimiter, end) ? delimiter.length : 1)
  }
  return pieces.length === 0 ? text : pieces.join('') + text.slice(kept)
}

function isEnd(text: string, at: number, delimiter: string): boolean {
  const code = text.charCodeAt(at)
  return (
    at >= text.length ||
    code === 10 ||
    code === 13 ||
    (code === delimiter.charCodeAt(0) && text.startsWith(delimiter, at))
  )
}

const IS_BLANK = new RegExp(`^[${BLANK_CLASS}]$`, 'u')

/** A delimiter may be a blank itself. */
function afterBlanks(text: string, at: number, delimiter: string): number {
  while (!isEnd(text, at, delimiter)) {
    const character = text[at] ?? ''
    if (character > ' ' && character <= '~') break
    if (!IS_BLANK.test(character)) break
    at++
  }
  return at
}

/** Behind ordinary blanks, before an apostrophe behind any. */
function startOfPlain(text: string, at: number, delimiter: string): number {
  const start = afterBlanks(text, at, delimiter)
  if (text[start] === "'") return start
  let plain = at
  while (/[ \t]/.test(text[plain] ?? '') && !isEnd(text, plain, delimiter)) plain++
  return plain
}

function endOfPlain(text: string, at: number, delimiter: string): number {
  while (!isEnd(text, at, delimiter)) at++
  return at
}

/** The offset after the closing quote; doubled quotes are text. */
function endOfQuoted(text: string, opened: number): number {
  let at = opened + 1
  while (at < text.length) {
    const quote = text.indexOf(QUOTE, at)
    if (quote < 0) return text.length
    if (text[quote + 1] !== QUOTE) return quote + 1
    at = quote + 2
  }
  return text.length
}

function strayQuote(text: string, from: number, end: number): QuoteFault | undefined {
  // Not by `indexOf`: where there is no quote it would read all the rest, for each cell anew.
  for (let at = from; at < end; at++) if (text[at] === QUOTE) return 'stray-quote'
  return undefined
}

/** Whether this is the second unit of a character that takes two. */
function isSecondHalf(text: string, at: number): boolean {
  return (
    (text.charCodeAt(at) & 0xfc00) === 0xdc00 &&
    at > 0 &&
    (text.charCodeAt(at - 1) & 0xfc00) === 0xd800
  )
}
