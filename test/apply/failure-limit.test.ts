import { expect, test } from 'vitest'
import { isOverLimit, type FailureLimit } from '../../src/apply/failure-limit.ts'

const count = (value: number): FailureLimit => ({ kind: 'count', value })
const percent = (value: number): FailureLimit => ({ kind: 'percent', value })

test.for<{ limit: FailureLimit; failed: number; all: number; over: boolean }>([
  { limit: count(0), failed: 0, all: 5, over: false },
  { limit: count(0), failed: 1, all: 1, over: true },
  { limit: count(3), failed: 3, all: 3, over: false },
  { limit: count(3), failed: 4, all: 1_000, over: true },
  // A share counts only once ten rows have ended.
  { limit: percent(0), failed: 9, all: 9, over: false },
  { limit: percent(0), failed: 1, all: 10, over: true },
  { limit: percent(50), failed: 5, all: 10, over: false },
  { limit: percent(50), failed: 6, all: 10, over: true },
  { limit: percent(50), failed: 6, all: 12, over: false },
  { limit: percent(33), failed: 33, all: 100, over: false },
  { limit: percent(33), failed: 34, all: 100, over: true },
  { limit: percent(100), failed: 10, all: 10, over: false },
])(
  '$limit.value $limit.kind, $failed of $all failed: over? $over',
  ({ limit, failed, all, over }) => {
    expect(isOverLimit(limit, { failed, all })).toBe(over)
  },
)
