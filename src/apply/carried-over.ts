import { liveStateFrom } from '../plan/live-state.ts'
import type { OpenCreate } from '../journal/replay.ts'
import type { Outcome, RowResult } from '../outcome.ts'
import { newAccount, outcomeOf } from './account.ts'
import type { RunContext } from './context.ts'
import { createCreation, type Creation } from './creation.ts'
import * as ends from './ends.ts'
import type { End } from './followed.ts'
import { canBeFound, isUnknown, noteInstance } from './one-row.ts'

/** A create of an earlier run that no row names: followed to its end, never sent again. */
export async function followCarriedOver(context: RunContext, open: OpenCreate): Promise<Outcome> {
  const account = newAccount()
  account.jobId = open.jobId
  account.submittedAt = open.intendedAt
  const creation = createCreation(open, open.fate, context)
  context.dispatcher.occupy(open.groupId)
  let isJobOver = false
  const followed = context.watch.follow({
    ...open,
    onJobOver() {
      account.jobOverAt = context.clock.now()
      jobOver('success')
    },
    jobId: open.fate.kind === 'accepted' ? open.jobId : null,
    live: liveStateFrom(null, open.instanceId),
    since: open.intendedAt,
    onFound: (instanceId) => {
      account.protectedInstanceId = instanceId
      if (canBeFound(creation)) void creation.found(instanceId)
    },
  })
  const { serverId, name, groupId, jobId } = open
  const about = { row: null, wave: null, serverId, name, groupId, group: groupId }
  const since = Math.min(open.intendedAt, context.clock.now())
  context.onEvent({ type: 'job-running', ...about, jobId, since })
  function jobOver(kind: End['kind']): void {
    if (isJobOver) return
    isJobOver = true
    const durationMs = context.clock.now() - since
    context.onEvent({ type: 'job-ended', ...about, end: kind, durationMs })
    context.dispatcher.jobEnded(groupId, kind === 'success' ? durationMs : null)
  }
  const end = await followed
  jobOver(end.kind)
  const result = carriedOverResult(end, context, creation)
  if (end.kind === 'success' || end.kind === 'failed' || end.kind === 'broken') {
    if (end.instance !== null) noteInstance(account, end.instance)
    account.jobStatus = end.jobStatus
    if (end.kind === 'failed') account.errorCode = end.code
  }
  const outcome = outcomeOf(account, result, context.clock.now())
  if (end.kind === 'missing' || end.kind === 'gone') {
    // It has been there, or its job says so: whoever comes next must still look for it.
    if (creation.fate().kind === 'accepted') await creation.missing()
  } else if (isOver(end)) {
    const left = end.kind === 'failed' && end.proven ? (end.instance?.status ?? null) : null
    await creation.settled(outcome, left)
  }
  return outcome
}

/**
 * Nobody has to follow it any more. That no list shows it ends nothing: it may be left out, and a row that
 * names its server again must look before it sends, and take a refusal for its echo.
 */
function isOver({ kind }: End): boolean {
  return kind === 'success' || kind === 'failed' || kind === 'broken'
}

function carriedOverResult(end: End, context: RunContext, creation: Creation): RowResult {
  switch (end.kind) {
    case 'success':
      return end.late ? ends.createdBesideJob() : ends.created()
    case 'failed':
      return ends.jobFailed(end, end.instance !== null && context.seenHealthy.has(end.instance.id))
    case 'broken':
      return ends.brokenBesideJob(end)
    case 'timeout':
      return ends.jobTimedOut()
    case 'stopped':
      return isUnknown(creation)
        ? ends.fateUnknown(null)
        : ends.stillRunning(context.stop.reason(), context.stop.accessError())
    case 'missing':
      return ends.notInList('job-succeeded', true)
    case 'gone':
      return ends.notInList('was-listed', true)
    case 'unlisted':
      return ends.notInList('group-unlisted', true)
    case 'vanished':
      return ends.notInList('not-named', true)
  }
}
