import { createLaneOrder } from '../apply/lane-order.ts'
import type { Random } from '../clock.ts'
import type { Lifetimes } from './lifetimes.ts'

/** One group in a possible course of what is left. Times in ms since the epoch. */
export interface PlayedLane {
  /** Not sent yet, by wave. */
  readonly waiting: number[]
  /** Since when each runs, and of which wave it is (by its place; null: of none). */
  readonly running: readonly { readonly since: number; readonly wave: number | null }[]
  /** `Infinity`: no limit. */
  readonly limit: number
  /** What the dispatcher knows of it so far: see `LaneLoad`. */
  readonly width: number
  /** How long its jobs take, in jobs as they are in general. */
  readonly pace: number
  readonly opensAt: number
  readonly lifetimes: Lifetimes
}

export interface Played {
  readonly endsAt: number
  /** When the last job of each lane ends; `now` where nothing is left. */
  readonly lanes: readonly number[]
}

interface JobEnd {
  readonly at: number
  readonly lane: number
  readonly wave: number | null
}

/**
 * Plays the rest of a run through once, as the dispatcher would send it: lanes in the dispatcher's own order, each within
 * its limit, all within `maxJobs`; a wave begins when all jobs of the one before have ended. `scale` stretches every length
 * that is drawn.
 */
export function playOut(
  lanes: readonly PlayedLane[],
  run: {
    readonly now: number
    /** The wave that goes, by its place from 0. */
    readonly wave: number
    readonly maxJobs: number
    /** No create goes before. */
    readonly heldUntil: number
    /** Between two creates. */
    readonly gapMs: number
    readonly scale: number
  },
  random: Random,
): Played {
  const { now, maxJobs, scale, gapMs } = run
  const ends: JobEnd[] = []
  const endOf = lanes.map(() => now)
  const places = lanes.map(({ running }) => running.length)
  const waiting = lanes.map((lane) => [...lane.waiting])
  const waves = Math.max(run.wave + 1, ...waiting.map(({ length }) => length))
  const open = Array.from({ length: waves }, (_, wave) =>
    waiting.reduce((sum, own) => sum + (own[wave] ?? 0), 0),
  )
  let taken = 0

  function begin(lane: number, wave: number | null, at: number): void {
    push(ends, { at, lane, wave })
    endOf[lane] = Math.max(endOf[lane] ?? now, at)
    taken += 1
  }

  for (const [at, { running, lifetimes }] of lanes.entries()) {
    for (const { since, wave } of running) {
      const age = now - since
      begin(at, wave, since + scale * lifetimes.drawBeyond(age / scale, random))
      if (wave !== null) open[wave] = (open[wave] ?? 0) + 1
    }
  }

  let time = now
  let wave = run.wave
  let nextSendAt = Math.max(now, run.heldUntil)
  const order = createLaneOrder(maxJobs)
  const widths = lanes.map(({ width }) => width)
  /** Those that open later, the soonest first. */
  const closed = lanes
    .map(({ opensAt }, at) => ({ opensAt, at }))
    .filter(({ opensAt, at }) => opensAt > now && waiting[at]?.some((count) => count > 0))
    .toSorted((one, other) => one.opensAt - other.opensAt)

  function note(at: number): void {
    const lane = lanes[at]
    if (lane === undefined) return
    const { limit, pace } = lane
    const running = places[at] ?? 0
    const count = waiting[at]?.[wave] ?? 0
    const width = Math.min(limit, Math.max(widths[at] ?? 1, running))
    widths[at] = width
    const isLimited = width >= limit
    const load = { waiting: count, running, width, isLimited, pace, succeeded: 0, failed: 0 }
    order.set(at, load, count > 0 && running < limit && lane.opensAt <= time)
  }

  function noteAll(): void {
    for (const at of lanes.keys()) note(at)
  }

  noteAll()
  for (;;) {
    const before = wave
    while (wave < waves - 1 && (open[wave] ?? 0) === 0) wave += 1
    if (wave !== before) noteAll()
    while ((closed[0]?.opensAt ?? Number.POSITIVE_INFINITY) <= time) note(closed.shift()?.at ?? -1)
    let turn = taken < maxJobs ? order.next() : null
    for (; turn !== null && nextSendAt <= time; turn = taken < maxJobs ? order.next() : null) {
      const lane = lanes[turn]
      const own = waiting[turn]
      if (lane === undefined || own === undefined) break
      own[wave] = (own[wave] ?? 0) - 1
      places[turn] = (places[turn] ?? 0) + 1
      begin(turn, wave, time + scale * lane.lifetimes.draw(random))
      order.went(turn)
      note(turn)
      nextSendAt = time + gapMs
    }
    const wakeAt = Math.min(
      turn === null ? Number.POSITIVE_INFINITY : nextSendAt,
      closed[0]?.opensAt ?? Number.POSITIVE_INFINITY,
    )
    const next = ends[0]
    if (next === undefined && wakeAt === Number.POSITIVE_INFINITY) break
    if (next === undefined || wakeAt < next.at) {
      time = wakeAt
      continue
    }
    pop(ends)
    time = Math.max(time, next.at)
    taken -= 1
    places[next.lane] = (places[next.lane] ?? 0) - 1
    if (next.wave !== null) open[next.wave] = (open[next.wave] ?? 0) - 1
    note(next.lane)
  }
  return { endsAt: Math.max(now, ...endOf), lanes: endOf }
}

/** A binary heap by time. */
function push(heap: JobEnd[], end: JobEnd): void {
  let at = heap.push(end) - 1
  while (at > 0) {
    const above = (at - 1) >> 1
    const parent = heap[above]
    if (parent === undefined || parent.at <= end.at) break
    heap[at] = parent
    at = above
  }
  heap[at] = end
}

function pop(heap: JobEnd[]): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  let at = 0
  for (;;) {
    const left = heap[2 * at + 1]
    const right = heap[2 * at + 2]
    const isRight = left !== undefined && right !== undefined && right.at < left.at
    const child = isRight ? right : left
    if (child === undefined || last.at <= child.at) break
    heap[at] = child
    at = 2 * at + (isRight ? 2 : 1)
  }
  heap[at] = last
}
