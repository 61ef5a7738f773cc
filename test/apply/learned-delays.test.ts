import { expect, test } from 'vitest'
import { createDelays } from '../../src/apply/learned-delays.ts'

test('the round trip is the usual one: an answer that hung changes little', () => {
  const delays = createDelays()
  for (const tookMs of [100, 110, 90, 30_000, 105]) delays.answered(tookMs)
  expect(delays.roundTripMs()).toBe(105)
})

test('the lag is narrowed down from both sides, and unlearnt when lists are prompt again', () => {
  const delays = createDelays()
  delays.shown(0, 15_000, 40_000)
  expect(delays.lagMs()).toBe(15_000)
  delays.shown(0, 19_000, 21_000)
  expect(delays.lagMs()).toBe(19_000)
  delays.shown(0, null, 500)
  expect(delays.lagMs()).toBe(500)
})

test('what a list shows may be as old as no end that was shown has ruled out', () => {
  const delays = createDelays()
  // Before any end lists are taken at their word.
  expect(delays.mostLagMs()).toBe(0)
  delays.shown(0, 8_000, 31_000)
  expect([delays.lagMs(), delays.mostLagMs()]).toEqual([8_000, 31_000])
  delays.shown(0, null, 20_000)
  expect([delays.lagMs(), delays.mostLagMs()]).toEqual([8_000, 20_000])
})
