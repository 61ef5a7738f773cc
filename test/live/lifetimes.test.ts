import { expect, test } from 'vitest'
import { seededRandom } from '../../src/clock.ts'
import { lifetimesOf, type Lifetimes } from '../../src/live/lifetimes.ts'

function mean(draw: (random: () => number) => number): number {
  const random = seededRandom(1)
  let sum = 0
  for (let count = 0; count < 4_000; count += 1) sum += draw(random)
  return sum / 4_000
}

function of(ended: readonly number[], ages: readonly number[]): Lifetimes {
  const lifetimes = lifetimesOf(ended, ages)
  if (lifetimes === null) throw new Error('nothing is known')
  return lifetimes
}

test('nothing is known before a job has ended', () => {
  expect(lifetimesOf([], [500])).toBeNull()
})

test('where all have ended, a draw is one of them', () => {
  const lifetimes = of([300, 100, 200], [])
  const random = seededRandom(2)
  const drawn = new Set(Array.from({ length: 200 }, () => lifetimes.draw(random)))
  expect([...drawn].toSorted()).toEqual([100, 200, 300])
})

test('what still runs is longer than its age: the first to end are the short ones', () => {
  const early = of(
    [100],
    Array.from({ length: 99 }, () => 100),
  )
  expect(mean(early.draw)).toBeGreaterThan(100)
  const late = of(
    [100],
    Array.from({ length: 99 }, () => 400),
  )
  expect(mean(late.draw)).toBeGreaterThan(400)
  // Ages that are shorter than what has ended say little.
  expect(mean(of([100, 200], [1, 1]).draw)).toBeCloseTo(150, -1)
})

test('of one that runs, only what is longer than its age', () => {
  const lifetimes = of([100, 200, 300, 400], [])
  const random = seededRandom(3)
  const drawn = new Set(Array.from({ length: 200 }, () => lifetimes.drawBeyond(250, random)))
  expect([...drawn].toSorted()).toEqual([300, 400])
  const beyond = lifetimes.drawBeyond(1_000, random)
  expect(beyond).toBeGreaterThan(1_000)
  expect(beyond).toBeLessThanOrEqual(1_250)
})
