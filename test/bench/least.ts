import type { ApiLimits, BoundJob } from './bound.ts'
import { groupBy } from '../../src/group-by.ts'

/**
 * What no schedule of these jobs, in whatever order, can come below, ms: the greatest of
 * - what fills the run's places (`maxJobs`),
 * - what fills the own places of each group,
 * - the last create, which the rate lets go so late, with the shortest job behind it.
 * Not always reached: all of them may hold at once and still get in each other's way.
 */
export function leastMs(jobs: readonly BoundJob[], limits: ApiLimits): number {
  if (jobs.length === 0) return 0
  const durations = jobs.map(({ durationMs }) => durationMs)
  const lanes = [...groupBy(jobs, ({ groupId }) => groupId)].map(([groupId, own]) =>
    leastOnPlaces(
      own.map(({ durationMs }) => durationMs),
      Math.min(limits.maxJobs, limits.parallelOf(groupId) ?? Number.POSITIVE_INFINITY),
    ),
  )
  // In any one second `rate` creates may go, the first of them at once.
  const lastSentAt = 1_000 * Math.floor((jobs.length - 1) / limits.rate)
  return Math.max(
    leastOnPlaces(durations, limits.maxJobs),
    ...lanes,
    lastSentAt + Math.min(...durations),
  )
}

/**
 * Jobs on equal places: never less than the longest, nor than all work shared evenly; and of any
 * k × places + 1 jobs some place has to take k + 1, at best the shortest of them.
 */
function leastOnPlaces(durations: readonly number[], places: number): number {
  const longestFirst = durations.toSorted((one, other) => other - one)
  const work = longestFirst.reduce((sum, each) => sum + each, 0)
  let least = Math.max(longestFirst[0] ?? 0, work / places)
  for (let taken = places + 1, each = 2; taken <= longestFirst.length; taken += places, each += 1) {
    const shortest = longestFirst.slice(taken - each, taken)
    least = Math.max(
      least,
      shortest.reduce((sum, one) => sum + one, 0),
    )
  }
  return least
}
