import { cutBytes } from './cut.ts'

/** The most that the service takes, in UTF-8. */
const MOST_BYTES = 64

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
  const kept = cutBytes(plain, MOST_BYTES)
  // What is seen as one character is not cut in two; of a long text only the part around the cut is looked at.
  const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
  const around = graphemes.segment(plain.slice(0, 2 * MOST_BYTES)).containing(kept.length)
  return kept.slice(0, around?.index ?? kept.length).trimEnd()
}
