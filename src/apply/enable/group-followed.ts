import { FAILED_START } from '../../plan/failed-start.ts'
import { isStartable } from '../../plan/start-guard.ts'
import type { JobSeen } from '../ask-job.ts'
import { readJobResult } from '../job-result.ts'
import { lookTimes, SHORTEST_TICK } from '../poll-schedule.ts'

/** A group whose start is followed to its end: by its job, or, without one, by the group alone. */
export interface GroupTarget {
  readonly groupId: string
  readonly jobId: string | null
  /** It has been seen to start. Else a start was sent and its answer lost: nobody knows. */
  readonly begun: boolean
  /** Its status before the start was sent; null: nobody of ours sent one. */
  readonly before: string | null
  /** When it was sent, or first seen, ms. */
  readonly since: number
  /** An earlier run sent it: its job is asked first, since what the group shows may be somebody else's doing. */
  readonly isResumed: boolean
  /** Called once, when the group is first seen to start, or to be on. */
  readonly onBegun?: () => void
}

/** How the start of a group ended. */
export type GroupEnd =
  /** `late`: its job had not ended after `--job-timeout`. `byJob`: its job has said that it did this. */
  | { readonly kind: 'on'; readonly late: boolean; readonly byJob: boolean }
  /** `status`: in which the group was seen last. */
  | {
      readonly kind: 'failed'
      readonly code: string | null
      readonly reason: string
      readonly status: string | null
    }
  /** Through the whole settle window it stays off, and nothing says that a start was carried out. */
  | { readonly kind: 'off'; readonly status: string }
  /** Its job has succeeded, and through the window the group is shown as it was before. */
  | { readonly kind: 'unshown'; readonly status: string }
  /** It is in a status that no start leads to: somebody else is at work. */
  | { readonly kind: 'moved'; readonly status: string }
  /** Through the window the list does not show the group. */
  | { readonly kind: 'missing' }
  /** The groups may not be listed. */
  | { readonly kind: 'unlisted' }
  /** `begun`: it has been seen to start, or was accepted. */
  | { readonly kind: 'timeout'; readonly begun: boolean }
  | { readonly kind: 'stopped'; readonly begun: boolean }

/** What a look or an answer has shown, and when, ms. */
export type GroupSeen =
  /** The list was read; null: it does not show the group. */
  | { readonly kind: 'list'; readonly status: string | null; readonly at: number }
  /** It could not be read; `refused`: nor will it be. */
  | { readonly kind: 'no-list'; readonly refused: boolean; readonly at: number }
  | JobSeen

interface Base {
  readonly target: GroupTarget
  /** When it is given up, ms. */
  readonly deadline: number
  readonly windowMs: number
  /** As the list showed it last; null: it does not, or has not been read. */
  readonly status: string | null
  readonly lookedAt: number
}

interface Asking extends Base {
  readonly kind: 'asking'
  readonly jobId: string
  /** Since when the service has denied the job, ms. */
  readonly deniedSince: number | null
  /** Answers in a row that told nothing of the job. */
  readonly barred: number
  /** When to ask for it although the group is still starting, ms. */
  readonly askAgainAt: number
}

interface Agreeing extends Base {
  readonly kind: 'agreeing'
  readonly from: number
}

interface Looking extends Base {
  readonly kind: 'looking'
  readonly begun: boolean
  /** Since when no look has shown it starting, ms. */
  readonly from: number
}

interface Ended {
  readonly kind: 'ended'
  readonly end: GroupEnd
}

/**
 * The start of one group, as a value. What it is told moves it on, and may make it ask for its job:
 *
 *    with a job                          without
 *        │                                  │
 *        ▼      no such job through         ▼  starting: begun, and the window begins anew
 *     asking ── the window, or barred ─► looking ◄─┐
 *      │  │                                │ │ │ └─┘
 *      │  │                                │ │ └─ window over: never begun ─────► ended: off
 *      │  │                                │ │        begun, and off again ─────► ended: failed
 *      │  │                                │ │        another status, no group ─► ended: moved, missing
 *      │  │                                │ └─ error-starting ─────────────────► ended: failed
 *      │  │                                └─ protected ────────────────────────► ended: on
 *      │  └─ FAIL, or a sub-job of a SUCCESS has failed ────────────────────────► ended: failed
 *      └─ SUCCESS ─► agreeing ─ protected ──────────────────────────────────────► ended: on
 *                         └─ window over, and it is not ────────────────────────► ended: unshown, failed, missing
 *                                                    (an earlier run's: off)
 *
 * A look may be behind by less than the window: within it `error-starting` may still be what a start of before
 * has left, even where a start has been seen meanwhile, since that may have been the one of before as well.
 *
 * Past the deadline whatever comes next ends it: `on` where the group is protected, whatever its job says,
 * else `timeout`. A list that cannot be read moves nothing but towards the deadline; one that is refused
 * ends what has nothing else to ask (`unlisted`) once the window is over.
 */
export type GroupFollowed = Asking | Agreeing | Looking | Ended

/** True: its job is to be asked for. */
type Step = readonly [GroupFollowed, boolean]

/** A job whose group stays in `starting` is asked for now and then all the same. */
const SANITY_MS = 10 * 60_000
/** A job that so many answers in a row told nothing of: its group must tell. */
const MOST_BARRED = 3

/** Times in ms. */
export function beginFollowingGroup(
  target: GroupTarget,
  options: {
    readonly now: number
    readonly jobTimeoutMs: number
    readonly settleWindowMs: number
  },
): GroupFollowed {
  const { now, jobTimeoutMs, settleWindowMs: windowMs } = options
  const base = { target, deadline: now + jobTimeoutMs, windowMs, status: null, lookedAt: now }
  const { jobId, begun } = target
  if (jobId === null) return { ...base, kind: 'looking', begun, from: now }
  const askAgainAt = target.isResumed ? now : now + SANITY_MS
  return { ...base, kind: 'asking', jobId, deniedSince: null, barred: 0, askAgainAt }
}

/** When to look next for what the group should show, ms; null: the regular tick will do. */
export function ownGroupLookAt(state: GroupFollowed): number | null {
  switch (state.kind) {
    case 'asking':
      return state.deniedSince === null ? null : lookAfter(state, state.deniedSince)
    case 'agreeing':
      return lookAfter(state, state.from)
    case 'looking':
      return state.status === 'starting' ? null : lookAfter(state, state.from)
    case 'ended':
      return null
  }
}

function lookAfter({ windowMs, lookedAt }: Base, from: number): number {
  const next = lookTimes(windowMs).find((look) => from + look > lookedAt)
  return next === undefined ? lookedAt + SHORTEST_TICK : from + next
}

/** Pure and total: what does not concern a state leaves it as it is. */
export function stepGroup(state: GroupFollowed, seen: GroupSeen): Step {
  switch (state.kind) {
    case 'asking':
      return stepAsking(state, seen)
    case 'agreeing':
      return stepAgreeing(state, seen)
    case 'looking':
      return stepLooking(state, seen)
    case 'ended':
      return [state, false]
  }
}

/** The run ends before the start does. */
export function stoppedEnd(state: GroupFollowed): GroupEnd {
  return { kind: 'stopped', begun: hasBegun(state) }
}

function stepAsking(state: Asking, seen: GroupSeen): Step {
  switch (seen.kind) {
    case 'list': {
      const next = { ...state, status: seen.status, lookedAt: seen.at }
      if (seen.status !== 'starting' && state.barred >= MOST_BARRED)
        return withoutJob(next, seen.at)
      const isUrgent = seen.at >= state.deadline || state.deniedSince !== null
      if (seen.status === 'starting' && !isUrgent && seen.at < state.askAgainAt)
        return [next, false]
      return [{ ...next, askAgainAt: seen.at + SANITY_MS }, true]
    }
    case 'no-list':
      return [{ ...state, lookedAt: seen.at }, true]
    case 'job': {
      const result = readJobResult(seen.job)
      if (result.kind === 'failed') return failed(state, result)
      if (result.kind === 'running') {
        return untilDeadline({ ...state, deniedSince: null, barred: 0 }, seen.at)
      }
      const { target, deadline, windowMs, status, lookedAt } = state
      const base = { target, deadline, windowMs, status, lookedAt }
      return settle({ ...base, kind: 'agreeing', from: seen.at }, seen.at)
    }
    case 'no-job': {
      const deniedSince = state.deniedSince ?? seen.at
      if (seen.at >= deniedSince + state.windowMs) return withoutJob(state, seen.at)
      return untilDeadline({ ...state, deniedSince, lookedAt: seen.at }, seen.at)
    }
    case 'no-answer':
      return untilDeadline({ ...state, barred: state.barred + Number(seen.barred) }, seen.at)
  }
}

/** Only the group tells now. */
function withoutJob({ target, deadline, windowMs, status, lookedAt }: Asking, at: number): Step {
  const base = { target, deadline, windowMs, status, lookedAt }
  return look({ ...base, kind: 'looking', begun: target.begun, from: at }, at)
}

function stepAgreeing(state: Agreeing, seen: GroupSeen): Step {
  if (seen.kind === 'list') {
    return settle({ ...state, status: seen.status, lookedAt: seen.at }, seen.at)
  }
  return seen.kind === 'no-list' ? unread(state, seen) : [state, false]
}

/** Its job has succeeded: only the group is still to agree. */
function settle(state: Agreeing, at: number): Step {
  const { status } = state
  if (status === 'protected') return ended({ kind: 'on', late: false, byJob: true })
  if (!isWindowOver(state, at)) return [state, false]
  if (status === null) return ended({ kind: 'missing' })
  if (isUntold(status)) return untilDeadline(state, at)
  // Switched on, and then turned or taken down by somebody else: that is no failure of the start.
  if (!isStartable(status)) return ended({ kind: 'moved', status })
  const { before, isResumed } = state.target
  if (status === FAILED_START && before !== status) {
    return failed(state, { code: null, reason: `its job succeeded, yet the group is in ${status}` })
  }
  // Of an earlier run's start somebody may well have switched off since what it had switched on.
  return ended({ kind: isResumed ? 'off' : 'unshown', status })
}

function stepLooking(state: Looking, seen: GroupSeen): Step {
  if (seen.kind === 'list') {
    return look({ ...state, status: seen.status, lookedAt: seen.at }, seen.at)
  }
  return seen.kind === 'no-list' ? unread(state, seen) : [state, false]
}

function look(state: Looking, at: number): Step {
  const { status, target, begun } = state
  if (status === 'protected') return ended({ kind: 'on', late: false, byJob: false })
  if (status === 'starting') return untilDeadline({ ...state, begun: true, from: at }, at)
  if (!isWindowOver(state, at)) return [state, false]
  if (status === null) return ended({ kind: 'missing' })
  if (isUntold(status)) return untilDeadline(state, at)
  if (!isStartable(status)) return ended({ kind: 'moved', status })
  // Where it was in error before, that it still is says nothing of this start.
  if (status === FAILED_START && (begun || target.before !== status)) {
    return failed(state, { code: null, reason: `the group is in ${status}` })
  }
  return begun
    ? failed(state, { code: null, reason: `the group was starting, and is in ${status} again` })
    : ended({ kind: 'off', status })
}

/** It does not say yet what becomes of it, or not in a word that can be read. */
function isUntold(status: string): boolean {
  return status === 'starting' || status === 'unknown'
}

function unread(state: Agreeing | Looking, seen: { refused: boolean; at: number }): Step {
  if (seen.refused && isWindowOver(state, seen.at)) return ended({ kind: 'unlisted' })
  return untilDeadline({ ...state, lookedAt: seen.at }, seen.at)
}

/** Past the deadline: a group that is protected is on, whatever its job says. */
function untilDeadline(state: Asking | Agreeing | Looking, at: number): Step {
  if (at < state.deadline) return [state, false]
  return state.status === 'protected'
    ? ended({ kind: 'on', late: true, byJob: false })
    : ended({ kind: 'timeout', begun: hasBegun(state) })
}

function hasBegun(state: GroupFollowed): boolean {
  return state.kind === 'looking' ? state.begun : state.kind !== 'ended'
}

function isWindowOver({ windowMs, from }: Agreeing | Looking, at: number): boolean {
  return at >= from + windowMs
}

function failed(
  { status }: Base,
  { code, reason }: { readonly code: string | null; readonly reason: string },
): Step {
  return ended({ kind: 'failed', code, reason, status })
}

function ended(end: GroupEnd): Step {
  return [{ kind: 'ended', end }, false]
}
