import { cutBytes } from './cut.ts'

/** The most that the service takes, in UTF-8. */
const MOST_BYTES = 64

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' })

/**
 * A description as the service takes it: control characters and line ends become one blank, `<` and `>` round
 * brackets, and it ends after the last whole character within 64 bytes. Empty where nothing is left.
 */
export function fitDescription(text: string): string {
  const plain = text
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll('<', '(')
    .replaceAll('>', ')')
    .trim()
  if (Buffer.byteLength(plain) <= MOST_BYTES) return plain
  // Beyond so many units nothing is kept, and a segmenter need not walk a long text.
  const start = plain.slice(0, MOST_BYTES + 1)
  const graphemes = [...GRAPHEMES.segment(start)].map(({ segment }) => segment)
  return cutBytes(plain, MOST_BYTES, graphemes).trimEnd()
}
