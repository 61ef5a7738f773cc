import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PREFLIGHT_RULES } from '../../src/plan/preflight/rules.ts'
import { brokenPredictions, FLEET_NOW } from './prediction.ts'
import { runsOr, seedOrUsual } from './prove.ts'
import { randomFleet, type RandomFleet } from './random-fleet.ts'

const fleets = randomFleet(FLEET_NOW)

test(
  'the plan holds: created is what is planned to be, blocked is what would be refused with that code',
  { timeout: 60 * 60_000 },
  async () => {
    const outcome = await fc.check(
      fc.asyncProperty(fleets, async (fleet) => (await brokenPredictions(fleet)).length === 0),
      { numRuns: runsOr(400), seed: seedOrUsual() },
    )
    expect(outcome.failed ? await story(outcome.counterexample?.[0], outcome.seed) : '').toBe('')
  },
)

describe('a rule that is taken out is missed', () => {
  test.each(PREFLIGHT_RULES.map((rule) => [rule.name, rule] as const))(
    '%s',
    { timeout: 60 * 60_000 },
    async (_name, rule) => {
      const rules = PREFLIGHT_RULES as (typeof rule)[]
      const place = rules.indexOf(rule)
      rules.splice(place, 1)
      try {
        expect(await isAnyBroken()).toBe(true)
      } finally {
        rules.splice(place, 0, rule)
      }
    },
  )
})

/** Of the same fleets every time. */
async function isAnyBroken(): Promise<boolean> {
  for (const fleet of fc.sample(fleets, { numRuns: 600, seed: seedOrUsual() })) {
    if ((await brokenPredictions(fleet)).length > 0) return true
  }
  return false
}

async function story(fleet: RandomFleet | undefined, seed: number): Promise<string> {
  if (fleet === undefined) return 'the property itself failed'
  return [`seed ${seed}`, fleet.description, ...(await brokenPredictions(fleet))].join('\n')
}
