import { expect, test } from 'vitest'
import { neighbourHistory } from './histories.ts'
import { brokenPromise, runsOr } from './prove.ts'

test(
  'trouble in other groups: no row pays for that of another',
  { timeout: 60 * 60_000 },
  async () => {
    const story = await brokenPromise(neighbourHistory, runsOr(300))
    expect(story === null, story ?? '').toBe(true)
  },
)
