import type { Clock } from '../../clock.ts'
import { refusedBefore, type Authenticator } from './authenticator.ts'
import { signRequest, type AccessKey } from './signature.ts'

/**
 * Signs each request. Five refused signatures lock a key for five minutes, for everybody who uses it:
 * after the first one nothing is signed any more. `key` is asked for each request, since a temporary
 * key changes.
 */
export function akSkAuthenticator(options: {
  readonly key: () => Promise<AccessKey>
  /** Null for calls that belong to no project. */
  readonly projectId: string | null
  readonly source: string
  readonly clock: Clock
}): Authenticator {
  let refused = false
  return {
    kind: 'ak-sk',
    source: options.source,
    async authorize(request) {
      if (refused) throw refusedBefore('the signature')
      const key = await options.key()
      // Looked at again: another request may have been refused while the key was fetched.
      if (refused) throw refusedBefore('the signature')
      return signRequest(request, key, options.projectId, options.clock.now())
    },
    async renew() {
      refused = true
      return false
    },
  }
}
