import { describe, expect, test } from 'vitest'
import {
  accepted,
  answered,
  busy,
  givenBack,
  jobEnded,
  NEW_LANE,
  occupied,
  opensAt,
  sent,
  widthOf,
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
      for (const _ of due) lane = jobEnded(lane, now)
      continue
    }
    lane = occupied(lane)
    if (ends.length < options.parallel) {
      lane = accepted(lane, now)
      ends.push(now + options.jobMs)
      left -= 1
    } else {
      refusals += 1
      if (refusals > 1_000) throw new Error('the lane asks without end')
      lane = busy(lane, now, PAUSE)
    }
  }
  return { refusals, endedAt: now, lane }
}

/** A lane that has learnt its group's limit. */
function limited(ceiling: number): Lane {
  return { ...NEW_LANE, window: ceiling, ceiling, tryAt: 0 }
}

describe('lane', () => {
  test('opens as wide as a group takes, without one refusal where nothing is refused', () => {
    const { refusals, endedAt } = play({ parallel: 100, creates: 100, jobMs: 300_000 })
    expect({ refusals, endedAt }).toEqual({ refusals: 0, endedAt: 300_000 })
  })

  test('runs a serial group back to back with few refusals', () => {
    const { refusals, endedAt } = play({ parallel: 1, creates: 20, jobMs: 300_000 })
    expect(endedAt).toBe(20 * 300_000)
    expect(refusals).toBeLessThanOrEqual(8)
  })

  test('keeps a group that takes four at once full', () => {
    const { endedAt } = play({ parallel: 4, creates: 40, jobMs: 300_000 })
    expect(endedAt).toBe(10 * 300_000)
  })

  test('does not take two busy answers for a limit', () => {
    const running = accepted(occupied(NEW_LANE), 0)
    const once = busy(occupied(running), 0, PAUSE)
    const twice = busy(occupied(once), 1_000, PAUSE)
    expect(opensAt(once)).toBe(PAUSE / 4)
    expect(opensAt(twice)).toBe(1_000 + PAUSE / 4)
    expect(twice.ceiling).toBeNull()
    expect(busy(occupied(twice), 2_000, PAUSE).ceiling).toBe(1)
  })

  test('opens at once when one of its own jobs ends', () => {
    let lane = accepted(occupied(NEW_LANE), 0)
    for (const at of [0, 1_000, 2_000]) lane = busy(occupied(lane), at, PAUSE)
    expect(opensAt(lane)).toBeGreaterThan(2_000)
    expect(opensAt(jobEnded(lane, 3_000))).toBe(Number.NEGATIVE_INFINITY)
  })

  test('tries above a limit four times as late after each try that fails', () => {
    let lane = accepted(occupied(NEW_LANE), 0)
    for (const at of [0, 0, 0]) lane = busy(occupied(lane), at, PAUSE)
    const tries: number[] = []
    for (let n = 0; n < 3; n += 1) {
      const at = opensAt(lane)
      tries.push(at)
      lane = busy(occupied(lane), at, PAUSE)
    }
    expect(tries).toEqual([30_000, 150_000, 630_000])
  })

  test('forgets a limit that is none', () => {
    let lane = accepted(occupied(NEW_LANE), 0)
    for (const at of [0, 0, 0]) lane = busy(occupied(lane), at, PAUSE)
    lane = accepted(occupied(lane), 100)
    // One of two may have ended unseen: one more is asked for at once.
    expect(lane).toMatchObject({ ceiling: 1, window: 1, places: 2, beyondSince: 100 })
    expect(opensAt(lane)).toBeLessThan(1_000_000)
    lane = accepted(occupied(lane), 200)
    expect(lane).toMatchObject({ ceiling: null, suspected: null, window: 6, places: 3 })
  })

  test('waits the whole pause where nothing of its own runs', () => {
    expect(opensAt(busy(occupied(NEW_LANE), 10, PAUSE))).toBe(10 + PAUSE)
  })

  test('opens for one more: at once, at the time of a try, or only when a place is free', () => {
    const full = { ...NEW_LANE, window: 2, places: 2, closedUntil: 5, tryAt: 9 }
    expect(opensAt({ ...full, places: 1 })).toBe(5)
    expect(opensAt(full)).toBe(Infinity)
    expect(opensAt({ ...full, ceiling: 2 })).toBe(9)
    expect(opensAt({ ...full, ceiling: 2, closedUntil: 10 })).toBe(10)
    // One try at a time.
    expect(opensAt({ ...full, ceiling: 2, places: 3 })).toBe(Infinity)
  })

  test('a create that ended without a job gives its place back, and nothing else', () => {
    const lane = { ...limited(4), places: 3, busyInARow: 1, busySince: 7 }
    expect(givenBack(lane)).toEqual({ ...lane, places: 2 })
  })

  test('an accepted create ends the row of busy answers; at or below the limit the limit stays', () => {
    const calm = { busyInARow: 0, busySince: null }
    const lane = { ...limited(4), places: 4, busyInARow: 1, busySince: 7 }
    expect(accepted(lane, 100)).toEqual({ ...lane, ...calm })
    expect(accepted({ ...lane, places: 5 }, 100)).toEqual({
      ...lane,
      ...calm,
      places: 5,
      beyondSince: 100,
    })
    expect(accepted({ ...lane, places: 6, beyondSince: 90 }, 100)).toEqual({
      ...lane,
      ...calm,
      places: 6,
      ceiling: null,
      window: 12,
    })
    // What had been halved grows back to the limit, and no further.
    expect(accepted({ ...lane, window: 1, places: 1 }, 100).window).toBe(2)
    expect(accepted({ ...lane, window: 1, places: 3 }, 100).window).toBe(4)
    expect(accepted({ ...lane, places: 1, ceiling: null }, 100)).toMatchObject({ window: 4 })
  })

  test('a busy answer where others of ours run: a short pause, counted from the first', () => {
    const lane = { ...NEW_LANE, window: 8, places: 4 }
    const once = busy(lane, 100, PAUSE)
    expect(once).toEqual({
      ...lane,
      places: 3,
      busyInARow: 1,
      busySince: 100,
      closedUntil: 100 + PAUSE / 4,
      suspected: 3,
      suspicions: 1,
    })
    expect(busy(occupied(once), 2_000, PAUSE)).toMatchObject({ busyInARow: 2, busySince: 100 })
  })

  test('a busy answer where nothing of ours runs halves the window, and is no limit', () => {
    const lane = { ...NEW_LANE, window: 6, places: 1, busyInARow: 9 }
    expect(busy(lane, 100, PAUSE)).toMatchObject({
      places: 0,
      window: 3,
      ceiling: null,
      closedUntil: 100 + PAUSE,
    })
    expect(busy({ ...lane, window: 1 }, 100, PAUSE).window).toBe(1)
  })

  test.for([
    // The window falls to half, never below what runs.
    { window: 8, places: 4, limit: 4 },
    { window: 16, places: 4, limit: 8 },
    { window: 4, places: 4, limit: 3 },
  ])('the third in a row, $places out of $window: the limit is $limit', (of) => {
    const lane = { ...NEW_LANE, window: of.window, places: of.places, busyInARow: 2, busySince: 1 }
    expect(busy(lane, 100, PAUSE)).toMatchObject({
      window: of.limit,
      ceiling: of.limit,
      places: of.places - 1,
      closedUntil: 30_100,
      tryAt: 30_100,
      tryPauseMs: 30_000,
    })
  })

  test('below a known limit, or at it, the second busy answer in a row lowers it', () => {
    for (const places of [3, 4]) {
      const lane = { ...limited(4), places }
      const once = busy(lane, 100, PAUSE)
      expect(once).toMatchObject({ ceiling: 4, tryPauseMs: 30_000, closedUntil: 100 + PAUSE / 4 })
      const twice = busy(occupied(once), 200, PAUSE)
      expect(twice).toMatchObject({ ceiling: places - 1, window: places - 1, tryAt: 30_200 })
    }
  })

  test('a try above the limit that fails is made later again, half an hour at most', () => {
    const lane = { ...limited(4), places: 5, busyInARow: 5 }
    expect(busy(lane, 100, PAUSE)).toMatchObject({
      ceiling: 4,
      window: 4,
      places: 4,
      tryPauseMs: 120_000,
      tryAt: 120_100,
    })
    const pauses = [30_000, 480_000, 1_000_000].map(
      (tryPauseMs) => busy({ ...lane, tryPauseMs }, 0, PAUSE).tryPauseMs,
    )
    expect(pauses).toEqual([120_000, 1_920_000, 1_920_000])
  })

  test('a job that ended leaves the window and the limit as they were', () => {
    const lane = { ...limited(4), places: 4, busyInARow: 2, busySince: 1, closedUntil: 50 }
    expect(jobEnded(lane, 100)).toEqual({
      ...lane,
      places: 3,
      busyInARow: 0,
      busySince: null,
      closedUntil: Number.NEGATIVE_INFINITY,
    })
  })

  test('a create that has no answer yet proves no room', () => {
    const two = sent(sent(NEW_LANE))
    expect(accepted(answered(two), 0)).toMatchObject({ places: 2, window: 2 })
    expect(accepted(answered(answered(two)), 0)).toMatchObject({ places: 2, window: 4 })
  })
})

describe('where places are scarce', () => {
  /** Refused beside its one job, and then another lane takes the place. */
  const refusedOnce = (lane: Lane, at: number): Lane => busy(answered(sent(lane)), at, PAUSE)
  const nextJob = (lane: Lane, at: number): Lane => accepted(answered(sent(jobEnded(lane, at))), at)

  test('three refusals beside as many jobs are the limit, in a row or not', () => {
    let lane = nextJob(occupied(NEW_LANE), 0)
    for (const at of [0, 300_000]) {
      lane = refusedOnce(lane, at)
      expect(lane).toMatchObject({ ceiling: null, suspected: 1 })
      expect(widthOf(lane)).toEqual({ width: 1, isLimited: true })
      lane = nextJob(lane, at + 300_000)
    }
    expect(refusedOnce(lane, 600_000)).toMatchObject({ ceiling: 1, suspected: null, window: 1 })
  })

  test('a suspicion ends once two more in a row have been taken', () => {
    let lane = refusedOnce(nextJob(occupied(NEW_LANE), 0), 0)
    lane = accepted(occupied(lane), 10)
    expect(lane).toMatchObject({ suspected: 1, beyondSince: 10 })
    lane = accepted(occupied(lane), 20)
    expect(lane).toMatchObject({ suspected: null, suspicions: 0, beyondSince: null, window: 6 })
    expect(widthOf(lane)).toEqual({ width: 3, isLimited: false })
  })

  test('a try that took the place of a job that had ended unseen shows nothing', () => {
    const tried = { ...limited(1), places: 2, beyondSince: 1_000 }
    const refused = busy(occupied(tried), 1_100, PAUSE)
    expect(refused).toMatchObject({ ceiling: 1, places: 2, beyondSince: 1_000 })
    expect(opensAt(refused)).toBe(31_100)
    expect(jobEnded(refused, 15_000)).toMatchObject({ ceiling: 1, window: 1, beyondSince: null })
  })

  test('one that ran long beside the others shows room for one more', () => {
    const tried = { ...limited(1), places: 2, beyondSince: 1_000 }
    expect(jobEnded(tried, 180_999)).toMatchObject({ ceiling: 1 })
    expect(jobEnded(tried, 181_000)).toMatchObject({ ceiling: 2, window: 2, places: 1 })
    const suspected = { ...NEW_LANE, window: 2, places: 2, suspected: 1, suspicions: 2 }
    const ended = jobEnded({ ...suspected, beyondSince: 1_000 }, 181_000)
    expect(ended).toMatchObject({ ceiling: null, suspected: 2, suspicions: 0 })
  })

  test('while a limit is only suspected, one more is asked for whenever there is a place', () => {
    const lane = { ...NEW_LANE, window: 1, places: 1, suspected: 1, suspicions: 1 }
    const next = accepted(lane, 0)
    expect(opensAt(next)).toBe(Number.NEGATIVE_INFINITY)
    expect(next.window).toBe(2)
  })
})
