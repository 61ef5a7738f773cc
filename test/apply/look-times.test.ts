import { expect, test } from 'vitest'
import { beginJob, type JobTimes } from '../../src/apply/job-times.ts'
import type { Scarcity } from '../../src/apply/look-price.ts'
import { createLookTimes } from '../../src/apply/look-times.ts'
import type { Job } from '../../src/cloud/sdrs/sdrs-schema.ts'

interface Followed extends JobTimes {
  readonly target: { readonly groupId: string; readonly jobId: string }
}

/** Forty jobs that began at 0, and wait with others for 40 places. */
function fortyJobs(scarcity: () => Scarcity | null = () => 'run') {
  const times = createLookTimes<Followed>(scarcity)
  const jobs = Array.from({ length: 40 }, (_, at) => {
    const target = { groupId: 'g1', jobId: `job-${at}` }
    return { ...beginJob({ since: 0, jobId: target.jobId }, 0), target }
  })
  times.nextAt(jobs, 0, 0)
  return { times, jobs }
}

function hear(
  times: ReturnType<typeof fortyJobs>['times'],
  job: Followed,
  endedAt: number,
  at: number,
) {
  const said = { status: 'SUCCESS', beginTime: stamp(0), endTime: stamp(endedAt) }
  times.heard(job, { kind: 'job', job: { ...said, subJobs: [] } as unknown as Job, at }, at)
}

function stamp(ms: number): string {
  return new Date(ms).toISOString()
}

test('once lists turn out to be late, those that one showed to run are looked at again soon', () => {
  const { times, jobs } = fortyJobs()
  for (const job of jobs) times.seen(job, 'in-hand', 278_000)
  const ended = jobs.slice(0, 10)
  const others = jobs.slice(10)
  // By 20 s late: of the others many have ended as well.
  for (const job of ended) times.seen(job, 'settled', 308_000)
  for (const job of others) times.seen(job, 'in-hand', 308_000)
  for (const [at, job] of ended.entries()) hear(times, job, 270_000 + at * 2_000, 308_000)
  expect(times.nextAt(others, 308_000, 308_000)).toBeLessThan(320_000)
})

test('where nothing waits any more, one that still runs has all of them reckoned anew', () => {
  const { times, jobs } = fortyJobs(() => null)
  for (const [at, job] of jobs.slice(2).entries()) hear(times, job, 270_000 + at * 2_000, 350_000)
  const last = jobs.slice(0, 2)
  const [one] = last
  if (one === undefined) throw new Error('two jobs')
  one.ranAt = 349_000
  times.nextAt(last, 350_000, 350_000)
  expect(times.nextOf(one, 350_000, 350_000)).toBeLessThan(351_000)
})
