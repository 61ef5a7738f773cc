import type { StopReason } from '../apply/stop.ts'
import { seededRandom, type Random } from '../clock.ts'
import { lifetimesOf, type Lifetimes } from './lifetimes.ts'
import { playOut, type PlayedLane } from './play-out.ts'
import type { GroupState, RunState } from './run-state.ts'

/** From now on, ms. */
export interface Range {
  readonly fromMs: number
  readonly toMs: number
}

export interface Estimate {
  /** Of the whole; null: nobody can tell. */
  readonly run: Range | null
  /** Of single groups, by ID, those that have something left. */
  readonly groups: ReadonlyMap<string, Range>
}

export const NO_ESTIMATE: Estimate = { run: null, groups: new Map() }

/** What the rest depends on. */
export type EtaFacts = Pick<
  RunState,
  | 'phase'
  | 'groups'
  | 'wave'
  | 'maxJobs'
  | 'hold'
  | 'heldMs'
  | 'accepted'
  | 'gaps'
  | 'durations'
  | 'stopping'
>

/** The rest is played through so often, fewer times where it is long: some ten thousand jobs in all. */
const MOST_PLAYS = 40
const LEAST_PLAYS = 5
const JOBS_A_LOOK = 20_000
/** A long run changes slowly, and is long to play: its estimate stands for so long a job, ms, and this at most. */
const STANDS_MS_A_JOB = 3
const STANDS_MS = 15_000
/** Of the plays that come out in between, so many are told: the shortest and the longest tenth are left out. */
const LEFT_OUT = 0.1
/** A group's own jobs are taken for its measure once so many have ended. */
const ENOUGH_OF_OWN = 5
/** How much lengths may differ from those seen, where few have been: of one alone, and from three on. */
const UNKNOWN_SPREAD = 0.25
const LEAST_SPREAD = 0.05
/** A group in which nothing of ours runs and that refuses for so long is somebody else's: nobody knows for how long. */
const SOMEBODY_ELSES_MS = 60_000
/** What a play knows nothing of (refusals to come, room that is learnt late) makes the rest longer sooner than shorter. */
const SHORTER = 0.9
const LONGER = 1.12
/** A range wider than this says nothing. */
const WIDEST = 4
const WIDE_MS = 5 * 60_000

/** After which stops what runs is still followed to its end. */
const IS_FOLLOWED_ON = {
  interrupted: false,
  'access-lost': true,
  'failure-limit': true,
  quota: true,
  'wave-stopped': true,
  'run-aborted': true,
} as const satisfies Record<StopReason, boolean>

/**
 * How long the rest of a run takes, as a range, or null where that is not known: before a job has ended, while a
 * group is held up by somebody else, and where the range would say nothing. It counts the rows that still go
 * through, group by group within the limits that these have shown, wave after wave, within `--max-jobs`, and
 * with what holds creates back. Pure: the same facts give the same range.
 */
export function estimate(facts: EtaFacts, now: number): Estimate {
  if (facts.phase !== 'creating' && facts.phase !== 'switching-on') return NO_ESTIMATE
  if (facts.stopping !== null && !IS_FOLLOWED_ON[facts.stopping]) return NO_ESTIMATE
  const groups = [...facts.groups.values()].filter(isAtWork)
  const waiting = (group: GroupState): number[] =>
    facts.stopping === null ? waitingOf(group) : group.left.map(() => 0)
  if (groups.some((group) => isSomebodyElses(group, sum(waiting(group)), now))) return NO_ESTIMATE
  const ages = (some: readonly GroupState[]): number[] =>
    some.flatMap(({ running }) => [...running.values()].map(({ since }) => now - since))
  const ofAll = lifetimesOf(facts.durations, ages(groups))
  if (ofAll === null || groups.length === 0) return NO_ESTIMATE

  const jobs = jobsLeft(groups)
  const plays = Math.max(LEAST_PLAYS, Math.min(MOST_PLAYS, Math.floor(JOBS_A_LOOK / (jobs + 1))))
  const random = seededRandom(jobs + 1)
  const tested = [...facts.groups.values()].filter(isTested).map(limitOf)
  const measures = groups.map((group) =>
    group.durations.length >= ENOUGH_OF_OWN
      ? (lifetimesOf(group.durations, ages([group])) ?? ofAll)
      : ofAll,
  )
  const results = Array.from({ length: plays }, () =>
    playOut(
      groups.map((group, at) =>
        laneOf(group, waiting(group), { own: measures[at] ?? ofAll, ofAll }, () =>
          isTested(group) ? limitOf(group) : anyOf(tested, random),
        ),
      ),
      {
        now,
        wave: Math.max(0, facts.wave - 1),
        maxJobs: facts.maxJobs,
        heldUntil: facts.hold?.until ?? now,
        gapMs: gapOf(facts),
        scale: scaleOf(facts.durations, random),
      },
      random,
    ),
  )
  const rangeOf = (ends: readonly number[]): Range => {
    const sorted = ends.toSorted((one, other) => one - other)
    const out = Math.floor(sorted.length * LEFT_OUT)
    return {
      fromMs: SHORTER * ((sorted[out] ?? now) - now),
      toMs: LONGER * ((sorted.at(-1 - out) ?? now) - now),
    }
  }
  return {
    run: unlessVague(rangeOf(results.map(({ endsAt }) => endsAt))),
    groups: new Map(
      groups.flatMap(({ groupId }, at) => {
        const range = unlessVague(rangeOf(results.map(({ lanes }) => lanes[at] ?? now)))
        return range === null ? [] : [[groupId, range] as const]
      }),
    ),
  }
}

/** Estimates for whoever asks every second: of a long run the last one, moved on, for a while. */
export function createEstimator(): (facts: EtaFacts, now: number) => Estimate {
  let last: { readonly at: number; readonly key: string; readonly estimate: Estimate } | null = null
  return (facts, now) => {
    const key = [facts.phase, facts.wave, facts.stopping].join()
    const stands = Math.min(STANDS_MS, STANDS_MS_A_JOB * jobsLeft([...facts.groups.values()]))
    if (last === null || last.key !== key || now - last.at >= stands) {
      last = { at: now, key, estimate: estimate(facts, now) }
    }
    const passed = now - last.at
    const moved = ({ fromMs, toMs }: Range): Range => ({
      fromMs: Math.max(0, fromMs - passed),
      toMs: Math.max(0, toMs - passed),
    })
    const { run, groups } = last.estimate
    return {
      run: run === null ? null : moved(run),
      groups: new Map([...groups].map(([groupId, range]) => [groupId, moved(range)])),
    }
  }
}

function jobsLeft(groups: readonly GroupState[]): number {
  return sum(groups.map((group) => sum(group.left) + group.running.size))
}

function unlessVague(range: Range): Range | null {
  const { fromMs, toMs } = range
  return toMs > WIDEST * fromMs && toMs - fromMs > WIDE_MS ? null : range
}

function isAtWork({ left, running }: GroupState): boolean {
  return running.size > 0 || left.some((rows) => rows > 0)
}

/** Rows that are not sent yet, by wave. */
function waitingOf({ left, running, over }: GroupState): number[] {
  const waiting = [...left]
  const sent = [...[...running.values()].map(({ wave }) => wave), ...over.values()]
  for (const wave of sent) {
    if (wave !== null) waiting[wave - 1] = Math.max(0, (waiting[wave - 1] ?? 0) - 1)
  }
  return waiting
}

function isSomebodyElses({ running, lane }: GroupState, waiting: number, now: number): boolean {
  const { busySince } = lane
  return (
    waiting > 0 && running.size === 0 && busySince !== null && now - busySince > SOMEBODY_ELSES_MS
  )
}

/** Whether it has shown how many it takes: a limit, or that several go at once. */
function isTested({ lane, mostRunning }: GroupState): boolean {
  return lane.limit !== null || mostRunning > 1
}

function limitOf({ lane }: GroupState): number {
  return lane.limit ?? Number.POSITIVE_INFINITY
}

/** A group that has shown nothing yet may be like any other. */
function anyOf(limits: readonly number[], random: Random): number {
  return limits[Math.floor(random() * limits.length)] ?? Number.POSITIVE_INFINITY
}

function laneOf(
  { running, lane, mostRunning }: GroupState,
  waiting: number[],
  { own: lifetimes, ofAll }: { readonly own: Lifetimes; readonly ofAll: Lifetimes },
  limit: () => number,
): PlayedLane {
  return {
    width: Math.max(1, lane.limit ?? mostRunning),
    pace: ofAll.medianMs === 0 ? 1 : lifetimes.medianMs / ofAll.medianMs,
    waiting,
    running: [...running.values()].map(({ since, wave }) => ({
      since,
      wave: wave === null ? null : wave - 1,
    })),
    limit: Math.max(1, limit()),
    opensAt: running.size === 0 ? (lane.closedUntil ?? 0) : 0,
    lifetimes,
  }
}

/** Sending itself takes time: the pace that was seen, what was held back shared among all. */
function gapOf({ gaps, heldMs, accepted }: EtaFacts): number {
  const seen = gaps.length === 0 ? 0 : sum(gaps) / gaps.length
  return Math.max(seen, accepted === 0 ? 0 : heldMs / accepted)
}

/** The lengths seen are a sample: with few of them, all others may be longer, or shorter. */
function scaleOf(durations: readonly number[], random: Random): number {
  const mean = sum(durations) / durations.length
  const variance = sum(durations.map((each) => (each - mean) ** 2)) / durations.length
  const own = mean === 0 ? 0 : Math.sqrt(variance) / mean
  const spread = durations.length < 3 ? UNKNOWN_SPREAD : Math.max(LEAST_SPREAD, own)
  return Math.exp((spread / Math.sqrt(durations.length)) * normal(random))
}

/** Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
