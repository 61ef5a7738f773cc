import { isNoSuchGroup, type ApiError, type ErrorClass } from '../../cloud/errors.ts'
import { decideRetry } from '../../cloud/retry.ts'
import type { ServerGroup } from '../../cloud/sdrs/sdrs-schema.ts'
import {
  onResult,
  reasonOfStop,
  type Enabling,
  type EnablingReasonOf,
  type EnablingResult,
  type OffResult,
} from '../../enabling.ts'
import { offResult } from '../../enabling-sentences.ts'
import { isOpenEnabling } from '../../journal/enabling-fate.ts'
import { isSameGroup } from '../../keys.ts'
import type { PlannedEnabling } from '../../plan/enabling-plan.ts'
import { isStartable } from '../../plan/start-guard.ts'
import { AFTER_REFUSAL } from '../after-refusal.ts'
import { answerOf } from '../events.ts'
import { isSignInRefused } from '../group-look.ts'
import type { StopControl } from '../stop.ts'
import type { EnableContext, OneGroup } from './enable-context.ts'
import { fateUnknown, followStart, UNTOLD, type FollowedStart } from './follow-start.ts'
import { sendStart } from './send-start.ts'
import { createSwitching } from './switching.ts'

/** Sees one group to its end: sends what must be sent, follows what runs. */
export async function enableGroup(
  context: EnableContext,
  planned: PlannedEnabling,
): Promise<Enabling> {
  const { action } = planned
  const open = action.kind === 'resume' ? action.open : null
  const one: OneGroup = {
    context,
    planned,
    switching: createSwitching(planned.group, open, context),
    attempts: 0,
    lost: 0,
    lastLost: null,
    openSince: open?.intendedAt ?? null,
    lookedFor: false,
    before: open?.before ?? null,
    offIn: null,
    jobId: open?.jobId ?? null,
    errorCode: null,
    submittedAt: open?.intendedAt ?? null,
  }
  const result = await resultOf(one)
  const { jobId, errorCode, submittedAt } = one
  return {
    ...result,
    jobId,
    errorCode,
    submittedAt: submittedAt === null ? null : new Date(submittedAt).toISOString(),
    finishedAt: new Date(context.clock.now()).toISOString(),
  }
}

async function resultOf(one: OneGroup): Promise<EnablingResult> {
  const { context, planned, switching } = one
  const { action, group } = planned
  switch (action.kind) {
    case 'keep':
      return onResult('already-enabled')
    case 'refuse':
      return action.result
    case 'follow':
      return follow(one, false)
    case 'start':
      return startUntilEnded(one)
    case 'resume': {
      const { jobId, intendedAt, before, fate } = action.open
      const isOn = group.status === 'protected'
      if (isOn && jobId === null) {
        await switching.on()
        return onResult('enabled')
      }
      context.dispatcher.occupy(group.id)
      const begun = fate.kind === 'accepted' && jobId === null
      const target = { jobId, begun, before, since: intendedAt, isResumed: true }
      const result = await followStart(one, target, true)
      if (isOn) return afterSeenOn(one, result)
      return result ?? action.refusal ?? startUntilEnded(one)
    }
  }
}

/** It was seen on before its start's job was asked: who switched it on is all that was open. */
function afterSeenOn({ offIn }: OneGroup, result: EnablingResult | null): EnablingResult {
  // Switched off by somebody since: to start it again nobody has approved.
  if (result === null) return offResult('refused', 'group-not-ready', { status: offIn })
  const isUntold = result.kind === 'in-progress' || result.kind === 'unknown'
  return isUntold ? onResult('already-enabled', UNTOLD) : result
}

/** It is starting. `isOurs`: a start of ours may have done that. */
async function follow(one: OneGroup, isOurs: boolean): Promise<EnablingResult> {
  const { context, planned } = one
  context.dispatcher.occupy(planned.group.id)
  const since = context.clock.now()
  const target = { jobId: null, begun: true, before: one.before, since }
  // What has been seen to start does not end as never begun.
  return (await followStart(one, target, isOurs)) ?? fateUnknown(one)
}

async function startUntilEnded(one: OneGroup): Promise<EnablingResult> {
  const result = await sendAndFollow(one)
  // Not to have seen it is not a proof: after a lost answer that is more than anybody knows. Where the group
  // is in a status of its own, the journal has ended the start with that.
  const isOpen = isOpenEnabling(one.switching.fate())
  const saysUntouched =
    result.kind === 'not-attempted' ||
    result.reason === 'refused' ||
    (result.kind === 'refused' && isOpen)
  return saysUntouched && one.openSince !== null ? fateUnknown(one) : result
}

/** Sends a group's start as often as that is right, and follows what was accepted to its end. */
async function sendAndFollow(one: OneGroup): Promise<EnablingResult> {
  const { context, planned } = one
  const { dispatcher, clock, stop } = context
  const { id: groupId, name: group } = planned.group
  let notBefore = Number.NEGATIVE_INFINITY
  let refusals = 0
  let refusedSince: number | null = null
  for (;;) {
    const turn = await dispatcher.turn(groupId, { notBefore, again: one.attempts > 0 })
    if (turn.kind === 'stopped') return notAttempted(reasonOfStop(turn.reason), stop)
    const sent = await sendStart(one).finally(turn.done)
    if (sent.kind === 'accepted') {
      dispatcher.accepted(groupId)
      context.onAnswered(planned)
      context.onEvent({ type: 'start-accepted', groupId, group, jobId: sent.jobId })
      // The service took this one, so that no other was out there.
      one.openSince = null
      one.lookedFor = false
      const target = { jobId: sent.jobId, begun: false, before: one.before, since: clock.now() }
      const result = await followStart(one, target, true)
      if (result !== null) return result
      continue
    }
    if (sent.kind === 'not-sent') {
      dispatcher.giveBack(groupId)
      return notAttempted(reasonOfStop(stop.reason() ?? 'run-aborted'), stop)
    }
    if (sent.kind === 'withheld') {
      dispatcher.giveBack(groupId)
      return withheld(one, sent.group)
    }
    const { error } = sent
    const { class: errorClass } = error
    context.onEvent({
      type: 'start-failed',
      groupId,
      group,
      class: errorClass,
      ...answerOf(error),
    })
    context.onProgress()
    if (errorClass === 'access') {
      dispatcher.giveBack(groupId)
      if (isSignInRefused(error)) stop.loseAccess(error, true)
      else stop.forbid(error)
      return { ...notAttempted('access-lost', stop), message: error.message, advice: error.advice }
    }
    const isLost = sent.kind === 'failed' && AFTER_REFUSAL[errorClass].next === 'look'
    if (isLost) {
      one.lost += 1
      one.lastLost = error.message
      one.openSince ??= clock.now()
      one.lookedFor = false
      const result = await followStart(one, unseenStart(one), true)
      if (result !== null) return result
      continue
    }
    const isAgain = sent.kind === 'unseen' || AFTER_REFUSAL[errorClass].next === 'send-again'
    if (!isAgain) return refusedForGood(one, error)
    const now = clock.now()
    refusals += 1
    refusedSince ??= now
    const decision = decideRetry(
      {
        class: sent.kind === 'unseen' ? 'not-sent' : errorClass,
        attempt: refusals,
        retryAfterMs: error.retryAfterMs,
        waitedMs: now - refusedSince,
        patienceMs: context.patienceMs,
      },
      context.random,
    )
    if (decision.kind !== 'resend') {
      context.onFailing(planned)
      dispatcher.giveBack(groupId)
      const cause = `for too long, last with ${error.message}`
      return offResult('failed', 'refused', { cause, advice: adviceOf(error) })
    }
    one.errorCode = null
    dispatcher.giveBack(groupId)
    // No place is held meanwhile, and after each refusal the group is looked at again.
    notBefore = now + decision.afterMs
  }
}

/** A refusal that waiting does not mend. After a lost answer it may be the first start's echo. */
async function refusedForGood(one: OneGroup, error: ApiError): Promise<EnablingResult> {
  const { context, planned } = one
  if (one.openSince !== null) {
    const result = await followStart(one, unseenStart(one), true)
    return result ?? offResult('unknown', 'fate-unknown', { why: 'echo', cause: error.message })
  }
  context.onFailing(planned)
  context.dispatcher.giveBack(planned.group.id)
  // As where the look right before has shown that it is not there.
  if (isNoSuchGroup(error)) return offResult('refused', 'group-not-ready', { status: null })
  return offResult('failed', 'refused', { cause: error.message, advice: adviceOf(error) })
}

function unseenStart(one: OneGroup): FollowedStart {
  return { jobId: null, begun: false, before: one.before, since: one.context.clock.now() }
}

/** Looked at right before the request, it is not to be started any more. */
async function withheld(one: OneGroup, group: ServerGroup | null): Promise<EnablingResult> {
  const { switching, planned } = one
  const isOurs = one.openSince !== null
  if (group === null) return offResult('refused', 'group-not-ready', { status: null })
  if (!isSameGroup(group.id, planned.group.id)) {
    const cause = `asked for the group ${planned.group.id}, the service showed ${group.id}`
    return offResult('failed', 'refused', { cause, advice: LOOK_IN_CONSOLE })
  }
  if (group.status === 'protected') {
    await switching.on()
    return onResult(isOurs ? 'enabled' : 'already-enabled')
  }
  if (group.status === 'starting') {
    if (isOurs) await switching.found()
    return follow(one, isOurs)
  }
  return isStartable(group.status)
    ? offResult('refused', 'group-empty', null)
    : offResult('refused', 'group-not-ready', { status: group.status })
}

const LOOK_IN_CONSOLE = 'Look at the group in the console, then run enable again.'

/** The catalogue's advice of these is about creates, or about a row. */
const ABOUT_CREATES: ReadonlySet<ErrorClass> = new Set(['busy', 'not-sent', 'exists', 'row'])

function adviceOf({ class: errorClass, advice }: ApiError): string {
  return ABOUT_CREATES.has(errorClass) ? LOOK_IN_CONSOLE : advice
}

export function notAttempted(
  reason: EnablingReasonOf<'not-attempted'>,
  stop: Pick<StopControl, 'reason' | 'detail' | 'accessError'>,
): OffResult<'not-attempted'> {
  const detail = stop.reason() === reason ? stop.detail() : null
  const cause = reason === 'access-lost' ? (stop.accessError()?.message ?? null) : detail
  return offResult('not-attempted', reason, { cause })
}
