import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runsOr, seedOrUsual } from './prove.ts'
import { SWITCHED_DEFECTS, type SwitchedDefect } from './switched-defects.ts'
import { switchedHistory } from './switched-history.ts'
import { playSwitched } from './switched-play.ts'
import { storyOf } from './switched-story.ts'
import { violationsOfSwitched } from './switched.ts'

test(
  'apply, enable, verify, deaths, and others at the same groups: never started twice, nothing said that is not so',
  { timeout: 60 * 60_000 },
  async () => {
    const outcome = await fc.check(
      fc.asyncProperty(
        switchedHistory,
        async (drawn) => violationsOfSwitched(await playSwitched(drawn)).length === 0,
      ),
      { numRuns: runsOr(400), seed: seedOrUsual() },
    )
    const smallest = outcome.counterexample?.[0]
    if (outcome.failed && smallest === undefined) throw outcome.errorInstance
    const story = smallest === undefined ? '' : storyOf(await playSwitched(smallest))
    expect(outcome.failed, `seed ${outcome.seed}\n${story}`).toBe(false)
  },
)

/** Of these a defect must be found in one. */
const HISTORIES = 150

describe('deliberate defects', () => {
  test.for(SWITCHED_DEFECTS)('$name: found', { timeout: 10 * 60_000 }, async (defect) => {
    expect(await isFound(defect)).toBe(true)
  })
})

async function isFound({ spoil, breaks }: SwitchedDefect): Promise<boolean> {
  for (const drawn of fc.sample(switchedHistory, { numRuns: HISTORIES, seed: 20_261 })) {
    const found = violationsOfSwitched(await playSwitched(drawn, spoil))
    if (found.some(({ promise }) => breaks.includes(promise))) return true
  }
  return false
}
