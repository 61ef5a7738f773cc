/**
 * Many callers, one read: those who ask while none is under way share the next one. A caller never
 * gets the result of a read that began before they asked, which could be older than their question.
 */
export function singleFlight<T>(read: () => Promise<T>): () => Promise<T> {
  let current: Promise<unknown> = Promise.resolve()
  let next: Promise<T> | null = null
  return () => {
    next ??= current.then(() => {
      const mine = read()
      current = mine.catch(() => undefined)
      next = null
      return mine
    })
    return next
  }
}
