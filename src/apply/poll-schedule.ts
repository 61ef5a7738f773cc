/**
 * When to look at running jobs again: often enough not to waste a group's time, and no oftener. Pure;
 * all times in ms.
 *
 * A look costs one request however many jobs it shows, and a job that has ended unseen wastes its
 * place. So looks are the closer, the more jobs can be expected to end: about `ENDS_A_LOOK` of them.
 */
export const SHORTEST_TICK = 2_000
export const LONGEST_TICK = 15_000
/** While nothing is known, a look is worth it once so much of the youngest job's age has passed since the last one. */
export const AGE_SHARE_UNKNOWN = 1 / 4
/** Once it is known how long jobs take: an eighth of it. */
const AGE_SHARE = 1 / 8
/** While no job can be due, the list is still looked at this often: a job may fail early. */
export const LONGEST_PAUSE = 120_000
/** A job is due from this share of the shortest duration seen so far. */
const DUE_SHARE = 0.95
/** Jobs that should end between two looks, where there are that many. */
const ENDS_A_LOOK = 10
/** Jobs differ at least by this share of their duration, however alike those seen so far were. */
const LEAST_SPREAD = 0.1
/** How many durations must have been seen before anything is concluded from them. */
const ENOUGH_SEEN = 3

/** How long jobs take, from those that have ended. */
export interface Spread {
  readonly shortestMs: number
  readonly longestMs: number
}

/** Between two looks at `due` jobs, the youngest of this age; `seen` is null while little is known. */
export function tickMs(youngestAgeMs: number, due: number, seen: Spread | null): number {
  const wanted =
    seen === null
      ? youngestAgeMs * AGE_SHARE_UNKNOWN
      : Math.min(youngestAgeMs * AGE_SHARE, (ENDS_A_LOOK * spreadOf(seen)) / due)
  return Math.min(LONGEST_TICK, Math.max(SHORTEST_TICK, wanted))
}

/** Due jobs end about evenly over this time. */
function spreadOf({ shortestMs, longestMs }: Spread): number {
  return Math.max(longestMs - shortestMs, longestMs * LEAST_SPREAD)
}

/** From which age on a job may have ended. */
export function dueAgeMs(seen: Spread | null): number {
  return seen === null ? 0 : seen.shortestMs * DUE_SHARE
}

/** When the next look at running jobs is worth it. `startedAt` of each job; `lastLookAt` of the last list. */
export function nextLookAt(facts: {
  readonly startedAt: readonly number[]
  readonly lastLookAt: number
  readonly seen: Spread | null
  /** `--poll-interval`, or null. */
  readonly fixedMs: number | null
  readonly now: number
}): number {
  const { startedAt, lastLookAt, seen, fixedMs, now } = facts
  if (fixedMs !== null) return lastLookAt + fixedMs
  const dueAge = dueAgeMs(seen)
  let due = 0
  let lastStart = Number.NEGATIVE_INFINITY
  let firstDueAt = Number.POSITIVE_INFINITY
  for (const start of startedAt) {
    if (start + dueAge <= now) {
      due += 1
      lastStart = Math.max(lastStart, start)
    } else {
      firstDueAt = Math.min(firstDueAt, start + dueAge)
    }
  }
  if (due > 0) return lastLookAt + tickMs(now - lastStart, due, seen)
  return Math.min(lastLookAt + LONGEST_PAUSE, Math.max(firstDueAt, lastLookAt + SHORTEST_TICK))
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
  seen(): Spread | null
}

const REMEMBERED = 50

export function createDurations(): Durations {
  const seen: number[] = []
  return {
    add(ms) {
      seen.push(ms)
      if (seen.length > REMEMBERED) seen.shift()
    },
    seen: () =>
      seen.length < ENOUGH_SEEN
        ? null
        : { shortestMs: Math.min(...seen), longestMs: Math.max(...seen) },
  }
}
