import { expect, test } from 'vitest'
import { isOverLimit, limitText, type FailureLimit } from '../../src/apply/failure-limit.ts'

const count = (value: number): FailureLimit => ({ kind: 'count', value })
const percent = (value: number): FailureLimit => ({ kind: 'percent', value })

test.for<{ limit: FailureLimit; failed: number; answered: number; over: boolean }>([
  { limit: count(0), failed: 0, answered: 5, over: false },
  { limit: count(0), failed: 1, answered: 1, over: true },
  { limit: count(3), failed: 3, answered: 3, over: false },
  { limit: count(3), failed: 4, answered: 1_000, over: true },
  // A share counts only once ten creates are answered.
  { limit: percent(0), failed: 9, answered: 9, over: false },
  { limit: percent(0), failed: 1, answered: 10, over: true },
  { limit: percent(50), failed: 5, answered: 10, over: false },
  { limit: percent(50), failed: 6, answered: 10, over: true },
  { limit: percent(50), failed: 6, answered: 12, over: false },
  { limit: percent(33), failed: 33, answered: 100, over: false },
  { limit: percent(33), failed: 34, answered: 100, over: true },
  { limit: percent(100), failed: 10, answered: 10, over: false },
])(
  '$limit.value $limit.kind, $failed of $answered failed: over? $over',
  ({ limit, failed, answered, over }) => {
    expect(isOverLimit(limit, { failed, answered })).toBe(over)
  },
)

test('is written as it was given', () => {
  expect([percent(50), count(3)].map(limitText)).toEqual(['50 %', '3'])
})
