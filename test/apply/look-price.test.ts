import { expect, test } from 'vitest'
import { allowedByEnd, priceMs, type Circumstances } from '../../src/apply/look-price.ts'

const USUAL = 300_000
const thirty: Circumstances = {
  scarcity: 'run',
  running: 30,
  shown: 30,
  roundTripMs: 100,
  lagMs: 0,
  usualMs: USUAL,
  spread: 1.1,
}

test('a request is the dearer the more have been spent, and the cheaper the fewer, within bounds', () => {
  const prices = [-1_000, 10, 14, 18, 22, 1_000].map((over) =>
    priceMs(thirty, { spent: 100 + over, allowed: 100 }),
  )
  expect(prices).toEqual(prices.toSorted((one, other) => one - other))
  expect(new Set(prices.slice(1, 5)).size).toBe(4)
  expect((prices.at(-1) ?? 0) / (prices[0] ?? 1)).toBeCloseTo(16, 6)
})

test('an end allows more where a list shows little, jobs differ, lists are late or its group waits', () => {
  const usual = allowedByEnd(thirty)
  expect(allowedByEnd({ ...thirty, running: 500, shown: 500 })).toBeLessThan(usual)
  expect(allowedByEnd({ ...thirty, running: 500, shown: 30 })).toBe(usual)
  expect(allowedByEnd({ ...thirty, spread: 2 })).toBeGreaterThan(usual)
  expect(allowedByEnd({ ...thirty, lagMs: 20_000 })).toBeGreaterThan(usual)
  expect(allowedByEnd({ ...thirty, scarcity: 'group' })).toBeGreaterThan(usual)
})
