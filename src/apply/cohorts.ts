import { aliveAt, type JobTimes } from './job-times.ts'
import type { Scarcity } from './look-price.ts'
import type { Cohort } from './look-worth.ts'

/** So many jobs are reckoned with one by one. */
const ONE_BY_ONE = 150
/** Of more, those that began and were last seen within such a share of a job's length count as one. */
const TOGETHER = 1 / 400

/**
 * Jobs whose chances are the same, so that what is worth a look is reckoned as often as they differ and not as
 * often as there are jobs. Pure.
 */
export function cohortsOf<Job extends JobTimes>(
  jobs: readonly Job[],
  about: {
    /** What a job usually takes, ms; null: nobody knows. */
    readonly usualMs: number | null
    /** How old what a list shows is, and how old it may be, ms. */
    readonly lagMs: number
    readonly mostLagMs: number
    readonly scarcityOf: (job: Job) => Scarcity | null
    readonly priceOf: (scarcity: Scarcity, startedAt: number) => number
  },
): readonly Cohort<Job>[] {
  const { usualMs, lagMs, mostLagMs, scarcityOf, priceOf } = about
  const span = Math.max(1, (usualMs ?? 60_000) * TOGETHER)
  const many = jobs.length > ONE_BY_ONE
  const prices = new Map<Scarcity, number>()
  function price(scarcity: Scarcity, startedAt: number): number {
    if (usualMs === null) return priceOf(scarcity, startedAt)
    const known = prices.get(scarcity) ?? priceOf(scarcity, startedAt)
    prices.set(scarcity, known)
    return known
  }
  const spanOf = (at: number): number => Math.floor(at / span)
  const all = new Map<string | Job, Omit<Cohort<Job>, 'jobs'> & { readonly jobs: Job[] }>()
  for (const job of jobs) {
    const { startedAt, askFrom, quietUntil, isListed } = job
    const alive = aliveAt(job, mostLagMs)
    const listed = aliveAt(job, lagMs)
    const scarcity = scarcityOf(job)
    const times = `${spanOf(startedAt)} ${spanOf(alive)} ${spanOf(listed)}`
    const limits = `${spanOf(askFrom)} ${spanOf(quietUntil)}`
    const key = many ? `${scarcity} ${isListed} ${times} ${limits}` : job
    const cohort = all.get(key)
    if (cohort === undefined) {
      const worth = { isWanted: scarcity !== null, priceMs: price(scarcity ?? 'run', startedAt) }
      all.set(key, {
        jobs: [job],
        startedAt,
        aliveAt: alive,
        listedAt: listed,
        askFrom,
        listFrom: quietUntil,
        isListed,
        ...worth,
      })
    } else {
      cohort.jobs.push(job)
    }
  }
  return [...all.values()]
}
