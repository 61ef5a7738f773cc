import { distance } from 'fastest-levenshtein'

/** Longer words are not misspellings of anything here, and would only cost time. */
const LONGEST = 60

/**
 * The candidate that was probably meant: at most two edits away, in long words a third of it, without
 * regard to case; else the only one that `word` is the beginning of. Null when none is near.
 */
export function nearest(word: string, candidates: readonly string[]): string | null {
  if (word.length > LONGEST) return null
  const wanted = word.toLowerCase()
  const limit = Math.min(Math.max(2, Math.floor(word.length / 3)), word.length - 1)
  let best: string | null = null
  let bestDistance = limit + 1
  for (const candidate of candidates) {
    if (candidate.length > LONGEST) continue
    const edits = distance(wanted, candidate.toLowerCase())
    if (edits < bestDistance) [best, bestDistance] = [candidate, edits]
  }
  if (best !== null || word.length < 3) return best
  const starting = candidates.filter((candidate) => candidate.toLowerCase().startsWith(wanted))
  return starting.length === 1 ? (starting[0] ?? null) : null
}

/**
 * Whether one is plainly the other misspelt: one letter wrong, missing or too much, or two that changed
 * places; in words of eight letters or more, two edits. For words that may as well mean something else.
 */
export function isMisspelling(word: string, meant: string): boolean {
  if (word === meant || Math.max(word.length, meant.length) > LONGEST) return false
  if (Math.min(word.length, meant.length) < 3) return false
  const edits = distance(word, meant)
  const letters = (text: string): string => Array.from(text).toSorted().join('')
  return edits <= (meant.length < 8 ? 1 : 2) || (edits === 2 && letters(word) === letters(meant))
}
