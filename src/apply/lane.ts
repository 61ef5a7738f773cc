/**
 * One protection group's lane: how many of our creates it takes at once, learnt from its answers.
 *
 * A place is a create in flight or a job still running. The window is how many places we take; it
 * doubles while every create is accepted, since k running jobs prove room for k. A group at its limit
 * answers busy. A busy answer may be chance (somebody's snapshot, a lock of a moment), so the lane asks
 * again after a short pause, and once more; the third one in a row is the limit: the window falls to
 * half, though never below what runs right now. From then on the lane tries one place more only now and
 * then, four times as long after each try that fails, so that a serial group runs back to back without
 * a storm of refusals. A try that succeeds shows that the limit was none, or is gone: the window doubles
 * again.
 *
 * Pure state and transitions: time and delays are arguments.
 */
export interface Lane {
  readonly window: number
  readonly places: number
  /** The known limit, or null while there is none. */
  readonly ceiling: number | null
  /**
   * It has refused beside so many of our jobs, and has taken no more of them since: its limit, perhaps. Where places
   * are scarce it may be long until it is asked often enough for that to be known.
   */
  readonly suspected: number | null
  readonly busyInARow: number
  /** First of the busy answers without progress in between, ms; null when there is none. */
  readonly busySince: number | null
  /** Closed until then, ms, or until one of its own jobs ends. */
  readonly closedUntil: number
  /** When one place above the ceiling is worth a try, ms. */
  readonly tryAt: number
  readonly tryPauseMs: number
}

/** Busy answers in a row that are taken for the group's limit: fewer where a limit is known already. */
const NO_CHANCE = 3
const NO_CHANCE_AGAIN = 2
/** While a busy answer may be chance, the lane pauses only for this share of the backoff. */
const SHORT_PAUSE = 1 / 4
const FIRST_TRY_MS = 30_000
const LATEST_TRY_MS = 32 * 60_000
const TRY_GROWTH = 4

export const NEW_LANE: Lane = {
  window: 1,
  places: 0,
  ceiling: null,
  suspected: null,
  busyInARow: 0,
  busySince: null,
  closedUntil: Number.NEGATIVE_INFINITY,
  tryAt: Number.NEGATIVE_INFINITY,
  tryPauseMs: FIRST_TRY_MS,
}

/** When the lane takes one more create, unless its state changes before; `Infinity`: once a place is free. */
export function opensAt(lane: Lane): number {
  if (lane.places < lane.window) return lane.closedUntil
  const canTry = lane.ceiling !== null && lane.places === lane.ceiling
  return canTry ? Math.max(lane.closedUntil, lane.tryAt) : Number.POSITIVE_INFINITY
}

/**
 * How many jobs the group takes at once, as far as its answers have shown; null: none of them points to a limit.
 * While it refuses beside running jobs, these are as many as it takes.
 */
export function knownLimit({ ceiling, busyInARow, places }: Lane): number | null {
  return ceiling ?? (busyInARow > 0 && places > 0 ? places : null)
}

/**
 * So many of its jobs run at once, as far as that may be relied on: its limit, one that it perhaps has, or as many as
 * it was seen to take (half the window, which doubles with these). 1 or more.
 */
export function widthOf({ ceiling, suspected, window }: Lane): {
  readonly width: number
  readonly isLimited: boolean
} {
  const limit = ceiling ?? suspected
  return { width: limit ?? Math.max(1, window / 2), isLimited: limit !== null }
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
  const isMore = lane.suspected !== null && lane.places > lane.suspected
  const suspected = isMore ? null : lane.suspected
  const calm = { ...lane, suspected, busyInARow: 0, busySince: null }
  if (lane.ceiling !== null && lane.places <= lane.ceiling) return calm
  return { ...calm, ceiling: null, window: Math.max(lane.window, 2 * lane.places) }
}

/** The refused create gives its place back. `pauseMs` is a jittered backoff. */
export function busy(lane: Lane, now: number, pauseMs: number): Lane {
  const places = lane.places - 1
  const next: Lane = {
    ...lane,
    places,
    busyInARow: lane.busyInARow + 1,
    busySince: lane.busySince ?? now,
    suspected: places === 0 ? lane.suspected : places,
  }
  if (places === 0) {
    // Nothing of ours runs here: somebody else is at work, and only time tells when they end.
    return { ...next, window: Math.max(1, Math.floor(lane.window / 2)), closedUntil: now + pauseMs }
  }
  if (lane.ceiling !== null && lane.places > lane.ceiling) {
    const tryPauseMs = Math.min(LATEST_TRY_MS, lane.tryPauseMs * TRY_GROWTH)
    return { ...next, tryPauseMs, tryAt: now + tryPauseMs }
  }
  if (next.busyInARow < (lane.ceiling === null ? NO_CHANCE : NO_CHANCE_AGAIN)) {
    return { ...next, closedUntil: now + pauseMs * SHORT_PAUSE }
  }
  const window = Math.max(1, places, Math.floor(lane.window / 2))
  const tryAt = now + lane.tryPauseMs
  return { ...next, window, ceiling: window, closedUntil: tryAt, tryAt }
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
