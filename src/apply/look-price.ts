/**
 * For how many ms of an empty place one request may be spent, by what is known of the jobs and by what has been
 * spent. Pure.
 *
 * Each end allows so many requests beside the one that tells of it. The price begins where looks at jobs that end
 * evenly would spend just that, rises where more has been spent and falls where less has: what is allowed is used
 * up, whatever lengths the jobs have.
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
  /** Of those, how many one request for a list shows. */
  readonly shown: number
  /** A request's way there and back. */
  readonly roundTripMs: number
  /** How long an end takes to show in the list. */
  readonly lagMs: number
  readonly usualMs: number
  /** See `JobLengths`. */
  readonly spread: number
}

/**
 * Requests that each end allows beside the one that says so, where jobs take equally long: with the create and that
 * answer some two and a third in all. The more jobs differ (`spread`), the less looks can be aimed, and the more of
 * them there are, up to a limit.
 */
const ALLOWED = 0.34
const ALLOWED_BY_SPREAD = 0.4
const MOST_ALLOWED = 0.66
/** Lanes of few jobs at once: five requests in all. */
const ALLOWED_IN_GROUP = 2.6
/** Where lists come late, each job is asked for itself. */
const ALLOWED_LATE_LISTS = 0.9
/** The more jobs one list shows, the fewer lists will do: so many while each running job ends once. */
const ALLOWED_A_ROUND = 16
/** What slow requests cost in time is made up for by more of them: by so much for each share of a job's length. */
const SLOW = 100
/** So few jobs ask for little in all, and each of them counts for much. */
const FEW = 4
/** Spent in advance, to learn how long jobs take. */
const IN_ADVANCE = 8
/** From a list so late, as a share of a job's length, on only asking for each job tells in time. */
const LATE = 0.02
/** Shares of a job's length that one request is worth. */
const LEAST_PRICE = 0.008
const MOST_PRICE = 0.125
/** By how much each request above what is allowed raises the price, and each below lowers it. */
const STEEPNESS = 0.05
/** To so many times at most: what learning has cost is saved little by little. */
const MOST_TIMES = 4

/** Requests that a job's end allows, the one that says so included. */
export function allowedByEnd(about: Circumstances): number {
  return 1 + besideOf(about)
}

function besideOf(about: Circumstances): number {
  const { scarcity, shown, spread } = about
  if (scarcity === 'group') return ALLOWED_IN_GROUP
  const wanted = Math.min(MOST_ALLOWED, ALLOWED + ALLOWED_BY_SPREAD * (spread - 1))
  const slow = 1 + (SLOW * about.roundTripMs) / about.usualMs
  const ofRun = Math.min(wanted, (slow * ALLOWED_A_ROUND) / Math.max(1, shown))
  const ofFew = ALLOWED_IN_GROUP * Math.min(1, (FEW / Math.max(1, about.running)) ** 3)
  return Math.max(ofRun, ofFew, isListLate(about) ? ALLOWED_LATE_LISTS : 0)
}

function isListLate({ lagMs, usualMs }: Circumstances): boolean {
  return lagMs > LATE * usualMs
}

export function priceMs(about: Circumstances, { spent, allowed }: Spending): number {
  const times = Math.exp(STEEPNESS * (spent - allowed - IN_ADVANCE))
  return about.usualMs * firstShare(about) * Math.min(MOST_TIMES, Math.max(1 / MOST_TIMES, times))
}

/** Lists T apart show ends that come at rate r: each has waited T / 2, and √(2 × price / r) is the best T. */
function firstShare(about: Circumstances): number {
  const share = 1 / (2 * besideOf(about) ** 2 * Math.max(1, about.shown))
  return Math.min(MOST_PRICE, Math.max(LEAST_PRICE, share))
}
