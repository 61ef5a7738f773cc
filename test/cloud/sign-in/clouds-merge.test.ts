import { describe, expect, test } from 'vitest'
import { readCloud } from '../../../src/cloud/sign-in/clouds-yaml.ts'
import { memoryFiles } from '../../support/memory-files.ts'

/** Each expectation is what the OpenStack SDK's own `OpenStackConfig` makes of the same files, but where it says otherwise. */
interface Case {
  readonly clouds: string
  readonly secure?: string
  readonly vendors?: string
  readonly env?: Record<string, string>
  readonly region?: string
}

function read({ clouds, secure, vendors, env = {}, region }: Case) {
  const files = {
    '/project/clouds.yaml': clouds,
    ...(secure === undefined ? {} : { '/project/secure.yaml': secure }),
    ...(vendors === undefined ? {} : { '/project/clouds-public.yaml': vendors }),
  }
  return readCloud('c', memoryFiles(files, env), region ?? null)
}
const cloud = (text: string): string => `clouds: {c: {${text}}}`
const USER = 'username: u, password: p'

describe('a user', () => {
  test.each<[string, string, object]>([
    ['its own domain', 'user_domain_name: A, domain_name: B', { name: 'A' }],
    ['its own domain by ID before its name', 'user_domain_name: A, user_domain_id: i', { id: 'i' }],
    ['the common domain', 'domain_id: i, project_name: x', { id: 'i' }],
    ['the default domain', 'default_domain_name: D, project_name: x', { name: 'D' }],
    ['a domain written with dashes', 'user-domain-name: A', { name: 'A' }],
    // The SDK sends none; of all that are there the project's is the likeliest.
    ["the project's where there is no other", 'project_domain_id: p', { id: 'p' }],
  ])('%s', async (_name, auth, domain) => {
    const { credential } = await read({ clouds: cloud(`auth: {${USER}, ${auth}}`) })
    expect(credential).toEqual({ kind: 'password', username: 'u', password: 'p', domain })
  })

  test('a domain beside auth beats the one in it, a name in auth the one beside it', async () => {
    const clouds = cloud(`auth: {${USER}, user_domain_name: A}, user_domain_name: B, username: v`)
    expect((await read({ clouds })).credential).toMatchObject({
      username: 'u',
      domain: { name: 'B' },
    })
  })

  test('by ID before the name', async () => {
    const clouds = cloud(`auth: {${USER}, user_id: i, user_domain_name: A}`)
    expect((await read({ clouds })).credential).toEqual({
      kind: 'password',
      userId: 'i',
      password: 'p',
    })
  })

  test('its password with the blanks that it has, without the line break of a block', async () => {
    const clouds = 'clouds:\n  c:\n    auth:\n      user_id: i\n      password: |\n         p w  \n'
    const { credential } = await read({ clouds })
    expect(credential).toMatchObject({ password: 'p w  ' })
    const env = { OS_PASSWORD: ' p w \r\n' }
    const given = await read({ clouds: cloud('auth: {user_id: i}'), env })
    expect(given.credential).toMatchObject({ password: ' p w ' })
  })
})

describe('a project', () => {
  test.each<[string, string, object]>([
    ['by ID before the name', 'auth: {project_name: n, project_id: i}', { projectId: 'i' }],
    [
      'beside auth before the one in it',
      'auth: {project_name: n}, project_name: m',
      { projectName: 'm' },
    ],
    ['in a tenant', 'auth: {tenant_name: t}', { projectName: 't' }],
    ['before a tenant', 'auth: {project_name: n, tenant_name: t}', { projectName: 'n' }],
    [
      'with its domain',
      'auth: {project_name: n, project_domain_name: P, domain_name: D}',
      { projectDomain: { name: 'P' } },
    ],
    [
      'with the common domain',
      'auth: {project_name: n, domain_name: D}',
      { projectDomain: { name: 'D' } },
    ],
  ])('%s', async (_name, text, wanted) => {
    expect(await read({ clouds: cloud(text) })).toMatchObject(wanted)
  })
})

describe('a region', () => {
  const list = 'regions: [{name: eu-de, values: {auth: {project_name: de}}}, eu-nl]'
  test.each<[string, Case, object]>([
    ['the first of the list', { clouds: cloud(list) }, { region: 'eu-de', projectName: 'de' }],
    [
      'of the list, not the region_name beside it',
      { clouds: cloud(`${list}, region_name: eu-nl`) },
      { region: 'eu-de' },
    ],
    [
      'of a list in one text',
      { clouds: cloud('region_name: "eu-nl, eu-de"') },
      { region: 'eu-nl' },
    ],
    [
      'the one asked for, of a list in one text',
      { clouds: cloud('region_name: "eu-nl,eu-de"'), region: 'eu-de' },
      { region: 'eu-de' },
    ],
    [
      'the one of the variable, of a list',
      { clouds: cloud(list), env: { OS_REGION_NAME: 'eu-nl' } },
      { region: 'eu-nl', projectName: null },
    ],
    [
      'its own before the variable',
      { clouds: cloud('region_name: eu-de'), env: { OS_REGION_NAME: 'eu-nl' } },
      { region: 'eu-de' },
    ],
    ['the first of the profile', { clouds: cloud('profile: otc') }, { region: 'eu-de' }],
    [
      'of the profile by its older key',
      { clouds: cloud('cloud: otc'), region: 'eu-nl' },
      { region: 'eu-nl' },
    ],
  ])('%s', async (_name, files, wanted) => {
    expect(await read(files)).toMatchObject(wanted)
  })

  test.each<[string, Case]>([
    ['a list', { clouds: cloud(list), region: 'eu-ch2' }],
    ['a list in one text', { clouds: cloud('region_name: "a,b"'), region: 'c' }],
    ['a profile', { clouds: cloud('profile: otc'), region: 'eu-ch2' }],
    [
      'a profile, by the variable',
      { clouds: cloud('profile: otc'), env: { OS_REGION_NAME: 'cn-north-4' } },
    ],
  ])('that %s does not have is refused', async (_name, files) => {
    await expect(read(files)).rejects.toMatchObject({ kind: 'usage' })
  })
})

describe('places over each other', () => {
  const vendors =
    'public-clouds: {v: {auth: {auth_url: "https://iam.v.example/v3", project_name: v}, region_name: r1, cacert: /v.pem}}'

  test('profile, clouds.yaml, secure.yaml, region, key by key', async () => {
    const clouds = cloud(
      'profile: v, auth: {username: u, project_name: f, user_domain_name: F}, regions: [{name: r9, values: {auth: {user_domain_name: R}}}]',
    )
    const profile = await read({
      clouds,
      secure: cloud('auth: {password: s, user_domain_name: S}'),
      vendors,
    })
    expect(profile).toMatchObject({
      authUrl: 'https://iam.v.example/v3',
      projectName: 'f',
      caFile: '/v.pem',
      region: 'r9',
      credential: { username: 'u', password: 's', domain: { name: 'R' } },
    })
    const path = 'cloud c in /project'
    expect(profile.sources).toMatchObject({
      credential: `${path}/clouds.yaml, ${path}/secure.yaml`,
      domain: `region r9 of ${path}/clouds.yaml`,
      project: `${path}/clouds.yaml`,
      authUrl: 'profile v in /project/clouds-public.yaml',
    })
  })

  test("a vendor's region, and a vendor of that file before the built-in one", async () => {
    expect(await read({ clouds: cloud('profile: v'), vendors })).toMatchObject({ region: 'r1' })
    const otc = vendors.replace('{v:', '{otc:')
    expect(await read({ clouds: cloud('profile: otc'), vendors: otc })).toMatchObject({
      authUrl: 'https://iam.v.example/v3',
    })
  })

  test("no IAM of another cloud's region stands in for a profile's", async () => {
    for (const [profile, region] of [
      ['otc-swiss', 'eu-de'],
      ['otc', 'eu-ch2'],
    ]) {
      const { authUrl } = await read({
        clouds: cloud(`profile: ${profile}, region_name: ${region}`),
      })
      expect(authUrl).toBeNull()
    }
  })

  test('addresses take the region by its name', async () => {
    const text =
      'auth: {auth_url: "https://iam.{region_name}.example/v3"}, region_name: r1, sdrs_endpoint_override: "https://sdrs.{region_name}.example"'
    expect(await read({ clouds: cloud(text) })).toMatchObject({
      authUrl: 'https://iam.r1.example/v3',
      endpoints: { sdrs: 'https://sdrs.r1.example' },
    })
  })

  test('verify and insecure', async () => {
    for (const [text, verify] of [
      ['verify: true', true],
      ['verify: false', false],
      ['insecure: true', false],
      ['insecure: false', true],
    ] as const) {
      expect((await read({ clouds: cloud(text) })).verify).toBe(verify)
    }
  })
})

describe('what the environment adds', () => {
  const clouds = cloud('auth: {username: u, password: p}')

  test("the user's domain, before the project's stands in for it", async () => {
    const env = { OS_USER_DOMAIN_NAME: 'E' }
    const { credential, sources } = await read({
      clouds: cloud(`auth: {${USER}, project_domain_name: P}`),
      env,
    })
    expect(credential).toMatchObject({ domain: { name: 'E' } })
    expect(sources?.domain).toBe('OS_USER_DOMAIN_NAME')
    expect((await read({ clouds, env: { OS_DOMAIN_ID: 'i' } })).credential).toMatchObject({
      domain: { id: 'i' },
    })
  })

  test('a user where the file names none, and never half of one', async () => {
    const env = { OS_USERNAME: 'e', OS_USER_ID: 'other', OS_PASSWORD: 'q' }
    expect((await read({ clouds, env: { ...env, OS_USER_DOMAIN_NAME: 'E' } })).credential).toEqual({
      kind: 'password',
      username: 'u',
      password: 'p',
      domain: { name: 'E' },
    })
    expect((await read({ clouds: cloud('region_name: r'), env })).credential).toMatchObject({
      userId: 'other',
      password: 'q',
    })
  })
})

describe('auth_type', () => {
  const both = `auth: {token: t, ak: A, sk: S, ${USER}, user_domain_name: D}`
  test.each([
    ['password', 'password'],
    ['v3password', 'password'],
    ['token', 'token'],
    ['v3token', 'token'],
    ['aksk', 'ak-sk'],
    ['v3aksk', 'ak-sk'],
  ])('%s signs in by %s, whatever else is there', async (type, kind) => {
    const { credential } = await read({ clouds: cloud(`auth_type: ${type}, ${both}`) })
    expect(credential?.kind).toBe(kind)
  })

  test('names what its kind lacks', async () => {
    const missing = async (text: string) => (await read({ clouds: cloud(text) })).missing
    expect(await missing(`auth_type: token, auth: {${USER}}`)).toBe('auth.token')
    expect(await missing('auth_type: aksk, auth: {token: t}')).toBe('auth.ak, auth.sk')
    expect(await missing('auth_type: password, auth: {token: t}')).toBe('auth.username')
  })

  test.each(['trust_id: t', 'system_scope: all'])('%s is refused', async (text) => {
    await expect(read({ clouds: cloud(`auth: {${USER}, ${text}}`) })).rejects.toMatchObject({
      kind: 'usage',
    })
  })
})
