import { MOST_GROUPS_A_LIST } from '../cloud/sdrs/sdrs-client.ts'
import { isUnsettled } from '../instance-status.ts'
import type { JobSeen } from './ask-job.ts'
import type { Target } from './followed.ts'
import type { Sight } from './group-look.ts'
import { learnLengths, LENGTHS_REMEMBERED, type JobLengths } from './job-lengths.ts'
import { readJobResult } from './job-result.ts'
import { createDelays } from './learned-delays.ts'
import {
  allowedByEnd,
  isListLate,
  priceMs,
  type Circumstances,
  type Scarcity,
} from './look-price.ts'
import { lookWorth, nextWorthAt, type Look, type LookFacts } from './look-worth.ts'
import { LONGEST_PAUSE } from './poll-schedule.ts'

/** What is known of one job's time; by the run's own clock, ms. */
export interface FollowedJob {
  /** When the service began it, as near as its create's answer tells. */
  readonly startedAt: number
  /** When it was last known to run. */
  aliveAt: number
  /** Not to be asked for directly before. */
  askFrom: number
  /** When its own answer last said so: no list knows that for certain. */
  ranAt: number
  /** Answers in a row that did not say how it is. */
  unanswered: number
  /** Whether the list shows its instance at all. */
  isListed: boolean
  /** The last list that showed it still being made, and the first that showed it whole. */
  hiddenAt: number | null
  shownAt: number | null
  /** When it ended. */
  overAt: number | null
}

interface Followable extends FollowedJob {
  readonly target: Pick<Target, 'groupId' | 'jobId'>
}

/** When looks at these jobs are worth it, from all that this run's answers have shown. */
export interface LookTimes<Job extends Followable> {
  begin(target: Pick<Target, 'since' | 'jobId'>): FollowedJob
  /** So many run. */
  running(jobs: number): void
  /** What is worth it now; `listFrom`: no list before, `isListDue`: one will be needed soon anyway. */
  worth(jobs: readonly Job[], about: ListFacts, now: number): Look<Job> | null
  /** When something will be, within `LONGEST_PAUSE`. */
  nextAt(jobs: readonly Job[], about: ListFacts, now: number): number
  /** Those that a list made now for other reasons may show to have ended. */
  mayHaveEnded(jobs: readonly Job[], now: number): readonly Job[]
  /** When the list should show what ended, as a job said at `from`. */
  shownAt(job: Job, from: number): number
  /** When the list is to agree with a job that said at `from` that it is over; `isLast`: no other runs. */
  confirmAt(job: Job, from: number, isLast: boolean): number
  /** A job's answer, asked for at `sentAt`. */
  heard(job: Job, seen: JobSeen, sentAt: number): void
  /** What a list of `at` has shown of it. */
  seen(job: Job, sight: Sight, at: number): void
  /** A list of `groups` groups is asked for, or so many jobs are. */
  asked(requests: number): void
  listed(instances: number, groups: number, tookMs: number): void
  lagMs(): number
  /** How long a job may go without being heard of, though it cannot have ended in time, ms: it may fail early. */
  longestPause(): number
  /** What a job usually takes, ms; null while none has ended. */
  usualMs(): number | null
}

export interface ListFacts {
  readonly listFrom: number
  readonly isListDue: boolean
}

/** Instances that one page of a list shows. */
const PAGE = 999
/** A list that is needed soon anyway costs so much of one. */
const DUE_ANYWAY = 0.5
/** While nothing is known of lengths: the share of a job's age for which a request may be spent, for many jobs at most. */
const UNKNOWN_SHARE = 0.12
const UNKNOWN_MOST = 16
const UNKNOWN_LEAST_MS = 3_000
/** Between two questions about one job, ms; after one without an answer, doubling. */
const SHORTEST_GAP = 250
const AFTER_NO_ANSWER = 2_000
const LONGEST_GAP = 60_000
/** A list made anyway takes those along that have ended with this chance. */
const WORTH_A_PLACE = 0.1
/** The list is to agree with a job after this share of a job's length, at least so long, ms: others end meanwhile. */
const CONFIRM_SHARE = 0.5
const CONFIRM_LEAST = 20_000
/** Lags differ. */
const LAG_MARGIN = 1.05
/** Jobs that usually take long are heard of at half of that, but for this, ms. */
const MOST_UNHEARD = 300_000
/** The lengths are learnt anew once so much of one has passed. */
const STALE_SHARE = 0.02

export function createLookTimes<Job extends Followable>(
  scarcity: (groupId: string) => Scarcity | null,
): LookTimes<Job> {
  const delays = createDelays()
  const ended: number[] = []
  const spending = { spent: 0, allowed: 0 }
  let instancesAGroup = 0
  let isStale = false
  /** How many jobs run. */
  let running = 0
  let learnt: { readonly lengths: JobLengths; readonly at: number } | null = null

  function lengthsAt(jobs: readonly Job[], now: number): JobLengths {
    const { usualMs } = learnt?.lengths ?? { usualMs: null }
    if (learnt !== null && !isStale && now - learnt.at < (usualMs ?? Infinity) * STALE_SHARE) {
      return learnt.lengths
    }
    const ages = jobs.map(({ startedAt, aliveAt }) => aliveAt - startedAt)
    const lengths = learnLengths(ended, ages, delays.roundTripMs() / 4)
    learnt = { lengths, at: now }
    isStale = false
    return lengths
  }

  function factsOf(
    jobs: readonly Job[],
    { listFrom, isListDue }: ListFacts,
    now: number,
  ): LookFacts<Job> {
    const lengths = lengthsAt(jobs, now)
    const groups = new Map<string, Scarcity | null>()
    for (const { target } of jobs) {
      if (!groups.has(target.groupId)) groups.set(target.groupId, scarcity(target.groupId))
    }
    const wanted = jobs.filter(({ target }) => groups.get(target.groupId) !== null).length
    const calls = Math.ceil(groups.size / MOST_GROUPS_A_LIST)
    const pages = Math.ceil((groups.size * instancesAGroup) / PAGE)
    const price = (startedAt: number, scarce: Scarcity): number => {
      const about = circumstances(lengths, scarce, jobs.length, wanted)
      if (about !== null) return priceMs(about, spending)
      const age = Math.max(UNKNOWN_LEAST_MS, now - startedAt)
      return age * UNKNOWN_SHARE * Math.max(1, jobs.length / UNKNOWN_MOST)
    }
    return {
      jobs: jobs.map((job) => {
        const { target, startedAt, aliveAt, askFrom, isListed } = job
        const scarce = groups.get(target.groupId) ?? null
        // Where nothing waits, the end of all waits for the last of them alone.
        const value = scarce === null ? 1 / jobs.length : 1
        const worth = { value, priceMs: price(startedAt, scarce ?? 'run') }
        return { job, startedAt, aliveAt, askFrom, isListed, ...worth }
      }),
      lengths,
      roundTripMs: delays.roundTripMs(),
      lagMs: delays.lagMs(),
      isListLate:
        lengths.usualMs !== null && isListLate({ lagMs: delays.lagMs(), usualMs: lengths.usualMs }),
      listCost: Math.max(1, calls, pages) * (isListDue ? DUE_ANYWAY : 1),
      listFrom,
    }
  }

  /** Null: nothing is known of lengths yet. */
  function circumstances(
    { usualMs, isVaried }: JobLengths,
    scarce: Scarcity,
    running: number,
    wanted: number,
  ): Circumstances | null {
    if (usualMs === null) return null
    const [roundTripMs, lagMs] = [delays.roundTripMs(), delays.lagMs()]
    return { scarcity: scarce, running, wanted, roundTripMs, lagMs, usualMs, isVaried }
  }

  function hasEnded(job: Job, endedAt: number): void {
    job.overAt = endedAt
    const scarce = scarcity(job.target.groupId) ?? 'run'
    const lengths = learnt?.lengths ?? learnLengths(ended, [])
    const about = circumstances(lengths, scarce, running, running)
    spending.allowed += about === null ? 1 : allowedByEnd(about)
    if (job.shownAt !== null) delays.shown(endedAt, job.hiddenAt, job.shownAt)
    isStale = true
  }

  /** When the list should show it, as lists have lagged so far. */
  function shownAt({ overAt }: Job, from: number): number {
    return Math.max(from, (overAt ?? from) + delays.lagMs() * LAG_MARGIN)
  }

  return {
    lagMs: () => delays.lagMs(),
    usualMs: () => learnt?.lengths.usualMs ?? null,
    begin: ({ since, jobId }) => ({
      startedAt: since - delays.roundTripMs() / 2,
      aliveAt: since,
      ranAt: since,
      askFrom: jobId === null ? Number.POSITIVE_INFINITY : since,
      unanswered: 0,
      isListed: true,
      hiddenAt: null,
      shownAt: null,
      overAt: null,
    }),
    worth: (jobs, about, now) => lookWorth(factsOf(jobs, about, now), now),
    nextAt: (jobs, about, now) => nextWorthAt(factsOf(jobs, about, now), now, LONGEST_PAUSE),
    longestPause() {
      const half = (learnt?.lengths.usualMs ?? 0) / 2
      return Math.min(MOST_UNHEARD, Math.max(LONGEST_PAUSE, half))
    },
    mayHaveEnded(jobs, now) {
      const lengths = lengthsAt(jobs, now)
      const at = now - delays.lagMs()
      return jobs.filter(
        ({ startedAt, aliveAt }) =>
          lengths.endedBy(aliveAt - startedAt, at - startedAt) >= WORTH_A_PLACE,
      )
    },
    shownAt,
    confirmAt(job, from, isLast) {
      const shown = shownAt(job, from)
      const share = (learnt?.lengths.usualMs ?? 0) * CONFIRM_SHARE
      const together = from + Math.min(LONGEST_PAUSE, Math.max(CONFIRM_LEAST, share))
      return isLast ? shown : Math.max(shown, together)
    },
    heard(job, seen, sentAt) {
      const tookMs = seen.at - sentAt
      if (seen.kind !== 'job') {
        const pause = AFTER_NO_ANSWER * 2 ** job.unanswered
        job.unanswered += 1
        job.askFrom = seen.at + Math.min(LONGEST_GAP, pause)
        return
      }
      delays.answered(tookMs)
      job.unanswered = 0
      job.askFrom = seen.at + SHORTEST_GAP
      const askedAt = sentAt + tookMs / 2
      const result = readJobResult(seen.job)
      if (result.kind === 'running') {
        job.ranAt = askedAt
        job.aliveAt = Math.max(job.aliveAt, askedAt)
        return
      }
      const shortest = job.ranAt - job.startedAt
      const longest = Math.max(shortest, askedAt - job.startedAt)
      const middle = (Math.max(job.ranAt, job.aliveAt) - job.startedAt + longest) / 2
      const said = lengthSaid(seen.job.beginTime, seen.job.endTime) ?? middle
      // Told by the service's clock, which may count from elsewhere: what was seen holds.
      const length = Math.min(longest, Math.max(shortest, said))
      if (result.kind === 'success') {
        ended.push(length)
        if (ended.length > LENGTHS_REMEMBERED) ended.shift()
      }
      hasEnded(job, job.startedAt + length)
    },
    seen(job, sight, at) {
      if (sight.kind === 'no-list' || sight.instance === null) {
        job.isListed = false
        if (job.target.jobId === null) job.aliveAt = Math.max(job.aliveAt, at)
        return
      }
      job.isListed = true
      if (isUnsettled(sight.instance.status)) {
        job.hiddenAt = at
        if (job.overAt === null) job.aliveAt = Math.max(job.aliveAt, at - delays.lagMs())
        return
      }
      job.shownAt ??= at
      if (job.overAt !== null) delays.shown(job.overAt, job.hiddenAt, at)
    },
    running(jobs) {
      running = jobs
    },
    asked(requests) {
      spending.spent += requests
    },
    listed(instances, groups, tookMs) {
      delays.answered(tookMs)
      instancesAGroup = instances / Math.max(1, groups)
    },
  }
}

/** How long the service itself says that a job took, ms; null: it does not say. */
function lengthSaid(begin: string | null, end: string | null): number | null {
  const ms = Date.parse(end ?? '') - Date.parse(begin ?? '')
  return ms > 0 ? ms : null
}
