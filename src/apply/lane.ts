/**
 * One protection group's lane: how many of our creates it takes at once, learnt from its answers.
 *
 * A place is a create in flight or a job still running. The window is how many places we take; it
 * doubles while every create is accepted, since k running jobs prove room for k. A group at its limit
 * answers busy. A busy answer may be chance (somebody's snapshot, a lock of a moment), so the lane asks
 * again after a short pause, and once more; the third one in a row is the limit: the window falls to
 * half, though never below what runs right now. So is the third one beside as many running jobs, if it never
 * took more in between: where places are scarce, a lane is seldom asked three times in a row. From then on
 * the lane tries one place more only now and then, four times as long after each try that fails, so that a
 * serial group runs back to back without a storm of refusals.
 *
 * A try that succeeds may show that the limit was none, or is gone; or that one of the jobs counted as running
 * had ended, and nobody had looked yet. So one more is asked for at once. If that is accepted too, the limit is
 * gone, and the window doubles again; else the first is believed once all have run beside each other for longer than
 * an end stays unseen.
 *
 * Pure state and transitions: time and delays are arguments.
 */
export interface Lane {
  readonly window: number
  readonly places: number
  /** Of these, creates that have no answer yet: they prove no room. */
  readonly inFlight: number
  /** The known limit, or null while there is none. */
  readonly ceiling: number | null
  /** While no limit is known: it has refused beside so many of our jobs, and has not been seen to take more; or null. */
  readonly suspected: number | null
  /** How often it has done so. */
  readonly suspicions: number
  /** Since when one more runs than the limit, known or suspected, says, ms; null: none does. */
  readonly beyondSince: number | null
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
/** Of jobs that have run beside each other for so long none had ended unseen, ms: looks are closer, and lists lag less. */
const SURE_MS = 180_000

export const NEW_LANE: Lane = {
  window: 1,
  places: 0,
  inFlight: 0,
  ceiling: null,
  suspected: null,
  suspicions: 0,
  beyondSince: null,
  busyInARow: 0,
  busySince: null,
  closedUntil: Number.NEGATIVE_INFINITY,
  tryAt: Number.NEGATIVE_INFINITY,
  tryPauseMs: FIRST_TRY_MS,
}

/** When the lane takes one more create, unless its state changes before; `Infinity`: once a place is free. */
export function opensAt(lane: Lane): number {
  if (lane.places < lane.window || isToConfirm(lane)) return lane.closedUntil
  const canTry = lane.ceiling !== null && lane.places === lane.ceiling
  return canTry ? Math.max(lane.closedUntil, lane.tryAt) : Number.POSITIVE_INFINITY
}

/** A try has succeeded, and a second one tells whether that was room. */
function isToConfirm(lane: Lane): boolean {
  return lane.beyondSince !== null && lane.places === (limitOf(lane) ?? 0) + 1
}

function limitOf({ ceiling, suspected }: Lane): number | null {
  return ceiling ?? suspected
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
export function widthOf(lane: Lane): { readonly width: number; readonly isLimited: boolean } {
  const limit = limitOf(lane)
  return { width: limit ?? Math.max(1, lane.window / 2), isLimited: limit !== null }
}

/** A job of an earlier run takes a place. */
export function occupied(lane: Lane): Lane {
  return { ...lane, places: lane.places + 1 }
}

/** A create takes its place before it is sent. */
export function sent(lane: Lane): Lane {
  return { ...lane, places: lane.places + 1, inFlight: lane.inFlight + 1 }
}

/** It has its answer, whatever that says. */
export function answered(lane: Lane): Lane {
  return { ...lane, inFlight: lane.inFlight - 1 }
}

/** The create ended without a job: its place is free, and nothing was learnt. */
export function givenBack(lane: Lane): Lane {
  return { ...lane, places: lane.places - 1 }
}

export function accepted(lane: Lane, now: number): Lane {
  const calm = { ...lane, busyInARow: 0, busySince: null }
  const limit = limitOf(lane)
  const running = lane.places - lane.inFlight
  if (limit !== null && running <= limit) {
    // While only suspected, one more is asked for whenever there is a place.
    const most = lane.ceiling ?? limit + 1
    return { ...calm, window: Math.max(lane.window, Math.min(most, 2 * running)) }
  }
  if (limit !== null && lane.beyondSince === null) return { ...calm, beyondSince: now }
  return { ...calm, ...NO_LIMIT, window: Math.max(lane.window, 2 * running) }
}

const NO_LIMIT = { ceiling: null, suspected: null, suspicions: 0, beyondSince: null } as const

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
  // Only time tells whether the one before it went beyond the limit, or took a place that had become free.
  if (isToConfirm(next)) return { ...next, closedUntil: now + lane.tryPauseMs }
  if (lane.ceiling !== null && lane.places > lane.ceiling) {
    const tryPauseMs = Math.min(LATEST_TRY_MS, lane.tryPauseMs * TRY_GROWTH)
    return { ...next, tryPauseMs, tryAt: now + tryPauseMs }
  }
  const suspicions = places === lane.suspected ? lane.suspicions + 1 : 1
  const isChance =
    lane.ceiling === null
      ? Math.max(suspicions, next.busyInARow) < NO_CHANCE
      : next.busyInARow < NO_CHANCE_AGAIN
  if (isChance) {
    const suspicion = lane.ceiling === null ? { suspected: places, suspicions } : {}
    return { ...next, ...suspicion, beyondSince: null, closedUntil: now + pauseMs * SHORT_PAUSE }
  }
  const window = Math.max(1, places, Math.floor(lane.window / 2))
  const tryAt = now + lane.tryPauseMs
  return { ...next, ...NO_LIMIT, window, ceiling: window, closedUntil: tryAt, tryAt }
}

/** One of our jobs ended: its place is free, and a busy group may have room again. */
export function jobEnded(lane: Lane, now: number): Lane {
  return {
    ...(isSureBeyond(lane, now) ? oneMore(lane) : lane),
    places: lane.places - 1,
    beyondSince: null,
    busyInARow: 0,
    busySince: null,
    closedUntil: Number.NEGATIVE_INFINITY,
  }
}

function isSureBeyond({ beyondSince }: Lane, now: number): boolean {
  return beyondSince !== null && now - beyondSince >= SURE_MS
}

function oneMore({ ceiling, suspected, ...lane }: Lane): Lane {
  if (ceiling === null) {
    return { ...lane, ceiling, suspected: suspected === null ? null : suspected + 1, suspicions: 0 }
  }
  return { ...lane, suspected, ceiling: ceiling + 1, window: Math.max(lane.window, ceiling + 1) }
}
