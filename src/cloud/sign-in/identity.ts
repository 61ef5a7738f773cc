import type { Credential, Domain, UserName } from './credential.ts'
import type { TokenUser } from './iam.ts'

/**
 * Who signs in and how, for a person who checks it before anything is made: `user jane (domain OTC1), by
 * password from OS_USERNAME, OS_PASSWORD`. Never a value that signs in; of an access key its last four
 * characters, as the consoles show it. Pure.
 *
 * @param source names of variables or files, never a value.
 * @param told what IAM said; null where it was not asked.
 */
export function identityOf(
  credential: Credential,
  source: string,
  told: TokenUser | null = null,
): string {
  switch (credential.kind) {
    case 'password': {
      const own = 'userId' in credential ? null : credential
      const name = told?.name ?? own?.username ?? `with ID ${userIdOf(credential)}`
      const domain = told?.domain ?? (own === null ? null : domainText(own.domain))
      const inDomain = domain === null ? '' : ` (domain ${domain})`
      return `user ${name}${inDomain}, by password from ${source}`
    }
    case 'ak-sk': {
      const kind = credential.securityToken === null ? 'access key' : 'temporary access key'
      return `${kind} ${lastFour(credential.accessKey)}, from ${source}`
    }
    case 'token':
      return `a token from ${source}`
    case 'agency':
      return `the agency of this ECS, as ${source} asks for`
  }
}

function userIdOf(user: UserName): string {
  return 'userId' in user ? user.userId : ''
}

function domainText(domain: Domain): string {
  return 'name' in domain ? domain.name : `ID ${domain.id}`
}

/** An access key has 20 characters; of a short text that stands in its place, four would be most of it. */
const LONG_ENOUGH = 16

function lastFour(accessKey: string): string {
  return accessKey.length < LONG_ENOUGH ? '…' : `…${accessKey.slice(-4)}`
}
