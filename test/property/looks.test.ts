import { expect, test } from 'vitest'
import { seededRandom, type Random } from '../../src/clock.ts'
import { drawWorld } from '../bench/draw-world.ts'
import { measure } from '../bench/measure.ts'
import type { Shape } from '../bench/shapes.ts'

/**
 * Rollouts of random lengths in virtual time: counts and ratios are the same for a seed, whatever the machine.
 * The limits leave room: what is wanted is in the bench.
 */
const MOST_REQUESTS = 2.9
const MOST_MAKESPAN = 1.16

function randomShape(random: Random): Shape {
  const shortest = Math.exp(Math.log(10) + random() * Math.log(60))
  const spread = 1 + random() ** 2 * 4
  return {
    what: 'random',
    groups: [{ count: [2, 6], rows: [25, 40], parallel: null }],
    order: 'mixed',
    jobs: [Math.round(shortest), Math.round(shortest * spread)],
    maxJobs: 10 + Math.floor(random() * 20),
    mostInOrder: MOST_MAKESPAN,
  }
}

test.for([11, 12, 13])('jobs of any length, seed %i', async (seed) => {
  const shape = randomShape(seededRandom(seed))
  const { requests, makespanMs, sameOrderMs, rollout } = await measure(drawWorld(shape, seed))
  const { created, rows } = rollout.report.totals
  expect(created).toBe(rows)
  expect(requests / rows).toBeLessThan(MOST_REQUESTS)
  expect(makespanMs / sameOrderMs).toBeLessThan(MOST_MAKESPAN)
})
