import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runsOr, seedOrUsual } from './prove.ts'
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
