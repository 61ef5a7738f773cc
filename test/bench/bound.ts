/** What the API itself allows, and the run's own limits; all times in ms. */
export interface ApiLimits {
  /** Creates that may be sent in a second. */
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
 * How long a perfect tool would take for these jobs in this order: every answer comes at once, every
 * job's end is known at the instant it happens, and the next create goes at that same instant. What
 * holds it up are the limits alone: `maxJobs` places, `rate` creates a second (evenly spaced), and each
 * group's own `parallel`; a group that is full lets the others pass. Only a tool that knew beforehand
 * how long each job will take could do better, by sending the long ones first.
 */
export function perfectMs(jobs: readonly BoundJob[], limits: ApiLimits): number {
  const spacingMs = 1_000 / limits.rate
  const places = Array.from({ length: Math.min(limits.maxJobs, jobs.length) }, () => 0)
  const lanes = lanesOf(jobs, limits.parallelOf)
  let rateFreeAt = 0
  let end = 0
  for (let sent = 0; sent < jobs.length; sent += 1) {
    const place = indexOfLeast(places)
    const from = Math.max(places[place] ?? 0, rateFreeAt)
    const lane = firstOpen(lanes, from)
    const job = lane.waiting[lane.next]
    if (job === undefined) break
    const startedAt = Math.max(from, freeAt(lane))
    const endsAt = startedAt + job.durationMs
    lane.next += 1
    if (lane.places !== null) lane.places[indexOfLeast(lane.places)] = endsAt
    places[place] = endsAt
    rateFreeAt = startedAt + spacingMs
    end = Math.max(end, endsAt)
  }
  return end
}

interface Lane {
  readonly waiting: readonly BoundJob[]
  next: number
  /** When each of the group's own places is free; null where it has no limit. */
  readonly places: number[] | null
}

function lanesOf(jobs: readonly BoundJob[], parallelOf: ApiLimits['parallelOf']): Lane[] {
  const parallel = [...new Set(jobs.map(({ groupId }) => groupId))].map(
    (groupId) => [groupId, parallelOf(groupId)] as const,
  )
  // Groups without a limit never hold anybody up: they share one lane, in the order given.
  const free = new Set(parallel.flatMap(([groupId, most]) => (most === null ? [groupId] : [])))
  const lanes: Lane[] = parallel.flatMap(([groupId, most]) =>
    most === null
      ? []
      : [
          {
            waiting: jobs.filter((job) => job.groupId === groupId),
            next: 0,
            places: Array.from({ length: most }, () => 0),
          },
        ],
  )
  return [...lanes, { waiting: jobs.filter((job) => free.has(job.groupId)), next: 0, places: null }]
}

/** The lane whose next job can start first; of those that can start at once, the narrow ones come first. */
function firstOpen(lanes: readonly Lane[], from: number): Lane {
  const open = lanes.filter((lane) => lane.next < lane.waiting.length)
  return open.reduce((best, lane) =>
    Math.max(from, freeAt(lane)) < Math.max(from, freeAt(best)) ? lane : best,
  )
}

function freeAt({ places }: Lane): number {
  return places === null ? 0 : (places[indexOfLeast(places)] ?? 0)
}

function indexOfLeast(numbers: readonly number[]): number {
  let least = 0
  for (let at = 1; at < numbers.length; at += 1) {
    if ((numbers[at] ?? 0) < (numbers[least] ?? 0)) least = at
  }
  return least
}
