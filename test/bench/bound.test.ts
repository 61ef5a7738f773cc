import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sameOrderMs, type ApiLimits, type BoundJob } from './bound.ts'
import { leastMs } from './least.ts'

/** Groups by name: `g1` takes one at once, `g2` two, any other as many as there are. */
const PARALLEL = new Map([
  ['g1', 1],
  ['g2', 2],
])

function limits(over: Partial<ApiLimits> = {}): ApiLimits {
  return {
    rate: 1_000,
    maxJobs: 100,
    parallelOf: (groupId) => PARALLEL.get(groupId) ?? null,
    ...over,
  }
}

interface Started {
  readonly job: BoundJob
  readonly at: number
}

function mayStart(
  job: BoundJob,
  at: number,
  started: readonly Started[],
  given: ApiLimits,
): boolean {
  const running = started.filter((one) => one.at <= at && at < one.at + one.job.durationMs)
  const own = running.filter((one) => one.job.groupId === job.groupId)
  const lastSecond = started.filter((one) => one.at > at - 1_000)
  return (
    running.length < given.maxJobs &&
    own.length < (given.parallelOf(job.groupId) ?? Number.POSITIVE_INFINITY) &&
    lastSecond.length < given.rate
  )
}

/** As soon as it may after those before it; something becomes free only when a job ends, or a second after a create. */
function startNext(job: BoundJob, started: readonly Started[], given: ApiLimits): Started {
  const from = started.at(-1)?.at ?? 0
  const at = [from, ...started.flatMap((one) => [one.at + one.job.durationMs, one.at + 1_000])]
    .filter((instant) => instant >= from)
    .toSorted((one, other) => one - other)
    .find((instant) => mayStart(job, instant, started, given))
  if (at === undefined) throw new Error('nothing ever becomes free')
  return { job, at }
}

function endOf(started: readonly Started[]): number {
  return Math.max(0, ...started.map(({ job, at }) => at + job.durationMs))
}

function startedInOrderMs(jobs: readonly BoundJob[], given: ApiLimits): number {
  return endOf(
    jobs.reduce<Started[]>((started, job) => [...started, startNext(job, started, given)], []),
  )
}

/** The best of all schedules: every order of starting. */
function bestMs(jobs: readonly BoundJob[], given: ApiLimits): number {
  function bestAfter(started: readonly Started[], left: readonly BoundJob[]): number {
    if (left.length === 0) return endOf(started)
    return Math.min(
      ...left.map((job) =>
        bestAfter(
          [...started, startNext(job, started, given)],
          left.filter((other) => other !== job),
        ),
      ),
    )
  }
  return bestAfter([], jobs)
}

const job = (groupId: string, durationMs: number): BoundJob => ({ groupId, durationMs })
const someJobs = fc.array(
  fc.record({
    groupId: fc.constantFrom('g1', 'g2', 'free'),
    durationMs: fc.integer({ min: 1, max: 3_000 }),
  }),
  { minLength: 1, maxLength: 6 },
)
const someLimits = fc.record({
  maxJobs: fc.integer({ min: 1, max: 4 }),
  rate: fc.integer({ min: 1, max: 3 }),
})

describe('the bound of any order', () => {
  test('is never above the best schedule there is', () => {
    fc.assert(
      fc.property(someJobs, someLimits, (jobs, over) => {
        const given = limits(over)
        expect(leastMs(jobs, given)).toBeLessThanOrEqual(bestMs(jobs, given) + 1e-6)
      }),
      { numRuns: 200 },
    )
  })

  test('is never above that of one order, nor that above a schedule in this order', () => {
    fc.assert(
      fc.property(someJobs, someLimits, (jobs, over) => {
        const given = limits(over)
        const inOrder = sameOrderMs(jobs, given)
        expect(leastMs(jobs, given)).toBeLessThanOrEqual(inOrder + 1e-6)
        expect(inOrder).toBeCloseTo(startedInOrderMs(jobs, given), 6)
      }),
    )
  })

  test.for<[string, BoundJob[], Partial<ApiLimits>]>([
    ['all work shared by the places', [3, 3, 2, 2, 2].map((ms) => job('free', ms)), { maxJobs: 2 }],
    ['the longest job', [job('free', 9), job('free', 1)], {}],
    ['a serial group', [job('g1', 5), job('g1', 4), job('free', 6)], { maxJobs: 2 }],
    ['two places of its own', [job('g2', 5), job('g2', 4), job('g2', 9)], { maxJobs: 3 }],
    ['one job too many', Array.from({ length: 5 }, () => job('free', 7)), { maxJobs: 2 }],
    ['the rate', Array.from({ length: 5 }, () => job('free', 7)), { rate: 2 }],
  ])('is reached: %s', ([, jobs, over]) => {
    const given = limits(over)
    expect(leastMs(jobs, given)).toBe(bestMs(jobs, given))
  })
})

test('a serial group that is sent last costs the order, and not the best schedule', () => {
  const jobs = [...Array.from({ length: 4 }, () => job('free', 10)), job('g1', 10), job('g1', 10)]
  const given = limits({ maxJobs: 2 })
  expect(sameOrderMs(jobs, given)).toBe(40)
  expect(leastMs(jobs, given)).toBe(30)
  expect(bestMs(jobs, given)).toBe(30)
})
