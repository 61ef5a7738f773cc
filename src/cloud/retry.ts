import type { Random } from '../clock.ts'
import type { ErrorClass } from './catalogue.ts'
import { isLastingProblem } from './connection-problem.ts'
import { isFromElsewhere, isRedirect, type ApiError } from './errors.ts'
import { ANSWER_TOO_LARGE } from './transport.ts'

/** What is known when a request has failed. Times in ms. */
export interface Failed {
  readonly class: ErrorClass
  /** Failures in a row of this kind, this one included: 1 at the first. */
  readonly attempt: number
  /** As the server asked, or null. */
  readonly retryAfterMs: number | null
  /** Since the first of these failures, without any progress between. */
  readonly waitedMs: number
  /** How long it is worth trying in all. */
  readonly patienceMs: number
}

export type RetryDecision =
  | { readonly kind: 'resend'; readonly afterMs: number }
  | { readonly kind: 'look-first' }
  | { readonly kind: 'give-up' }

/** Exponential growth from `baseMs`, doubled each attempt, never above `capMs`. */
export interface Backoff {
  readonly baseMs: number
  readonly capMs: number
}

const THROTTLED: Backoff = { baseMs: 1_000, capMs: 30_000 }
const BUSY: Backoff = { baseMs: 4_000, capMs: 60_000 }
const UNREACHED: Backoff = { baseMs: 500, capMs: 30_000 }
const READ: Backoff = { baseMs: 500, capMs: 15_000 }

const SHORTEST_RETRY_AFTER_MS = 1_000
const LONGEST_RETRY_AFTER_MS = 5 * 60_000

/** A server may ask for a pause of one second to five minutes; what lies outside is a mistake of its own. */
export function clampRetryAfter(ms: number): number {
  return Math.min(LONGEST_RETRY_AFTER_MS, Math.max(SHORTEST_RETRY_AFTER_MS, ms))
}

/** Full jitter: anywhere between nothing and the exponential bound, so that many do not return as one. */
export function backoffMs(backoff: Backoff, attempt: number, random: Random): number {
  const bound = Math.min(backoff.capMs, backoff.baseMs * 2 ** Math.min(attempt - 1, 30))
  return Math.round(random() * bound)
}

/**
 * What to do about a failed create. Pure: the same facts and numbers give the same decision.
 * Only what was certainly not carried out is ever sent again without a look.
 */
export function decideRetry(failed: Failed, random: Random): RetryDecision {
  switch (failed.class) {
    case 'unknown-fate':
    case 'exists':
      return { kind: 'look-first' }
    case 'throttled':
      return resend(failed, THROTTLED, random)
    case 'busy':
      return resend(failed, BUSY, random)
    case 'not-sent':
      return resend(failed, UNREACHED, random)
    case 'group-done':
    case 'quota':
    case 'access':
    case 'row':
      return { kind: 'give-up' }
  }
}

const MOST_READS = 7
/** Before the first answer of all, a wrong address is likelier than a trouble that passes. */
const MOST_FIRST_READS = 3

/** Whether reading again is a waste of time, whatever the error's class. */
export function isHopelessRead(error: ApiError, attempt: number, everAnswered: boolean): boolean {
  if (isRedirect(error.httpStatus) || isLastingProblem(error.code)) return true
  if (error.code === ANSWER_TOO_LARGE) return true
  const isUnreached = error.class === 'not-sent' || isFromElsewhere(error)
  return isUnreached && !everAnswered && attempt >= MOST_FIRST_READS
}

/**
 * What to do about a failed read: it changes nothing, so whatever may pass is tried again.
 * A 404 and its kin are answers, not failures to be mended by waiting.
 */
export function decideReadRetry(failed: Failed, random: Random): RetryDecision {
  switch (failed.class) {
    case 'throttled':
    case 'busy':
    case 'not-sent':
    case 'unknown-fate':
      return failed.attempt >= MOST_READS ? { kind: 'give-up' } : resend(failed, READ, random)
    case 'exists':
    case 'group-done':
    case 'quota':
    case 'access':
    case 'row':
      return { kind: 'give-up' }
  }
}

function resend(failed: Failed, backoff: Backoff, random: Random): RetryDecision {
  const afterMs =
    failed.retryAfterMs === null
      ? backoffMs(backoff, failed.attempt, random)
      : clampRetryAfter(failed.retryAfterMs)
  return failed.waitedMs + afterMs > failed.patienceMs
    ? { kind: 'give-up' }
    : { kind: 'resend', afterMs }
}
