import type { Clock } from '../clock.ts'

/** Creates go before everything else: a poll can wait, a server without protection should not. */
export type Priority = 'create' | 'other'

/** One gate for all requests of a run. */
export interface RateGate {
  /** True once the request may go; false when `signal` aborted first. */
  pass(priority: Priority, signal?: AbortSignal): Promise<boolean>
}

interface Waiting {
  readonly grant: (passed: boolean) => void
}

/** Timers fire late; so many requests may catch up at once, so that lateness does not lower the rate. */
const BURST = 4
const SECOND_MS = 1_000

/**
 * Lets at most `perSecond` requests pass in any one second, evenly spaced: spacing keeps the promise
 * at the server too, where latencies of the network push requests together.
 */
export function createRateGate(perSecond: number, clock: Clock): RateGate {
  const queues: Record<Priority, Set<Waiting>> = { create: new Set(), other: new Set() }
  const spacingMs = SECOND_MS / perSecond
  const burst = Math.min(BURST, perSecond)
  /** The times of the last `perSecond` grants, a ring: the oldest bounds the next. */
  const grants: number[] = []
  let oldest = 0
  /** When the next would be due at even spacing. */
  let due = Number.NEGATIVE_INFINITY
  let pumping = false

  function opensAt(now: number): number {
    const spaced = due - (burst - 1) * spacingMs
    const windowed = grants.length < perSecond ? now : (grants[oldest] ?? now) + SECOND_MS
    return Math.max(now, spaced, windowed)
  }

  function record(now: number): void {
    due = Math.max(due, now) + spacingMs
    if (grants.length < perSecond) {
      grants.push(now)
      return
    }
    grants[oldest] = now
    oldest = (oldest + 1) % perSecond
  }

  function next(): Waiting | undefined {
    for (const queue of [queues.create, queues.other]) {
      for (const waiting of queue) {
        queue.delete(waiting)
        return waiting
      }
    }
    return undefined
  }

  async function pump(): Promise<void> {
    pumping = true
    while (queues.create.size + queues.other.size > 0) {
      const now = clock.now()
      const at = opensAt(now)
      if (at > now) {
        // Ceil, since a timer must never open the gate a fraction of a millisecond early.
        await clock.sleep(Math.ceil(at - now))
        continue
      }
      record(now)
      next()?.grant(true)
    }
    pumping = false
  }

  return {
    pass(priority, signal) {
      if (signal?.aborted === true) return Promise.resolve(false)
      return new Promise((resolve) => {
        const queue = queues[priority]
        const onAbort = (): void => {
          queue.delete(waiting)
          resolve(false)
        }
        const waiting: Waiting = {
          grant(passed) {
            signal?.removeEventListener('abort', onAbort)
            resolve(passed)
          },
        }
        signal?.addEventListener('abort', onAbort, { once: true })
        queue.add(waiting)
        if (!pumping) void pump()
      })
    },
  }
}
