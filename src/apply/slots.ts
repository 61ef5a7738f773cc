import pLimit, { type LimitFunction } from 'p-limit'

/**
 * How many creates are in flight at once: between 1 and `most`, halved when the service is congested,
 * grown by one for each window of successes (additive increase, multiplicative decrease, as TCP does).
 */
export interface Slots {
  readonly limit: LimitFunction
  hasRoom(): boolean
  succeeded(): void
  /**
   * A request sent at `sentAt` (ms) met 429 or 503. Many in flight meet the same congestion: those
   * sent before the last cut say nothing new, and do not cut again.
   */
  congested(sentAt: number, now: number): void
}

export function createSlots(most: number): Slots {
  const limit = pLimit(most)
  let successes = 0
  let lastCutAt = Number.NEGATIVE_INFINITY
  return {
    limit,
    hasRoom: () => limit.activeCount + limit.pendingCount < limit.concurrency,
    succeeded() {
      successes += 1
      if (successes < limit.concurrency || limit.concurrency >= most) return
      successes = 0
      limit.concurrency += 1
    },
    congested(sentAt, now) {
      if (sentAt <= lastCutAt) return
      lastCutAt = now
      successes = 0
      limit.concurrency = Math.max(1, Math.floor(limit.concurrency / 2))
    },
  }
}
