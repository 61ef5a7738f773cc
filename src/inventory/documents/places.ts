import type { Position } from '../problem.ts'

/** So many units of text are looked through for one place. */
const BLOCK = 1024

/**
 * Offset in a text → line and column as an editor counts them (CRLF, LF and CR alone end a line; columns in
 * code points). A document may be one line of a hundred megabytes, or fifty million of them, and be asked for a hundred
 * thousand places: what comes before is noted block by block, once, when first asked.
 */
export function createPlaces(text: string): (offset: number) => Position {
  let blocks: Blocks | null = null
  return (offset) => {
    blocks ??= countBlocks(text)
    const block = Math.min(Math.floor(offset / BLOCK), blocks.lines.length - 1)
    let line = blocks.lines[block] ?? 0
    let start = blocks.starts[block] ?? 0
    let pairs = blocks.pairs[block] ?? 0
    for (let at = block * BLOCK; at < offset; at++) {
      if (isLineEnd(text, at)) [line, start, pairs] = [line + 1, at + 1, 0]
      else if (isPair(text, at)) pairs++
    }
    return { line: line + 1, column: offset - start - pairs + 1 }
  }
}

/** What is before each block: ended lines, where its line starts, and pairs of surrogates since then. */
interface Blocks {
  readonly lines: Uint32Array
  readonly starts: Uint32Array
  readonly pairs: Uint32Array
}

function countBlocks(text: string): Blocks {
  const count = Math.floor(text.length / BLOCK) + 1
  const lines = new Uint32Array(count)
  const starts = new Uint32Array(count)
  const pairs = new Uint32Array(count)
  let line = 0
  let start = 0
  let pair = 0
  for (let at = 0; at < text.length; at++) {
    if (at % BLOCK === 0) {
      const block = at / BLOCK
      lines[block] = line
      starts[block] = start
      pairs[block] = pair
    }
    if (isLineEnd(text, at)) [line, start, pair] = [line + 1, at + 1, 0]
    else if (isPair(text, at)) pair++
  }
  if (text.length % BLOCK === 0) {
    lines[count - 1] = line
    starts[count - 1] = start
    pairs[count - 1] = pair
  }
  return { lines, starts, pairs }
}

/** Of CRLF it is the line feed that ends the line. */
function isLineEnd(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code === 0x0a || (code === 0x0d && text.charCodeAt(at + 1) !== 0x0a)
}

function isPair(text: string, at: number): boolean {
  const first = text.charCodeAt(at)
  if (first < 0xd800 || first > 0xdbff) return false
  const second = text.charCodeAt(at + 1)
  return second >= 0xdc00 && second <= 0xdfff
}
