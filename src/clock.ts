/**
 * Time and chance as ports. Everything that waits or draws a random number takes these, so that a
 * rollout of hours runs in a test in milliseconds and the same seed gives the same history.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects; the caller looks at its signal. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** A number in [0, 1). */
export type Random = () => number

/** Node fires a timer with a longer delay at once (32-bit overflow), so longer sleeps are cut into pieces. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** The machine's clock: what dates and signatures are about. It may be set while we run. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    let left = ms
    while (left > 0 && signal?.aborted !== true) {
      const piece = Math.min(left, LONGEST_TIMER_MS)
      await oneTimer(piece, signal)
      left -= piece
    }
  },
}

/**
 * For whatever waits or measures: starts at the machine's time, and then only ever goes forward, as
 * timers do. Were the clock set back by an hour, nothing would be looked at for an hour.
 */
export function steadyClock(): Clock {
  const start = Date.now() - performance.now()
  return {
    now: () => Math.round(start + performance.now()),
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
  }
}

function oneTimer(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal?.addEventListener('abort', done, { once: true })
  })
}

/** A small, fast, seeded generator (mulberry32): the same seed gives the same numbers on every machine. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
