import { expect, test } from 'vitest'
import { createTally } from '../../src/apply/tally.ts'
import { limitText } from '../../src/apply/failure-limit.ts'
import { outcome } from '../report/build.ts'

test('the failure limit counts rows whose create was answered, each once', () => {
  const tally = createTally(5)
  expect(tally.counts()).toEqual({ failed: 0, answered: 0 })
  tally.answered(1)
  tally.answered(1)
  expect(tally.counts()).toEqual({ failed: 0, answered: 1 })
  tally.failing(2)
  expect(tally.counts()).toEqual({ failed: 1, answered: 2 })
  tally.ended(2, outcome('failed', { attempts: 1 }))
  expect(tally.counts()).toEqual({ failed: 1, answered: 2 })
  // Accepted, and its job failed.
  tally.failing(1)
  expect(tally.counts()).toEqual({ failed: 2, answered: 2 })
  tally.ended(1, outcome('failed', { attempts: 1 }))
  // Neither protected before nor not attempted is an answer.
  tally.ended(3, outcome('already-protected'))
  tally.ended(4, outcome('not-attempted'))
  expect(tally.counts()).toEqual({ failed: 2, answered: 2 })
  // Taken up from an earlier run, and failed.
  tally.ended(5, outcome('failed', { jobId: 'j' }))
  expect(tally.counts()).toEqual({ failed: 3, answered: 3 })
})

test('a limit is told as it was given', () => {
  expect(limitText({ kind: 'percent', value: 50 })).toBe('50 %')
  expect(limitText({ kind: 'count', value: 3 })).toBe('3')
})
