import { createTournament } from './tournament.ts'

/**
 * Which lane goes next, where more could go than there are places: the one that needs longest for what it has left,
 * were it alone. Whoever has little left, or may run much of it at once, catches up at any time; a serial group that
 * begins late ends late, whatever is free by then. How long that is, is learnt as the run goes: how many a lane
 * takes at once is what it has shown, so that one of which nothing is known counts as serial, goes early if it
 * is long, and counts for less with every job that it is seen to run beside others.
 *
 * No lane starves: every `FAIR_EVERY`th turn goes to the one whose last turn is longest ago, unless that would hold
 * up a lane on which the whole run waits; and then no longer than all places have had a turn.
 *
 * Deterministic, knows no time; each change and each turn costs the logarithm of the number of lanes.
 */
export interface LaneOrder {
  /** What is known of a lane now; `mayGo`: it would take a turn. Lanes are numbered from 0, in order of appearance. */
  set(lane: number, load: LaneLoad, mayGo: boolean): void
  /** Whose turn it is; null: no lane may go. */
  next(): number | null
  /** It has taken its turn. */
  went(lane: number): void
}

export interface LaneLoad {
  /** Creates that wait. */
  readonly waiting: number
  /** Creates in flight and jobs that run. */
  readonly running: number
  /** So many of its jobs run at once: its limit, or as many as it has shown that it takes; 1 or more. */
  readonly width: number
  /** The width is a limit that the group has set. */
  readonly isLimited: boolean
  /** How long its jobs take, in jobs as they are in general; 1 where nothing is known. */
  readonly pace: number
  readonly succeeded: number
  readonly failed: number
}

/** One turn in so many is not the longest lane's. */
export const FAIR_EVERY = 4
/** The run waits for a lane that alone takes so much of what all places together take for everything. */
const CRITICAL_SHARE = 0.9
/** One failure lets a lane count for as much less as so many successes would have let it count for more. */
const WEIGHT_OF_FAILURE = 3

/** How long the lane needs for what waits, were it alone, in jobs as they are in general. */
export function aloneFor({ waiting, width, pace }: LaneLoad): number {
  return (waiting / width) * pace
}

/**
 * The greater, the sooner it goes. A group whose creates fail counts for less: it gives its places back at once,
 * and would else have the first of all turns, and with them end the run by `--max-failures` before any other has
 * been tried.
 */
export function urgencyOf(load: LaneLoad): number {
  const { succeeded, failed } = load
  return (aloneFor(load) * (succeeded + 1)) / (succeeded + 1 + WEIGHT_OF_FAILURE * failed)
}

/** All that it has left, on one place; of what runs half is taken to be over. */
function workOf({ waiting, running, pace }: LaneLoad): number {
  return (waiting + running / 2) * pace
}

/** `places`: jobs at once, over all lanes. */
export function createLaneOrder(places: number): LaneOrder {
  const urgent = createTournament()
  const longAgo = createTournament()
  const loads: LaneLoad[] = []
  const works: number[] = []
  const lastTurns: number[] = []
  const mayGoNow: boolean[] = []
  let work = 0
  let turns = 0
  let sinceFair = 0

  function isCritical(lane: number): boolean {
    const load = loads[lane]
    if (load === undefined || !load.isLimited) return false
    return aloneFor(load) >= (CRITICAL_SHARE * work) / places
  }

  return {
    set(lane, load, mayGo) {
      const own = workOf(load)
      work += own - (works[lane] ?? 0)
      works[lane] = own
      loads[lane] = load
      mayGoNow[lane] = mayGo
      urgent.set(lane, mayGo ? urgencyOf(load) : Number.NEGATIVE_INFINITY)
      longAgo.set(lane, mayGo ? -(lastTurns[lane] ?? 0) : Number.NEGATIVE_INFINITY)
    },
    next() {
      const first = urgent.best()
      if (first === null || sinceFair < FAIR_EVERY - 1) return first
      const mayWait = sinceFair < FAIR_EVERY - 1 + places && isCritical(first)
      return mayWait ? first : longAgo.best()
    },
    went(lane) {
      sinceFair = longAgo.best() === lane ? 0 : sinceFair + 1
      turns += 1
      lastTurns[lane] = turns
      if (mayGoNow[lane] === true) longAgo.set(lane, -turns)
    },
  }
}
