import type { ApiError } from '../sdrs/errors.ts'
import type { Drift, Outcome, OutcomeKind, Reason } from '../outcome.ts'

/** What is known of a row while it is on its way: the plain facts that its outcome will carry. */
export interface Account {
  attempts: number
  protectedInstanceId: string | null
  targetServerId: string | null
  jobId: string | null
  jobStatus: string | null
  errorCode: string | null
  httpStatus: number | null
  /** ms since the epoch. */
  submittedAt: number | null
}

export function newAccount(): Account {
  return {
    attempts: 0,
    protectedInstanceId: null,
    targetServerId: null,
    jobId: null,
    jobStatus: null,
    errorCode: null,
    httpStatus: null,
    submittedAt: null,
  }
}

export function noteError(account: Account, error: ApiError): void {
  account.errorCode = error.code
  account.httpStatus = error.httpStatus
}

/** What an outcome says besides the facts. */
export interface RowResult {
  readonly kind: OutcomeKind
  readonly reason?: Reason
  readonly message?: string | null
  readonly advice?: string | null
  readonly drift?: readonly Drift[]
}

export function outcomeOf(account: Account, result: RowResult, now: number): Outcome {
  const { submittedAt, ...facts } = account
  return {
    kind: result.kind,
    reason: result.reason ?? null,
    message: result.message ?? null,
    advice: result.advice ?? null,
    ...facts,
    drift: result.drift ?? [],
    submittedAt: submittedAt === null ? null : new Date(submittedAt).toISOString(),
    finishedAt: new Date(now).toISOString(),
  }
}
