import { isSameServer } from '../keys.ts'
import { JournalFailure, type JournalEvent } from '../journal/journal.ts'
import { unmetConditions } from '../plan/delete-guard.ts'
import { hasBeenHealthy } from '../instance-status.ts'
import { liveStateFrom } from '../plan/live-state.ts'
import { ApiError, isNoSuchInstance } from '../cloud/errors.ts'
import { decideRetry } from '../cloud/retry.ts'
import type { ProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'
import { protectedResult, type RowResult } from '../outcome.ts'
import { openResult } from '../outcome-sentences.ts'
import { forgetError, noteError } from './account.ts'
import { decideAnew } from './adopt.ts'
import type { RunContext } from './context.ts'
import * as ends from './ends.ts'
import { follow } from './follow.ts'
import { isSignInRefused } from './group-look.ts'
import { noteInstance, type OneRow, type Step } from './one-row.ts'
import { listedNow, waitUntilGone } from './wait-until-gone.ts'

/** An accepted delete that leaves the instance as it was is repeated, not for ever. */
const MOST_DELETES = 3

/**
 * Deletes what a failed create left behind, with its DR server, and waits until it is gone. Journalled
 * like a create. Null when the way is clear; a result when it is not. Right before each request, when
 * nothing is waited for any more, the instance itself is looked at, and only what delete-guard.ts allows
 * goes; else the row is planned anew from what the look has shown.
 */
export async function removeFailed(one: OneRow, instance: ProtectedInstance): Promise<Step> {
  const { context, creation, account } = one
  const { groupId, serverId } = creation.subject
  account.protectedInstanceId = instance.id
  let refusals = 0
  let deletes = 0
  const since = context.clock.now()
  for (;;) {
    const turn = await context.dispatcher.turn(groupId, {
      notBefore: context.clock.now(),
      again: refusals > 0,
    })
    if (turn.kind === 'stopped') return ends.notAttempted(turn.reason, context.stop)
    const sent = await sendDelete(one, instance).finally(turn.done)
    if (sent.kind === 'accepted' || sent.kind === 'lost') {
      const about = { ...context.about(one.planned), instanceId: instance.id }
      context.onEvent({ type: 'removing', ...about })
      const after = await waitUntilGone(context, instance.id)
      context.dispatcher.jobEnded(groupId, null)
      if (after === 'still-there') {
        deletes += 1
        if (deletes < MOST_DELETES) continue
        return undeleted(instance, 'it stays as it is after every attempt')
      }
      if (after === 'error-deleting') return undeleted(instance, `it is in ${after}`)
      if (after !== 'gone') return after
      const at = context.clock.now()
      await journal(context, { type: 'deleted', at, server: serverId, instanceId: instance.id })
      account.protectedInstanceId = null
      forgetError(account)
      context.onEvent({ type: 'removed', ...about })
      return null
    }
    context.dispatcher.giveBack(groupId)
    if (sent.kind === 'not-sent') {
      return ends.notAttempted(context.stop.reason() ?? 'run-aborted', context.stop)
    }
    if (sent.kind === 'not-allowed') return planAnew(one, instance, sent.look)
    const { error } = sent
    noteError(account, error)
    if (error.class === 'access') {
      if (isSignInRefused(error)) context.stop.loseAccess(error, true)
      else context.stop.forbid(error)
      return ends.accessLost(error)
    }
    refusals += 1
    const decision = decideRetry(
      {
        class: sent.kind === 'unseen' ? 'not-sent' : error.class,
        attempt: refusals,
        retryAfterMs: error.retryAfterMs,
        waitedMs: context.clock.now() - since,
        patienceMs: context.patienceMs,
      },
      context.random,
    )
    if (decision.kind !== 'resend') return undeleted(instance, error.message)
    forgetError(account)
    await context.clock.sleep(decision.afterMs, context.stop.sending)
  }
}

/** The instance is not what the plan has seen any more, and so it is not deleted. */
async function planAnew(one: OneRow, instance: ProtectedInstance, look: Shown): Promise<Step> {
  const { context, creation, account, planned } = one
  if (look.kind === 'gone') {
    account.protectedInstanceId = null
    return null
  }
  const now = look.instance
  const { serverId } = creation.subject
  if (now.id !== instance.id || !isSameServer(now.sourceServer, serverId)) {
    return undeleted(
      instance,
      'what stands under its ID is not what a failed create of this row left',
    )
  }
  if (hasBeenHealthy(now.status) || context.seenHealthy.has(now.id)) {
    await kept(context, context.noteHealthy([{ server: serverId, instanceId: now.id }]))
  }
  const action = decideAnew(planned, now)
  switch (action.kind) {
    case 'keep':
      noteInstance(account, now)
      return protectedResult('already-protected', { message: action.warning, drift: action.drift })
    case 'conflict':
      return action.result.reason === 'broken-instance' && context.seenHealthy.has(now.id)
        ? openResult('conflict', 'broken-instance', {
            why: 'found',
            instance: now,
            wasProtected: true,
          })
        : action.result
    case 'resume':
      context.dispatcher.occupy(planned.group.id)
      return follow(one, {
        ...creation.subject,
        jobId: null,
        live: liveStateFrom(now, null),
        since: context.clock.now(),
      })
    case 'create':
    case 'blocked':
    case 'look':
    case 'replace':
      return undeleted(instance, `it is in ${now.status}`)
  }
}

function undeleted(instance: ProtectedInstance, why: string): RowResult {
  return openResult('conflict', 'broken-instance', {
    why: 'undeleted',
    instanceId: instance.id,
    cause: why,
  })
}

/** What the look right before a delete has shown. */
type Shown =
  | { readonly kind: 'shown'; readonly instance: ProtectedInstance }
  | { readonly kind: 'gone' }

type Sent =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'refused'; readonly error: ApiError }
  /** It could not be looked at, and so nothing was sent. */
  | { readonly kind: 'unseen'; readonly error: ApiError }
  | { readonly kind: 'not-allowed'; readonly look: Shown }
  | { readonly kind: 'not-sent' }

/** Thrown between the look and the request, which then does not leave. */
class Withheld extends Error {
  readonly sent: Sent

  constructor(sent: Sent) {
    super('the delete is withheld')
    this.name = 'Withheld'
    this.sent = sent
  }
}

async function sendDelete(one: OneRow, instance: ProtectedInstance): Promise<Sent> {
  const { context, creation } = one
  const about = { server: creation.subject.serverId, instanceId: instance.id }
  let left = false
  try {
    const { jobId } = await context.client.deleteProtectedInstance(instance.id, {
      signal: context.stop.sending,
      cutOff: context.stop.inFlight,
      again: false,
      async beforeSend() {
        await holdBack(one, instance)
        await context.journal.append({ type: 'delete-intent', at: context.clock.now(), ...about })
        left = true
      },
    })
    await journal(context, { type: 'delete-accepted', at: context.clock.now(), ...about, jobId })
    return { kind: 'accepted' }
  } catch (error) {
    if (error instanceof Withheld) return error.sent
    if (error instanceof JournalFailure) {
      context.stop.stopSending('run-aborted')
      context.onJournalFailure(error)
      return { kind: 'not-sent' }
    }
    if (!(error instanceof ApiError)) throw error
    if (!left) return error.class === 'access' ? { kind: 'refused', error } : { kind: 'not-sent' }
    // Gone since the look: whether that is so, the wait for its end finds out as after a lost answer.
    if (error.class === 'unknown-fate' || isNoSuchInstance(error)) return { kind: 'lost' }
    await journal(context, { type: 'delete-refused', at: context.clock.now(), ...about })
    return { kind: 'refused', error }
  }
}

/** Throws Withheld unless the instance, looked at now, may be deleted. */
async function holdBack(one: OneRow, { id: instanceId }: ProtectedInstance): Promise<void> {
  const { serverId, groupId } = one.creation.subject
  const look = await lookAtOne(one.context, instanceId)
  if (look.kind === 'unseen') throw new Withheld(look)
  const { action } = one.planned
  const isAllowed =
    look.kind === 'shown' &&
    unmetConditions({
      wanted: { serverId, groupId, instanceId },
      // The plan replaces nothing else; and what it was made from may be old by now.
      leftByFailedCreate:
        action.kind === 'replace' &&
        action.instance.id === instanceId &&
        !one.context.seenHealthy.has(instanceId),
      instance: look.instance,
    }).length === 0
  if (!isAllowed) throw new Withheld({ kind: 'not-allowed', look })
}

/** That it is gone is said only where SDRS itself knows no such instance, and the list agrees. */
async function lookAtOne(
  context: RunContext,
  instanceId: string,
): Promise<Shown | { readonly kind: 'unseen'; readonly error: ApiError }> {
  try {
    const instance = await context.client.showProtectedInstance(instanceId, context.stop.sending)
    return { kind: 'shown', instance }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (!isNoSuchInstance(error)) return { kind: 'unseen', error }
    const listed = await listedNow(context, instanceId)
    return listed === null ? { kind: 'gone' } : { kind: 'unseen', error }
  }
}

/** After the request: what it became stays known in memory even where the disk refuses it. */
function journal(context: RunContext, event: JournalEvent): Promise<void> {
  return kept(context, context.journal.append(event))
}

async function kept(context: RunContext, written: Promise<void>): Promise<void> {
  try {
    await written
  } catch (error) {
    if (!(error instanceof JournalFailure)) throw error
    context.stop.stopSending('run-aborted')
    context.onJournalFailure(error)
  }
}
