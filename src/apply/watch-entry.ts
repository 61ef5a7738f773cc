import { instanceIdOf } from '../plan/live-state.ts'
import {
  isUnderWay,
  mayBeAsked,
  ownLookAt,
  type End,
  type Followed,
  type Target,
} from './followed.ts'
import type { JobTimes } from './job-times.ts'
import type { LookTimes } from './look-times.ts'
import type { WantedInstance } from './narrow-look.ts'

/** One create that is followed, and whom to tell its end. */
export interface Entry extends JobTimes {
  readonly target: Target
  readonly deadline: number
  readonly resolve: (end: End) => void
  state: Followed
  /** As its job has told it. */
  instanceId: string | null
  /** Its job has ended; only the list is still to agree. */
  isOver: boolean
}

/**
 * When an entry itself must be looked at, whatever its age, without `--poll-interval`. `lastOver`: of all jobs the
 * last to end, when no other runs any more: then one list shall show them all.
 */
export function adaptiveDueAt(
  entry: Entry,
  times: LookTimes<Entry>,
  lastOver: Entry | null,
): number {
  const { state } = entry
  if (state.kind !== 'succeeded' && state.kind !== 'failing') return regularDueAt(entry)
  const shownAt = times.shownAt(entry, state.from)
  if (state.hasLooked && state.lookedAt >= shownAt) return regularDueAt(entry)
  // What it has left is waited for by whoever decides what comes next.
  if (state.kind === 'failing') return shownAt
  if (lastOver === null) return times.confirmAt(entry, state.from)
  return Math.max(shownAt, times.shownAt(lastOver, state.from))
}

/** The same with `--poll-interval`, whose lists come anyway. */
export function regularDueAt({ state, deadline }: Entry): number {
  return ownLookAt(state) ?? deadline
}

/** Whom a list that goes anyway is of use to, most first: it may agree with an end, or show one. */
export function usefulNow(
  all: Iterable<Entry>,
  times: LookTimes<Entry>,
  now: number,
): readonly Entry[] {
  const running: Entry[] = []
  const over: Entry[] = []
  for (const entry of all) {
    const { state } = entry
    if (isUnderWay(state)) running.push(entry)
    else if (state.kind === 'succeeded' && times.shownAt(entry, state.from) <= now) over.push(entry)
  }
  return [...over, ...times.mayHaveEnded(running, now)]
}

export function wantedOf({
  target: { serverId, groupId },
  state,
  instanceId,
}: Entry): WantedInstance {
  const known = 'live' in state ? instanceIdOf(state.live) : null
  // A job that the service denies, or that cannot be read, is none to rely on.
  const need = state.kind === 'succeeded' ? 'agreement' : mayBeAsked(state) ? 'sight' : 'proof'
  return { serverId, groupId, instanceId: known ?? instanceId, need }
}

/** Asked about in vain a short while ago, so that what a list shows of it would only raise the same question. */
export function isQuiet({ state, quietUntil, deadline }: Entry, now: number): boolean {
  return isUnderWay(state) && now < Math.min(quietUntil, deadline)
}

/** Nobody can tell how it ended. */
export function isUnseen(state: Followed): boolean {
  return state.kind === 'ended' && (state.end.kind === 'missing' || state.end.kind === 'unlisted')
}
