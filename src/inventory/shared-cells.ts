/** So many values of one column are remembered: zones, states, groups, rather than IDs. */
const MOST_SHARED = 512

/**
 * Lets equal cells of a column be one string: groups, zones and states come once a row, and each would be
 * kept for itself. A column in which none of so many came again holds IDs or names, and is not asked any more.
 */
export function createSharing(): (cells: (string | undefined)[]) => void {
  const known: ({ readonly values: Map<string, string>; isAnyAgain: boolean } | null)[] = []
  return (cells) => {
    for (let column = 0; column < cells.length; column++) {
      const cell = cells[column] ?? ''
      const seen =
        (known[column] === undefined
          ? (known[column] = { values: new Map(), isAnyAgain: false })
          : known[column]) ?? null
      if (seen === null || cell === '') continue
      const before = seen.values.get(cell)
      if (before !== undefined) {
        cells[column] = before
        seen.isAnyAgain = true
      } else if (seen.values.size < MOST_SHARED) seen.values.set(cell, cell)
      else if (!seen.isAnyAgain) known[column] = null
    }
  }
}
