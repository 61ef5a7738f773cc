import type { Clock } from '../../clock.ts'
import { ApiError } from '../errors.ts'
import { refusedBefore, type Authenticator } from './authenticator.ts'
import type { IssuedToken } from './iam.ts'

/** Long enough before its end that no request in flight outlives the token. */
const RENEW_BEFORE_END_MS = 5 * 60_000

/** What is needed of a token to use and to renew it. */
type HeldToken = Pick<IssuedToken, 'token' | 'lifetimeMs'>

/**
 * A token that is renewed by signing in again: before it expires, and after a rejection. All requests
 * that need a new one at the same time share one sign-in. A refused sign-in is final: five of them
 * lock the user.
 */
export function passwordAuthenticator(options: {
  readonly first: HeldToken
  /** Rejects with ApiError; class `access` means that the password is refused. */
  readonly signIn: () => Promise<HeldToken>
  readonly source: string
  readonly clock: Clock
}): Authenticator {
  const { signIn, clock } = options
  let current = options.first
  let issuedAt = clock.now()
  let renewal: Promise<void> | null = null
  let refused = false

  function renewToken(): Promise<void> {
    renewal ??= signIn()
      .then(
        (issued) => {
          current = issued
          issuedAt = clock.now()
        },
        (error: unknown) => {
          refused ||= isRefusal(error)
          throw error
        },
      )
      .finally(() => {
        renewal = null
      })
    return renewal
  }

  /** By this machine's own clock only: how long ago it came, against how long it lives. */
  function isUsedUp(margin: number): boolean {
    return clock.now() >= issuedAt + current.lifetimeMs - margin
  }

  return {
    kind: 'password',
    source: options.source,
    async authorize(request) {
      if (refused) throw refusedBefore('the sign-in')
      if (isUsedUp(Math.min(RENEW_BEFORE_END_MS, current.lifetimeMs / 10))) {
        try {
          await renewToken()
        } catch (error) {
          // IAM being away for a moment is no reason to stop while the old token still holds.
          if (isRefusal(error) || isUsedUp(0)) throw asNotSent(error)
        }
      }
      return { ...request.headers, 'x-auth-token': current.token }
    },
    async renew(rejected) {
      if (refused) return false
      // Somebody else has renewed it since this request went out.
      if (rejected['x-auth-token'] !== current.token) return true
      try {
        await renewToken()
        return true
      } catch (error) {
        if (isRefusal(error)) return false
        throw asNotSent(error)
      }
    },
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.class === 'access'
}

/** Whatever happened to the sign-in: the request that needed it has certainly not been carried out. */
function asNotSent(error: unknown): unknown {
  if (!(error instanceof ApiError) || error.class === 'access') return error
  return error.amended({
    class: 'not-sent',
    message: `cannot renew the token: ${error.message}`,
  })
}
