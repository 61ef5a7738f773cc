import { NOT_SEEN_YET } from '../plan/live-state.ts'
import { neverReady } from '../plan/rules.ts'
import { CREATE_FAILED_ONCE, GROUP_FORBIDS } from '../cloud/catalogue.ts'
import { ApiError } from '../cloud/errors.ts'
import { decideRetry } from '../cloud/retry.ts'
import type { RowResult } from '../outcome.ts'
import { openResult } from '../outcome-sentences.ts'
import { forgetError, noteError } from './account.ts'
import { AFTER_REFUSAL } from './after-refusal.ts'
import { adopt } from './adopt.ts'
import type { Turn } from './dispatch.ts'
import * as ends from './ends.ts'
import { answerOf } from './events.ts'
import { findServer } from './find-server.ts'
import { follow } from './follow.ts'
import { isSignInRefused } from './group-look.ts'
import { isLongOut, openSince, type OneRow, type Step } from './one-row.ts'
import { sendCreate } from './send.ts'

/**
 * Sends a row's create as often as that is right, and follows what was accepted to its end. `first`: the turn that it
 * has had already, of which it must make use.
 */
export async function sendUntilEnded(one: OneRow, first: Turn | null): Promise<RowResult> {
  const result = await sendAndFollow(one, first)
  if (openSince(one) !== null && !isLongOut(one) && saysUntouched(result)) {
    // Its cause is the answer that was lost, not what was refused later.
    if (one.lastLost === null) forgetError(one.account)
    else noteError(one.account, one.lastLost)
    return ends.fateUnknown(one.lastLost)
  }
  const isGivenUp = result.reason === 'retries-exhausted'
  return isGivenUp && one.unproven.length > 0 ? ends.notInList('known', false) : result
}

/**
 * Endings that say that nothing of the row is out there. After a create whose answer was lost that is
 * more than anybody knows: not to have found it is not a proof, and what was refused later is another one.
 */
function saysUntouched({ kind, reason }: RowResult): boolean {
  return kind === 'not-attempted' || kind === 'blocked' || reason === 'retries-exhausted'
}

async function sendAndFollow(one: OneRow, first: Turn | null): Promise<RowResult> {
  const { context, planned, creation, account } = one
  const groupId = planned.group.id
  const { request } = planned
  if (request === null) throw new Error('a row that is not to be sent has no request')
  let notBefore = Number.NEGATIVE_INFINITY
  let refusals = 0
  let refusedSince: number | null = null
  let given = first
  for (;;) {
    const turn =
      given ?? (await context.dispatcher.turn(groupId, { notBefore, again: account.attempts > 0 }))
    given = null
    if (turn.kind === 'stopped') return ends.notAttempted(turn.reason, context.stop)
    // Made only now: thousands of rows wait for their turn, and hold nothing that they do not need.
    const about = context.about(planned)
    const out = openSince(one)
    const sent = await sendCreate(context, creation, account, request, out).finally(turn.done)
    if (sent.kind === 'not-sent') {
      context.dispatcher.giveBack(groupId)
      return ends.notAttempted(context.stop.reason() ?? 'run-aborted', context.stop)
    }
    if (sent.kind === 'accepted') {
      context.dispatcher.accepted(groupId)
      context.onAnswered(planned)
      context.onEvent({ type: 'accepted', ...about, jobId: sent.jobId })
      const result = await follow(one, {
        ...creation.subject,
        jobId: sent.jobId,
        live: NOT_SEEN_YET,
        since: context.clock.now(),
      })
      if (result !== null) return result
      refusals = 0
      refusedSince = null
      continue
    }
    const { error } = sent
    context.onEvent({
      type: 'create-failed',
      ...about,
      class: error.class,
      ...answerOf(error),
    })
    context.onProgress()
    if (AFTER_REFUSAL[error.class].next !== 'send-again') {
      const result = await settleRefusal(one, error)
      if (result !== null) return result
      continue
    }
    const now = context.clock.now()
    refusals += 1
    refusedSince ??= now
    const blocked = await busyForGood(one, error)
    if (blocked !== null) return blocked
    const ofGroup = error.class === 'busy' && error.scope === 'group'
    const since = ofGroup ? (context.dispatcher.busySince(groupId) ?? now) : refusedSince
    const decision = decideRetry(
      {
        class: error.class,
        attempt: refusals,
        retryAfterMs: error.retryAfterMs,
        waitedMs: now - since,
        patienceMs: context.patienceMs,
      },
      context.random,
    )
    const pauseMs = decision.kind === 'resend' ? decision.afterMs : 0
    if (ofGroup) context.dispatcher.busy(groupId, pauseMs)
    else context.dispatcher.giveBack(groupId)
    if (decision.kind !== 'resend') return ends.retriesExhausted(error)
    forgetError(account)
    notBefore = ofGroup ? now : now + pauseMs
  }
}

/** Of what says that the group's status forbids a create: in a broken group no wait will help. */
async function busyForGood(one: OneRow, error: ApiError): Promise<RowResult | null> {
  if (error.code === null || !GROUP_FORBIDS.has(error.code)) return null
  const { context, planned } = one
  const group = await context.client
    .showServerGroup(planned.group.id, context.stop.following)
    .catch((failure: unknown) => {
      if (failure instanceof ApiError) return null
      throw failure
    })
  if (group === null || !neverReady(group.status)) return null
  context.dispatcher.close(planned.group.id, 'group-unusable')
  context.dispatcher.giveBack(planned.group.id)
  const { name, status } = group
  return openResult('blocked', 'group-not-ready', { group: name, status })
}

/** A failure that waiting does not mend: its place is given back, whatever it means for the row. */
async function settleRefusal(one: OneRow, error: ApiError): Promise<Step> {
  const { context, planned, creation } = one
  const { dispatcher, stop } = context
  const groupId = planned.group.id
  const { next } = AFTER_REFUSAL[error.class]
  if (next === 'look') {
    one.lost += 1
    one.lastLost = error
    one.outSince ??= openSince(one) ?? context.clock.now()
    return follow(one, {
      ...creation.subject,
      jobId: null,
      live: NOT_SEEN_YET,
      since: context.clock.now(),
    })
  }
  if (next === 'give-up-access') {
    noteForbidden(one, error)
    dispatcher.giveBack(groupId)
    return ends.accessLost(error)
  }
  if (next === 'adopt' || openSince(one) !== null || one.unproven.length > 0) {
    const result = await adopt(one, error)
    if (result !== null) {
      dispatcher.giveBack(groupId)
      return result
    }
  }
  if (error.code !== CREATE_FAILED_ONCE) context.onFailing(planned)
  // Before its place goes to the next.
  if (next === 'close-group') dispatcher.close(groupId, 'group-unusable')
  if (next === 'stop-run') stop.stopSending('quota')
  dispatcher.giveBack(groupId)
  if (error.code === CREATE_FAILED_ONCE && !one.triedFailed && (await isNothingLeft(one))) {
    one.triedFailed = true
    return null
  }
  return ends.refused(error)
}

/**
 * A sign-in that is refused is refused for everything. A right may lack for one group alone: its other
 * rows are not attempted, and the other groups find out for themselves.
 */
function noteForbidden({ context, planned }: OneRow, error: ApiError): void {
  if (isSignInRefused(error)) context.stop.loseAccess(error, true)
  else context.stop.forbid(error)
  context.dispatcher.close(planned.group.id, 'access-lost')
}

async function isNothingLeft(one: OneRow): Promise<boolean> {
  const found = await findServer(one.context, one.creation.subject, { patient: false })
  return found.kind === 'not-found'
}
