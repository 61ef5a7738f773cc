import { requireNoAgency, requireUsableKind, wantedKind, type SignInKind } from './auth-type.ts'
import {
  passwordFrom,
  variable,
  variableFrom,
  type Credential,
  type Domain,
  type Environment,
  type Profile,
} from './credential.ts'

/** What the files say; both read beforehand, so that choosing is pure. */
export interface SignInFiles {
  /** Of `--cloud` or OS_CLOUD; null when no cloud is named. */
  readonly cloud: Profile | null
  readonly huaweicloud: Profile | null
}

type FoundCredential =
  | FoundIt
  | { readonly problem: { readonly message: string; readonly hint: string } }

interface FoundIt {
  readonly credential: Credential
  readonly source: string
  /** Where the user's domain comes from; null where there is none, or it is the same place. */
  readonly domainFrom?: string | null
}

/** Either a credential, or what a half-filled set of variables still needs, or null: nothing of it is there. */
type Look = FoundIt | { missing: string } | null

/**
 * The first complete credential, in the order the ecosystem's tools look: a named cloud alone decides;
 * then a token, a key, a password, the Huawei Cloud SDKs' file, and an agency where that is asked for.
 */
export function findCredentials(env: Environment, files: SignInFiles): FoundCredential {
  if (files.cloud !== null) {
    const { credential, source, missing, sources } = files.cloud
    if (credential !== null) {
      return {
        credential,
        source: sources?.credential ?? source,
        domainFrom: sources?.domain ?? null,
      }
    }
    return problem(`${source} holds no complete credential`, `add ${missing ?? 'one'}`)
  }
  const kind = kindOf(env)
  const wanted = wantedKind(kind.authType)
  /** OS_AUTH_TYPE chooses among the OS_ variables, as it does for OpenStack's clients. */
  const isMeant = (name: string, each: 'token' | 'password'): boolean =>
    wanted === null || wanted === each || !name.startsWith('OS_')
  const missing: string[] = []
  for (const look of [
    ...TOKEN_VARIABLES.filter((name) => isMeant(name, 'token')).map((name) => tokenOf(env, name)),
    ...KEY_VARIABLES.map((names) => keyOf(env, names)),
    ...PASSWORD_VARIABLES.filter(({ username }) => isMeant(username, 'password')).map((names) =>
      passwordOf(env, names),
    ),
    profileOf(files.huaweicloud),
    agencyOf(env),
  ]) {
    if (look === null) continue
    if (!('missing' in look)) {
      if (look.credential.kind === 'password') requireUsableKind(kind, look.source)
      // A token is whole by itself, but not what another kind of sign-in asks for.
      if (look.source.startsWith('OS_') && look.credential.kind === 'token') {
        requireUsableKind({ ...NOTHING_MORE, authType: kind.authType }, look.source)
      }
      if (look.credential.kind !== 'token') requireNoAgency(env)
      return look
    }
    missing.push(look.missing)
  }
  requireUsableKind(kind, 'the environment')
  if (wanted === 'token') missing.push(`OS_AUTH_TYPE is ${kind.authType}, OS_TOKEN is not set`)
  if (missing.length > 0) return problem('the credentials are not complete', missing.join('; '))
  return problem('there are no credentials', HOW_TO_SIGN_IN)
}

const HOW_TO_SIGN_IN =
  'set OS_TOKEN; or OS_ACCESS_KEY and OS_SECRET_KEY; or OS_USERNAME, OS_PASSWORD, OS_USER_DOMAIN_NAME and OS_AUTH_URL; or name a cloud of clouds.yaml with --cloud or OS_CLOUD'

const AGENCY_VARIABLE = 'SDRS_PROTECT_ECS_AGENCY'

const TOKEN_VARIABLES = ['OS_TOKEN', 'OS_AUTH_TOKEN', 'HW_AUTH_TOKEN'] as const

const KEY_VARIABLES = [
  {
    accessKey: 'HUAWEICLOUD_SDK_AK',
    secretKey: 'HUAWEICLOUD_SDK_SK',
    securityToken: 'HUAWEICLOUD_SDK_SECURITY_TOKEN',
  },
  {
    accessKey: 'HW_ACCESS_KEY',
    secretKey: 'HW_SECRET_KEY',
    securityToken: 'HW_SECURITY_TOKEN',
  },
  {
    accessKey: 'OS_ACCESS_KEY',
    secretKey: 'OS_SECRET_KEY',
    securityToken: 'OS_SECURITY_TOKEN',
  },
] as const

const PASSWORD_VARIABLES = [
  {
    username: 'OS_USERNAME',
    userId: 'OS_USER_ID',
    passwords: ['OS_PASSWORD'],
    domains: [
      ['OS_USER_DOMAIN_NAME', 'OS_USER_DOMAIN_ID'],
      ['OS_DOMAIN_NAME', 'OS_DOMAIN_ID'],
      ['OS_DEFAULT_DOMAIN_NAME', 'OS_DEFAULT_DOMAIN_ID'],
      ['OS_PROJECT_DOMAIN_NAME', 'OS_PROJECT_DOMAIN_ID'],
    ],
  },
  {
    username: 'HW_USER_NAME',
    userId: 'HW_USER_ID',
    passwords: ['HW_PASSWORD', 'HW_USER_PASSWORD'],
    domains: [['HW_DOMAIN_NAME', 'HW_DOMAIN_ID']],
  },
] as const

function tokenOf(env: Environment, name: string): Look {
  const token = variable(env, name)
  return token === null ? null : { credential: { kind: 'token', token }, source: name }
}

function keyOf(env: Environment, names: (typeof KEY_VARIABLES)[number]): Look {
  const accessKey = variable(env, names.accessKey)
  const secretKey = variable(env, names.secretKey)
  if (accessKey === null && secretKey === null) return null
  if (accessKey === null) return lacks(names.secretKey, [names.accessKey])
  if (secretKey === null) return lacks(names.accessKey, [names.secretKey])
  const securityToken = variable(env, names.securityToken)
  return {
    credential: { kind: 'ak-sk', accessKey, secretKey, securityToken },
    source: `${names.accessKey}, ${names.secretKey}`,
  }
}

function passwordOf(env: Environment, names: (typeof PASSWORD_VARIABLES)[number]): Look {
  const username = variable(env, names.username)
  const userId = variable(env, names.userId)
  const password = passwordFrom(env, ...names.passwords)
  const domain = domainFrom(env, names.domains)
  const who = userId === null ? names.username : names.userId
  if (password !== null && (userId !== null || (username !== null && domain !== null))) {
    return {
      // An ID needs no domain, and wins over a name as it does for OpenStack's clients.
      credential:
        userId === null && username !== null && domain !== null
          ? { kind: 'password', username, password: password.value, domain: domain.domain }
          : { kind: 'password', userId: userId ?? '', password: password.value },
      source: `${who}, ${password.from}`,
      domainFrom: domain?.from ?? null,
    }
  }
  if (username === null && userId === null && password === null) return null
  const isNamed = username !== null || userId !== null
  return lacks(isNamed ? who : (password?.from ?? ''), [
    ...(isNamed ? [] : [names.username]),
    ...(password === null ? [names.passwords[0]] : []),
    ...(domain === null && userId === null ? [names.domains[0][0]] : []),
  ])
}

/** Of the first pair that is set. */
function domainFrom(
  env: Environment,
  pairs: readonly (readonly [name: string, id: string])[],
): { readonly domain: Domain; readonly from: string } | null {
  for (const [nameVariable, idVariable] of pairs) {
    const said = variableFrom(env, idVariable, nameVariable)
    if (said === null) continue
    const { value, from } = said
    return { domain: from === idVariable ? { id: value } : { name: value }, from }
  }
  return null
}

const NOTHING_MORE = { hasPasscode: false, hasApplicationCredential: false, hasTrust: false }

function kindOf(env: Environment): SignInKind {
  return {
    authType: variable(env, 'OS_AUTH_TYPE'),
    hasPasscode: variable(env, 'OS_PASSCODE') !== null,
    hasApplicationCredential:
      variable(env, 'OS_APPLICATION_CREDENTIAL_ID', 'OS_APPLICATION_CREDENTIAL_NAME') !== null,
    hasTrust: variable(env, 'OS_TRUST_ID', 'OS_SYSTEM_SCOPE') !== null,
  }
}

function profileOf(profile: Profile | null): Look {
  if (profile === null) return null
  const { credential, source, missing } = profile
  return credential === null ? { missing: `${source} lacks ${missing}` } : { credential, source }
}

function agencyOf(env: Environment): Look {
  const asked = /^(1|true|yes)$/i.test(variable(env, AGENCY_VARIABLE) ?? '')
  return asked ? { credential: { kind: 'agency' }, source: AGENCY_VARIABLE } : null
}

function lacks(present: string, absent: readonly string[]): Look {
  return { missing: `${present} is set, ${absent.join(' and ')} not` }
}

function problem(message: string, hint: string): FoundCredential {
  return { problem: { message, hint } }
}
