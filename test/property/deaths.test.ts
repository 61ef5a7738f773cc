import { expect, test } from 'vitest'
import { deadlyHistory } from './histories.ts'
import { brokenPromise, runsOr } from './prove.ts'

test(
  'few servers, runs that die one after the other: never twice, never lost',
  { timeout: 60 * 60_000 },
  async () => {
    const story = await brokenPromise(deadlyHistory, runsOr(1_000))
    expect(story === null, story ?? '').toBe(true)
  },
)
