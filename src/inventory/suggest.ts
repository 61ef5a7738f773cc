/** `did you mean "…"?` for a word that nearly is one of the known ones, else a list of them. */
export function suggest(word: string, known: readonly string[]): string {
  const wanted = word.toLowerCase()
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1
  for (const candidate of known) {
    const distance = editDistance(wanted, candidate.toLowerCase())
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best === undefined ? `known are: ${known.join(', ')}` : `did you mean "${best}"?`
}

/** Levenshtein; words longer than 60 characters are no misspelling of anything here. */
function editDistance(a: string, b: string): number {
  if (a.length > 60 || b.length > 60) return Number.POSITIVE_INFINITY
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1)
      const shifted = Math.min(previous[column] ?? 0, current[column - 1] ?? 0) + 1
      current.push(Math.min(replaced, shifted))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}
