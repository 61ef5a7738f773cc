import { nearest } from '../nearest.ts'

/** `did you mean "…"?` for a word that nearly is one of the known ones, else a list of them. */
export function suggest(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  return near === null ? `known are: ${known.join(', ')}` : `did you mean "${near}"?`
}
