import type { ApiError } from '../cloud/errors.ts'
import { withoutOvercome, type Outcome, type OutcomeFacts, type RowResult } from '../outcome.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** What is known of a row while it is on its way: the plain facts that its outcome will carry. */
export interface Account extends Writable<Omit<OutcomeFacts, 'submittedAt' | 'finishedAt'>> {
  /** ms since the epoch. */
  submittedAt: number | null
  /** When its job was seen to have ended well, ms since the epoch: the list may agree later. */
  jobOverAt: number | null
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
    jobOverAt: null,
  }
}

export function noteError(account: Account, error: ApiError): void {
  account.errorCode = error.code
  account.httpStatus = error.httpStatus
}

/** What was refused went all the same, or is sent again: that refusal is no cause of anything any more. */
export function forgetError(account: Account): void {
  account.errorCode = null
  account.httpStatus = null
}

export function outcomeOf(account: Account, result: RowResult, now: number): Outcome {
  const { submittedAt, jobOverAt, ...facts } = account
  const finishedAt = result.kind === 'created' ? (jobOverAt ?? now) : now
  return withoutOvercome({
    ...result,
    ...facts,
    submittedAt: submittedAt === null ? null : new Date(submittedAt).toISOString(),
    finishedAt: new Date(finishedAt).toISOString(),
  })
}
