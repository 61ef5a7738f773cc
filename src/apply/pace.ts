/** How long the last jobs took, ms. */
export interface Took {
  add(ms: number): void
  /** The middle one; null until enough have been seen. */
  median(): number | null
}

const REMEMBERED = 25

/** `enough`: so many must have been seen before anything is concluded from them. */
export function createTook(enough: number): Took {
  const last: number[] = []
  let median: number | null = null
  return {
    add(ms) {
      last.push(ms)
      if (last.length > REMEMBERED) last.shift()
      if (last.length < enough) return
      const sorted = last.toSorted((one, other) => one - other)
      median = sorted[sorted.length >> 1] ?? null
    },
    median: () => median,
  }
}
