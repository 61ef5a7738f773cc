/**
 * When to look at running jobs again: often enough not to waste a group's time, and no oftener. Pure;
 * all times in ms.
 */
const SHORTEST_TICK = 2_000
const LONGEST_TICK = 15_000
/** A look is worth it once about an eighth of a job's age has passed since the last one. */
const AGE_SHARE = 1 / 8
/** While no job can be due, the list is still looked at this often: a job may fail early. */
const LONGEST_PAUSE = 60_000
/** A job is due from this share of the shortest duration seen so far. */
const DUE_SHARE = 0.75
/** How many durations must have been seen before anything is concluded from them. */
const ENOUGH_SEEN = 3

/** Between two looks, for a youngest due job of this age; `fixedMs` is `--poll-interval`. */
export function tickMs(youngestAgeMs: number, fixedMs: number | null): number {
  if (fixedMs !== null) return fixedMs
  return Math.min(LONGEST_TICK, Math.max(SHORTEST_TICK, youngestAgeMs * AGE_SHARE))
}

/** When the next look at running jobs is worth it. `startedAt` of each job; `lastLookAt` of the last list. */
export function nextLookAt(facts: {
  readonly startedAt: readonly number[]
  readonly lastLookAt: number
  readonly shortestMs: number | null
  readonly fixedMs: number | null
  readonly now: number
}): number {
  const { startedAt, lastLookAt, shortestMs, fixedMs, now } = facts
  if (fixedMs !== null) return lastLookAt + fixedMs
  const dueAge = shortestMs === null ? 0 : shortestMs * DUE_SHARE
  let youngestDueAge = Number.POSITIVE_INFINITY
  let firstDueAt = Number.POSITIVE_INFINITY
  for (const start of startedAt) {
    const dueAt = start + dueAge
    if (dueAt <= now) youngestDueAge = Math.min(youngestDueAge, now - start)
    else firstDueAt = Math.min(firstDueAt, dueAt)
  }
  const regular =
    youngestDueAge === Number.POSITIVE_INFINITY
      ? lastLookAt + LONGEST_PAUSE
      : lastLookAt + tickMs(youngestDueAge, null)
  return Math.min(regular, Math.max(firstDueAt, lastLookAt + SHORTEST_TICK))
}

/**
 * When to look for what should be in the list, after `fromMs`: at about 2, 4, 8 and 16 s and at the end
 * of the window; sooner and fewer times in a shorter window.
 */
export function lookTimes(windowMs: number): number[] {
  const times: number[] = []
  for (let at = Math.min(SHORTEST_TICK, windowMs / 4); at < windowMs; at *= 2) times.push(at)
  return [...times, windowMs]
}

/** Durations of jobs that this run saw to their end. */
export interface Durations {
  add(ms: number): void
  /** Of the last ones; null until enough have been seen. */
  shortestMs(): number | null
  medianMs(): number | null
}

const REMEMBERED = 50

export function createDurations(): Durations {
  const seen: number[] = []
  return {
    add(ms) {
      seen.push(ms)
      if (seen.length > REMEMBERED) seen.shift()
    },
    shortestMs: () => (seen.length < ENOUGH_SEEN ? null : Math.min(...seen)),
    medianMs() {
      if (seen.length === 0) return null
      return seen.toSorted((a, b) => a - b)[Math.floor(seen.length / 2)] ?? null
    },
  }
}
