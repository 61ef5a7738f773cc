import { adviceFor, type ApiError } from '../sdrs/errors.ts'
import type { ProtectedInstance } from '../sdrs/schema.ts'
import type { RowResult } from './account.ts'
import type { End } from './followed.ts'
import type { Reason } from '../outcome.ts'

/** The sentences of outcomes: what happened and what to do next. Pure. */

const RUN_AGAIN = 'Run again with the same inventory: what is done is kept, the rest is carried on.'

const STOPPED: Partial<Record<Reason, string>> = {
  interrupted: 'the run was interrupted before its turn',
  'failure-limit': 'too many rows had failed (--max-failures)',
  'access-lost': 'the service did not allow any more requests',
  'group-unusable': 'its protection group takes no more instances, see the failed row of the group',
  quota: 'a quota of the project is used up, see the failed row',
  'wave-stopped': 'an earlier wave failed, so this wave was not started',
  'run-aborted': 'the run was aborted',
}

/** `lost` is what the service said when it refused us, where that is why. */
export function notAttempted(reason: Reason, lost: ApiError | null = null): RowResult {
  const because = lost === null || reason !== 'access-lost' ? '' : ` (${lost.message})`
  return {
    kind: 'not-attempted',
    reason,
    message: `${STOPPED[reason] ?? 'the run ended before its turn'}${because}`,
    advice:
      reason === 'group-unusable'
        ? 'Mend the group or choose another for this row, then run again.'
        : reason === 'quota'
          ? 'Ask for a higher quota, then run again.'
          : RUN_AGAIN,
  }
}

export function refused(error: ApiError): RowResult {
  return { kind: 'failed', reason: 'refused', message: error.message, advice: error.advice }
}

export function retriesExhausted(error: ApiError): RowResult {
  return {
    kind: 'failed',
    reason: 'retries-exhausted',
    message: `refused for too long, last with ${error.message}`,
    advice: error.advice,
  }
}

export function created(): RowResult {
  return { kind: 'created' }
}

export function inOtherGroup(instance: ProtectedInstance): RowResult {
  return {
    kind: 'conflict',
    reason: 'other-group',
    message: `the server is protected in the group ${instance.serverGroupId ?? '(unknown)'} as "${instance.name}" (${instance.id})`,
    advice: 'Correct the group of this row, or remove that protected instance first.',
  }
}

export function jobFailed(end: Extract<End, { kind: 'failed' }>): RowResult {
  const left = end.instance !== null
  return {
    kind: 'failed',
    reason: 'job-failed',
    message: `${end.code === null ? '' : `${end.code}: `}${end.reason}${left ? ` (it left the instance ${end.instance.id})` : ''}`,
    advice: !left
      ? adviceFor('row', end.code)
      : end.instance.status === 'error' || end.instance.status === 'creating'
        ? 'Mend the cause, then run again with --replace-failed, which deletes what it left and creates anew.'
        : `Look at the instance in the console: it is in ${end.instance.status}, although a part of its create failed.`,
  }
}

export function jobTimedOut(): RowResult {
  return {
    kind: 'in-progress',
    reason: 'job-timeout',
    message: 'its job was still running after --job-timeout',
    advice: `${RUN_AGAIN} Or look at the job in the console.`,
  }
}

/** `stopped` is the run's reason to end, `lost` what the service said when it refused us. */
export function stillRunning(stopped: Reason | null, lost: ApiError | null): RowResult {
  const because = lost === null ? '' : ` (${lost.message})`
  return {
    kind: 'in-progress',
    reason: stopped === 'interrupted' ? 'interrupted' : 'job-running',
    message: `accepted; its job had not ended when the run did${because}`,
    advice: 'Run again: it takes up the job where this run left it.',
  }
}

export function fateUnknown(error: ApiError | null): RowResult {
  return {
    kind: 'unknown',
    reason: 'fate-unknown',
    message: `sent, but the answer was lost${error === null ? '' : ` (${error.message})`}`,
    advice: 'Run again: it looks in the live list before it sends anything.',
  }
}

export function notInList(message: string): RowResult {
  return {
    kind: 'unknown',
    reason: 'not-in-list',
    message,
    advice:
      'Run again in a few minutes: it looks first. If it stays, look for the server in the console.',
  }
}

/** `--job-timeout` has passed, and the instance is whole. */
export function createdBesideJob(): RowResult {
  return {
    kind: 'created',
    message: 'the instance is whole, but its job had not ended after --job-timeout',
  }
}
