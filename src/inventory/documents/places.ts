import type { Position } from '../problem.ts'

const BLOCK = 4096

/**
 * Offset in a text → line and column as an editor counts them (CRLF, LF and CR alone end a line; columns in
 * code points). What it needs to know of the text is worked out when first asked. A document of one long
 * line may be asked for a hundred thousand places, so code points are not counted from the line's start
 * each time: pairs of surrogates are, in blocks.
 */
export function createPlaces(text: string): (offset: number) => Position {
  let starts: number[] | null = null
  let pairsBefore: Uint32Array | null = null
  return (offset) => {
    starts ??= lineStarts(text)
    pairsBefore ??= countPairs(text)
    const line = lastAtMost(starts, offset)
    const start = starts[line] ?? 0
    const pairs = pairsUpTo(text, pairsBefore, offset) - pairsUpTo(text, pairsBefore, start)
    return { line: line + 1, column: offset - start - pairs + 1 }
  }
}

function lineStarts(text: string): number[] {
  const starts = [0]
  const hasCr = text.includes('\r')
  for (let at = 0; at < text.length;) {
    const lf = text.indexOf('\n', at)
    const end = lf < 0 ? text.length : lf
    if (hasCr) {
      for (
        let cr = text.indexOf('\r', at);
        cr >= 0 && cr < end - 1;
        cr = text.indexOf('\r', cr + 1)
      ) {
        starts.push(cr + 1)
      }
      // Without a line feed behind it, a last CR ends a line of its own.
      if (lf < 0 && text.endsWith('\r')) starts.push(end)
    }
    if (lf < 0) break
    starts.push(lf + 1)
    at = lf + 1
  }
  return starts
}

/** By block: how many pairs of surrogates begin before it. Empty where the text has none. */
function countPairs(text: string): Uint32Array {
  if (!/[\ud800-\udbff]/.test(text)) return new Uint32Array(0)
  const counts = new Uint32Array(Math.floor(text.length / BLOCK) + 1)
  let count = 0
  for (let at = 0; at < text.length; at++) {
    if (at % BLOCK === 0) counts[at / BLOCK] = count
    if (isPair(text, at)) count++
  }
  return counts
}

function pairsUpTo(text: string, counts: Uint32Array, offset: number): number {
  if (counts.length === 0) return 0
  const block = Math.min(Math.floor(offset / BLOCK), counts.length - 1)
  let count = counts[block] ?? 0
  for (let at = block * BLOCK; at < offset; at++) if (isPair(text, at)) count++
  return count
}

function isPair(text: string, at: number): boolean {
  const first = text.charCodeAt(at)
  if (first < 0xd800 || first > 0xdbff) return false
  const second = text.charCodeAt(at + 1)
  return second >= 0xdc00 && second <= 0xdfff
}

/** Index of the last number that is not above `limit`. */
function lastAtMost(sorted: readonly number[], limit: number): number {
  let low = 0
  let high = sorted.length
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? 0) <= limit) low = middle
    else high = middle
  }
  return low
}
