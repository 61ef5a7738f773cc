/** How often a holder touches its lock. */
export const BEAT_MS = 5_000
/** A holder that cannot be asked for counts as alive as long as its last touch is younger than this. */
export const SILENT_MS = 60_000
/** A silent one is watched for so long before it is taken over: a clock that jumped kills nobody. */
export const WATCH_MS = 10_000
/** A holder that could not touch its lock for so long gives up before others take it for dead. */
export const GIVE_UP_MS = SILENT_MS - BEAT_MS
/** How often a waiting run looks again. */
const LOOK_MS = 1_000
/** After a claim that came too late; grows with every one in a row. */
const PAUSE_MS = 200
const MOST_PAUSE_MS = 2_000
/** A lock that shows nobody and yet cannot be had: the file system is at odds with itself. */
const MOST_TRIES = 60

/** What a look at the lock shows. */
export type Sight =
  | { readonly kind: 'free' }
  | {
      readonly kind: 'held'
      /** Names this holder's word; never used again by another. */
      readonly entry: string
      /** Differs after every touch. */
      readonly beat: string
      /** `alive` and `dead`: asked for by its pid. `foreign`: only its touches tell. */
      readonly life: 'alive' | 'dead' | 'foreign'
      /** Since its last touch, by the file system's own clock. Of a foreign one only. */
      readonly silentMs: number
    }
  /** It is there and may not be looked at. */
  | { readonly kind: 'unreadable' }

type Held = Extract<Sight, { readonly kind: 'held' }>

/** `tries`: claims in a row that came too late. `until`: how long to wait for another's lock. */
interface Contending {
  readonly until: number
  readonly tries: number
}

/**
 * The life of one process's lock, as a value:
 *
 *              ┌────── occupied ◄─────────────────┐
 *              ▼                                  │
 *            waiting ◄── alive, time left ──┐     │
 *              │ slept                      │     │
 *              ▼                            │     │
 *   start ► looking ── free ───────────────────► claiming ── claimed ──► held ─┬─ touched ──┐
 *           │ │  ▲ ▲                        │     ▲                      ▲ │ │ │  not touched, for less than GIVE_UP
 *           │ │  │ └── moved, or gone ──┐   │     │ cleared              └─│─│─┴────────────┘
 *           │ │  └───── slept ────────┐ │   │     │                        │ │
 *           │ ├── dead ───────────────│─│───│─► clearing                   │ └─ release ──► released
 *           │ │                       │ │   │     ▲                        └─── gone, or silent for GIVE_UP ──► lost
 *           │ └── foreign, silent ► watching    ──┘ still silent after WATCH
 *           │                                                              (a lost one is released without a word)
 *           └── alive or unreadable, no time left ──► refused
 *
 * `free`, `dead`, `foreign` … are what a look shows. What makes it safe is in the asks: `claim` succeeds for
 * one process only, and only where nobody's word stands; `clear` takes away the word of the one who was
 * seen dead, by its name, and nobody else's. So a late `clear` or `claim` harms nobody.
 */
export type LockState =
  | ({ readonly kind: 'looking' } & Contending)
  | ({ readonly kind: 'waiting' } & Contending)
  | ({ readonly kind: 'watching'; readonly held: Held; readonly since: number } & Contending)
  | ({ readonly kind: 'clearing'; readonly entry: string } & Contending)
  | ({ readonly kind: 'claiming' } & Contending)
  | { readonly kind: 'refused'; readonly sight: Sight }
  | { readonly kind: 'held'; readonly touchedAt: number }
  | { readonly kind: 'lost' }
  | { readonly kind: 'released' }

/** What is to be done next; its result is the next thing seen. */
export type Ask =
  | { readonly type: 'look' }
  | { readonly type: 'sleep'; readonly ms: number }
  /** Take away this entry, if it is still there. */
  | { readonly type: 'clear'; readonly entry: string }
  /** Put our word where nobody's stands. */
  | { readonly type: 'claim' }
  | { readonly type: 'touch' }
  /** Take our own word away. */
  | { readonly type: 'remove' }
  | { readonly type: 'nothing' }

export type Seen =
  | { readonly type: 'look'; readonly sight: Sight; readonly now: number }
  | { readonly type: 'slept' }
  | { readonly type: 'cleared' }
  | { readonly type: 'claimed'; readonly now: number }
  | { readonly type: 'occupied' }
  /** `untouched`: the disk refused; `gone`: our word is not there any more. */
  | { readonly type: 'touched'; readonly now: number }
  | { readonly type: 'untouched'; readonly now: number }
  | { readonly type: 'gone' }
  | { readonly type: 'release' }

type Step = readonly [LockState, Ask]

/** Wants the lock, and waits for it until `until` (ms, on the clock of `Seen`). */
export function contend(until: number): Step {
  return [{ kind: 'looking', until, tries: 0 }, { type: 'look' }]
}

/** Pure. Throws for what cannot be seen in a state: always a bug of the caller. */
export function step(state: LockState, seen: Seen): Step {
  switch (state.kind) {
    case 'looking':
      if (seen.type === 'look') return judge(state, seen.sight, seen.now)
      break
    case 'waiting':
      if (seen.type === 'slept') return look(state)
      break
    case 'watching':
      // Asleep or awake, it is the next look that tells.
      if (seen.type === 'slept') return [state, { type: 'look' }]
      if (seen.type === 'look') return watch(state, seen.sight, seen.now)
      break
    case 'clearing':
      if (seen.type === 'cleared') return claim(state)
      break
    case 'claiming':
      if (seen.type === 'claimed') return [{ kind: 'held', touchedAt: seen.now }, sleep(BEAT_MS)]
      if (seen.type === 'occupied') {
        const tries = state.tries + 1
        const ms = Math.min(PAUSE_MS * tries, MOST_PAUSE_MS)
        return [{ kind: 'waiting', until: state.until, tries }, sleep(ms)]
      }
      break
    case 'held':
      return hold(state, seen)
    case 'refused':
      break
    case 'lost':
      // A release, or a touch that was under way: nothing of ours is left to take away.
      return [state, { type: 'nothing' }]
    case 'released':
      return [state, { type: 'nothing' }]
  }
  throw new Error(`a lock that is ${state.kind} cannot see ${seen.type}`)
}

function judge(state: Contending, sight: Sight, now: number): Step {
  if (sight.kind === 'free') {
    return state.tries < MOST_TRIES ? claim(state) : refuse(sight)
  }
  if (sight.kind === 'unreadable') return waitOrRefuse(state, sight, now)
  if (sight.life === 'dead') return clear(state, sight.entry)
  if (sight.life === 'foreign' && sight.silentMs >= SILENT_MS) {
    const { until } = state
    return [{ kind: 'watching', until, tries: 0, held: sight, since: now }, sleep(LOOK_MS)]
  }
  return waitOrRefuse(state, sight, now)
}

function watch(
  state: Extract<LockState, { readonly kind: 'watching' }>,
  sight: Sight,
  now: number,
): Step {
  const { held, since } = state
  const isSilent =
    sight.kind === 'held' &&
    sight.life === 'foreign' &&
    sight.entry === held.entry &&
    sight.beat === held.beat
  if (!isSilent) return moved(state, sight, now)
  const left = WATCH_MS - (now - since)
  return left <= 0 ? clear(state, held.entry) : [state, sleep(Math.min(left, LOOK_MS))]
}

/** It has moved: whatever its age says (the clock may have jumped), it lives. */
function moved(state: Contending, sight: Sight, now: number): Step {
  if (sight.kind === 'held' && sight.life === 'foreign') {
    return waitOrRefuse(state, { ...sight, silentMs: 0 }, now)
  }
  return judge(state, sight, now)
}

function hold(state: Extract<LockState, { readonly kind: 'held' }>, seen: Seen): Step {
  switch (seen.type) {
    case 'slept':
      return [state, { type: 'touch' }]
    case 'touched':
      return [{ kind: 'held', touchedAt: seen.now }, sleep(BEAT_MS)]
    case 'untouched':
      return seen.now - state.touchedAt < GIVE_UP_MS
        ? [state, sleep(BEAT_MS)]
        : [{ kind: 'lost' }, { type: 'nothing' }]
    case 'gone':
      return [{ kind: 'lost' }, { type: 'nothing' }]
    case 'release':
      return [{ kind: 'released' }, { type: 'remove' }]
    case 'look':
    case 'cleared':
    case 'claimed':
    case 'occupied':
      throw new Error(`a lock that is held cannot see ${seen.type}`)
  }
}

function look({ until, tries }: Contending): Step {
  return [{ kind: 'looking', until, tries }, { type: 'look' }]
}

function claim({ until, tries }: Contending): Step {
  return [{ kind: 'claiming', until, tries }, { type: 'claim' }]
}

function clear({ until, tries }: Contending, entry: string): Step {
  return [
    { kind: 'clearing', entry, until, tries },
    { type: 'clear', entry },
  ]
}

function waitOrRefuse({ until }: Contending, sight: Sight, now: number): Step {
  const left = until - now
  return left > 0
    ? [{ kind: 'waiting', until, tries: 0 }, sleep(Math.min(left, LOOK_MS))]
    : refuse(sight)
}

function refuse(sight: Sight): Step {
  return [{ kind: 'refused', sight }, { type: 'nothing' }]
}

function sleep(ms: number): Ask {
  return { type: 'sleep', ms }
}
