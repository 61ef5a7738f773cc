import { wantedKind } from './auth-type.ts'
import type { Layers, SaidBy } from './cloud-layers.ts'
import {
  domainOf,
  passwordFrom,
  variableFrom,
  type Credential,
  type Domain,
  type DomainParts,
  type Environment,
  type Profile,
} from './credential.ts'

type FoundInCloud = Pick<Profile, 'credential' | 'missing'> & {
  readonly sources: Pick<NonNullable<Profile['sources']>, 'credential' | 'domain'>
}

type Kind = 'token' | 'ak-sk' | 'password'

/**
 * What a cloud of clouds.yaml signs in with: the kind that its `auth_type` names, else the first of token, key and
 * password that is whole. What many keep out of the file may come from the environment: the password, and whose it is.
 *
 * @param source the cloud, for messages.
 */
export function credentialOfCloud(cloud: Layers, env: Environment, source: string): FoundInCloud {
  const kinds = kindsOf(cloud.top('auth_type', 'auth_plugin')?.value.trim() ?? null)
  for (const kind of kinds) {
    const found = LOOKS[kind](cloud, env)
    if (found !== null) return { ...found, missing: null }
  }
  return {
    credential: null,
    missing: lackingOf(cloud, env, kinds),
    sources: { credential: source, domain: null },
  }
}

const ALL: readonly Kind[] = ['token', 'ak-sk', 'password']

/** Others than these are refused before. */
function kindsOf(authType: string | null): readonly Kind[] {
  const wanted = wantedKind(authType)
  return wanted === null ? ALL : [wanted]
}

type Look = (cloud: Layers, env: Environment) => Omit<FoundInCloud, 'missing'> | null

const LOOKS: Readonly<Record<Kind, Look>> = {
  token(cloud) {
    const token = cloud.overAuth('token', 'auth_token')
    return token === null ? null : complete({ kind: 'token', token: token.value.trim() }, [token])
  },
  'ak-sk'(cloud) {
    const [access, secret] = keyOf(cloud)
    if (access === null || secret === null) return null
    const securityToken = cloud.inAuth('security_token')?.value.trim() ?? null
    const [accessKey, secretKey] = [access.value.trim(), secret.value.trim()]
    return complete({ kind: 'ak-sk', accessKey, secretKey, securityToken }, [access, secret])
  },
  password(cloud, env) {
    const { id, name, password } = userOf(cloud, env)
    if (password === null) return null
    const given = { kind: 'password', password: password.value } as const
    if (id !== null) return complete({ ...given, userId: id.value.trim() }, [id, password])
    const domain = userDomainOf(cloud, env)
    return name === null || domain === null
      ? null
      : complete(
          { ...given, username: name.value.trim(), domain: domain.domain },
          [name, password],
          domain.from,
        )
  },
}

function complete(
  credential: Credential,
  said: readonly SaidBy[],
  domain: string | null = null,
): Omit<FoundInCloud, 'missing'> {
  const places = new Set(said.map(({ from }) => from))
  return { credential, sources: { credential: [...places].join(', '), domain } }
}

function keyOf(cloud: Layers): readonly [access: SaidBy | null, secret: SaidBy | null] {
  return [cloud.inAuth('ak', 'access_key'), cloud.inAuth('sk', 'secret_key')]
}

function userOf(
  cloud: Layers,
  env: Environment,
): {
  readonly id: SaidBy | null
  readonly name: SaidBy | null
  readonly password: SaidBy | null
} {
  const [id, name] = [cloud.inAuth('user_id'), cloud.inAuth('username', 'user_name')]
  const isNamed = id !== null || name !== null
  const written = cloud.inAuth('password')
  return {
    // The user of the environment never gets the password of the file's user, nor half of its name.
    id: isNamed ? id : variableFrom(env, 'OS_USER_ID'),
    name: isNamed ? name : variableFrom(env, 'OS_USERNAME'),
    password: written === null ? passwordFrom(env, 'OS_PASSWORD') : trimmedEnd(written),
  }
}

/** A line break at its end comes from a block of YAML, blanks are its own. */
function trimmedEnd({ value, from }: SaidBy): SaidBy {
  return { value: value.replace(/[\r\n]+$/, ''), from }
}

/** The user's own, the common one, the default; then the environment's; at last the project's, which it most often is. */
function userDomainOf(
  cloud: Layers,
  env: Environment,
): { readonly domain: Domain; readonly from: string } | null {
  const written = (key: string): Place => ({
    id: cloud.overAuth(`${key}_id`),
    name: cloud.overAuth(`${key}_name`),
  })
  const variable = (key: string): Place => ({
    id: variableFrom(env, `${key}_ID`),
    name: variableFrom(env, `${key}_NAME`),
  })
  for (const { id, name } of [
    written('user_domain'),
    written('domain'),
    written('default_domain'),
    variable('OS_USER_DOMAIN'),
    variable('OS_DOMAIN'),
    written('project_domain'),
  ]) {
    const parts: DomainParts = { id: id?.value.trim() ?? null, name: name?.value.trim() ?? null }
    const domain = domainOf(parts)
    if (domain !== null) return { domain, from: (id ?? name)?.from ?? '' }
  }
  return null
}

interface Place {
  readonly id: SaidBy | null
  readonly name: SaidBy | null
}

function lackingOf(cloud: Layers, env: Environment, kinds: readonly Kind[]): string {
  const [access, secret] = keyOf(cloud)
  const { id, name, password } = userOf(cloud, env)
  const lacking: Readonly<Record<Kind, readonly string[]>> = {
    token: kinds.length === 1 ? ['auth.token'] : [],
    'ak-sk': [
      ...(access !== null && secret === null ? ['auth.sk'] : []),
      ...(access === null && secret !== null ? ['auth.ak'] : []),
      ...(kinds.length === 1 && access === null && secret === null ? ['auth.ak', 'auth.sk'] : []),
    ],
    password: [
      ...(kinds.length === 1 && name === null && id === null ? ['auth.username'] : []),
      ...((name ?? id) !== null && password === null ? ['auth.password'] : []),
      ...(name !== null && id === null && userDomainOf(cloud, env) === null
        ? ['auth.user_domain_name']
        : []),
    ],
  }
  return kinds.flatMap((kind) => lacking[kind]).join(', ') || 'auth.ak and auth.sk, or a password'
}
