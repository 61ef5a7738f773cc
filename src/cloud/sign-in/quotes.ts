import { Failure } from '../../failure.ts'
import type { Credential } from './credential.ts'

const LEAVE_OUT =
  'leave the quotes out: an env file that no shell reads keeps them as part of the value'

/** Whether a text begins and ends with the same quote. */
export function isQuoted(text: string): boolean {
  return /^(["']).*\1$/s.test(text)
}

/**
 * Refuses a value in quotes before it is sent: no user, domain, project or region is called so, and each refused
 * sign-in is one of the five that lock the user. Throws Failure (usage).
 */
export function requireUnquoted(
  told: readonly { readonly what: string; readonly value: string | null; readonly from: string }[],
): void {
  const quoted = told.find(({ value }) => value !== null && isQuoted(value))
  if (quoted === undefined) return
  const { what, value, from } = quoted
  throw new Failure('usage', `${from}: the ${what} ${value} stands in quotes`, LEAVE_OUT)
}

/** The same of a token or a key, which have none either; a password may. Throws Failure (usage). */
export function requireUnquotedSecrets(credential: Credential, source: string): void {
  const secrets =
    credential.kind === 'token'
      ? [credential.token]
      : credential.kind === 'ak-sk'
        ? [credential.accessKey, credential.secretKey, credential.securityToken ?? '']
        : []
  if (!secrets.some(isQuoted)) return
  throw new Failure('usage', `${source}: the value stands in quotes`, LEAVE_OUT)
}
