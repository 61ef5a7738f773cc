import { expect, test } from 'vitest'
import { losingHistory } from './histories.ts'
import { brokenPromise, runsOr } from './prove.ts'

test(
  'lost answers, and lists that lag longer than the tool looks: never twice, never lost',
  { timeout: 60 * 60_000 },
  async () => {
    const story = await brokenPromise(losingHistory, runsOr(300))
    expect(story === null, story ?? '').toBe(true)
  },
)
