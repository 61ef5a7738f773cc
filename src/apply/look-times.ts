import { MOST_GROUPS_A_LIST } from '../cloud/sdrs/sdrs-client.ts'
import type { JobSeen } from './ask-job.ts'
import { cohortsOf } from './cohorts.ts'
import type { Target } from './followed.ts'
import { learnLengths, LENGTHS_REMEMBERED, type JobLengths } from './job-lengths.ts'
import { aliveAt, noteAnswer, type JobTimes } from './job-times.ts'
import { createDelays } from './learned-delays.ts'
import { allowedByEnd, priceMs, type Circumstances, type Scarcity } from './look-price.ts'
import { lookWorth, nextWorthAt, type Look, type LookFacts } from './look-worth.ts'
import { LONGEST_PAUSE } from './poll-schedule.ts'

interface Followable extends JobTimes {
  readonly target: Pick<Target, 'groupId' | 'jobId'>
}

/** In the making; over, whatever has come of it; or not at all, also where the list could not be read. */
export type Shown = 'in-hand' | 'settled' | 'absent'

/** When looks at these jobs are worth it, from all that this run's answers have shown. */
export interface LookTimes<Job extends Followable> {
  /** What is worth it now, of all jobs that run; no list before `listFrom`. */
  worth(jobs: readonly Job[], listFrom: number, now: number): Look<Job> | null
  /** When something will be, within `LONGEST_PAUSE`. */
  nextAt(jobs: readonly Job[], listFrom: number, now: number): number
  /** When this one alone will be. */
  nextOf(job: Job, listFrom: number, now: number): number
  /** Those that a list made now may show to have ended, the likeliest first. */
  mayHaveEnded(jobs: readonly Job[], now: number): readonly Job[]
  /** When the list should show what ended, as a job said at `from`. */
  shownAt(job: Job, from: number): number
  /** When the list is to agree with a job that said at `from` that it is over. */
  confirmAt(job: Job, from: number): number
  /** A job's answer, asked for at `sentAt`. */
  heard(job: Job, seen: JobSeen, sentAt: number): void
  /** What a list of `at` has shown of what the job makes. */
  seen(job: Job, shown: Shown, at: number): void
  /** A list of `groups` groups is asked for, or so many jobs are. */
  asked(requests: number): void
  listed(instances: number, groups: number, tookMs: number): void
  lagMs(): number
  /** A request's way there and back. */
  roundTripMs(): number
  /** How long a job may go without being heard of, though it cannot have ended in time, ms: it may fail early. */
  longestPause(): number
  /** What a job usually takes, ms; null while none has ended. */
  usualMs(): number | null
}

/** Instances that one page of a list shows. */
const PAGE = 999
/**
 * While nothing is known of lengths: the share of a job's age for which a request may be spent, by the square root
 * of the jobs that run. Jobs take minutes, says the reference; up to one, looks are so many times dearer.
 */
const UNKNOWN_SHARE = 0.015
const UNKNOWN_BEFORE_MINUTES = 5
const MINUTE_MS = 60_000
const UNKNOWN_LEAST_MS = 3_000
/** A list may show an instance so long after its create, ms. */
const YOUNG_MS = 30_000
/** The list is to agree with a job once so many others may have ended as well, at least and at most so late, ms. */
const CONFIRMED_TOGETHER = 40
const CONFIRM_LEAST = 60_000
/** Lags differ. */
const LAG_MARGIN = 1.05
/** Jobs that usually take long are heard of at half of that, but for this, ms. */
const MOST_UNHEARD = 600_000
/** So long, at least, for each job that runs, ms, before all are reckoned anew: it takes CPU. */
export const RECKONING_MS = 0.2
/** The lengths are learnt anew once so much of one has passed, and after each end: with many jobs, after one of so many. */
const LEARNT_TOGETHER = 25
const STALE_SHARE = 0.02

export function createLookTimes<Job extends Followable>(
  scarcity: (groupId: string) => Scarcity | null,
): LookTimes<Job> {
  const delays = createDelays()
  const ended: number[] = []
  const spending = { spent: 0, allowed: 0 }
  let instancesAGroup = 0
  /** Ends since the lengths were learnt. */
  let endsSince = 0
  /** All that run, as last told. */
  let crowd: readonly Job[] = []
  let mostRunning = 1
  let isTail = false
  let firstStartAt = Number.POSITIVE_INFINITY
  /** Requests for a list of them all. */
  let listCost = 1
  let known: LookFacts<Job> | null = null
  let knownFor = { listFrom: 0, now: 0 }
  let learnt: { readonly lengths: JobLengths; readonly at: number } | null = null

  /** What is known of all that run, worked out once for each moment. */
  function factsOfAll(jobs: readonly Job[], listFrom: number, now: number): LookFacts<Job> {
    const isKnown =
      jobs.length === crowd.length && knownFor.listFrom === listFrom && knownFor.now === now
    if (known !== null && isKnown) return known
    crowd = jobs
    mostRunning = Math.max(mostRunning, jobs.length)
    for (const { startedAt } of jobs) firstStartAt = Math.min(firstStartAt, startedAt)
    known = factsOf(jobs, listFrom, now)
    knownFor = { listFrom, now }
    listCost = known.listCost
    isTail = known.isTail
    return known
  }

  function lengthsAt(now: number): JobLengths {
    const { usualMs } = learnt?.lengths ?? { usualMs: null }
    const isFresh = endsSince === 0 || endsSince * LEARNT_TOGETHER < crowd.length
    if (learnt !== null && isFresh && now - learnt.at < (usualMs ?? Infinity) * STALE_SHARE) {
      return learnt.lengths
    }
    const mostLagMs = delays.mostLagMs()
    const ages = crowd.flatMap((job) =>
      job.overAt === null ? [aliveAt(job, mostLagMs) - job.startedAt] : [],
    )
    const lengths = learnLengths(ended, ages, delays.roundTripMs() / 4)
    learnt = { lengths, at: now }
    endsSince = 0
    return lengths
  }

  function factsOf(jobs: readonly Job[], listFrom: number, now: number): LookFacts<Job> {
    const lengths = lengthsAt(now)
    const groups = new Map<string, Scarcity | null>()
    for (const { target } of jobs) {
      if (!groups.has(target.groupId)) groups.set(target.groupId, scarcity(target.groupId))
    }
    const calls = Math.ceil(groups.size / MOST_GROUPS_A_LIST)
    const pages = Math.ceil((groups.size * instancesAGroup) / PAGE)
    const lagMs = delays.lagMs()
    return {
      cohorts: cohortsOf(jobs, {
        usualMs: lengths.usualMs,
        lagMs,
        mostLagMs: delays.mostLagMs(),
        scarcityOf: ({ target }) => groups.get(target.groupId) ?? null,
        priceOf: (scarce, startedAt) => priceOf(lengths, scarce, now - startedAt),
      }),
      running: Math.max(1, crowd.length),
      mostRunning,
      isTail: jobs === crowd && [...groups.values()].every((each) => each === null),
      lengths,
      firstStartAt,
      roundTripMs: delays.roundTripMs(),
      lagMs,
      listCost: Math.max(1, calls, pages),
      listFrom,
    }
  }

  function priceOf(lengths: JobLengths, scarce: Scarcity, ageMs: number): number {
    const about = circumstances(lengths, scarce)
    if (about !== null) return priceMs(about, spending)
    const dear = ageMs < MINUTE_MS ? UNKNOWN_BEFORE_MINUTES : 1
    const age = Math.max(UNKNOWN_LEAST_MS, ageMs)
    return age * UNKNOWN_SHARE * Math.sqrt(Math.max(1, crowd.length)) * dear
  }

  /** Null: nothing is known of lengths yet. */
  function circumstances({ usualMs, spread }: JobLengths, scarce: Scarcity): Circumstances | null {
    if (usualMs === null) return null
    const running = crowd.length
    const [roundTripMs, lagMs] = [delays.roundTripMs(), delays.lagMs()]
    const shown = running / listCost
    return { scarcity: scarce, running, shown, roundTripMs, lagMs, usualMs, spread }
  }

  function allow({ target: { groupId } }: Job): void {
    const scarce = scarcity(groupId) ?? 'run'
    const about = learnt === null ? null : circumstances(learnt.lengths, scarce)
    spending.allowed += about === null ? 1 : allowedByEnd(about)
  }

  /** When the list should show it, as lists have lagged so far. */
  function shownAt({ overAt }: Job, from: number): number {
    return Math.max(from, (overAt ?? from) + delays.lagMs() * LAG_MARGIN)
  }

  return {
    lagMs: () => delays.lagMs(),
    roundTripMs: () => delays.roundTripMs(),
    usualMs: () => learnt?.lengths.usualMs ?? null,
    worth(jobs, listFrom, now) {
      return lookWorth(factsOfAll(jobs, listFrom, now), now)
    },
    nextAt(jobs, listFrom, now) {
      return nextWorthAt(factsOfAll(jobs, listFrom, now), now, LONGEST_PAUSE)
    },
    // The end of all hangs on all of them.
    nextOf: (job, listFrom, now) =>
      isTail
        ? now + crowd.length * RECKONING_MS
        : nextWorthAt(factsOf([job], listFrom, now), now, LONGEST_PAUSE),
    longestPause() {
      const half = (learnt?.lengths.usualMs ?? 0) / 2
      return Math.min(MOST_UNHEARD, Math.max(LONGEST_PAUSE, half))
    },
    mayHaveEnded(jobs, now) {
      const lengths = lengthsAt(now)
      const at = now - delays.lagMs()
      const chances = jobs.map((job) => {
        const { startedAt } = job
        const alive = aliveAt(job, delays.lagMs())
        return { job, chance: lengths.endedBy(alive - startedAt, at - startedAt) }
      })
      return chances
        .filter(({ chance }) => chance > 0)
        .toSorted((one, other) => other.chance - one.chance)
        .map(({ job }) => job)
    },
    shownAt,
    confirmAt(job, from) {
      const { usualMs } = learnt?.lengths ?? { usualMs: null }
      const together = ((usualMs ?? 0) * CONFIRMED_TOGETHER) / Math.max(1, crowd.length)
      const pause = Math.min(MOST_UNHEARD, Math.max(CONFIRM_LEAST, together))
      return Math.max(shownAt(job, from), from + pause)
    },
    heard(job, seen, sentAt) {
      known = null
      if (seen.kind === 'job') delays.answered(seen.at - sentAt)
      const end = noteAnswer(job, seen, sentAt, delays.mostLagMs())
      if (end === null || job.overAt === null) return
      if (end.isSuccess) {
        ended.push(end.lengthMs)
        if (ended.length > LENGTHS_REMEMBERED) ended.shift()
      }
      allow(job)
      if (job.shownAt !== null) delays.shown(job.overAt, job.hiddenAt, job.shownAt)
      endsSince += 1
    },
    seen(job, shown, at) {
      known = null
      if (shown === 'absent') {
        // So young it may only not be in the list yet.
        // What cannot be asked for is looked for in the list all the same.
        job.isListed = at - job.startedAt < YOUNG_MS || job.askFrom === Number.POSITIVE_INFINITY
        if (job.isListed) job.hiddenAt = at
        return
      }
      job.isListed = true
      if (shown === 'in-hand') {
        job.hiddenAt = at
        return
      }
      job.shownAt ??= at
      if (job.overAt !== null) delays.shown(job.overAt, job.hiddenAt, at)
    },
    asked(requests) {
      known = null
      spending.spent += requests
    },
    listed(instances, groups, tookMs) {
      delays.answered(tookMs)
      instancesAGroup = instances / Math.max(1, groups)
    },
  }
}
