import { expect, test } from 'vitest'
import { replacingHistory } from './histories.ts'
import { brokenPromise, runsOr } from './prove.ts'

test(
  'failed creates replaced, repaired and broken anew: nothing healthy is deleted',
  { timeout: 60 * 60_000 },
  async () => {
    const story = await brokenPromise(replacingHistory, runsOr(350))
    expect(story === null, story ?? '').toBe(true)
  },
)
