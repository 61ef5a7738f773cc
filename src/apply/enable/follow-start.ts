import { ApiError } from '../../cloud/errors.ts'
import type { FailureJob } from '../../cloud/sdrs/sdrs-schema.ts'
import { onResult, type EnablingResult } from '../../enabling.ts'
import { offResult } from '../../enabling-sentences.ts'
import { unifyId } from '../../keys.ts'
import type { EnableContext, OneGroup } from './enable-context.ts'
import type { GroupEnd, GroupTarget } from './group-followed.ts'

/** A start whose answer is lost is sent once more in a run, not for ever. */
const MOST_LOST = 2

/**
 * Follows a start that holds a place, gives the place back, and says how the group ends; null when nothing has
 * started it, so that it may be started (again). `isOurs`: a start of ours may be what is followed.
 */
export async function followStart(
  one: OneGroup,
  target: Omit<GroupTarget, 'groupId' | 'onBegun'>,
  isOurs: boolean,
): Promise<EnablingResult | null> {
  const { context, planned, switching } = one
  const { id: groupId, name: group } = planned.group
  const followed = context.watch.follow({
    ...target,
    groupId,
    onBegun() {
      if (isOurs) void switching.found()
    },
  })
  const since = Math.min(target.since, context.clock.now())
  context.onEvent({ type: 'start-running', groupId, group, jobId: target.jobId, since })
  context.onProgress()
  const end = await followed
  if (end.kind === 'failed') context.onFailing(planned)
  context.dispatcher.jobEnded(groupId)
  return resultOf(one, end, isOurs)
}

async function resultOf(
  one: OneGroup,
  end: GroupEnd,
  isOurs: boolean,
): Promise<EnablingResult | null> {
  const { context, planned, switching } = one
  switch (end.kind) {
    case 'on':
      await switching.on()
      one.errorCode = null
      return onResult(
        isOurs ? 'enabled' : 'already-enabled',
        end.late ? 'it is on, but its job had not ended after --job-timeout' : null,
      )
    case 'failed': {
      const task = end.code === null ? await failedTask(context, planned.group.id) : null
      const code = end.code ?? task?.errorCode ?? null
      const cause = task?.failReason ?? end.reason
      one.errorCode = code
      await switching.failed(code, cause)
      return offResult('failed', 'job-failed', { code, cause })
    }
    case 'off':
      one.lookedFor = true
      if (switching.fate().kind === 'accepted') {
        // Accepted, and then neither job nor group shows it: as good as a lost answer.
        one.lost += 1
        one.openSince ??= one.submittedAt ?? context.clock.now()
      }
      return one.lost >= MOST_LOST ? fateUnknown(one) : null
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

export function fateUnknown({ lastLost }: OneGroup): EnablingResult {
  return offResult('unknown', 'fate-unknown', { why: 'lost', cause: lastLost })
}

/** What the service has noted about the group's own failed tasks, the last of them; null: nothing, or it does not say. */
async function failedTask(context: EnableContext, groupId: string): Promise<FailureJob | null> {
  if (context.stop.following.aborted) return null
  try {
    const tasks = await context.client.listFailureJobs(null, context.stop.following)
    const own = tasks.filter(
      ({ resourceId, jobType }) =>
        resourceId !== null &&
        unifyId(resourceId) === unifyId(groupId) &&
        (jobType === null || /^start/i.test(jobType)),
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
