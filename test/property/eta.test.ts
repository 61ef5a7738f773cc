import { expect, test } from 'vitest'
import { accuracyOf, etaSamples, randomEtaWorld } from '../support/eta-worlds.ts'

test('over random worlds the truth is mostly in the range, and its middle is near', async () => {
  const samples = []
  for (let seed = 1; seed <= 12; seed += 1) {
    samples.push(...(await etaSamples(randomEtaWorld(seed), seed)))
  }
  const { told: share, medianError, held, bias } = accuracyOf(samples)
  expect(share).toBeGreaterThan(0.7)
  expect(medianError).toBeLessThan(0.15)
  expect(held).toBeGreaterThan(0.75)
  expect(bias).toBeGreaterThan(0.85)
  expect(bias).toBeLessThan(1.15)
})
