import type { Service } from '../endpoints.ts'
import type { Domain } from './iam.ts'
import type { AccessKey } from './signature.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export type Credential =
  | { readonly kind: 'token'; readonly token: string }
  | ({ readonly kind: 'ak-sk' } & AccessKey)
  | ({ readonly kind: 'password' } & PasswordUser)
  | { readonly kind: 'agency' }

export interface PasswordUser {
  readonly username: string
  readonly password: string
  readonly domain: Domain
}

/** What one place (a cloud in clouds.yaml, a credentials file) says; null where it says nothing. */
export interface Profile {
  /** The place, for messages: a name and a path, never a value. */
  readonly source: string
  readonly credential: Credential | null
  /** What a credential would still need, when it is incomplete. */
  readonly missing: string | null
  readonly authUrl: string | null
  readonly projectId: string | null
  readonly projectName: string | null
  readonly region: string | null
  readonly endpoints: Readonly<Partial<Record<Service, string>>>
  readonly caFile: string | null
  readonly verify: boolean
}

/** A variable's value, or null when it is unset or blank. Copied tokens tend to end in a newline. */
export function variable(env: Environment, ...names: readonly string[]): string | null {
  for (const name of names) {
    const value = env[name]?.trim() ?? ''
    if (value !== '') return value
  }
  return null
}

export function domainOf(name: string | null, id: string | null): Domain | null {
  if (name !== null) return { name }
  return id === null ? null : { id }
}
