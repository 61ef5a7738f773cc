/** What the API itself allows, and the run's own limits; all times in ms. */
export interface ApiLimits {
  /** Creates that may be sent in any one second. */
  readonly rate: number
  /** Jobs that may run at once over all groups. */
  readonly maxJobs: number
  /** Creates that the group runs at once; null is no limit. */
  readonly parallelOf: (groupId: string) => number | null
}

export interface BoundJob {
  readonly groupId: string
  readonly durationMs: number
}

/**
 * How long a perfect tool would take for these jobs if it sent them in this very order: every answer comes at
 * once, every job's end is known at the instant it happens, and the next create goes at that same instant. What
 * holds it up are the limits alone: `maxJobs` places, `rate` creates in any one second, and each group's own
 * `parallel`. In the order in which the cloud has accepted them, no run can come below it. Another order may do
 * better: see `leastMs`.
 */
export function sameOrderMs(jobs: readonly BoundJob[], limits: ApiLimits): number {
  const { rate, maxJobs, parallelOf } = limits
  const places = createPlaces(maxJobs)
  const lanes = new Map<string, Places | null>()
  const starts: number[] = []
  let end = 0
  for (const { groupId, durationMs } of jobs) {
    let lane = lanes.get(groupId)
    if (lane === undefined) {
      const parallel = parallelOf(groupId)
      lane = parallel === null ? null : createPlaces(parallel)
      lanes.set(groupId, lane)
    }
    const secondBefore = starts[starts.length - rate]
    const startsAt = Math.max(
      starts.at(-1) ?? 0,
      secondBefore === undefined ? 0 : secondBefore + 1_000,
      places.freeAt(),
      lane?.freeAt() ?? 0,
    )
    starts.push(startsAt)
    const endsAt = startsAt + durationMs
    places.take(endsAt)
    lane?.take(endsAt)
    end = Math.max(end, endsAt)
  }
  return end
}

interface Places {
  /** When the first of them is free. */
  freeAt(): number
  /** Takes that one until then. */
  take(until: number): void
}

function createPlaces(most: number): Places {
  /** When each taken one is free; the soonest first. */
  const taken: number[] = []
  return {
    freeAt: () => (taken.length < most ? 0 : (taken[0] ?? 0)),
    take(until) {
      if (taken.length >= most) taken.shift()
      let low = 0
      let high = taken.length
      while (low < high) {
        const middle = (low + high) >> 1
        if ((taken[middle] ?? 0) <= until) low = middle + 1
        else high = middle
      }
      taken.splice(low, 0, until)
    },
  }
}
