import { join } from 'node:path'
import { parse } from 'yaml'
import { Failure } from '../../failure.ts'
import { isRecord } from '../../json.ts'
import { regionOfIamEndpoint, resolveEndpoint, type Service } from '../endpoints.ts'
import { requireUsableKind } from './auth-type.ts'
import {
  domainOf,
  firstProject,
  variable,
  type Credential,
  type Environment,
  type Profile,
} from './credential.ts'
import { regionOfCloud } from './regions-of-cloud.ts'

type Tree = Readonly<Record<string, unknown>>

export interface FilesAccess {
  readonly env: Environment
  /** Null when there is no such file; rejects when it cannot be read. */
  readonly readFile: (path: string) => Promise<string | null>
  readonly home: string
  readonly cwd: string
}

/**
 * The cloud `name` as the OpenStack clients read it: the first clouds.yaml of the search path that exists,
 * with the first secure.yaml merged over it, then the chosen region's values; what is still missing may come
 * from the environment. Rejects with Failure (usage).
 */
export async function readCloud(
  name: string,
  files: FilesAccess,
  wantedRegion: string | null = null,
): Promise<Profile> {
  const found = await firstFile('clouds', 'OS_CLIENT_CONFIG_FILE', files)
  if (found === null) {
    throw new Failure(
      'usage',
      `cloud "${name}": there is no clouds.yaml`,
      `looked in ${searchPath('clouds', 'OS_CLIENT_CONFIG_FILE', files).join(', ')}`,
    )
  }
  const secure = await firstFile('secure', 'OS_CLIENT_SECURE_FILE', files)
  const clouds = merge(child(found.tree, 'clouds'), child(secure?.tree ?? {}, 'clouds'))
  const cloud = clouds[name]
  if (!isRecord(cloud)) {
    const known = Object.keys(clouds).map((key) => `"${key}"`)
    throw new Failure(
      'usage',
      `${found.path} has no cloud "${name}"`,
      known.length === 0 ? 'it names no clouds' : `it has ${known.join(', ')}`,
    )
  }
  return profileOf(cloud, `cloud ${name} in ${found.path}`, files, wantedRegion)
}

function searchPath(kind: 'clouds' | 'secure', override: string, files: FilesAccess): string[] {
  const config = files.env['XDG_CONFIG_HOME'] || join(files.home, '.config')
  const dirs = [files.cwd, join(config, 'openstack'), '/etc/openstack']
  const named = files.env[override]
  return [
    ...(named === undefined || named === '' ? [] : [named]),
    ...dirs.flatMap((dir) =>
      ['yaml', 'yml', 'json'].map((ending) => join(dir, `${kind}.${ending}`)),
    ),
  ]
}

async function firstFile(
  kind: 'clouds' | 'secure',
  override: string,
  files: FilesAccess,
): Promise<{ readonly path: string; readonly tree: Tree } | null> {
  for (const path of searchPath(kind, override, files)) {
    const text = await files.readFile(path)
    if (text !== null) return { path, tree: parseTree(path, text) }
  }
  return null
}

function parseTree(path: string, text: string): Tree {
  let tree: unknown
  try {
    // Every scalar stays the text that it is: the password 0123 is not a number.
    // And no warnings: the parser would print the line in question, and a secret may be in it.
    tree = parse(text, { schema: 'failsafe', merge: true, logLevel: 'error' })
  } catch (error) {
    // Only the place: the parser's message goes on to quote the line, and a secret may be in it.
    const place = error instanceof Error ? /at line \d+, column \d+/.exec(error.message)?.[0] : ''
    throw new Failure('usage', `${path} is not valid YAML ${place ?? ''}`.trim())
  }
  if (tree === null || tree === undefined || tree === '') return {}
  if (isRecord(tree)) return tree
  throw new Failure('usage', `${path} is not a mapping with the key "clouds"`)
}

function profileOf(
  written: Tree,
  source: string,
  files: FilesAccess,
  wantedRegion: string | null,
): Profile {
  const { env } = files
  const named = variable(env, 'OS_REGION_NAME', 'HW_REGION_NAME')
  const { region, values } = regionOfCloud(written, source, wantedRegion, named)
  const cloud = merge(written, values)
  const auth = child(cloud, 'auth')
  const at = (...keys: string[]): string | null => text(auth, ...keys) ?? text(cloud, ...keys)
  const vendor = VENDORS[text(cloud, 'profile', 'cloud') ?? '']
  const authUrl = at('auth_url')
  const username = at('username', 'user_name')
  const common = { name: at('domain_name'), id: at('domain_id') }
  const projects = { name: at('project_domain_name'), id: at('project_domain_id') }
  const domain = domainOf(
    { name: at('user_domain_name'), id: at('user_domain_id') },
    common,
    projects,
  )
  requireUsableKind(
    {
      authType: text(cloud, 'auth_type'),
      hasPasscode: at('passcode') !== null,
      hasApplicationCredential:
        at('application_credential_id', 'application_credential_name') !== null,
    },
    source,
  )
  const parts = {
    token: at('token'),
    accessKey: at('ak', 'access_key'),
    secretKey: at('sk', 'secret_key'),
    securityToken: at('security_token'),
    username,
    userId: at('user_id'),
    // Kept out of the file by many, and given to each command.
    password: at('password') ?? variable(env, 'OS_PASSWORD'),
    domain,
  }
  const usedRegion =
    region ?? (authUrl === null ? null : regionOfIamEndpoint(authUrl)) ?? vendor?.region ?? null
  const caFile = text(cloud, 'cacert')
  return {
    source,
    ...credentialOf(parts),
    authUrl:
      authUrl ?? (vendor === undefined ? null : iamOf(usedRegion)) ?? variable(env, 'OS_AUTH_URL'),
    ...firstProject([
      { id: at('project_id'), name: at('project_name') },
      { id: at('tenant_id'), name: at('tenant_name') },
    ]),
    projectDomain: domainOf(projects, common),
    region: usedRegion,
    endpoints: overrides(cloud),
    caFile: caFile === null ? null : caFile.replace(/^~(?=\/)/, files.home),
    verify: !['false', 'no', '0'].includes(text(cloud, 'verify')?.toLowerCase() ?? 'true'),
  }
}

/** The vendor profiles of the OpenStack SDK that have SDRS, with their first region. */
const VENDORS: Readonly<Record<string, { readonly region: string }>> = {
  otc: { region: 'eu-de' },
  'otc-swiss': { region: 'eu-ch2' },
}

function iamOf(region: string | null): string | null {
  return resolveEndpoint('iam', { given: {}, catalogue: [], region })
}

function credentialOf(parts: {
  readonly token: string | null
  readonly accessKey: string | null
  readonly secretKey: string | null
  readonly securityToken: string | null
  readonly username: string | null
  readonly userId: string | null
  readonly password: string | null
  readonly domain: ReturnType<typeof domainOf>
}): { readonly credential: Credential | null; readonly missing: string | null } {
  const { token, accessKey, secretKey, securityToken, username, userId, password, domain } = parts
  const complete = (credential: Credential) => ({ credential, missing: null })
  if (token !== null) return complete({ kind: 'token', token })
  if (accessKey !== null && secretKey !== null) {
    return complete({ kind: 'ak-sk', accessKey, secretKey, securityToken })
  }
  if (userId !== null && password !== null) return complete({ kind: 'password', userId, password })
  if (username !== null && password !== null && domain !== null) {
    return complete({ kind: 'password', username, password, domain })
  }
  const lacking = [
    ...(accessKey !== null && secretKey === null ? ['auth.sk'] : []),
    ...(accessKey === null && secretKey !== null ? ['auth.ak'] : []),
    ...((username ?? userId) !== null && password === null ? ['auth.password'] : []),
    ...(username !== null && domain === null ? ['auth.user_domain_name'] : []),
  ]
  return { credential: null, missing: lacking.join(', ') || 'auth.ak and auth.sk, or a password' }
}

/** `{service}_endpoint_override`, the OpenStack SDK's own way to name an endpoint. */
function overrides(cloud: Tree): Partial<Record<Service, string>> {
  const services = {
    sdrs: 'sdrs',
    ecs: 'ecs',
    vpc: 'vpc',
    evs: 'evs',
    iam: 'identity',
  } as const satisfies Record<Service, string>
  const found: Partial<Record<Service, string>> = {}
  for (const service of Object.keys(services) as Service[]) {
    const url = text(cloud, `${services[service]}_endpoint_override`)
    if (url !== null) found[service] = url
  }
  return found
}

function merge(base: Tree, over: Tree): Tree {
  const merged: Record<string, unknown> = { ...base }
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key]
    merged[key] = isRecord(below) && isRecord(value) ? merge(below, value) : value
  }
  return merged
}

function child(tree: Tree, key: string): Tree {
  const value = tree[key]
  return isRecord(value) ? value : {}
}

const BLANK: ReadonlySet<string> = new Set(['', '~', 'null'])

/** The first of the keys that is filled. Clients write dashes as well as underscores. */
function text(tree: Tree, ...keys: readonly string[]): string | null {
  for (const key of keys) {
    const value = tree[key] ?? tree[key.replaceAll('_', '-')]
    if (typeof value === 'string' && !BLANK.has(value.trim())) return value.trim()
  }
  return null
}
