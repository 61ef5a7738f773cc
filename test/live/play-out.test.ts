import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/clock.ts'
import { lifetimesOf } from '../../src/live/lifetimes.ts'
import { playOut, type PlayedLane } from '../../src/live/play-out.ts'

const MINUTE = 60_000
const NOW = 1_000_000

function lane(waiting: number[], over: Partial<PlayedLane> = {}): PlayedLane {
  const lifetimes = lifetimesOf([MINUTE], [])
  if (lifetimes === null) throw new Error('nothing is known')
  return {
    waiting,
    running: [],
    limit: Number.POSITIVE_INFINITY,
    width: 1,
    pace: 1,
    opensAt: 0,
    lifetimes,
    ...over,
  }
}

const RUN = { now: NOW, wave: 0, maxJobs: 100, heldUntil: NOW, gapMs: 0, scale: 1 }

function minutes(lanes: readonly PlayedLane[], over: Partial<typeof RUN> = {}): number {
  return (playOut(lanes, { ...RUN, ...over }, seededRandom(1)).endsAt - NOW) / MINUTE
}

describe('jobs of a minute', () => {
  test.for<[string, number, () => number]>([
    ['nothing is left', 0, () => minutes([])],
    ['all at once', 1, () => minutes([lane([40])])],
    ['within --max-jobs', 4, () => minutes([lane([40])], { maxJobs: 10 })],
    ['a serial group', 40, () => minutes([lane([40], { limit: 1 })])],
    ['a serial group beside others', 12, () => minutes([lane([12], { limit: 1 }), lane([80])])],
    ['waves in a row', 3, () => minutes([lane([5, 5, 5])])],
    [
      'a wave waits for all groups of the one before',
      11,
      () => minutes([lane([10, 0], { limit: 1 }), lane([0, 5])]),
    ],
    ['from the wave that goes on', 2, () => minutes([lane([0, 5, 5])], { wave: 1 })],
    ['a hold-back comes first', 6, () => minutes([lane([5])], { heldUntil: NOW + 5 * MINUTE })],
    [
      'a group that is busy for a while',
      3,
      () => minutes([lane([5], { opensAt: NOW + 2 * MINUTE })]),
    ],
    ['sending takes its time', 10.9, () => minutes([lane([100])], { gapMs: 6_000 })],
    ['longer ones', 2, () => minutes([lane([5])], { scale: 2 })],
    [
      'what runs has run for a while',
      0.5,
      () => minutes([lane([0], { running: [{ since: NOW - MINUTE / 2, wave: 0 }] })]),
    ],
    [
      'what runs takes a place',
      1.5,
      () => minutes([lane([1], { limit: 1, running: [{ since: NOW - MINUTE / 2, wave: 0 }] })]),
    ],
    [
      'a job that no row names holds up no wave',
      1,
      () => minutes([lane([1, 0], { running: [{ since: NOW, wave: null }] })]),
    ],
  ])('%s', ([, wanted, played]) => {
    expect(played()).toBeCloseTo(wanted, 5)
  })
})

test('each lane has an end of its own', () => {
  const { lanes } = playOut([lane([3], { limit: 1 }), lane([3]), lane([0])], RUN, seededRandom(1))
  expect(lanes.map((at) => (at - NOW) / MINUTE)).toEqual([3, 1, 0])
})

test('lanes take turns where places are few', () => {
  const { lanes } = playOut([lane([6]), lane([6])], { ...RUN, maxJobs: 2 }, seededRandom(1))
  expect(lanes.map((at) => (at - NOW) / MINUTE)).toEqual([6, 6])
})
