import { expect, test } from 'vitest'
import { anyHistory } from './histories.ts'
import { brokenPromise, runsOr } from './prove.ts'

test(
  'never twice, never lost: random worlds, faults, deaths, stops and edits',
  { timeout: 60 * 60_000 },
  async () => {
    const story = await brokenPromise(anyHistory, runsOr(700))
    expect(story === null, story ?? '').toBe(true)
  },
)
