import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTournament } from '../../src/apply/tournament.ts'

test('nobody is the best of nobody', () => {
  const tournament = createTournament()
  expect(tournament.best()).toBeNull()
  tournament.set(3, 1)
  tournament.set(3, Number.NEGATIVE_INFINITY)
  expect(tournament.best()).toBeNull()
  expect(tournament.keyOf(100)).toBe(Number.NEGATIVE_INFINITY)
})

test('of equal keys the lower number wins, whenever it came', () => {
  const tournament = createTournament()
  for (const number of [5, 2, 9]) tournament.set(number, 7)
  expect(tournament.best()).toBe(2)
})

test('the best is what a look at all of them finds, after every change', () => {
  const key = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constant(Number.NEGATIVE_INFINITY))
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(40), key), { maxLength: 120 }), (changes) => {
      const tournament = createTournament()
      const keys: number[] = Array.from({ length: 41 }, () => Number.NEGATIVE_INFINITY)
      for (const [number, changed] of changes) {
        tournament.set(number, changed)
        keys[number] = changed
        const most = Math.max(...keys)
        const best = most === Number.NEGATIVE_INFINITY ? null : keys.indexOf(most)
        expect(tournament.best()).toBe(best)
        expect(tournament.keyOf(number)).toBe(changed)
      }
    }),
  )
})
