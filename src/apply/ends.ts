import { adviceFor, type ApiError } from '../cloud/errors.ts'
import type { ProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'
import {
  protectedResult,
  type OpenResult,
  type ProtectedResult,
  type ReasonOf,
  type RowResult,
  type UnknownResult,
} from '../outcome.ts'
import { openResult, unknownResult, type About } from '../outcome-sentences.ts'
import type { End } from './followed.ts'
import type { StopControl, StopReason } from './stop.ts'

/** What the engine has seen, as the result of a row. The words are those of the table. Pure. */

/** `stop` knows more of why the run stopped, where that is why. */
export function notAttempted(
  reason: ReasonOf<'not-attempted'>,
  stop: Pick<StopControl, 'reason' | 'detail' | 'accessError'> | null = null,
): OpenResult<'not-attempted'> {
  const cause =
    reason === 'access-lost'
      ? (stop?.accessError()?.message ?? null)
      : stop?.reason() === reason
        ? stop.detail()
        : null
  return openResult('not-attempted', reason, { cause })
}

/** The service refused this very row: its own words and advice say more than ours. */
export function accessLost(error: ApiError): RowResult {
  return { ...notAttempted('access-lost'), message: error.message, advice: error.advice }
}

export function refused(error: ApiError): OpenResult<'failed'> {
  return openResult('failed', 'refused', { cause: error.message, advice: error.advice })
}

export function retriesExhausted(error: ApiError): OpenResult<'failed'> {
  return openResult('failed', 'retries-exhausted', { cause: error.message, advice: error.advice })
}

export function created(message: string | null = null): ProtectedResult<'created'> {
  return protectedResult('created', { message })
}

export function inOtherGroup(instance: ProtectedInstance): OpenResult<'conflict'> {
  const group = instance.serverGroupId ?? '(unknown)'
  return openResult('conflict', 'other-group', { why: 'group', group, instance })
}

/** `wasHealthy`: this run has seen its instance healthy. */
export function jobFailed(
  end: Extract<End, { kind: 'failed' }>,
  wasHealthy: boolean,
): OpenResult<'failed'> {
  return openResult('failed', 'job-failed', {
    code: end.code,
    cause: end.reason,
    left: end.instance,
    blame: wasHealthy ? 'other' : end.proven ? 'create' : 'unclear',
    advice: adviceFor('row', end.code),
  })
}

/** `--job-timeout` has passed, and the instance is broken or being deleted. */
export function brokenBesideJob({
  instance,
  jobStatus,
}: Extract<End, { kind: 'broken' }>): OpenResult<'conflict'> {
  return instance.status === 'deleting'
    ? openResult('conflict', 'being-deleted', { why: 'found', instance })
    : openResult('conflict', 'broken-instance', { why: 'beside-job', instance, jobStatus })
}

export function jobTimedOut(): OpenResult<'in-progress'> {
  return openResult('in-progress', 'job-timeout', null)
}

/** `stopped` is the run's reason to end, `lost` what the service said when it refused us. */
export function stillRunning(
  stopped: StopReason | null,
  lost: ApiError | null,
): OpenResult<'in-progress'> {
  const reason = stopped === 'interrupted' ? 'interrupted' : 'job-running'
  return openResult('in-progress', reason, { cause: lost?.message ?? null })
}

export function fateUnknown(error: ApiError | null): UnknownResult {
  return unknownResult('fate-unknown', true, { why: 'lost', cause: error?.message ?? null })
}

/** Refused, perhaps because of an earlier create of ours whose answer was lost. */
export function echoed(error: ApiError): UnknownResult {
  return unknownResult('fate-unknown', true, { why: 'echo', cause: error.message })
}

/** `mayBeOurs`: a create of ours may be out there. */
export function notInList(
  what: About<'unknown', 'not-in-list'>['what'],
  mayBeOurs: boolean,
): UnknownResult<'not-in-list'> {
  return unknownResult('not-in-list', mayBeOurs, { what })
}

/** `--job-timeout` has passed, and the instance is whole. */
export function createdBesideJob(): ProtectedResult<'created'> {
  return created('the instance is whole, but its job had not ended after --job-timeout')
}
