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
    const distance = editDistance(wanted, candidate.toLowerCase())
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  if (best !== null || word.length < 3) return best
  const starting = candidates.filter((candidate) => candidate.toLowerCase().startsWith(wanted))
  return starting.length === 1 ? (starting[0] ?? null) : null
}

/** Levenshtein distance, one row of the matrix at a time. */
function editDistance(one: string, other: string): number {
  if (other.length > LONGEST) return Number.POSITIVE_INFINITY
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= other.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1)
      const shifted = Math.min(previous[column] ?? 0, current[column - 1] ?? 0) + 1
      current.push(Math.min(replaced, shifted))
    }
    previous = current
  }
  return previous[other.length] ?? 0
}
