/** How late things are known, learnt from the requests themselves. Times in ms. */
export interface Delays {
  /** A request's way there and back, its wait at the rate gate included. */
  roundTripMs(): number
  /** How long an end takes to show in the list, as far as that is certain. */
  lagMs(): number
  /** How old what a list shows may be, as far as the ends that lists have shown rule out more. */
  mostLagMs(): number
  answered(tookMs: number): void
  /**
   * A list of `shownAt` was the first to show an end that was at `endedAt`; `hiddenAt`: the last list that did
   * not show it yet, or null.
   */
  shown(endedAt: number, hiddenAt: number | null, shownAt: number): void
}

/** The median of so many last answers: one that hung says nothing of the others. */
const REMEMBERED = 15

export function createDelays(): Delays {
  const took: number[] = []
  let median = 0
  let lag = 0
  let mostLag = Number.POSITIVE_INFINITY
  return {
    roundTripMs: () => median,
    lagMs: () => lag,
    // Before any end it makes no difference, and lists are taken at their word.
    mostLagMs: () => (mostLag === Number.POSITIVE_INFINITY ? 0 : mostLag),
    answered(tookMs) {
      took.push(tookMs)
      if (took.length > REMEMBERED) took.shift()
      median = took.toSorted((one, other) => one - other)[took.length >> 1] ?? 0
    },
    shown(endedAt, hiddenAt, shownAt) {
      // All that is known of the lag is that it lies between these two.
      const least = hiddenAt === null ? 0 : Math.max(0, hiddenAt - endedAt)
      const most = Math.max(least, shownAt - endedAt)
      lag = Math.min(most, Math.max(least, lag))
      mostLag = Math.min(most, Math.max(least, mostLag))
    },
  }
}
