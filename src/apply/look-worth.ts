import type { JobLengths } from './job-lengths.ts'
import { AGE_SHARE_UNKNOWN, LONGEST_TICK, SHORTEST_TICK } from './poll-schedule.ts'

/**
 * Which look at running jobs is worth its request, and when the next one is. Pure; all times in ms.
 *
 * A place whose job is over stands empty until somebody looks: that is what a look saves. The expected empty time
 * of all jobs that a look would show is weighed against its price, the empty time for which a request may be
 * spent. Inspecting once that sum reaches the price is the classic rule for hidden failures (Barlow, Hunter and
 * Proschan, 1963); with jobs that end evenly it gives looks √(2 × price ÷ ends a ms) apart.
 *
 * There are two kinds. A list shows up to 30 groups for one request, late by the list's lag, and each job that it
 * shows to have ended is then asked for itself. A job that is asked for directly says so at once; had it ended,
 * that request was needed anyway, so that it costs only the chance that it still runs.
 */
export interface Cohort<Job> {
  /** Jobs that began together, were last known to run together, and whose places are worth the same. */
  readonly jobs: readonly Job[]
  readonly startedAt: number
  /** When they were last known to run for certain. */
  readonly aliveAt: number
  /** When they ran as lists tell, if lists lag as they have so far: a list made now shows who has ended since. */
  readonly listedAt: number
  /** Whether something waits for their places. */
  readonly isWanted: boolean
  /** The empty ms of a place for which one request may be spent. */
  readonly priceMs: number
  /** They are not asked for directly before; `Infinity`: never, only the list tells. */
  readonly askFrom: number
  /** No list is worth it for them before. */
  readonly listFrom: number
  /** Whether the list shows them at all. */
  readonly isListed: boolean
}

export interface LookFacts<Job> {
  readonly cohorts: readonly Cohort<Job>[]
  /** Jobs that run, these and others, and the most that ever ran. */
  readonly running: number
  readonly mostRunning: number
  /** Nothing waits for the place of any of them: only the end of the last of all is waited for. */
  readonly isTail: boolean
  readonly lengths: JobLengths
  /** When the first job of all began. */
  readonly firstStartAt: number
  /** A request's way there and back. */
  readonly roundTripMs: number
  /** How long an end takes to show in the list. */
  readonly lagMs: number
  /** Requests for a list of the groups concerned: pages, calls. */
  readonly listCost: number
  /** No list before then. */
  readonly listFrom: number
}

export interface Look<Job> {
  /** The jobs that a list may show to have ended; null: no list is worth it. */
  readonly list: readonly Job[] | null
  /** To be asked for directly. */
  readonly ask: readonly Job[]
}

/** Jobs less likely to have ended are no reason to list their groups. */
const LEAST_CHANCE = 0.005
/** Times are reckoned as finely as this, ms, or a five hundredth. */
const FINEST_MS = 20
/** No job is asked for directly at a smaller chance. */
const LEAST_TO_ASK = 0.05
/**
 * Where nothing waits for any place, the end of the run does, and people: a list is worth it once so much has passed
 * since a job that may have ended was last known to run, by its age, or of the run if that is more.
 */
const TAIL_SHARE = 1 / 20
const TAIL_SHARE_OF_RUN = 1 / 100
const LONGEST_TAIL_TICK = 60_000
/** What the empty places of all jobs that nothing waits for are worth, of one that is: people watch their ends too. */
const UNWANTED = 0.25

/** The look that is worth it when sent at `now`; null: none is yet. */
export function lookWorth<Job>(facts: LookFacts<Job>, now: number): Look<Job> | null {
  const { cohorts, lengths, roundTripMs, lagMs, listCost } = facts
  const arrival = now + roundTripMs / 2
  const allEnded = facts.isTail ? chanceOfAll(facts, arrival) : 0
  const shown: (readonly Job[])[] = []
  const due: { readonly jobs: readonly Job[]; readonly isBehindList: boolean }[] = []
  let listGain = 0
  let inVain = 0
  let later = 0
  let isTailDue = false
  for (const cohort of cohorts) {
    const { jobs, startedAt, isWanted, priceMs, askFrom, listFrom, isListed } = cohort
    const from = cohort.aliveAt - startedAt
    const listedFrom = cohort.listedAt - startedAt
    const age = arrival - startedAt
    const chance = lengths.endedBy(from, age)
    if (chance <= 0) continue
    // The end of all waits for it only once all others have ended; then it holds up as much as all places did.
    const value = isWanted
      ? 1
      : Math.max(UNWANTED / facts.running, (facts.mostRunning * allEnded) / chance)
    let gain = 0
    const isForList = isListed && now >= Math.max(facts.listFrom, listFrom)
    if (isForList && lengths.endedBy(listedFrom, age - lagMs) >= LEAST_CHANCE) {
      shown.push(jobs)
      gain = (jobs.length * value * lengths.overFor(listedFrom, age - lagMs)) / priceMs
      listGain += gain
      isTailDue ||= facts.isTail && arrival - cohort.listedAt - lagMs >= tailTickMs(facts, age, now)
    }
    if (now < askFrom || chance < LEAST_TO_ASK) continue
    // Had it ended, this request would have been needed anyway.
    const cost = 1 - chance
    if (value * lengths.overFor(from, age) < priceMs * cost) continue
    // Behind a list its end is known by one round trip and the lag later.
    const delay = (value * chance * (roundTripMs + lagMs)) / priceMs
    due.push({ jobs, isBehindList: delay < cost })
    inVain += jobs.length * cost
    later += jobs.length * delay
    // Once it is asked for, the list has nothing more to show of it.
    listGain -= gain
  }
  // For those asked for directly the list saves what would be asked in vain, and costs the time it takes longer.
  const isListBetter = listGain + inVain >= listCost + later
  if (shown.length > 0 && (isTailDue || isListBetter)) {
    const ask = due.filter((each) => !each.isBehindList).flatMap(({ jobs }) => jobs)
    return { list: shown.flat(), ask }
  }
  return due.length > 0 ? { list: null, ask: due.flatMap(({ jobs }) => jobs) } : null
}

function tailTickMs<Job>(
  { lengths, firstStartAt }: LookFacts<Job>,
  ageMs: number,
  now: number,
): number {
  if (lengths.usualMs === null) {
    return Math.min(LONGEST_TICK, Math.max(SHORTEST_TICK, ageMs * AGE_SHARE_UNKNOWN))
  }
  const wanted = Math.max(ageMs * TAIL_SHARE, (now - firstStartAt) * TAIL_SHARE_OF_RUN)
  return Math.min(LONGEST_TAIL_TICK, Math.max(SHORTEST_TICK, wanted))
}

function chanceOfAll<Job>({ cohorts, lengths }: LookFacts<Job>, at: number): number {
  return cohorts.reduce(
    (all, { jobs, startedAt, aliveAt }) =>
      all === 0 ? 0 : all * lengths.endedBy(aliveAt - startedAt, at - startedAt) ** jobs.length,
    1,
  )
}

/** When a look is worth it for the first time, within `mostMs` of `now`; nothing changes by then. */
export function nextWorthAt<Job>(facts: LookFacts<Job>, now: number, mostMs: number): number {
  if (lookWorth(facts, now) !== null) return now
  if (lookWorth(facts, now + mostMs) === null) return now + mostMs
  let none = 0
  let some = mostMs
  // What a look is worth only grows while none is made: the first moment is found by halves.
  while (some - none > Math.max(FINEST_MS, none / 500)) {
    const middle = (none + some) / 2
    if (lookWorth(facts, now + middle) === null) none = middle
    else some = middle
  }
  return now + some
}
