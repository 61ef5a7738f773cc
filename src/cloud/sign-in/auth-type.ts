import { Failure } from '../../failure.ts'
import { variable, type Environment } from './credential.ts'

/** Ways to sign in that IAM has and that can be repeated over a rollout of hours, as clients spell them. */
const USABLE: ReadonlyMap<string, WantedKind> = new Map([
  ['password', 'password'],
  ['v3password', 'password'],
  ['token', 'token'],
  ['v3token', 'token'],
  ['aksk', 'ak-sk'],
  ['ak-sk', 'ak-sk'],
  ['v3aksk', 'ak-sk'],
])

type WantedKind = 'token' | 'ak-sk' | 'password'

/** Which credential an `auth_type` asks for; null: it asks for none, or for one that cannot be used. */
export function wantedKind(authType: string | null): WantedKind | null {
  return USABLE.get(authType?.toLowerCase() ?? '') ?? null
}

/** What a place says of how to sign in, beside user, key and token. */
export interface SignInKind {
  /** `auth_type`, OS_AUTH_TYPE. */
  readonly authType: string | null
  /** A one-time code of a second factor is there. */
  readonly hasPasscode: boolean
  readonly hasApplicationCredential: boolean
  /** Something else than a project or a domain is to be the scope. */
  readonly hasTrust: boolean
}

const INSTEAD =
  'use an access key (OS_ACCESS_KEY, OS_SECRET_KEY; ak and sk in clouds.yaml), a token, or a user with a password alone'

/**
 * Refuses what cannot be done before anything is sent: half of it would sign in as somebody else, or lock
 * the user. Throws Failure (usage).
 *
 * @param source The place, for the message.
 */
export function requireUsableKind(kind: SignInKind, source: string): void {
  const { authType, hasPasscode, hasApplicationCredential, hasTrust } = kind
  if (hasApplicationCredential) {
    throw new Failure('usage', `${source}: IAM has no application credentials`, INSTEAD)
  }
  if (hasTrust) {
    throw new Failure(
      'usage',
      `${source}: IAM has no trusts and no system scope`,
      'name a project, and leave trust_id and system_scope out',
    )
  }
  if (hasPasscode) {
    throw new Failure(
      'usage',
      `${source}: a one-time passcode signs in once, and a rollout must be able to sign in again`,
      INSTEAD,
    )
  }
  if (authType !== null && !USABLE.has(authType.toLowerCase())) {
    throw new Failure('usage', `${source}: sign-in by "${authType}" is not supported`, INSTEAD)
  }
}

/** What asks other tools to act for an agency of another account, once they have signed in. */
const AGENCY_VARIABLES = ['OS_AGENCY_NAME', 'HW_ASSUME_ROLE_AGENCY_NAME'] as const

/** Without the agency the same key or password would work in the user's own account. Throws Failure (usage). */
export function requireNoAgency(env: Environment): void {
  const name = AGENCY_VARIABLES.find((each) => variable(env, each) !== null)
  if (name === undefined) return
  throw new Failure(
    'usage',
    `${name}: acting for an agency is not supported`,
    `unset it to work in the user's own account, or set OS_TOKEN to a token that was issued for the agency`,
  )
}
