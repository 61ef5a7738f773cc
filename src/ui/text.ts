import stringWidth from 'string-width'

// Where it is needed far from any terminal (files, the journal), too.
export { sanitize } from '../safe-text.ts'

/** The width everything for a terminal keeps to. */
export const WIDTH = 80

/** Nearly all text is of these, which are one column and two; asked for each, the library takes a hundred times as long. */
const PLAIN = /^[\x20-\x7e…→×’\u4e00-\u9fff]*$/
const IDEOGRAPHS = /[\u4e00-\u9fff]/g

/** Columns on a terminal: East Asian wide characters take two, combining marks none, colour codes none. */
export function displayWidth(text: string): number {
  if (!PLAIN.test(text)) return stringWidth(text)
  return text.length + (text.match(IDEOGRAPHS)?.length ?? 0)
}

/** Cuts to `width` columns, the last one being `…` when something was cut. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  let kept = ''
  let room = width - 1
  for (const { segment } of graphemesOf(text)) {
    room -= displayWidth(segment)
    if (room < 0) break
    kept += segment
  }
  return `${kept}…`
}

let segmenter: Intl.Segmenter | null = null

/**
 * A letter with its marks, or an emoji of several parts, has its width as a whole only. Made when first asked for: the
 * tables of it take a while to load.
 */
function graphemesOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return segmenter.segment(text)
}

/** Fills up to `width` columns. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const blanks = ' '.repeat(Math.max(0, width - displayWidth(text)))
  return align === 'left' ? text + blanks : blanks + text
}

/** Before the text of a line such as `Next:   …`. */
const LABEL_WIDTH = 8

/** A label (or none), and its text beside it, wrapped: `Where:  otc eu-de, …`. */
export function labelled(label: string, text: string): string {
  const indent = ' '.repeat(LABEL_WIDTH)
  return (label === '' ? '' : `${label}:`).padEnd(LABEL_WIDTH) + wrap(text, indent).trimStart()
}

/** Breaks at spaces; a word that is longer than a line is broken where the line ends. */
export function wrap(text: string, indent: string, width = WIDTH): string {
  const room = width - displayWidth(indent)
  const lines: string[] = []
  let line = ''
  let used = 0
  for (const [word, taken] of text.split(/\s+/).flatMap((long) => pieces(long, room))) {
    if (line !== '' && used + 1 + taken > room) {
      lines.push(line)
      line = ''
      used = 0
    }
    used += line === '' ? taken : 1 + taken
    line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].map((each) => indent + each).join('\n')
}

/** Parts that fit into a line, each with its width. */
function pieces(word: string, room: number): readonly (readonly [text: string, width: number])[] {
  const width = displayWidth(word)
  if (width <= room) return [[word, width]]
  const found: [string, number][] = []
  let piece = ''
  let used = 0
  for (const { segment } of graphemesOf(word)) {
    const taken = displayWidth(segment)
    if (used + taken > room) {
      found.push([piece, used])
      piece = ''
      used = 0
    }
    piece += segment
    used += taken
  }
  return [...found, [piece, used]]
}

/** `10,000`. */
export function formatCount(count: number): string {
  // The tables of the world's numbers take longer to load than most inventories to be read.
  return Number.isInteger(count)
    ? String(count).replace(THOUSANDS, ',')
    : count.toLocaleString('en-US')
}

const THOUSANDS = /\B(?=(?:\d{3})+$)/g

/** `1 server`, `2 servers`. */
export function pluralize(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`
}

/** `2 h 5 min`, `3 min 20 s`, `45 s`: the two largest units. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60)
    return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`
  return minutes % 60 === 0
    ? `${minutes / 60} h`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
