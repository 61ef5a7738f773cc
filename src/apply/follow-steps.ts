import { instanceIdOf, nextLiveState, seenInstance } from '../plan/live-state.ts'
import { isUnsettled, isWhole } from '../instance-status.ts'
import {
  isBroken,
  type FailureJob,
  type Job,
  type ProtectedInstance,
} from '../cloud/sdrs/sdrs-schema.ts'
import {
  MOST_BARRED,
  type Ask,
  type Asking,
  type Base,
  type End,
  type Explaining,
  type Failing,
  type Failure,
  type Followed,
  type Looking,
  type Seen,
  type Succeeded,
  type Waiting,
} from './followed.ts'
import { readJobResult } from './job-result.ts'

/** What a followed create becomes, and what it asks, by what it is told; its states are in followed.ts. */
type Step = readonly [Followed, Ask | null]

/** The longest pause between two questions about a job whose instance is not to be seen. */
const LONGEST_UNSEEN_MS = 60_000
/** Pure and total: what does not concern a state leaves it as it is. */
export function step(state: Followed, seen: Seen): Step {
  switch (state.kind) {
    case 'asking':
      return stepAsking(state, seen)
    case 'succeeded':
      return stepSucceeded(state, seen)
    case 'failing':
      return stepFailing(state, seen)
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
    return [{ ...state, askAgainAt: at + state.sanityMs }, jobOf(state)]
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
    case 'failed': {
      const failure = { ...result, proven: true }
      // What a look before its end has shown, or has not, says nothing of what it has left.
      const { about, live, jobStatus } = state
      if (live.kind === 'seen' && !isUnsettled(live.instance.status)) return failed(state, failure)
      const base = { about, live, jobStatus }
      return [{ ...base, kind: 'failing', failure, from: at, hasLooked: false, lookedAt: at }, null]
    }
    case 'running':
      // As good as a look: where the list does not show it there is nothing more to ask for a while.
      return untilDeadline(
        {
          ...state,
          deniedSince: null,
          barred: 0,
          askUnseenAt: Math.max(state.askUnseenAt, at + state.unseenPause),
          askAgainAt: Math.max(state.askAgainAt, at + state.sanityMs),
        },
        at,
      )
    case 'success': {
      const { about, live, jobStatus } = state
      const { targetServerId } = result
      const next: Succeeded = {
        kind: 'succeeded',
        about,
        live,
        jobStatus,
        from: at,
        hasLooked: false,
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
    // One list proves nothing: where the first comes late, the window is what follows it.
    const isLate =
      !state.hasLooked &&
      seen.at < state.about.deadline &&
      seen.at - state.from > state.about.windowMs / 2
    const from = isLate ? seen.at : state.from
    return settleSucceeded({ ...state, live, from, hasLooked: true, lookedAt: seen.at }, seen.at)
  }
  if (seen.kind !== 'no-list') return [state, null]
  const isOver = seen.refused ? isWindowOver(state, seen.at) : seen.at >= state.about.deadline
  return isOver ? ended({ kind: 'missing' }) : [{ ...state, lookedAt: seen.at }, null]
}

/** The job has failed: only what it has left is still to be seen. */
function stepFailing(state: Failing, seen: Seen): Step {
  if (seen.kind === 'list') {
    const live = nextLiveState(state.live, seen.instance)
    const next = { ...state, live, hasLooked: true, lookedAt: seen.at }
    const isMoved = live.kind !== 'seen' || !isUnsettled(live.instance.status)
    return isMoved || isWindowOver(state, seen.at) ? failed(next, state.failure) : [next, null]
  }
  if (seen.kind !== 'no-list') return [state, null]
  const isOver = isWindowOver(state, seen.at)
  return isOver
    ? failed(state, state.failure)
    : [{ ...state, hasLooked: true, lookedAt: seen.at }, null]
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
  // It is there, which is what counts: its status lags, and is waited for four times as long.
  const isUp = at >= state.from + 4 * state.about.windowMs
  if (isUnsettled(instance.status) && !isUp) return [state, null]
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
