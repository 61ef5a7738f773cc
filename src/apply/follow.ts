import { CREATE_FAILED_ONCE } from '../cloud/catalogue.ts'
import { isOpen } from '../journal/fate.ts'
import { isSameGroup } from '../keys.ts'
import type { ProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'
import * as ends from './ends.ts'
import { findServer } from './find-server.ts'
import type { End, Target } from './followed.ts'
import { canBeFound, isUnknown, noteInstance, type OneRow, type Step } from './one-row.ts'

/** A create whose answer is lost is sent once more in a run, not for ever. */
const MOST_LOST = 2

/**
 * Follows a create that holds a place of its group to its end, gives the place back, and says how the
 * row ends; null when the create certainly came to nothing and may be sent again.
 */
export async function follow(one: OneRow, target: Target): Promise<Step> {
  const { context, account, creation, planned } = one
  let isOver = false
  let isFailing = false
  account.jobOverAt = null
  const followed = context.watch.follow({
    ...target,
    onJobFailed(code) {
      if (code !== CREATE_FAILED_ONCE || one.triedFailed) failing()
    },
    onJobOver() {
      account.jobOverAt = context.clock.now()
      jobOver('success')
    },
    onFound(instanceId) {
      account.protectedInstanceId = instanceId
      if (canBeFound(creation)) void creation.found(instanceId)
    },
  })
  const { groupId, jobId } = target
  const about = { ...context.about(planned), groupId }
  const since = Math.min(target.since, context.clock.now())
  context.onEvent({ type: 'job-running', ...about, jobId, since })
  context.onProgress()
  function jobOver(kind: End['kind']): void {
    if (isOver) return
    isOver = true
    const durationMs = context.clock.now() - since
    context.onEvent({ type: 'job-ended', ...about, end: kind, durationMs })
    context.dispatcher.jobEnded(groupId, kind === 'success' ? durationMs : null)
  }
  /** At once: the failure limit must come before the places of others go to the next. */
  function failing(): void {
    if (!isFailing) context.onFailing(planned)
    isFailing = true
  }
  const end = await followed
  const onceMore =
    end.kind === 'failed' &&
    end.code === CREATE_FAILED_ONCE &&
    end.instance === null &&
    !one.triedFailed
  if (end.kind === 'failed' && !onceMore) failing()
  jobOver(end.kind)
  switch (end.kind) {
    case 'success':
      noteInstance(account, end.instance)
      account.targetServerId = end.targetServerId
      account.jobStatus = end.jobStatus
      account.errorCode = null
      account.httpStatus = null
      if (
        end.instance.serverGroupId !== null &&
        !isSameGroup(end.instance.serverGroupId, planned.group.id)
      ) {
        return ends.inOtherGroup(end.instance)
      }
      return end.late ? ends.createdBesideJob() : ends.created()
    case 'failed':
      account.jobStatus = end.jobStatus
      account.errorCode = end.code
      account.httpStatus = null
      if (end.instance !== null) noteInstance(account, end.instance)
      one.left = end.instance === null ? null : { status: end.instance.status, proven: end.proven }
      if (onceMore) {
        one.triedFailed = true
        const left = await leftBehind(one)
        if (left.kind === 'not-found') {
          const nothing = {
            kind: 'failed',
            reason: 'job-failed',
            protectedInstanceId: null,
          } as const
          await creation.settled(nothing, null)
          // The service took this one, so that no other was out there, and this one has ended.
          one.earlier = null
          one.outSince = null
          return null
        }
        if (left.kind === 'unreadable') return ends.jobFailed(end, false)
        noteInstance(account, left.instance)
        one.left = { status: left.instance.status, proven: end.proven }
        return ends.jobFailed({ ...end, instance: left.instance }, wasHealthy(one, left.instance))
      }
      return ends.jobFailed(end, wasHealthy(one, end.instance))
    case 'broken':
      account.jobStatus = end.jobStatus
      noteInstance(account, end.instance)
      return ends.brokenBesideJob(end)
    case 'timeout':
      account.jobStatus = end.jobStatus
      return ends.jobTimedOut()
    case 'stopped':
      return isUnknown(creation)
        ? ends.fateUnknown(one.lastLost)
        : ends.stillRunning(context.stop.reason(), context.stop.accessError())
    case 'missing':
      account.jobStatus = 'SUCCESS'
      if (creation.fate().kind === 'accepted') await creation.missing()
      return ends.notInList('job-succeeded', true)
    case 'gone':
      account.protectedInstanceId = end.instanceId
      if (creation.fate().kind === 'accepted') await creation.missing()
      // What was found in the making may be somebody else's: no create of ours is open then.
      return ends.notInList('was-listed', isOpen(creation.fate()))
    case 'unlisted':
      return isUnknown(creation)
        ? ends.fateUnknown(one.lastLost)
        : ends.notInList('group-unlisted', isOpen(creation.fate()))
    case 'vanished':
      // Accepted, and then neither job nor instance: as good as a lost answer, and counted as one.
      if (creation.fate().kind === 'accepted') {
        one.lost += 1
        one.outSince ??= target.since
        await creation.missing()
      }
      if (one.lost >= MOST_LOST) return ends.fateUnknown(one.lastLost)
      account.protectedInstanceId = null
      return null
  }
}

function wasHealthy({ context }: OneRow, instance: ProtectedInstance | null): boolean {
  return instance !== null && context.seenHealthy.has(instance.id)
}

/**
 * What a failed create left, once a lagging list must show it. Not asked for sooner: until then the
 * list may lack what was left, or still show what is gone.
 */
async function leftBehind({ context, creation }: OneRow): ReturnType<typeof findServer> {
  await context.clock.sleep(context.settleWindowMs, context.stop.following)
  return findServer(context, creation.subject, { patient: false })
}
