import { expect, test } from 'vitest'
import { crowdedHistory } from './histories.ts'
import { brokenPromise, runsOr } from './prove.ts'

test(
  'runs that begin while others are at work, suspended and killed: one at a time',
  { timeout: 60 * 60_000 },
  async () => {
    const story = await brokenPromise(crowdedHistory, runsOr(300))
    expect(story === null, story ?? '').toBe(true)
  },
)
