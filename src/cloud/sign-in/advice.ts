import { adviceFor, isRedirect, type ApiError, type ErrorClass } from '../errors.ts'
import type { Credential } from './credential.ts'
import { isQuoted } from './quotes.ts'

const LATER = 'IAM is in trouble or busy, and it is not about you: run again later.'
const WAY =
  'Check the address of IAM and the way to it (a proxy, a sign-in portal), then run again.'
const WHO = 'Check the user, its domain, the password or key, and the project.'

/** The advice of a class is about creates; this is what it means while signing in, where nothing was to be made. */
const ADVICE = {
  access: WHO,
  throttled: LATER,
  busy: LATER,
  'unknown-fate': WAY,
  'not-sent': null,
  exists: WHO,
  'group-done': WHO,
  quota: WHO,
  row: WHO,
} as const satisfies Record<ErrorClass, string | null>

/** What to do about a sign-in that came to nothing, for people. Never a secret. Pure. */
export function adviceOfSignIn(error: ApiError, credential: Credential, source: string): string {
  const { advice, httpStatus } = error
  // Said of this very error: the clock, an agency.
  if (advice !== adviceFor(error.class, error.code)) return ended(advice)
  if (error.class === 'unknown-fate' && (httpStatus ?? 0) >= 500 && !isRedirect(httpStatus)) {
    return LATER
  }
  const general = ADVICE[error.class] ?? advice
  return error.class === 'access' && isPasswordQuoted(credential)
    ? `${general} The password (${source}) begins and ends with a quote: leave these out, unless they are part of it.`
    : general
}

function isPasswordQuoted(credential: Credential): boolean {
  return credential.kind === 'password' && isQuoted(credential.password)
}

function ended(advice: string): string {
  return /[.!?]$/.test(advice) ? advice : `${advice}.`
}
