/**
 * One protection group's lane: how many of our creates it takes at once, learnt from its answers.
 *
 * A place is a create in flight or a job still running. The window is how many places we take; it
 * doubles while every create is accepted, since k running jobs prove room for k. A group at its limit
 * answers busy. A busy answer may be chance (somebody's snapshot, a lock of a moment), so the lane asks
 * again after a short pause, and once more; the third one in a row is the limit: the window falls to
 * half, though never below what runs right now, and the lane waits for one of its own jobs to end. From
 * then on it tries one place more only after a number of accepted creates that doubles with each failed
 * try, so that a serial group runs back to back without a storm of refusals. A try that succeeds is followed
 * by the next at once: there is room above what was thought the limit.
 *
 * Pure state and transitions: time and delays are arguments.
 */
export interface Lane {
  readonly window: number
  readonly places: number
  /** The known limit, or null while there is none. */
  readonly ceiling: number | null
  readonly busyInARow: number
  /** First of the busy answers without progress in between, ms; null when there is none. */
  readonly busySince: number | null
  /** Closed until then, ms; `Infinity` means until one of its own jobs ends. */
  readonly closedUntil: number
  readonly acceptedSince: number
  readonly tryAfter: number
}

const FIRST_TRY_AFTER = 8
const LATEST_TRY_AFTER = 128
/** Busy answers in a row that are taken for the group's limit. */
const NO_CHANCE = 3
/** While a busy answer may be chance, the lane pauses only for this share of the backoff. */
const SHORT_PAUSE = 1 / 4

export const NEW_LANE: Lane = {
  window: 1,
  places: 0,
  ceiling: null,
  busyInARow: 0,
  busySince: null,
  closedUntil: Number.NEGATIVE_INFINITY,
  acceptedSince: 0,
  tryAfter: FIRST_TRY_AFTER,
}

export function isOpenLane(lane: Lane, now: number): boolean {
  return lane.places < lane.window && now >= lane.closedUntil
}

/** A create takes a place before it is sent; a job of an earlier run takes one as well. */
export function taken(lane: Lane): Lane {
  return { ...lane, places: lane.places + 1 }
}

/** The create ended without a job: its place is free, and nothing was learnt. */
export function givenBack(lane: Lane): Lane {
  return { ...lane, places: lane.places - 1 }
}

export function accepted(lane: Lane): Lane {
  const calm = { ...lane, busyInARow: 0, busySince: null }
  if (lane.ceiling === null) return { ...calm, window: Math.max(lane.window, 2 * lane.places) }
  if (lane.places > lane.ceiling) {
    return { ...calm, ceiling: lane.places, window: lane.places + 1, acceptedSince: 0 }
  }
  const acceptedSince = lane.acceptedSince + 1
  return acceptedSince < lane.tryAfter
    ? { ...calm, acceptedSince }
    : { ...calm, acceptedSince: 0, window: lane.ceiling + 1 }
}

/** The refused create gives its place back. `pauseMs` is a jittered backoff. */
export function busy(lane: Lane, now: number, pauseMs: number): Lane {
  const places = lane.places - 1
  const next: Lane = {
    ...lane,
    places,
    busyInARow: lane.busyInARow + 1,
    busySince: lane.busySince ?? now,
  }
  if (places === 0) {
    // Nothing of ours runs here: somebody else is at work, and only time tells when they end.
    return { ...next, window: Math.max(1, Math.floor(lane.window / 2)), closedUntil: now + pauseMs }
  }
  const overCeiling = lane.ceiling !== null && lane.places > lane.ceiling
  if (!overCeiling && next.busyInARow < (lane.ceiling === null ? NO_CHANCE : NO_CHANCE - 1)) {
    return { ...next, closedUntil: now + pauseMs * SHORT_PAUSE }
  }
  const window = overCeiling
    ? Math.max(1, lane.ceiling ?? 1)
    : Math.max(1, places, Math.floor(lane.window / 2))
  return {
    ...next,
    window,
    ceiling: window,
    acceptedSince: 0,
    tryAfter: Math.min(LATEST_TRY_AFTER, overCeiling ? lane.tryAfter * 2 : lane.tryAfter),
    closedUntil: Number.POSITIVE_INFINITY,
  }
}

/** One of our jobs ended: its place is free, and a busy group may have room again. */
export function jobEnded(lane: Lane): Lane {
  return {
    ...lane,
    places: lane.places - 1,
    busyInARow: 0,
    busySince: null,
    closedUntil: Number.NEGATIVE_INFINITY,
  }
}
