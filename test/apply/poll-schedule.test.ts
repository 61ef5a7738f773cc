import { describe, expect, it } from 'vitest'
import { createDurations, lookTimes, nextLookAt, tickMs } from '../../src/apply/poll-schedule.ts'

const SEEN = { shortestMs: 270_000, longestMs: 330_000 }

describe('tick', () => {
  it('grows from 2 s to 15 s with the age of the youngest job while nothing is known', () => {
    expect([0, 4_000, 20_000, 40_000, 600_000].map((age) => tickMs(age, 10, null))).toEqual([
      2_000, 2_000, 5_000, 10_000, 15_000,
    ])
  })

  it('is the shorter, the more jobs are about to end', () => {
    const ticks = [1, 50, 100, 500].map((due) => tickMs(280_000, due, SEEN))
    expect(ticks).toEqual([15_000, 12_000, 6_000, 2_000])
  })

  it('stays short for short jobs however few they are', () => {
    expect(tickMs(24_000, 1, { shortestMs: 20_000, longestMs: 40_000 })).toBe(3_000)
  })
})

describe('next look', () => {
  const facts = { lastLookAt: 50_000, seen: SEEN, fixedMs: null, now: 60_000 }

  it('comes when the first job can have ended', () => {
    expect(nextLookAt({ ...facts, startedAt: [-100_000, 0] })).toBe(0.95 * 270_000 - 100_000)
  })

  it('comes after two minutes at the latest', () => {
    expect(nextLookAt({ ...facts, startedAt: [0] })).toBe(50_000 + 120_000)
  })

  it('is not drawn nearer by jobs that are not due', () => {
    const due = nextLookAt({ ...facts, startedAt: [-250_000] })
    expect(nextLookAt({ ...facts, startedAt: [-250_000, -195_000, 0] })).toBe(due)
  })

  it('keeps to a fixed interval', () => {
    expect(nextLookAt({ ...facts, fixedMs: 700, startedAt: [0] })).toBe(50_700)
  })
})

describe('look times', () => {
  it('double up to the end of the window', () => {
    expect(lookTimes(30_000)).toEqual([2_000, 4_000, 8_000, 16_000, 30_000])
  })

  it('are fewer and sooner in a short window', () => {
    expect(lookTimes(1_000)).toEqual([250, 500, 1_000])
  })
})

describe('durations', () => {
  it('conclude nothing from two jobs', () => {
    const durations = createDurations()
    durations.add(5)
    durations.add(7)
    expect(durations.seen()).toBeNull()
    durations.add(6)
    expect(durations.seen()).toEqual({ shortestMs: 5, longestMs: 7 })
  })

  it('forget the oldest', () => {
    const durations = createDurations()
    for (let ms = 1; ms <= 60; ms += 1) durations.add(ms)
    expect(durations.seen()).toEqual({ shortestMs: 11, longestMs: 60 })
  })
})
