import { refusedBefore, type Authenticator } from './authenticator.ts'

/** A token made elsewhere. It cannot be renewed here, so the first rejection is the end of it. */
export function tokenAuthenticator(token: string, source: string): Authenticator {
  let refused = false
  return {
    kind: 'token',
    source,
    async authorize(request) {
      if (refused) throw refusedBefore('the token')
      return { ...request.headers, 'x-auth-token': token }
    },
    async renew() {
      refused = true
      return false
    },
  }
}
