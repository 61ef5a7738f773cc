import { nextLiveState, instanceIdOf, seenInstance, type LiveState } from '../plan/live-state.ts'
import { isUnsettled, isWhole } from '../instance-status.ts'
import {
  isBroken,
  type FailureJob,
  type Job,
  type ProtectedInstance,
} from '../cloud/sdrs/sdrs-schema.ts'
import { lookTimes, SHORTEST_TICK } from './poll-schedule.ts'
import { readJobResult } from './job-result.ts'

/** A create to be followed to its end: by its job, by its instance, or, with neither, by looking for it. */
export interface Target {
  readonly serverId: string
  readonly name: string
  readonly groupId: string
  readonly jobId: string | null
  /** What looks before this have shown of its instance. */
  readonly live: LiveState
  /** When it was sent, ms. */
  readonly since: number
  /** Called once, when the list first shows the instance of a create that has neither job nor instance. */
  readonly onFound?: (instanceId: string) => void
}

/** How a followed create ended. */
export type End =
  | {
      readonly kind: 'success'
      readonly instance: ProtectedInstance
      readonly targetServerId: string | null
      readonly jobStatus: string | null
      /** The instance is whole, but its job had not ended after `--job-timeout`. */
      readonly late: boolean
    }
  | {
      readonly kind: 'failed'
      readonly code: string | null
      readonly reason: string
      /** What it left behind. */
      readonly instance: ProtectedInstance | null
      /**
       * A job or a failed task of its own says so. Else all that is known is that the instance is broken:
       * nobody has said that its create left it so.
       */
      readonly proven: boolean
      readonly jobStatus: string | null
    }
  /** `--job-timeout` has passed, its instance is broken or being deleted, and nothing says that it has failed. */
  | {
      readonly kind: 'broken'
      readonly instance: ProtectedInstance
      readonly jobStatus: string | null
    }
  /** Still running after `--job-timeout`. */
  | {
      readonly kind: 'timeout'
      readonly instance: ProtectedInstance | null
      readonly jobStatus: string | null
    }
  /** The run ends before the job does. */
  | { readonly kind: 'stopped' }
  /** The job succeeded, yet the list does not show the instance. */
  | { readonly kind: 'missing' }
  /** No job to ask, and through the whole settle window not in the list. */
  | { readonly kind: 'vanished' }
  /** The list showed it and then left it out through the window, and no failed task says why. */
  | { readonly kind: 'gone'; readonly instanceId: string }
  /** No job to ask, and its group may not be listed: nobody can tell. */
  | { readonly kind: 'unlisted' }

/** What to ask besides the list. */
export type Ask =
  | { readonly kind: 'job'; readonly jobId: string }
  | { readonly kind: 'failures'; readonly groupId: string }

/** What a look or an answer has shown, and when, ms. */
export type Seen =
  /** The list was read; null: it does not show the instance. */
  | { readonly kind: 'list'; readonly instance: ProtectedInstance | null; readonly at: number }
  /** The list could not be read; `refused`: nor will it be, for this group. */
  | { readonly kind: 'no-list'; readonly refused: boolean; readonly at: number }
  | { readonly kind: 'job'; readonly job: Job; readonly at: number }
  /** SDRS itself says that there is no such job. */
  | { readonly kind: 'no-job'; readonly at: number }
  /** No answer about the job; `barred`: one that says nothing and may say so every time. */
  | { readonly kind: 'no-answer'; readonly barred: boolean; readonly at: number }
  /** The failed tasks of the group; null: they could not be read. */
  | {
      readonly kind: 'failures'
      readonly failures: readonly FailureJob[] | null
      readonly at: number
    }

interface About {
  readonly target: Target
  /** When it is given up, ms. */
  readonly deadline: number
  /** When to look within the settle window, ms from its beginning. */
  readonly looks: readonly number[]
  readonly windowMs: number
}

interface Base {
  readonly about: About
  readonly live: LiveState
  readonly jobStatus: string | null
}

interface Asking extends Base {
  readonly kind: 'asking'
  readonly jobId: string
  /** Since when the service has denied the job, ms. */
  readonly deniedSince: number | null
  /** Answers in a row that told nothing of the job. */
  readonly barred: number
  /** When to ask for it while its instance is not to be seen, ms, and then how much later again. */
  readonly askUnseenAt: number
  readonly unseenPause: number
  /** When to ask for it although its instance stays in `creating`, ms. */
  readonly askAgainAt: number
  readonly lookedAt: number
}

interface Succeeded extends Base {
  readonly kind: 'succeeded'
  readonly from: number
  readonly lookedAt: number
  readonly targetServerId: string | null
}

/** `retired`: it had a job, which the service no longer knows. */
interface Looking extends Base {
  readonly kind: 'looking'
  readonly retired: boolean
  readonly from: number
  readonly lookedAt: number
}

interface Waiting extends Base {
  readonly kind: 'waiting'
  readonly retired: boolean
}

interface Explaining extends Base {
  readonly kind: 'explaining'
  readonly why: 'broken' | 'gone' | 'whole' | 'late'
}

interface Ended {
  readonly kind: 'ended'
  readonly end: End
}

/**
 * One followed create, as a value. What it is told moves it on, and may make it ask:
 *
 *    with a job            without
 *        │                    │
 *        ▼        no such     ▼        in the list       in `creating`
 *     asking ── job, through looking ─────────────► waiting ◄─┐
 *      │  │     the window ─► │  │ ▲                  │  │ │ └─┘
 *      │  │                   │  │ └── left out ──────┘  │ │
 *      │  │                   │  │ window over:          │ └─ whole, no job ever ──► ended: success
 *      │  │                   │  └─ never seen ──────────┼─────────────────────────► ended: vanished
 *      │  │                   └─ seen before ──┐         │ broken, or whole after
 *      │  │ its job cannot be read, its        ▼         ▼ a job that is denied
 *      │  └─ instance has settled ──────► explaining ◄───┘
 *      │                                       └─ failed tasks ─► ended: failed, gone, broken or success
 *      ├─ FAIL ─────────────────────────────────────────────────► ended: failed
 *      └─ SUCCESS ─► succeeded ─ in the list, or window over ───► ended: success, failed or missing
 *
 * Past the deadline whatever comes next ends it: `success` where the instance is whole, `timeout` where it
 * is not to be seen or still being made. Where it is broken the failed tasks are asked: `failed` where one
 * of them is its own, else `broken`. Its job may run on, but to wait for it again in each run would only
 * keep from a person what they have to decide.
 * A list that cannot be read moves nothing but towards the deadline; one that is refused for good ends
 * what has nothing else to ask (`missing`, `unlisted`) once the window is over.
 */
export type Followed = Asking | Succeeded | Looking | Waiting | Explaining | Ended

type Step = readonly [Followed, Ask | null]

/** A job whose instance stays in `creating` is asked for now and then all the same. */
const SANITY_MS = 10 * 60_000
/** A job whose instance is not to be seen is asked for after this, then at doubling intervals. */
const UNSEEN_MS = 8_000
const LONGEST_UNSEEN_MS = 60_000
/** A job that so many answers in a row told nothing of: its instance and the failed tasks must tell. */
const MOST_BARRED = 3

/** Times in ms; `tickMs` is `--poll-interval`, or null. */
export function beginFollowing(
  target: Target,
  options: {
    readonly now: number
    readonly jobTimeoutMs: number
    readonly settleWindowMs: number
    readonly tickMs: number | null
  },
): Followed {
  const { now, settleWindowMs } = options
  const about: About = {
    target,
    deadline: now + options.jobTimeoutMs,
    looks: lookTimes(settleWindowMs),
    windowMs: settleWindowMs,
  }
  const { live, jobId } = target
  const base = { about, live, jobStatus: null }
  if (jobId === null) {
    return live.kind === 'seen'
      ? { ...base, kind: 'waiting', retired: false }
      : { ...base, kind: 'looking', retired: false, from: now, lookedAt: now }
  }
  const unseenPause = options.tickMs === null ? UNSEEN_MS : options.tickMs * 2
  return {
    ...base,
    kind: 'asking',
    jobId,
    deniedSince: null,
    barred: 0,
    askUnseenAt: now + unseenPause,
    unseenPause,
    askAgainAt: now + SANITY_MS,
    lookedAt: now,
  }
}

/** Pure and total: what does not concern a state leaves it as it is. */
export function step(state: Followed, seen: Seen): Step {
  switch (state.kind) {
    case 'asking':
      return stepAsking(state, seen)
    case 'succeeded':
      return stepSucceeded(state, seen)
    case 'looking':
      return stepLooking(state, seen)
    case 'waiting':
      return stepWaiting(state, seen)
    case 'explaining':
      return stepExplaining(state, seen)
    case 'ended':
      return [state, null]
  }
}

/** When to look next for what should be in the list, ms; null: the regular tick will do. */
export function ownLookAt(state: Followed): number | null {
  switch (state.kind) {
    case 'asking':
      return state.deniedSince === null ? null : lookAfter(state, state.deniedSince)
    case 'succeeded':
    case 'looking':
      return lookAfter(state, state.from)
    case 'waiting':
    case 'explaining':
    case 'ended':
      return null
  }
}

function lookAfter(
  { about, lookedAt }: Base & { readonly lookedAt: number },
  from: number,
): number {
  const next = about.looks.find((look) => from + look > lookedAt)
  return next === undefined ? lookedAt + SHORTEST_TICK : from + next
}

function stepAsking(state: Asking, seen: Seen): Step {
  switch (seen.kind) {
    case 'list': {
      const live = nextLiveState(state.live, seen.instance)
      return lookInAsking({ ...state, live, lookedAt: seen.at }, seen.at)
    }
    case 'no-list': {
      const next = { ...state, lookedAt: seen.at }
      const isUrgent = seen.at >= state.about.deadline || state.deniedSince !== null
      return isUrgent ? [next, jobOf(next)] : askUnseen(next, seen.at)
    }
    case 'job':
      return jobAnswered({ ...state, jobStatus: seen.job.status }, seen.job, seen.at)
    case 'no-job': {
      const deniedSince = state.deniedSince ?? seen.at
      if (seen.at >= deniedSince + state.about.windowMs) return withoutJob(state, true, seen.at)
      return untilDeadline({ ...state, deniedSince, lookedAt: seen.at }, seen.at)
    }
    case 'no-answer': {
      const barred = state.barred + Number(seen.barred)
      return untilDeadline({ ...state, barred }, seen.at)
    }
    case 'failures':
      return [state, null]
  }
}

function lookInAsking(state: Asking, at: number): Step {
  if (at >= state.about.deadline || state.deniedSince !== null) return [state, jobOf(state)]
  if (state.live.kind !== 'seen') return askUnseen(state, at)
  const { status } = state.live.instance
  if (isUnsettled(status)) {
    if (at < state.askAgainAt) return [state, null]
    return [{ ...state, askAgainAt: at + SANITY_MS }, jobOf(state)]
  }
  if (state.barred < MOST_BARRED) return [state, jobOf(state)]
  return explain(state, isLost(status) ? 'broken' : 'whole')
}

function askUnseen(state: Asking, at: number): Step {
  if (at < state.askUnseenAt) return [state, null]
  const unseenPause = Math.min(LONGEST_UNSEEN_MS, state.unseenPause * 2)
  return [{ ...state, unseenPause, askUnseenAt: at + unseenPause }, jobOf(state)]
}

function jobAnswered(state: Asking, job: Job, at: number): Step {
  const result = readJobResult(job)
  switch (result.kind) {
    case 'failed':
      return failed(state, { ...result, proven: true })
    case 'running':
      return untilDeadline({ ...state, deniedSince: null, barred: 0 }, at)
    case 'success': {
      const { about, live, jobStatus } = state
      const { targetServerId } = result
      const next: Succeeded = {
        kind: 'succeeded',
        about,
        live,
        jobStatus,
        from: at,
        lookedAt: at,
        targetServerId,
      }
      return settleSucceeded(next, at)
    }
  }
}

function stepSucceeded(state: Succeeded, seen: Seen): Step {
  if (seen.kind === 'list') {
    const live = nextLiveState(state.live, seen.instance)
    return settleSucceeded({ ...state, live, lookedAt: seen.at }, seen.at)
  }
  if (seen.kind !== 'no-list') return [state, null]
  const isOver = seen.refused ? isWindowOver(state, seen.at) : seen.at >= state.about.deadline
  return isOver ? ended({ kind: 'missing' }) : [{ ...state, lookedAt: seen.at }, null]
}

/** The job has succeeded: only the list is still to agree. */
function settleSucceeded(state: Succeeded, at: number): Step {
  const { live, jobStatus } = state
  if (live.kind !== 'seen') {
    return isWindowOver(state, at) ? ended({ kind: 'missing' }) : [state, null]
  }
  const { instance } = live
  if (isLost(instance.status)) {
    const reason = `the job succeeded, yet the instance is in ${instance.status}`
    return failed(state, { code: null, reason, proven: false })
  }
  // At the end of the window it is there, which is what counts: its status lags.
  if (isUnsettled(instance.status) && !isWindowOver(state, at)) return [state, null]
  const targetServerId = state.targetServerId ?? instance.targetServer
  return ended({ kind: 'success', instance, targetServerId, jobStatus, late: false })
}

function stepLooking(state: Looking, seen: Seen): Step {
  const { about, live } = state
  if (seen.kind === 'no-list') {
    if (seen.refused && isWindowOver(state, seen.at)) return ended({ kind: 'unlisted' })
    return untilDeadline({ ...state, lookedAt: seen.at }, seen.at)
  }
  if (seen.kind !== 'list') return [state, null]
  const next = { ...state, live: nextLiveState(live, seen.instance), lookedAt: seen.at }
  if (next.live.kind === 'seen') return withoutJob(next, state.retired, seen.at)
  if (!isWindowOver(next, seen.at)) return [next, null]
  if (next.live.kind === 'gone') return explain({ ...next, about }, 'gone')
  return ended({ kind: 'vanished' })
}

function stepWaiting(state: Waiting, seen: Seen): Step {
  if (seen.kind === 'no-list') return untilDeadline(state, seen.at)
  if (seen.kind !== 'list') return [state, null]
  const live = nextLiveState(state.live, seen.instance)
  return withoutJob({ ...state, live }, state.retired, seen.at)
}

/** Only the list tells, or what it has shown. */
function withoutJob({ about, live, jobStatus }: Base, retired: boolean, at: number): Step {
  const base = { about, live, jobStatus }
  if (live.kind !== 'seen') {
    return [{ ...base, kind: 'looking', retired, from: at, lookedAt: at }, null]
  }
  const { instance } = live
  if (isUnsettled(instance.status)) {
    return untilDeadline({ ...base, kind: 'waiting', retired }, at)
  }
  if (isLost(instance.status)) return explain(base, 'broken')
  return retired ? explain(base, 'whole') : succeeded(base, instance, false)
}

function stepExplaining(state: Explaining, seen: Seen): Step {
  if (seen.kind !== 'failures') return [state, null]
  const { about, live, jobStatus, why } = state
  const failures = (seen.failures ?? []).filter(isCreateFailure)
  const id = instanceIdOf(live)
  const mine = failures.find(
    ({ jobId, resourceId }) =>
      (resourceId !== null && resourceId === id) ||
      (jobId !== null && jobId === about.target.jobId),
  )
  switch (why) {
    case 'broken': {
      // A name may have been another's before: good enough for words, not to decide by.
      const known = mine ?? failures.find(({ resourceName }) => resourceName === about.target.name)
      const reason = `the instance is in ${seenInstance(live)?.status ?? 'no known status'}`
      return failed(state, {
        code: known?.errorCode ?? null,
        reason: known?.failReason ?? reason,
        proven: mine !== undefined,
      })
    }
    case 'gone':
      return mine === undefined
        ? ended({ kind: 'gone', instanceId: id ?? '' })
        : failed(state, taskOf(mine, 'the instance has disappeared'))
    case 'late': {
      const instance = seenInstance(live)
      if (mine !== undefined) return failed(state, taskOf(mine, 'a task of its create has failed'))
      return instance === null ? [state, null] : ended({ kind: 'broken', instance, jobStatus })
    }
    case 'whole': {
      if (mine !== undefined) return failed(state, taskOf(mine, 'a task of its create has failed'))
      const instance = seenInstance(live)
      if (instance !== null && (seen.failures !== null || seen.at >= about.deadline)) {
        return succeeded(state, instance, false)
      }
      return [{ kind: 'waiting', about, live, jobStatus, retired: true }, null]
    }
  }
}

function isCreateFailure({ failureStatus }: FailureJob): boolean {
  return failureStatus === null || /^createfail/i.test(failureStatus)
}

function explain({ about, live, jobStatus }: Base, why: Explaining['why']): Step {
  const { groupId } = about.target
  return [
    { kind: 'explaining', about, live, jobStatus, why },
    { kind: 'failures', groupId },
  ]
}

/** Past the deadline: an instance that is whole was created, whatever its job says; one that is broken is not. */
function untilDeadline(state: Asking | Looking | Waiting, at: number): Step {
  if (at < state.about.deadline) return [state, null]
  const instance = seenInstance(state.live)
  if (instance !== null && isLost(instance.status)) return explain(state, 'late')
  return instance !== null && isWhole(instance.status)
    ? succeeded(state, instance, true)
    : ended({ kind: 'timeout', instance, jobStatus: state.jobStatus })
}

function succeeded({ jobStatus }: Base, instance: ProtectedInstance, late: boolean): Step {
  const targetServerId = instance.targetServer
  return ended({ kind: 'success', instance, targetServerId, jobStatus, late })
}

/** Why a create has failed, and whether a job or a failed task of its own says so. */
interface Failure {
  readonly code: string | null
  readonly reason: string
  readonly proven: boolean
}

function failed({ live, jobStatus }: Base, { code, reason, proven }: Failure): Step {
  return ended({ kind: 'failed', code, reason, instance: seenInstance(live), proven, jobStatus })
}

function taskOf({ errorCode, failReason }: FailureJob, otherwise: string): Failure {
  return { code: errorCode, reason: failReason ?? otherwise, proven: true }
}

function ended(end: End): Step {
  return [{ kind: 'ended', end }, null]
}

function jobOf({ jobId }: Asking): Ask {
  return { kind: 'job', jobId }
}

function isWindowOver({ about, from }: Base & { readonly from: number }, at: number): boolean {
  return at >= from + about.windowMs
}

function isLost(status: string): boolean {
  return isBroken(status) || status === 'deleting'
}
