/**
 * For how many ms of an empty place one request may be spent, by what is known of the jobs and by what has been
 * spent. Pure.
 *
 * As few are spent as keep a place empty for about `WASTE` of a job's length: lists that show many jobs, which end
 * evenly, are then looked at twice that far apart. Where few jobs run, a look shows little, and the least price
 * holds. Beyond what the jobs that have ended allow the price rises, whatever lengths the jobs have.
 */
export interface Spending {
  readonly spent: number
  readonly allowed: number
}

/** What keeps rows waiting for the place of a job. */
export type Scarcity =
  /** Its own group takes no more at once: no other place can make good for it. */
  | 'group'
  /** `--max-jobs`: any row that waits may have its place. */
  | 'run'

export interface Circumstances {
  readonly scarcity: Scarcity
  /** Jobs that run. */
  readonly running: number
  /** Of those, jobs whose places something waits for. */
  readonly wanted: number
  /** A request's way there and back. */
  readonly roundTripMs: number
  /** How long an end takes to show in the list. */
  readonly lagMs: number
  readonly usualMs: number
  readonly isVaried: boolean
}

const WASTE = 0.018
/** Slow requests waste some of that themselves: so much is left all the same. */
const LEAST_WASTE = 0.006
/** An end that a list shows is known one and a half round trips after the list was asked for. */
const ROUND_TRIPS = 1.5
/** Shares of a job's length that one request is worth. */
const LEAST_PRICE = 0.02
const MOST_PRICE = 0.125
const LATE_LISTS_PRICE = 0.012
/** From a list so late, as a share of a job's length, on only asking for each job tells in time. */
const LATE = 0.02

/** Requests that each end allows beside the one that says so. */
const ALLOWED = 0.36
const ALLOWED_VARIED = 0.62
const ALLOWED_IN_GROUP = 2.3
const ALLOWED_LATE_LISTS = 2
/** So few jobs ask for little in all, and each of them counts for much. */
const FEW = 4
/** Spent in advance, and by each job that runs. */
const IN_ADVANCE = 6
const IN_ADVANCE_EACH = 0.3
/** By how much each further request raises the price, and to how many times at most. */
const STEEPNESS = 0.15
const MOST_TIMES = 10

/** Requests that a job's end allows, the one that says so included. */
export function allowedByEnd(about: Circumstances): number {
  const { scarcity, running, isVaried } = about
  const ofRun = isVaried ? ALLOWED_VARIED : ALLOWED
  const ofFew = ALLOWED_IN_GROUP * Math.min(1, (FEW / Math.max(1, running)) ** 2)
  const ofGroup = scarcity === 'group' ? ALLOWED_IN_GROUP : 0
  return 1 + Math.max(ofRun, ofFew, ofGroup, isListLate(about) ? ALLOWED_LATE_LISTS : 0)
}

export function isListLate({ lagMs, usualMs }: Pick<Circumstances, 'lagMs' | 'usualMs'>): boolean {
  return lagMs > LATE * usualMs
}

export function priceMs(about: Circumstances, { spent, allowed }: Spending): number {
  const { usualMs, running } = about
  const over = Math.max(0, spent - allowed - IN_ADVANCE - IN_ADVANCE_EACH * running)
  return usualMs * shareOf(about) * Math.min(MOST_TIMES, Math.exp(STEEPNESS * over))
}

function shareOf(about: Circumstances): number {
  const { scarcity, wanted, roundTripMs, usualMs } = about
  if (isListLate(about)) return LATE_LISTS_PRICE
  if (scarcity === 'group') return LEAST_PRICE
  const waste = Math.max(LEAST_WASTE, WASTE - (ROUND_TRIPS * roundTripMs) / usualMs)
  // Of √(2 × price ÷ ends a ms), the time between two lists, half is wasted.
  return Math.min(MOST_PRICE, Math.max(LEAST_PRICE, 2 * wanted * waste ** 2))
}
