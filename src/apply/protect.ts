import { NO_FATE } from '../journal/fate.ts'
import { NO_MEMORY, type OpenCreate } from '../journal/replay.ts'
import { makePlan, neverReady, type Action, type PlannedRow } from '../plan/plan.ts'
import { ALREADY_USED, CREATE_FAILED_ONCE, GROUP_STATUS } from '../sdrs/catalogue.ts'
import { ApiError } from '../sdrs/errors.ts'
import { decideRetry } from '../sdrs/retry.ts'
import type { ProtectedInstance } from '../sdrs/schema.ts'
import { newAccount, outcomeOf, type Account, type Ending } from './account.ts'
import type { RunContext } from './context.ts'
import { createBody } from './create-body.ts'
import { createCreation, type Creation } from './creation.ts'
import * as ends from './ends.ts'
import { findServer } from './find-server.ts'
import type { Target } from './followed.ts'
import type { Outcome } from '../outcome.ts'
import { removeFailed } from './remove-failed.ts'
import { sendCreate } from './send.ts'

/** A row's end, or null: its way is clear to be sent (again). */
type Step = Ending | null

/** The server is locked by itself: its group is free. */
const SERVER_LOCKED = 'SDRS.1359'
/** A create whose answer is lost is sent once more in a run, not for ever. */
const MOST_LOST = 2

/** Sees one planned row to its end: sends what must be sent, follows what runs. */
export async function protectRow(context: RunContext, planned: PlannedRow): Promise<Outcome> {
  const account = newAccount()
  const ending = await endingOf(context, planned, account)
  return outcomeOf(account, ending, context.clock.now())
}

async function endingOf(
  context: RunContext,
  planned: PlannedRow,
  account: Account,
): Promise<Ending> {
  const { action, row, group } = planned
  const settled = endingOfPlan(action, account)
  if (settled !== null) return settled
  const open = 'open' in action ? action.open : null
  const creation = createCreation(
    { serverId: row.serverId, name: row.name, groupId: group.id },
    open?.fate ?? NO_FATE,
    context,
  )
  const one: OneRow = {
    context,
    planned,
    account,
    creation,
    lost: 0,
    triedFailed: false,
    lastLost: null,
  }
  const before = await beforeSending(one, action)
  const ending = before ?? (await sendUntilEnded(one))
  if (ending.kind === 'created' || ending.kind === 'failed' || ending.kind === 'conflict') {
    await creation.settled(outcomeOf(account, ending, context.clock.now()))
  }
  return ending
}

interface OneRow {
  readonly context: RunContext
  readonly planned: PlannedRow
  readonly account: Account
  readonly creation: Creation
  /** Creates of this run whose answer was lost. */
  lost: number
  lastLost: ApiError | null
  /** SDRS.1350 has been tried once more. */
  triedFailed: boolean
}

/** What the plan has decided already: nothing is sent for these. */
function endingOfPlan(action: Action, account: Account): Ending | null {
  switch (action.kind) {
    case 'keep':
      noteInstance(account, action.instance)
      return { kind: 'already-protected', message: action.warning, drift: action.drift }
    case 'conflict':
      noteInstance(account, action.instance)
      return { ...action, kind: 'conflict' }
    case 'blocked':
      return { ...action, kind: 'blocked' }
    case 'create':
    case 'look':
    case 'resume':
    case 'replace':
      return null
  }
}

/** What must be known or done before a create may go. */
async function beforeSending(one: OneRow, action: Action): Promise<Step> {
  const { context, creation, account } = one
  if (action.kind === 'replace')
    return removeFailed(context, creation.subject, action.instance, account)
  if (action.kind !== 'look' && action.kind !== 'resume') return null
  if (action.kind === 'resume' && action.instance !== null) noteInstance(account, action.instance)
  const target: Target = {
    ...creation.subject,
    // The create may have gone to another group than the row names now.
    groupId: action.open?.groupId ?? creation.subject.groupId,
    jobId: action.open?.jobId ?? null,
    instanceId:
      action.kind === 'resume' ? (action.instance?.id ?? action.open?.instanceId ?? null) : null,
    since: action.open?.intendedAt ?? context.clock.now(),
  }
  account.jobId = target.jobId
  account.submittedAt = action.open?.intendedAt ?? null
  context.dispatcher.occupy(target.groupId)
  return follow(one, target)
}

async function sendUntilEnded(one: OneRow): Promise<Ending> {
  const { context, planned, creation, account } = one
  const groupId = planned.group.id
  const body = createBody(planned.row, groupId)
  let notBefore = Number.NEGATIVE_INFINITY
  let refusals = 0
  let refusedSince: number | null = null
  for (;;) {
    const turn = await context.dispatcher.turn(groupId, { notBefore, again: account.attempts > 0 })
    if (turn.kind === 'stopped') return ends.notAttempted(turn.reason)
    const sent = await sendCreate(context, creation, account, body).finally(turn.done)
    context.onProgress()
    if (sent.kind === 'not-sent') {
      context.dispatcher.giveBack(groupId)
      return ends.notAttempted(context.stop.reason() ?? 'run-aborted')
    }
    if (sent.kind === 'accepted') {
      context.dispatcher.accepted(groupId)
      context.note('accepted', { server: creation.subject.serverId, jobId: sent.jobId })
      const ending = await follow(one, {
        ...creation.subject,
        jobId: sent.jobId,
        instanceId: null,
        since: context.clock.now(),
      })
      if (ending !== null) return ending
      refusals = 0
      refusedSince = null
      continue
    }
    const { error } = sent
    context.note('create failed', {
      server: creation.subject.serverId,
      class: error.class,
      status: error.httpStatus,
      code: error.code,
      requestId: error.requestId,
    })
    if (error.class !== 'throttled' && error.class !== 'busy' && error.class !== 'not-sent') {
      const ending = await settleRefusal(one, error)
      if (ending !== null) return ending
      continue
    }
    const now = context.clock.now()
    refusals += 1
    refusedSince ??= now
    const blocked = await busyForGood(one, error)
    if (blocked !== null) return blocked
    const ofGroup = error.class === 'busy' && error.code !== SERVER_LOCKED
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
    notBefore = ofGroup ? now : now + pauseMs
  }
}

/** SDRS.1325 says that the group's status forbids a create: in a broken group no wait will help. */
async function busyForGood(one: OneRow, error: ApiError): Promise<Ending | null> {
  if (error.code !== GROUP_STATUS) return null
  const { context, planned } = one
  const group = await context.client
    .showServerGroup(planned.group.id, context.stop.following)
    .catch((failure: unknown) => {
      if (failure instanceof ApiError) return null
      throw failure
    })
  if (group === null || !neverReady(group.status)) return null
  context.dispatcher.giveBack(planned.group.id)
  context.dispatcher.close(planned.group.id)
  return {
    kind: 'blocked',
    reason: 'group-not-ready',
    message: `the protection group "${group.name}" is in ${group.status}, in which no instance can be created`,
    advice: 'Bring the group back to available or protected in the console, then run again.',
  }
}

/** A failure that waiting does not mend: its place is given back, whatever it means for the row. */
async function settleRefusal(one: OneRow, error: ApiError): Promise<Step> {
  const { context, planned, creation } = one
  const { dispatcher, stop } = context
  const groupId = planned.group.id
  if (error.class === 'unknown-fate') {
    one.lost += 1
    one.lastLost = error
    return follow(one, {
      ...creation.subject,
      jobId: null,
      instanceId: null,
      since: context.clock.now(),
    })
  }
  if (error.class === 'exists') return adopt(one, error).finally(() => dispatcher.giveBack(groupId))
  dispatcher.giveBack(groupId)
  if (error.code === CREATE_FAILED_ONCE && !one.triedFailed && (await isNothingLeft(one))) {
    one.triedFailed = true
    return null
  }
  if (error.class === 'access') {
    stop.stopSending('access-lost')
    return { ...ends.notAttempted('access-lost'), message: error.message, advice: error.advice }
  }
  if (error.class === 'group-done') dispatcher.close(groupId)
  if (error.class === 'quota') stop.stopSending('quota')
  return ends.refused(error)
}

async function isNothingLeft(one: OneRow): Promise<boolean> {
  const found = await findServer(one.context, one.creation.subject.serverId, { patient: false })
  return found !== 'unreadable' && found === null
}

/**
 * SDRS.1305: the server is used already. After a create of ours whose answer was lost, the instance
 * in our group is ours; otherwise it was there before, and the plan's own rules say what to do.
 */
async function adopt(one: OneRow, error: ApiError): Promise<Ending> {
  const { context, creation, planned, account } = one
  const afterLost = one.lost > 0 || planned.action.kind === 'look'
  const found = await findServer(context, creation.subject.serverId, { patient: true })
  if (found === null || found === 'unreadable') {
    if (afterLost) await creation.lost(error)
    else await creation.refused(error)
    return ends.notInList(
      `the service says that the server is used already (${ALREADY_USED}), but the list does not show it`,
    )
  }
  noteInstance(account, found)
  const action = decideAnew(planned, found)
  if (action.kind === 'conflict' && !(afterLost && action.reason === 'broken-instance')) {
    await creation.refused(error)
    return { ...action, kind: 'conflict' }
  }
  if (action.kind === 'keep' && !afterLost) {
    await creation.refused(error)
    return { kind: 'already-protected', message: action.warning, drift: action.drift }
  }
  if (afterLost) await creation.found(found.id)
  else await creation.refused(error)
  context.dispatcher.occupy(planned.group.id)
  const target = {
    ...creation.subject,
    jobId: null,
    instanceId: found.id,
    since: context.clock.now(),
  }
  return (
    (await follow(one, target)) ?? ends.notInList('the instance was in the list and has vanished')
  )
}

/** What a plan made now would say of this row, with this instance there. */
function decideAnew(planned: PlannedRow, instance: ProtectedInstance): Action {
  const plan = makePlan({
    rows: [planned.row],
    groups: new Map([[planned.row.row, planned.group]]),
    snapshot: { takenAt: 0, groups: [planned.group], instances: [instance], failureJobs: [] },
    memory: NO_MEMORY,
    replaceFailed: false,
  })
  return plan.rows[0]?.action ?? { kind: 'create' }
}

/**
 * Follows a create that holds a place of its group to its end, gives the place back, and says how the
 * row ends; null when the create certainly came to nothing and may be sent again.
 */
async function follow(one: OneRow, target: Target): Promise<Step> {
  const { context, account, creation, planned } = one
  const end = await context.watch.follow({
    ...target,
    onFound(instanceId) {
      account.protectedInstanceId = instanceId
      if (canBeFound(creation)) void creation.found(instanceId)
    },
  })
  context.dispatcher.jobEnded(target.groupId)
  switch (end.kind) {
    case 'success':
      noteInstance(account, end.instance)
      account.targetServerId = end.targetServerId
      account.jobStatus = end.jobStatus
      account.errorCode = null
      account.httpStatus = null
      return end.instance.serverGroupId === null || end.instance.serverGroupId === planned.group.id
        ? ends.created()
        : ends.inOtherGroup(end.instance)
    case 'failed':
      account.jobStatus = end.jobStatus
      account.errorCode = end.code
      account.httpStatus = null
      if (end.instance !== null) noteInstance(account, end.instance)
      if (end.code === CREATE_FAILED_ONCE && end.instance === null && !one.triedFailed) {
        one.triedFailed = true
        await creation.settled({ kind: 'failed', reason: 'job-failed', protectedInstanceId: null })
        return null
      }
      return ends.jobFailed(end)
    case 'timeout':
      account.jobStatus = end.jobStatus
      return ends.jobTimedOut()
    case 'stopped':
      return isUnknown(creation)
        ? ends.fateUnknown(one.lastLost)
        : ends.stillRunning(context.stop.reason() === 'interrupted')
    case 'missing':
      account.jobStatus = 'SUCCESS'
      await creation.missing()
      return ends.notInList('its job succeeded, but the list does not show the instance')
    case 'vanished':
      // Accepted, and then neither job nor instance: as good as a lost answer, and counted as one.
      if (creation.fate().kind === 'accepted') {
        one.lost += 1
        await creation.missing()
      }
      if (one.lost >= MOST_LOST) return ends.fateUnknown(one.lastLost)
      if (isUnknown(creation)) await creation.absent()
      account.protectedInstanceId = null
      return null
  }
}

function isUnknown(creation: Creation): boolean {
  const { kind } = creation.fate()
  return kind === 'unknown' || kind === 'intended' || kind === 'sent'
}

function canBeFound(creation: Creation): boolean {
  return isUnknown(creation) || creation.fate().kind === 'accepted'
}

/** A create of an earlier run that no row names: followed to its end, never sent again. */
export async function followCarriedOver(context: RunContext, open: OpenCreate): Promise<Outcome> {
  const account = newAccount()
  account.jobId = open.jobId
  account.submittedAt = open.intendedAt
  const creation = createCreation(open, open.fate, context)
  context.dispatcher.occupy(open.groupId)
  const end = await context.watch.follow({
    ...open,
    since: open.intendedAt,
    onFound: (instanceId) => {
      account.protectedInstanceId = instanceId
      if (canBeFound(creation)) void creation.found(instanceId)
    },
  })
  context.dispatcher.jobEnded(open.groupId)
  const ending = carriedOverEnding(end, context, creation)
  if (end.kind === 'success' || end.kind === 'failed') {
    if (end.instance !== null) noteInstance(account, end.instance)
    account.jobStatus = end.jobStatus
    if (end.kind === 'failed') account.errorCode = end.code
  }
  const outcome = outcomeOf(account, ending, context.clock.now())
  if (end.kind !== 'timeout' && end.kind !== 'stopped') await creation.settled(outcome)
  return outcome
}

function carriedOverEnding(
  end: Awaited<ReturnType<RunContext['watch']['follow']>>,
  context: RunContext,
  creation: Creation,
): Ending {
  switch (end.kind) {
    case 'success':
      return ends.created()
    case 'failed':
      return ends.jobFailed(end)
    case 'timeout':
      return ends.jobTimedOut()
    case 'stopped':
      return isUnknown(creation)
        ? ends.fateUnknown(null)
        : ends.stillRunning(context.stop.reason() === 'interrupted')
    case 'missing':
      return ends.notInList('its job succeeded, but the list does not show the instance')
    case 'vanished':
      return ends.notInList(
        'an earlier run sent it and lost the answer; it is not in the list, and no row names it now, so it is not sent again',
      )
  }
}

function noteInstance(account: Account, instance: ProtectedInstance): void {
  account.protectedInstanceId = instance.id
  account.targetServerId = instance.targetServer ?? account.targetServerId
}
