import { JournalFailure, type JournalEvent } from '../journal/journal.ts'
import { ApiError } from '../sdrs/errors.ts'
import { decideRetry } from '../sdrs/retry.ts'
import type { ProtectedInstance } from '../sdrs/schema.ts'
import type { RowResult } from '../outcome.ts'
import { openResult } from '../outcome-sentences.ts'
import { noteError, type Account } from './account.ts'
import { lookTimes } from './poll-schedule.ts'
import type { RunContext } from './context.ts'
import type { Subject } from './creation.ts'
import * as ends from './ends.ts'

/** Between two looks at an instance that is being deleted, unless `--poll-interval` says otherwise. */
const TICK_MS = 5_000
/** An accepted delete that leaves the instance as it was is repeated, not for ever. */
const MOST_DELETES = 3

/**
 * Deletes what a failed create left behind, with its DR server, and waits until it is gone. Journalled
 * like a create. Null when the way is clear; an result when it is not. Deleting twice is harmless, as
 * the request names the one instance; but nothing is sent before a look shows it still in `error`.
 */
export async function removeFailed(
  context: RunContext,
  subject: Subject,
  instance: ProtectedInstance,
  account: Account,
): Promise<RowResult | null> {
  account.protectedInstanceId = instance.id
  let refusals = 0
  let deletes = 0
  const since = context.clock.now()
  for (;;) {
    const turn = await context.dispatcher.turn(subject.groupId, {
      notBefore: context.clock.now(),
      again: refusals > 0,
    })
    if (turn.kind === 'stopped') return ends.notAttempted(turn.reason, context.stop.accessError())
    const failure = await sendDelete(context, subject, instance).finally(turn.done)
    if (failure === 'not-sent') {
      context.dispatcher.giveBack(subject.groupId)
      return ends.notAttempted(context.stop.reason() ?? 'run-aborted', context.stop.accessError())
    }
    if (failure === null || failure.class === 'unknown-fate') {
      const result = await waitUntilGone(context, instance)
      context.dispatcher.jobEnded(subject.groupId)
      if (result === 'still-there') {
        deletes += 1
        if (deletes < MOST_DELETES) continue
        return undeleted(instance, 'it stays in error after every attempt')
      }
      if (result !== null) return result
      await journal(context, {
        type: 'deleted',
        at: context.clock.now(),
        server: subject.serverId,
        instanceId: instance.id,
      })
      account.protectedInstanceId = null
      return null
    }
    noteError(account, failure)
    context.dispatcher.giveBack(subject.groupId)
    refusals += 1
    const decision = decideRetry(
      {
        class: failure.class,
        attempt: refusals,
        retryAfterMs: failure.retryAfterMs,
        waitedMs: context.clock.now() - since,
        patienceMs: context.patienceMs,
      },
      context.random,
    )
    if (failure.class === 'access') {
      context.stop.loseAccess(failure, failure.httpStatus === 401)
      return ends.accessLost(failure)
    }
    if (decision.kind !== 'resend') {
      return undeleted(instance, failure.message)
    }
    await context.clock.sleep(decision.afterMs, context.stop.sending)
  }
}

function undeleted(instance: ProtectedInstance, why: string): RowResult {
  return openResult('conflict', 'broken-instance', {
    why: 'undeleted',
    instanceId: instance.id,
    cause: why,
  })
}

async function sendDelete(
  context: RunContext,
  subject: Subject,
  instance: ProtectedInstance,
): Promise<ApiError | 'not-sent' | null> {
  const about = { server: subject.serverId, instanceId: instance.id }
  let left = false
  try {
    const { jobId } = await context.client.deleteProtectedInstance(instance.id, {
      signal: context.stop.sending,
      cutOff: context.stop.inFlight,
      again: false,
      async beforeSend() {
        await context.journal.append({ type: 'delete-intent', at: context.clock.now(), ...about })
        left = true
      },
    })
    await journal(context, { type: 'delete-accepted', at: context.clock.now(), ...about, jobId })
    return null
  } catch (error) {
    if (error instanceof JournalFailure) {
      context.stop.stopSending('run-aborted')
      context.onJournalFailure(error)
      return 'not-sent'
    }
    if (!(error instanceof ApiError)) throw error
    if (!left) return error.class === 'access' ? error : 'not-sent'
    if (error.class !== 'unknown-fate') {
      await journal(context, { type: 'delete-refused', at: context.clock.now(), ...about })
    }
    return error
  }
}

/** Null once it is gone; `still-there` when it stands in `error` after the settle window as before. */
async function waitUntilGone(
  context: RunContext,
  instance: ProtectedInstance,
): Promise<RowResult | 'still-there' | null> {
  const from = context.clock.now()
  const settled = lookTimes(context.settleWindowMs).at(-1) ?? 0
  for (;;) {
    await context.clock.sleep(context.pollIntervalMs ?? TICK_MS, context.stop.following)
    if (context.stop.following.aborted) {
      return openResult('conflict', 'being-deleted', {
        why: 'run-ended',
        instanceId: instance.id,
        status: 'deleting',
      })
    }
    const elapsed = context.clock.now() - from
    const now = await lookAt(context, instance.id)
    if (now === null) return null
    const status = now === 'unreadable' ? 'deleting, as far as is known' : now.status
    if (status === 'error' && elapsed > settled) return 'still-there'
    if (elapsed > context.patienceMs || status === 'error-deleting') {
      return status === 'error-deleting'
        ? undeleted(instance, `it is in ${status}`)
        : openResult('conflict', 'being-deleted', { why: 'slow', instanceId: instance.id, status })
    }
  }
}

async function lookAt(
  context: RunContext,
  instanceId: string,
): Promise<ProtectedInstance | 'unreadable' | null> {
  try {
    const all = await context.allInstances()
    return all.find((candidate) => candidate.id === instanceId) ?? null
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.class === 'access') context.stop.loseAccess(error, true)
    return 'unreadable'
  }
}

/** After the request: what it became stays known in memory even where the disk refuses it. */
async function journal(context: RunContext, event: JournalEvent): Promise<void> {
  try {
    await context.journal.append(event)
  } catch (error) {
    if (!(error instanceof JournalFailure)) throw error
    context.stop.stopSending('run-aborted')
    context.onJournalFailure(error)
  }
}
