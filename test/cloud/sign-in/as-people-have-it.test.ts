import { describe, expect, test } from 'vitest'
import { provenance, provenanceText } from '../../../src/cloud/sign-in/provenance.ts'
import type { Target } from '../../../src/cloud/sign-in/target.ts'
import { connect, type ConnectOptions } from '../../../src/cloud/sign-in/connect.ts'
import { readSignInFiles } from '../../../src/cloud/sign-in/files.ts'
import { Failure } from '../../../src/failure.ts'
import { silentLog, type Log } from '../../../src/log.ts'
import { createSecretRegistry } from '../../../src/secrets.ts'
import { json, manualClock, scriptedTransport, tokenAnswer } from '../../support/fake-iam.ts'
import { memoryFiles } from '../../support/memory-files.ts'

interface Situation {
  readonly env?: Record<string, string>
  readonly flags?: ConnectOptions['flags']
  readonly yaml?: string
  readonly status?: number
  readonly log?: Log
}

/** What IAM was asked, and what came of it. */
async function signIn({ env = {}, flags = {}, yaml, status = 201, log = silentLog }: Situation) {
  const transport = scriptedTransport(() =>
    status === 201
      ? tokenAnswer('issued')
      : json(status, {
          error: { code: status, message: 'The request you have made requires authentication.' },
        }),
  )
  const files = memoryFiles(yaml === undefined ? {} : { '/project/clouds.yaml': yaml }, env)
  const end = await (async () =>
    connect({
      env,
      flags,
      files: await readSignInFiles(flags.cloud, files, flags.region ?? null),
      requestTimeoutMs: 1000,
      transport,
      clock: manualClock(Date.UTC(2030, 5, 1)),
      log,
      secrets: createSecretRegistry(),
    }))().catch((error: unknown) => {
    if (error instanceof Failure) return error
    throw error
  })
  const [request] = transport.requests
  const auth = (JSON.parse(request?.body ?? '{}') as { readonly auth?: Auth }).auth
  return {
    end,
    sent: transport.requests.length,
    url: request?.url ?? null,
    user: auth?.identity.password.user ?? null,
    scope: auth?.scope.project ?? null,
  }
}
interface Auth {
  readonly identity: { readonly password: { readonly user: Record<string, unknown> } }
  readonly scope: { readonly project: unknown }
}

const PASSWORD = {
  OS_USERNAME: 'dr',
  OS_PASSWORD: 'canary-1',
  OS_USER_DOMAIN_NAME: 'OTC1',
  OS_AUTH_URL: 'https://iam.eu-de.otc.t-systems.com/v3',
  OS_REGION_NAME: 'eu-de',
}
const HEX = '77777777777777777777777777777777'

describe('which project', () => {
  test.each<[string, Record<string, string>, unknown]>([
    ['the older name', { OS_TENANT_NAME: 'eu-de_dr' }, { name: 'eu-de_dr' }],
    ['the older ID', { OS_TENANT_ID: HEX }, { id: HEX }],
    [
      'the newer name before the older',
      { OS_PROJECT_NAME: 'eu-de_a', OS_TENANT_NAME: 'eu-de_b' },
      { name: 'eu-de_a' },
    ],
    [
      'the newer name before the older ID',
      { OS_PROJECT_NAME: 'eu-de_a', OS_TENANT_ID: HEX },
      { name: 'eu-de_a' },
    ],
    [
      'with its own domain where that is said',
      { OS_PROJECT_NAME: 'eu-de_a', OS_PROJECT_DOMAIN_NAME: 'P' },
      { name: 'eu-de_a', domain: { name: 'P' } },
    ],
    ["the region's own where none is named", {}, { name: 'eu-de' }],
  ])('%s', async (_name, more, scope) => {
    const { end, scope: asked } = await signIn({ env: { ...PASSWORD, ...more } })
    expect(asked).toEqual(scope)
    expect(end).toMatchObject({ assumedProject: Object.keys(more).length === 0 ? 'region' : null })
  })
})

describe('which user', () => {
  test.each<[string, Record<string, string>, unknown]>([
    [
      'its own domain by ID before the common one by name',
      { OS_USER_DOMAIN_NAME: '', OS_USER_DOMAIN_ID: 'd1', OS_DOMAIN_NAME: 'D2' },
      { name: 'dr', domain: { id: 'd1' } },
    ],
    [
      "its own domain before the project's",
      { OS_USER_DOMAIN_NAME: '', OS_USER_DOMAIN_ID: 'd1', OS_PROJECT_DOMAIN_NAME: 'P' },
      { name: 'dr', domain: { id: 'd1' } },
    ],
    [
      "the project's domain where there is no other",
      { OS_USER_DOMAIN_NAME: '', OS_PROJECT_DOMAIN_NAME: 'P' },
      { name: 'dr', domain: { name: 'P' } },
    ],
    [
      'by ID, without a domain',
      { OS_USERNAME: '', OS_USER_DOMAIN_NAME: '', OS_USER_ID: 'u9' },
      { id: 'u9' },
    ],
  ])('%s', async (_name, more, user) => {
    const asked = await signIn({ env: { ...PASSWORD, ...more } })
    expect(asked.user).toEqual({ ...(user as object), password: 'canary-1' })
  })

  test.each(['HW_PASSWORD', 'HW_USER_PASSWORD'])('with %s', async (name) => {
    const env = {
      HW_USER_NAME: 'u',
      [name]: 'canary-2',
      HW_DOMAIN_NAME: 'D',
      OS_REGION_NAME: 'eu-de',
      OS_AUTH_URL: PASSWORD.OS_AUTH_URL,
    }
    expect((await signIn({ env })).user).toEqual({
      name: 'u',
      domain: { name: 'D' },
      password: 'canary-2',
    })
  })
})

describe('a cloud with regions', () => {
  const yaml = `
clouds:
  dr:
    auth: {username: dr, password: canary-3, user_domain_name: OTC1}
    regions:
      - name: eu-de
        values: {auth: {auth_url: "https://iam.eu-de.otc.t-systems.com/v3", project_name: eu-de}}
      - name: eu-nl
        values: {auth: {auth_url: "https://iam.eu-nl.otc.t-systems.com/v3", project_name: eu-nl_dr}}
  names:
    auth: {username: dr, password: canary-3, user_domain_name: OTC1, auth_url: "https://iam.eu-de.otc.t-systems.com/v3"}
    regions: [eu-de, eu-nl]
  bare:
    auth: {username: dr, password: canary-3, user_domain_name: OTC1, project_name: eu-de}
    region_name: eu-de`

  test.each<[string, ConnectOptions['flags'], Record<string, string>, string, string]>([
    ['the first where nobody chooses', { cloud: 'dr' }, {}, 'eu-de', 'eu-de'],
    ['the one of --region', { cloud: 'dr', region: 'eu-nl' }, {}, 'eu-nl', 'eu-nl_dr'],
    [
      'the one of the environment',
      { cloud: 'dr' },
      { OS_REGION_NAME: 'eu-nl' },
      'eu-nl',
      'eu-nl_dr',
    ],
    [
      '--region before the environment',
      { cloud: 'dr', region: 'eu-de' },
      { OS_REGION_NAME: 'eu-nl' },
      'eu-de',
      'eu-de',
    ],
  ])('takes %s, with its values', async (_name, flags, env, region, project) => {
    const { end, url, scope } = await signIn({ flags, env, yaml })
    expect(url).toBe(`https://iam.${region}.otc.t-systems.com/v3/auth/tokens`)
    expect(scope).toEqual({ name: project })
    expect(end).toMatchObject({ region })
  })

  test('also of a list of names', async () => {
    const { end } = await signIn({
      flags: { cloud: 'names' },
      env: { OS_REGION_NAME: 'eu-nl' },
      yaml,
    })
    expect(end).toMatchObject({ region: 'eu-nl' })
  })

  test('refuses a region that it does not have, and names those it has', async () => {
    const { end, sent } = await signIn({ flags: { cloud: 'dr', region: 'eu-ch2' }, yaml })
    expect(end).toMatchObject({ kind: 'usage', hint: 'it has "eu-de", "eu-nl"' })
    expect(sent).toBe(0)
  })

  test('sends a password to no host that it does not name', async () => {
    const { end, sent } = await signIn({ flags: { cloud: 'bare' }, yaml })
    expect(end).toMatchObject({ kind: 'usage', message: expect.stringContaining('no auth_url') })
    expect(sent).toBe(0)
  })
})

describe('what a file leaves out', () => {
  const cloud = (auth: string): string =>
    `clouds: {c: {auth: {auth_url: "https://iam.eu-de.otc.t-systems.com/v3", ${auth}}, region_name: eu-de}}`

  test('a password may come from the environment', async () => {
    const env = { OS_PASSWORD: 'canary-4' }
    const { user } = await signIn({
      flags: { cloud: 'c' },
      env,
      yaml: cloud('username: dr, user_domain_name: D'),
    })
    expect(user).toMatchObject({ password: 'canary-4' })
  })

  test.each([
    ['user_domain_id: d1, project_domain_name: P, project_name: eu-de_dr', { id: 'd1' }],
    ['domain_name: D, project_domain_id: p1, project_name: eu-de_dr', { name: 'D' }],
  ])('%s: the domain of the user is its own', async (auth, domain) => {
    const { user, scope } = await signIn({
      flags: { cloud: 'c' },
      yaml: cloud(`username: dr, password: p, ${auth}`),
    })
    expect(user).toMatchObject({ domain })
    expect(scope).toMatchObject({ name: 'eu-de_dr', domain: expect.anything() })
  })

  test('a project of the newer name before a tenant', async () => {
    const { scope } = await signIn({
      flags: { cloud: 'c' },
      yaml: cloud(`user_id: u9, password: p, tenant_id: ${HEX}, project_name: eu-de_dr`),
    })
    expect(scope).toEqual({ name: 'eu-de_dr' })
  })
})

describe('what IAM does not have, or what could not be repeated, is refused before anything is sent', () => {
  const yaml = (more: string): string =>
    `clouds: {c: {auth: {auth_url: "https://iam.eu-de.otc.t-systems.com/v3", username: u, user_domain_name: D, password: canary-5, project_name: eu-de${more.startsWith('auth_type') ? '' : `, ${more}`}}, region_name: eu-de${more.startsWith('auth_type') ? `, ${more}` : ''}}}`
  test.each([
    'passcode: "123456"',
    'application_credential_id: abc, application_credential_secret: def',
    'auth_type: v3multifactor',
    'auth_type: v3oidcpassword',
  ])('clouds.yaml with %s', async (more) => {
    const { end, sent } = await signIn({ flags: { cloud: 'c' }, yaml: yaml(more) })
    expect(end).toMatchObject({ kind: 'usage' })
    expect(sent).toBe(0)
  })

  test.each<[Record<string, string>]>([
    [{ OS_AUTH_TYPE: 'v3applicationcredential' }],
    [{ OS_PASSCODE: '123456' }],
    [{ OS_APPLICATION_CREDENTIAL_ID: 'abc' }],
  ])('the environment with %j', async (more) => {
    const { end, sent } = await signIn({ env: { ...PASSWORD, ...more } })
    expect(end).toMatchObject({ kind: 'usage' })
    expect(sent).toBe(0)
  })
})

describe('a refused sign-in', () => {
  test.each([
    'https://u:canary/2@x@iam.eu-de.otc.t-systems.com/v3',
    'https://canary@iam.eu-de.otc.t-systems.com/v3',
    'u:canary@iam.eu-de.otc.t-systems.com/v3',
  ])('an address with a password is told without it: %s', (url) => {
    const credential = { kind: 'token', token: 't' } as const
    const given = { iam: { url, from: 'OS_AUTH_URL' } }
    const target = { projectId: null, projectName: null, region: null, sources: {}, given }
    const text = provenanceText(
      provenance({ credential, source: 'OS_TOKEN' }, target as unknown as Target),
    )
    expect(text).toContain('…@iam.eu-de.otc.t-systems.com/v3 from OS_AUTH_URL')
    expect(text).not.toContain('canary')
  })

  test('says where each value came from, and no secret', async () => {
    const { end } = await signIn({ env: { ...PASSWORD, OS_TENANT_NAME: 'eu-de_dr' }, status: 401 })
    expect(end).toMatchObject({ kind: 'access' })
    const { hint } = end as Failure
    for (const told of [
      'user dr from OS_USERNAME, OS_PASSWORD',
      'domain OTC1 from OS_USER_DOMAIN_NAME',
      'project eu-de_dr from OS_TENANT_NAME',
      'region eu-de from OS_REGION_NAME',
      'IAM endpoint https://iam.eu-de.otc.t-systems.com/v3 from OS_AUTH_URL',
    ]) {
      expect(hint).toContain(told)
    }
    expect(`${(end as Failure).message} ${hint}`).not.toContain('canary')
    expect(hint).not.toMatch(/create|role/i)
  })

  test('also of what came from a cloud, its secure file, a variable of an option, or nobody', async () => {
    const said: unknown[] = []
    const log: Log = { ...silentLog, debug: (...about: unknown[]) => void said.push(about) }
    const yaml = `clouds: {c: {profile: otc, auth: {username: dr, user_domain_name: D, project_name: eu-de_dr}}}`
    const { end } = await signIn({
      flags: { cloud: 'c', ecsEndpoint: 'https://ecs.example' },
      env: { OS_PASSWORD: 'canary-9', SDRS_PROTECT_ECS_ENDPOINT: 'https://ecs.example' },
      yaml,
      log,
    })
    expect(end).toMatchObject({ projectId: expect.any(String) })
    const file = 'cloud c in /project/clouds.yaml'
    const told = JSON.stringify(said)
    for (const [what, value, from] of [
      ['user', 'dr', `${file}, OS_PASSWORD`],
      ['domain', 'D', file],
      ['project', 'eu-de_dr', file],
      ['region', 'eu-de', `the first of the profile of ${file}`],
      ['IAM endpoint', 'https://iam.eu-de.otc.t-systems.com', 'profile otc'],
      ['SDRS endpoint', 'https://sdrs-by-catalogue.example', 'the catalogue'],
      ['ECS endpoint', 'https://ecs.example', 'SDRS_PROTECT_ECS_ENDPOINT'],
    ]) {
      expect(told).toContain(JSON.stringify({ what, value, from }))
    }
    expect(told).not.toContain('canary')
  })

  test('and not the password that somebody wrote into an address', async () => {
    const said: unknown[] = []
    const log: Log = { ...silentLog, debug: (...about: unknown[]) => void said.push(about) }
    const env = { ...PASSWORD, OS_AUTH_URL: 'https://u:canary-6@iam.eu-de.otc.t-systems.com/v3' }
    await signIn({ env, flags: { endpoint: 'ftp://u:canary-7@host/?k=canary-8' }, log })
    expect(JSON.stringify(said)).toContain('where each value came from')
    expect(JSON.stringify(said)).not.toContain('canary')
  })

  test("IAM's own trouble is not the user's", async () => {
    const { end } = await signIn({ env: PASSWORD, status: 503 })
    expect((end as Failure).message).toContain('createToken')
    expect((end as Failure).hint).not.toMatch(/role|check the user/i)
  })
})
