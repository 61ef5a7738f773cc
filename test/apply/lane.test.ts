import { describe, expect, it } from 'vitest'
import {
  accepted,
  busy,
  jobEnded,
  NEW_LANE,
  opensAt,
  taken,
  type Lane,
} from '../../src/apply/lane.ts'

const PAUSE = 4_000

/** A group that takes `parallel` creates at once, asked whenever the lane is open; how often it refuses. */
function play(options: {
  readonly parallel: number
  readonly creates: number
  readonly jobMs: number
}): { readonly refusals: number; readonly endedAt: number; readonly lane: Lane } {
  let lane = NEW_LANE
  let now = 0
  let left = options.creates
  let refusals = 0
  let ends: number[] = []
  while (left > 0 || ends.length > 0) {
    const opens = left > 0 ? opensAt(lane) : Infinity
    const next = Math.min(Math.max(now, opens), ...ends)
    now = next
    const due = ends.filter((at) => at <= now)
    if (due.length > 0) {
      ends = ends.filter((at) => at > now)
      for (const _ of due) lane = jobEnded(lane)
      continue
    }
    lane = taken(lane)
    if (ends.length < options.parallel) {
      lane = accepted(lane)
      ends.push(now + options.jobMs)
      left -= 1
    } else {
      refusals += 1
      lane = busy(lane, now, PAUSE)
    }
  }
  return { refusals, endedAt: now, lane }
}

describe('lane', () => {
  it('opens as wide as a group takes, without one refusal where nothing is refused', () => {
    const { refusals, endedAt } = play({ parallel: 100, creates: 100, jobMs: 300_000 })
    expect({ refusals, endedAt }).toEqual({ refusals: 0, endedAt: 300_000 })
  })

  it('runs a serial group back to back with few refusals', () => {
    const { refusals, endedAt } = play({ parallel: 1, creates: 20, jobMs: 300_000 })
    expect(endedAt).toBe(20 * 300_000)
    expect(refusals).toBeLessThanOrEqual(8)
  })

  it('keeps a group that takes four at once full', () => {
    const { endedAt } = play({ parallel: 4, creates: 40, jobMs: 300_000 })
    expect(endedAt).toBe(10 * 300_000)
  })

  it('does not take two busy answers for a limit', () => {
    const running = accepted(taken(NEW_LANE))
    const once = busy(taken(running), 0, PAUSE)
    const twice = busy(taken(once), 1_000, PAUSE)
    expect(opensAt(once)).toBe(PAUSE / 4)
    expect(opensAt(twice)).toBe(1_000 + PAUSE / 4)
    expect(twice.ceiling).toBeNull()
    expect(busy(taken(twice), 2_000, PAUSE).ceiling).toBe(1)
  })

  it('opens at once when one of its own jobs ends', () => {
    let lane = accepted(taken(NEW_LANE))
    for (const at of [0, 1_000, 2_000]) lane = busy(taken(lane), at, PAUSE)
    expect(opensAt(lane)).toBeGreaterThan(2_000)
    expect(opensAt(jobEnded(lane))).toBe(Number.NEGATIVE_INFINITY)
  })

  it('tries above a limit four times as late after each try that fails', () => {
    let lane = accepted(taken(NEW_LANE))
    for (const at of [0, 0, 0]) lane = busy(taken(lane), at, PAUSE)
    const tries: number[] = []
    for (let n = 0; n < 3; n += 1) {
      const at = opensAt(lane)
      tries.push(at)
      lane = busy(taken(lane), at, PAUSE)
    }
    expect(tries).toEqual([30_000, 150_000, 630_000])
  })

  it('forgets a limit that is none', () => {
    let lane = accepted(taken(NEW_LANE))
    for (const at of [0, 0, 0]) lane = busy(taken(lane), at, PAUSE)
    lane = accepted(taken(lane))
    expect(lane).toMatchObject({ ceiling: null, window: 4, places: 2 })
  })

  it('waits the whole pause where nothing of its own runs', () => {
    expect(opensAt(busy(taken(NEW_LANE), 10, PAUSE))).toBe(10 + PAUSE)
  })
})
