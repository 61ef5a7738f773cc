import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  aloneFor,
  createLaneOrder,
  FAIR_EVERY,
  urgencyOf,
  type LaneLoad,
} from '../../src/apply/lane-order.ts'

function load(waiting: number, over: Partial<LaneLoad> = {}): LaneLoad {
  return {
    waiting,
    running: 0,
    width: 1,
    isLimited: false,
    pace: 1,
    succeeded: 0,
    failed: 0,
    ...over,
  }
}

/** The lanes that go, in turn; each turn takes one of what waits. */
function turnsOf(loads: readonly LaneLoad[], turns: number, places = 100): (number | null)[] {
  const order = createLaneOrder(places)
  const left = [...loads]
  for (const [lane, own] of left.entries()) order.set(lane, own, own.waiting > 0)
  return Array.from({ length: turns }, () => {
    const lane = order.next()
    if (lane === null) return null
    order.went(lane)
    const own = left[lane] ?? load(0)
    const next = { ...own, waiting: own.waiting - 1 }
    left[lane] = next
    order.set(lane, next, next.waiting > 0)
    return lane
  })
}

describe('how urgent a lane is', () => {
  test('what it needs alone: rows by how many run at once, and how long its jobs take', () => {
    expect(aloneFor(load(12))).toBe(12)
    expect(aloneFor(load(12, { width: 4 }))).toBe(3)
    expect(aloneFor(load(12, { width: 4, pace: 2 }))).toBe(6)
  })

  test('failures count against it, the less the more has succeeded', () => {
    expect(urgencyOf(load(20, { failed: 1 }))).toBe(5)
    expect(urgencyOf(load(20, { failed: 2 }))).toBeLessThan(urgencyOf(load(20, { failed: 1 })))
    expect(urgencyOf(load(20, { failed: 1, succeeded: 56 }))).toBe(19)
  })
})

describe('whose turn it is', () => {
  test('nobody when nobody may go', () => {
    expect(turnsOf([], 1)).toEqual([null])
    expect(turnsOf([load(1)], 2)).toEqual([0, null])
  })

  test('the longest, and every fourth time whoever had none for longest', () => {
    const loads = [load(5), load(40), load(10)]
    expect(turnsOf(loads, 8)).toEqual([1, 1, 1, 0, 1, 1, 1, 2])
  })

  test('a lane on which the run waits is not held up by that, not before all places had a turn', () => {
    const loads = [load(2), load(40, { isLimited: true }), load(2)]
    const turns = turnsOf(loads, 8, 2)
    expect(turns).toEqual([1, 1, 1, 1, 1, 0, 1, 1])
  })

  test('a group that only fails does not have the first ten answers', () => {
    const order = createLaneOrder(100)
    const left = [30, 25, 20, 15]
    const failed = [0, 0, 0, 0]
    const succeeded = [0, 0, 0, 0]
    const went: number[] = []
    const note = (lane: number): void => {
      const facts = { succeeded: succeeded[lane] ?? 0, failed: failed[lane] ?? 0 }
      order.set(lane, load(left[lane] ?? 0, facts), true)
    }
    for (const lane of left.keys()) note(lane)
    for (let turn = 0; turn < 10; turn += 1) {
      const lane = order.next() ?? 0
      order.went(lane)
      went.push(lane)
      left[lane] = (left[lane] ?? 0) - 1
      const counts = lane === 0 ? failed : succeeded
      counts[lane] = (counts[lane] ?? 0) + 1
      note(lane)
    }
    expect(went.filter((lane) => lane === 0).length).toBeLessThan(5)
  })
})

const someLoad = fc.record({
  waiting: fc.integer({ min: 1, max: 30 }),
  running: fc.nat(5),
  width: fc.integer({ min: 1, max: 8 }),
  isLimited: fc.boolean(),
  pace: fc.constantFrom(0.2, 1, 5),
  succeeded: fc.nat(5),
  failed: fc.nat(5),
})
const someLoads = fc.array(someLoad, { minLength: 1, maxLength: 12 })

test('no lane starves: whoever may go has a turn after so many at most', () => {
  fc.assert(
    fc.property(someLoads, fc.integer({ min: 1, max: 6 }), (loads, places) => {
      const order = createLaneOrder(places)
      // Nothing of it is ever used up: the worst there can be for whoever is not the longest.
      for (const [lane, own] of loads.entries()) order.set(lane, own, true)
      const most = loads.length * (FAIR_EVERY + places)
      const lastTurns = loads.map(() => 0)
      for (let turn = 1; turn <= 3 * most; turn += 1) {
        const lane = order.next() ?? -1
        order.went(lane)
        lastTurns[lane] = turn
        expect(turn - Math.min(...lastTurns)).toBeLessThanOrEqual(most)
      }
    }),
  )
})

test('the same facts give the same order, and every row has its turn', () => {
  fc.assert(
    fc.property(someLoads, fc.integer({ min: 1, max: 6 }), (loads, places) => {
      const rows = loads.reduce((sum, { waiting }) => sum + waiting, 0)
      const turns = turnsOf(loads, rows + 1, places)
      expect(turnsOf(loads, rows + 1, places)).toEqual(turns)
      expect(turns.at(-1)).toBeNull()
      for (const [lane, { waiting }] of loads.entries()) {
        expect(turns.filter((turn) => turn === lane)).toHaveLength(waiting)
      }
    }),
  )
})
