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
 * Plays the rest of a run through once, as the dispatcher would send it: lanes take turns, each within its limit,
 * all within `maxJobs`; a wave begins when all jobs of the one before have ended. `scale` stretches every length
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
  let turn = 0
  for (;;) {
    while (wave < waves - 1 && (open[wave] ?? 0) === 0) wave += 1
    let wakeAt = Number.POSITIVE_INFINITY
    // As many as may go now; each lane that cannot is passed over.
    for (
      let passed = 0;
      passed < lanes.length && taken < maxJobs;
      turn = (turn + 1) % lanes.length
    ) {
      const lane = lanes[turn]
      const own = waiting[turn]
      const count = own?.[wave] ?? 0
      if (lane === undefined || own === undefined || count === 0) {
        passed += 1
        continue
      }
      if ((places[turn] ?? 0) >= lane.limit) {
        passed += 1
        continue
      }
      const mayGoAt = Math.max(nextSendAt, lane.opensAt)
      if (mayGoAt > time) {
        wakeAt = Math.min(wakeAt, mayGoAt)
        passed += 1
        continue
      }
      passed = 0
      own[wave] = count - 1
      places[turn] = (places[turn] ?? 0) + 1
      begin(turn, wave, time + scale * lane.lifetimes.draw(random))
      nextSendAt = time + gapMs
    }
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
