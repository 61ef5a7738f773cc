import type { Service } from '../endpoints.ts'
import type { AccessKey } from './signature.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export type Domain = { readonly name: string } | { readonly id: string }

export type Credential =
  | { readonly kind: 'token'; readonly token: string }
  | ({ readonly kind: 'ak-sk' } & AccessKey)
  | ({ readonly kind: 'password' } & PasswordUser)
  | { readonly kind: 'agency' }

/** A user is named within a domain, or by an ID that needs none. */
export type UserName =
  | { readonly username: string; readonly domain: Domain }
  | { readonly userId: string }

export type PasswordUser = UserName & { readonly password: string }

/** What one place (a cloud in clouds.yaml, a credentials file) says; null where it says nothing. */
export interface Profile {
  /** The place, for messages: a name and a path, never a value. */
  readonly source: string
  readonly credential: Credential | null
  /** What a credential would still need, when it is incomplete. */
  readonly missing: string | null
  readonly authUrl: string | null
  readonly projectId: string | null
  /** Only when there is no ID. */
  readonly projectName: string | null
  /** Of the project's name, where it is said; else the user's counts. */
  readonly projectDomain: Domain | null
  readonly region: string | null
  readonly endpoints: Readonly<Partial<Record<Service, string>>>
  readonly caFile: string | null
  readonly verify: boolean
  /** Where each value comes from; left out: all of them from `source`. */
  readonly sources?: {
    readonly credential: string
    /** The user's domain; null: it needs none. */
    readonly domain: string | null
    readonly project: string | null
    readonly region: string | null
    readonly authUrl: string | null
    readonly endpoints: Readonly<Partial<Record<Service, string>>>
  }
}

/** A variable's value, or null when it is unset or blank. Copied tokens tend to end in a newline. */
export function variable(env: Environment, ...names: readonly string[]): string | null {
  for (const name of names) {
    const value = env[name]?.trim() ?? ''
    if (value !== '') return value
  }
  return null
}

/** The same with the variable's own name, to tell people where a value came from. */
export function variableFrom(
  env: Environment,
  ...names: readonly string[]
): { readonly value: string; readonly from: string } | null {
  for (const from of names) {
    const value = variable(env, from)
    if (value !== null) return { value, from }
  }
  return null
}

/** A password with its variable. Blanks are its own; a line break at its end comes from the file it was read from. */
export function passwordFrom(
  env: Environment,
  ...names: readonly string[]
): { readonly value: string; readonly from: string } | null {
  for (const from of names) {
    const value = (env[from] ?? '').replace(/[\r\n]+$/, '')
    if (value.trim() !== '') return { value, from }
  }
  return null
}

export interface DomainParts {
  readonly name: string | null
  readonly id: string | null
}

/**
 * The domain that the first of the places names: of a user the user's own, then the common one, then the
 * project's. A name and an ID of different places never compete by kind; of one place the ID counts, as it does for
 * OpenStack's clients.
 */
export function domainOf(...places: readonly DomainParts[]): Domain | null {
  for (const { name, id } of places) {
    if (id !== null) return { id }
    if (name !== null) return { name }
  }
  return null
}

/** Blank counts as not said. */
export function filled(text: string | null | undefined): string | null {
  const trimmed = text?.trim() ?? ''
  return trimmed === '' ? null : trimmed
}

/** From the first place that says anything: the ID of one place never meets the name of another. */
export function firstProject(
  places: readonly {
    readonly id?: string | null | undefined
    readonly name?: string | null | undefined
  }[],
): { readonly projectId: string | null; readonly projectName: string | null } {
  for (const place of places) {
    const projectId = filled(place.id)
    if (projectId !== null) return { projectId, projectName: null }
    const projectName = filled(place.name)
    if (projectName !== null) return { projectId: null, projectName }
  }
  return { projectId: null, projectName: null }
}
