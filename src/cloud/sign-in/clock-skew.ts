import type { ApiError } from '../errors.ts'
import type { HttpResponse } from '../transport.ts'

/** The gateways refuse a signature that is 15 minutes off; well before that it is worth a word. */
const WORTH_A_WORD_MS = 5 * 60_000

/** `this machine's clock is 23 minutes ahead`, by the Date header of an answer; null when it is about right. */
export function describeClockSkew(dateHeader: string | undefined, nowMs: number): string | null {
  const skew = nowMs - Date.parse(dateHeader ?? '')
  if (Number.isNaN(skew) || Math.abs(skew) < WORTH_A_WORD_MS) return null
  const minutes = Math.round(Math.abs(skew) / 60_000)
  const amount = minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`
  return `this machine's clock is ${amount} ${skew > 0 ? 'ahead' : 'behind'}`
}

/** The error of a 401, with the clock named as its likely cause where it is one; else the same error. */
export function withClockSkew(error: ApiError, response: HttpResponse, nowMs: number): ApiError {
  const skew = response.status === 401 ? describeClockSkew(response.headers['date'], nowMs) : null
  if (skew === null) return error
  return error.amended({
    message: `${error.message} (${skew})`,
    advice: `${skew}: set it right and try again`,
  })
}
