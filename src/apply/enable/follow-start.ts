import { ApiError } from '../../cloud/errors.ts'
import type { FailureJob } from '../../cloud/sdrs/sdrs-schema.ts'
import { onResult, type EnablingResult } from '../../enabling.ts'
import { offResult } from '../../enabling-sentences.ts'
import { unifyId } from '../../keys.ts'
import type { EnableContext, OneGroup } from './enable-context.ts'
import type { GroupEnd, GroupTarget } from './group-followed.ts'

/** A start whose answer is lost is sent once more in a run, not for ever. */
const MOST_LOST = 2

/** What is followed: all of a `GroupTarget` but what this knows itself. */
export type FollowedStart = Omit<GroupTarget, 'groupId' | 'onBegun' | 'isResumed'> & {
  readonly isResumed?: boolean
}

/**
 * Follows a start that holds a place, gives the place back, and says how the group ends; null when nothing has
 * started it, so that it may be started (again). `isOurs`: a start of ours may be what is followed.
 */
export async function followStart(
  one: OneGroup,
  followed: FollowedStart,
  isOurs: boolean,
): Promise<EnablingResult | null> {
  const { context, planned, switching } = one
  const { id: groupId, name: group } = planned.group
  const target = { isResumed: false, ...followed, groupId }
  const following = context.watch.follow({
    ...target,
    onBegun() {
      if (isOurs) void switching.found()
    },
  })
  const since = Math.min(target.since, context.clock.now())
  context.onEvent({ type: 'start-running', groupId, group, jobId: target.jobId, since })
  context.onProgress()
  const end = await following
  if (end.kind === 'failed' && !isOthersDoing(target, end)) context.onFailing(planned)
  context.dispatcher.jobEnded(groupId, null)
  return resultOf(one, target, end, isOurs)
}

async function resultOf(
  one: OneGroup,
  target: Pick<GroupTarget, 'isResumed' | 'jobId'>,
  end: GroupEnd,
  isOurs: boolean,
): Promise<EnablingResult | null> {
  const { context, switching } = one
  switch (end.kind) {
    case 'on':
      await switching.on()
      one.errorCode = null
      // It may have failed since it was accepted, and somebody else have switched the group on.
      if (target.isResumed && target.jobId !== null && !end.byJob) {
        return onResult('already-enabled', UNTOLD)
      }
      return onResult(
        isOurs ? 'enabled' : 'already-enabled',
        end.late ? 'it is on, but its job had not ended after --job-timeout' : null,
      )
    case 'failed':
      return failedResult(one, target, end)
    case 'off':
      one.lookedFor = true
      one.offIn = end.status
      if (switching.fate().kind === 'accepted') {
        // Accepted, and then the group does not show it, nor a job that runs: as good as a lost answer.
        one.lost += 1
        one.openSince ??= one.submittedAt ?? context.clock.now()
      }
      return one.lost >= MOST_LOST ? fateUnknown(one) : null
    case 'unshown':
      return offResult('unknown', 'fate-unknown', { why: 'unshown', status: end.status })
    case 'moved':
      await switching.failed(null, `the group is in ${end.status}`)
      return offResult('refused', 'group-not-ready', { status: end.status })
    case 'missing':
      return offResult('unknown', 'not-in-list', null)
    case 'unlisted':
      return offResult('unknown', 'fate-unknown', { why: 'unseen' })
    case 'timeout':
      return end.begun ? offResult('in-progress', 'job-timeout', null) : fateUnknown(one)
    case 'stopped': {
      if (!end.begun) return fateUnknown(one)
      if (context.stop.reason() === 'interrupted') {
        return offResult('in-progress', 'interrupted', null)
      }
      const cause = context.stop.accessError()?.message ?? null
      return offResult('in-progress', 'job-running', { cause })
    }
  }
}

/** What is known of a group that is on, and of an earlier run's start that nobody tells about. */
export const UNTOLD = 'it is on; what became of the start that an earlier run sent is not told'

/** An earlier run's start has failed, and yet the group is on, or on its way: somebody else has started it since. */
function isOthersDoing(
  { isResumed }: Pick<GroupTarget, 'isResumed'>,
  { status }: Extract<GroupEnd, { kind: 'failed' }>,
): boolean {
  return isResumed && (status === 'protected' || status === 'starting')
}

async function failedResult(
  one: OneGroup,
  target: Pick<GroupTarget, 'isResumed' | 'jobId'>,
  end: Extract<GroupEnd, { kind: 'failed' }>,
): Promise<EnablingResult> {
  const { context, planned, switching } = one
  const groupId = planned.group.id
  const task = end.code === null ? await failedTask(context, groupId, target.jobId) : null
  const code = end.code ?? task?.errorCode ?? null
  const cause = task?.failReason ?? end.reason
  await switching.failed(code, cause)
  const failed = offResult('failed', 'job-failed', { code, cause })
  const on = onResult(
    'already-enabled',
    `it is on, but not by the start that an earlier run sent: that had failed (${failed.message})`,
  )
  if (isOthersDoing(target, end)) {
    if (end.status === 'protected') return on
    context.dispatcher.occupy(groupId)
    const since = context.clock.now()
    const others = { jobId: null, begun: true, before: null, since }
    const result = await followStart(one, others, false)
    if (result?.kind === 'already-enabled') return on
    // Behind as looks are, it may have been ours that was still seen to start.
    if (result !== null && result.kind !== 'failed') return result
  }
  one.errorCode = code
  return failed
}

export function fateUnknown({ lastLost }: OneGroup): EnablingResult {
  return offResult('unknown', 'fate-unknown', { why: 'lost', cause: lastLost })
}

/** What the service has noted about the group's own failed tasks, the last of them; null: nothing, or it does not say. */
async function failedTask(
  context: EnableContext,
  groupId: string,
  startJobId: string | null,
): Promise<FailureJob | null> {
  if (context.stop.following.aborted) return null
  try {
    const tasks = await context.client.listFailureJobs(null, context.stop.following)
    const own = tasks.filter(
      ({ resourceId, jobType, jobId }) =>
        resourceId !== null &&
        unifyId(resourceId) === unifyId(groupId) &&
        (jobType === null || /^start/i.test(jobType)) &&
        // Of another start it would tell another reason.
        (startJobId === null || jobId === null || jobId === startJobId),
    )
    return (
      own
        .toSorted((one, other) => (one.beginTime ?? '').localeCompare(other.beginTime ?? ''))
        .at(-1) ?? null
    )
  } catch (error) {
    if (error instanceof ApiError) return null
    throw error
  }
}
