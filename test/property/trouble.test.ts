import { expect, test } from 'vitest'
import { troubledHistory } from './histories.ts'
import { brokenPromise, runsOr } from './prove.ts'

test(
  'clouds that mislead, omit, deny and echo: never twice, never lost, nothing destroyed',
  { timeout: 60 * 60_000 },
  async () => {
    const story = await brokenPromise(troubledHistory, runsOr(400))
    expect(story === null, story ?? '').toBe(true)
  },
)
