import {
  domainOf,
  variable,
  type Credential,
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
  | { readonly credential: Credential; readonly source: string }
  | { readonly problem: { readonly message: string; readonly hint: string } }

/** Either a credential, or what a half-filled set of variables still needs, or null: nothing of it is there. */
type Look =
  | { readonly credential: Credential; readonly source: string }
  | { missing: string }
  | null

/**
 * The first complete credential, in the order the ecosystem's tools look: a named cloud alone decides;
 * then a token, a key, a password, the Huawei Cloud SDKs' file, and an agency where that is asked for.
 */
export function findCredentials(env: Environment, files: SignInFiles): FoundCredential {
  if (files.cloud !== null) {
    const { credential, source, missing } = files.cloud
    if (credential !== null) return { credential, source }
    return problem(`${source} holds no complete credential`, `add ${missing ?? 'one'}`)
  }
  const missing: string[] = []
  for (const look of [
    ...TOKEN_VARIABLES.map((name) => tokenOf(env, name)),
    ...KEY_VARIABLES.map((names) => keyOf(env, names)),
    ...PASSWORD_VARIABLES.map((names) => passwordOf(env, names)),
    profileOf(files.huaweicloud),
    agencyOf(env),
  ]) {
    if (look === null) continue
    if (!('missing' in look)) return look
    missing.push(look.missing)
  }
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
    password: 'OS_PASSWORD',
    domainNames: ['OS_USER_DOMAIN_NAME', 'OS_DOMAIN_NAME'],
    domainIds: ['OS_USER_DOMAIN_ID', 'OS_DOMAIN_ID'],
  },
  {
    username: 'HW_USER_NAME',
    password: 'HW_PASSWORD',
    domainNames: ['HW_DOMAIN_NAME'],
    domainIds: ['HW_DOMAIN_ID'],
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
  const password = variable(env, names.password)
  const domain = domainOf(variable(env, ...names.domainNames), variable(env, ...names.domainIds))
  if (username !== null && password !== null && domain !== null) {
    return {
      credential: { kind: 'password', username, password, domain },
      source: `${names.username}, ${names.password}`,
    }
  }
  if (username === null && password === null) return null
  return lacks(username === null ? names.password : names.username, [
    ...(username === null ? [names.username] : []),
    ...(password === null ? [names.password] : []),
    ...(domain === null ? [names.domainNames[0]] : []),
  ])
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
