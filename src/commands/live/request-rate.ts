/** Over so long a time a rate is told, ms: long enough not to flicker. */
const WINDOW_MS = 5_000

/**
 * Requests a second over the last seconds, whole, by asking `sent` (how many there were in all) at each look;
 * null at the first.
 */
export function requestRate(sent: () => number): (now: number) => number | null {
  const looks: { readonly at: number; readonly total: number }[] = []
  return (now) => {
    looks.push({ at: now, total: sent() })
    while ((looks[1]?.at ?? now) <= now - WINDOW_MS) looks.shift()
    const [first] = looks
    const last = looks.at(-1)
    if (first === undefined || last === undefined || last.at === first.at) return null
    return Math.round((1_000 * (last.total - first.total)) / (last.at - first.at))
  }
}
