import { describe, expect, test } from 'vitest'
import { EXIT_OF_FAILURE } from '../../../src/exit-code.ts'
import { Failure } from '../../../src/failure.ts'
import { silentLog, type Log } from '../../../src/log.ts'
import {
  TransportError,
  type HttpRequest,
  type HttpResponse,
} from '../../../src/cloud/transport.ts'
import type { Connection } from '../../../src/cloud/sign-in/authenticator.ts'
import { connect, type ConnectOptions } from '../../../src/cloud/sign-in/connect.ts'
import { readSignInFiles } from '../../../src/cloud/sign-in/files.ts'
import { createSecretRegistry } from '../../../src/secrets.ts'
import { json, manualClock, scriptedTransport, tokenAnswer } from '../../support/fake-iam.ts'
import { memoryFiles } from '../../support/memory-files.ts'

const NOW = Date.UTC(2030, 5, 1)
const PROJECT = '0123456789abcdef0123456789abcdef'
const password = {
  OS_USERNAME: 'dr',
  OS_PASSWORD: 'canary-password',
  OS_USER_DOMAIN_NAME: 'OTC1',
  OS_AUTH_URL: 'https://iam.eu-de.otc.t-systems.com/v3',
}
const key = { OS_ACCESS_KEY: 'AK1', OS_SECRET_KEY: 'canary-secret' }

interface Attempt {
  readonly env: Record<string, string>
  readonly flags?: ConnectOptions['flags']
  readonly files?: Record<string, string>
  readonly reply?: Parameters<typeof scriptedTransport>[0]
  readonly log?: Log
}

async function attempt({ env, flags = {}, files = {}, reply, log = silentLog }: Attempt) {
  const transport = scriptedTransport(reply ?? (() => json(500, {})))
  const result = await connect({
    env,
    flags,
    files: await readSignInFiles(flags.cloud, memoryFiles(files, env)),
    requestTimeoutMs: 1000,
    transport,
    clock: manualClock(NOW),
    log,
    secrets: createSecretRegistry(),
  }).catch((error: unknown) => {
    if (error instanceof Failure) return error
    throw error
  })
  return { result, requests: transport.requests }
}

function connected(result: Connection | Failure): Connection {
  if (result instanceof Failure) throw result
  return result
}

function failed(result: Connection | Failure): Failure {
  if (result instanceof Failure) return result
  throw new Error('connected')
}

describe('with a token', () => {
  test('and endpoint and project ID, nothing is sent', async () => {
    const { result, requests } = await attempt({
      env: { OS_TOKEN: 't1' },
      flags: { endpoint: 'https://sdrs.example/v1', projectId: PROJECT },
    })
    const { authenticator, ...rest } = connected(result)
    expect(rest).toEqual({
      endpoints: { sdrs: 'https://sdrs.example', ecs: null, vpc: null, evs: null },
      projectId: PROJECT,
      region: null,
      target: {
        cloud: null,
        region: null,
        projectId: PROJECT,
        projectName: null,
        identity: 'a token from OS_TOKEN',
      },
      assumedProject: null,
    })
    const request = { method: 'GET', url: 'https://sdrs.example', headers: { a: 'b' } } as const
    expect(await authenticator.authorize(request)).toEqual({ a: 'b', 'x-auth-token': 't1' })
    expect(requests).toEqual([])
  })

  test.each(['to\nken', 'to\0ken', 'tok\u20acn'])(
    'that no header carries is refused: %j',
    async (token) => {
      const { result, requests } = await attempt({
        env: { OS_TOKEN: token, OS_REGION_NAME: 'eu-de', OS_PROJECT_ID: PROJECT },
      })
      expect(failed(result).kind).toBe('access')
      expect(failed(result).message).toContain('OS_TOKEN')
      expect(failed(result).message).not.toContain(token)
      expect(requests).toEqual([])
    },
  )

  test('nothing is sent after it was rejected', async () => {
    const { result } = await attempt({
      env: { OS_TOKEN: 't1', OS_REGION_NAME: 'eu-de', OS_PROJECT_ID: PROJECT },
    })
    const { authenticator, endpoints } = connected(result)
    expect(endpoints.ecs).toBe('https://ecs.eu-de.otc.t-systems.com')
    const request = { method: 'GET', url: endpoints.sdrs, headers: {} } as const
    const headers = await authenticator.authorize(request)
    expect(await authenticator.renew(headers)).toBe(false)
    await expect(authenticator.authorize(request)).rejects.toMatchObject({ class: 'access' })
  })

  test('a project is looked up by its name', async () => {
    const { result, requests } = await attempt({
      env: { OS_TOKEN: 't1', OS_PROJECT_NAME: 'eu-de_dr' },
      reply: () =>
        json(200, {
          projects: [
            { id: 'other', name: 'eu-de_dr2' },
            { id: PROJECT, name: 'eu-de_dr' },
          ],
        }),
    })
    expect(connected(result)).toMatchObject({ projectId: PROJECT, region: 'eu-de' })
    expect(requests).toMatchObject([
      {
        method: 'GET',
        url: 'https://iam.eu-de.otc.t-systems.com/v3/projects?name=eu-de_dr',
        headers: { 'x-auth-token': 't1' },
      },
    ])
  })
})

describe('with a key', () => {
  test('the project is that of the region, looked up with a signature; later ones name the project', async () => {
    const { result, requests } = await attempt({
      env: { ...key, OS_REGION_NAME: 'eu-de' },
      reply: () => json(200, { projects: [{ id: PROJECT, name: 'eu-de' }] }),
    })
    const { authenticator, endpoints, projectId } = connected(result)
    expect(projectId).toBe(PROJECT)
    expect(requests.map(({ url }) => url)).toEqual([
      'https://iam.eu-de.otc.t-systems.com/v3/projects?name=eu-de',
    ])
    expect(requests[0]?.headers['authorization']).toContain('Access=AK1, ')
    expect(requests[0]?.headers).not.toHaveProperty('x-project-id')
    const request = { method: 'GET', url: endpoints.sdrs, headers: {} } as const
    expect(await authenticator.authorize(request)).toMatchObject({ 'x-project-id': PROJECT })
  })

  test('a refused signature is final: one request, its ID, and the clock named', async () => {
    const { result, requests } = await attempt({
      env: { ...key, OS_REGION_NAME: 'eu-de' },
      reply: () => ({
        ...json(401, { error_code: 'APIGW.0301', error_msg: 'Incorrect IAM authentication' }),
        headers: {
          'x-request-id': 'r-77',
          date: new Date(NOW - 23 * 60_000).toUTCString(),
        },
      }),
    })
    expect(failed(result)).toMatchObject({ kind: 'access' })
    expect(failed(result).message).toContain('r-77')
    expect(failed(result).message).toContain("this machine's clock is 23 minutes ahead")
    expect(requests).toHaveLength(1)
  })

  test.each([
    [[], 4],
    [
      [
        { id: 'a', name: 'eu-de' },
        { id: 'b', name: 'eu-de' },
      ],
      2,
    ],
  ])('projects %j are not one: exit %i', async (projects, exitCode) => {
    const { result } = await attempt({
      env: { ...key, OS_REGION_NAME: 'eu-de' },
      reply: () => json(200, { projects }),
    })
    expect(EXIT_OF_FAILURE[failed(result).kind]).toBe(exitCode)
    expect(failed(result).hint).toContain('OS_PROJECT_ID')
  })
})

describe('with a password', () => {
  test('a page in the place of IAM is a wrong URL: asked once, and named', async () => {
    const { result, requests } = await attempt({
      env: { ...password, OS_PROJECT_NAME: 'eu-de' },
      reply: () => ({ status: 404, headers: {}, body: '<html><title>Not here</title></html>' }),
    })
    expect(failed(result)).toMatchObject({ kind: 'access' })
    expect(failed(result).message).toContain('iam.eu-de.otc.t-systems.com, "Not here"')
    expect(requests).toHaveLength(1)
  })

  test('a gateway that does not know IAM for a moment is asked again', async () => {
    const away = json(404, { error_code: 'APIGW.0101', error_msg: 'no such API' })
    const { result, requests } = await attempt({
      env: { ...password, OS_PROJECT_NAME: 'eu-de_dr' },
      reply: (_, nth) => (nth === 1 ? away : tokenAnswer('issued')),
    })
    expect(connected(result).projectId).toBe(PROJECT)
    expect(requests).toHaveLength(2)
  })

  test('signs in to the project, and takes the endpoint from the catalogue', async () => {
    const { result, requests } = await attempt({
      env: { ...password, OS_PROJECT_NAME: 'eu-de_dr' },
      reply: () => tokenAnswer('issued'),
    })
    const { authenticator, ...rest } = connected(result)
    expect(rest).toEqual({
      // Of the others the catalogue says nothing, and this host is in no cloud that is known.
      endpoints: { sdrs: 'https://sdrs-by-catalogue.example', ecs: null, vpc: null, evs: null },
      projectId: PROJECT,
      region: 'eu-de',
      target: {
        // The catalogue's endpoint is of no known cloud.
        cloud: null,
        region: 'eu-de',
        projectId: PROJECT,
        projectName: 'eu-de',
        identity: 'user dr (domain OTC1), by password from OS_USERNAME, OS_PASSWORD',
      },
      assumedProject: null,
    })
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST https://iam.eu-de.otc.t-systems.com/v3/auth/tokens',
    ])
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
      auth: {
        identity: {
          methods: ['password'],
          password: {
            user: { name: 'dr', password: 'canary-password', domain: { name: 'OTC1' } },
          },
        },
        scope: { project: { name: 'eu-de_dr' } },
      },
    })
    const request = { method: 'GET', url: rest.endpoints.sdrs, headers: {} } as const
    expect(await authenticator.authorize(request)).toEqual({ 'x-auth-token': 'issued' })
  })

  test('scopes by ID when there is one; the flag wins over the name in a variable', async () => {
    const { requests } = await attempt({
      env: { ...password, OS_PROJECT_NAME: 'eu-de' },
      flags: { projectId: PROJECT },
      reply: () => tokenAnswer('issued'),
    })
    expect(JSON.parse(requests[0]?.body ?? '')).toMatchObject({
      auth: { scope: { project: { id: PROJECT } } },
    })
  })

  test.each([401, 403, 400, 404])(
    'a refusal with %i is final, and quotes no secret',
    async (status) => {
      const { result, requests } = await attempt({
        env: password,
        reply: () =>
          json(status, { error: { code: status, message: 'wrong: canary-password', title: 'x' } }),
      })
      expect(failed(result).kind).toBe('access')
      expect(failed(result).message).not.toContain('canary-password')
      expect(requests).toHaveLength(1)
    },
  )

  test('tries again while IAM is away, and gives up at last', async () => {
    const answers: (HttpResponse | TransportError)[] = [
      new TransportError('not-sent', 'refused', 'ECONNREFUSED'),
      json(503, {}, { 'retry-after': '7' }),
      tokenAnswer('issued'),
    ]
    const recovered = await attempt({
      env: password,
      reply: (_, nth) => answers[nth - 1] ?? json(500, {}),
    })
    expect(connected(recovered.result).projectId).toBe(PROJECT)
    const away = await attempt({ env: password, reply: () => json(502, {}) })
    expect(failed(away.result).kind).toBe('access')
    expect(away.requests).toHaveLength(3)
  })

  test('takes an answer without a token for none', async () => {
    const { result } = await attempt({ env: password, reply: () => json(201, { token: {} }) })
    expect(failed(result).kind).toBe('access')
  })
})

describe('says where and as whom', () => {
  const longKey = { OS_ACCESS_KEY: 'LTAIABCDEFGHIJKLWXYZ', OS_SECRET_KEY: 'canary-secret' }
  const found = () => json(200, { projects: [{ id: PROJECT, name: 'eu-de' }] })

  test('a project that is looked up has its name, one that is given by ID has none, and no request is made for it', async () => {
    const named = await attempt({ env: { ...longKey, OS_PROJECT_NAME: 'eu-de' }, reply: found })
    expect(connected(named.result).target).toEqual({
      cloud: 'otc',
      region: 'eu-de',
      projectId: PROJECT,
      projectName: 'eu-de',
      identity: 'access key …WXYZ, from OS_ACCESS_KEY, OS_SECRET_KEY',
    })
    const given = await attempt({
      env: { ...longKey, OS_REGION_NAME: 'eu-de', OS_PROJECT_ID: PROJECT },
    })
    expect(connected(given.result).target.projectName).toBeNull()
    expect(given.requests).toEqual([])
  })

  test('the user and the project are those that IAM names', async () => {
    const answer = tokenAnswer('issued')
    const body = JSON.parse(answer.body) as { token: Record<string, unknown> }
    body.token['user'] = { name: 'Jane', domain: { id: 'd1', name: 'OTC-EU-1' } }
    body.token['project'] = { id: PROJECT, name: 'prod-dr' }
    const { result } = await attempt({
      env: { ...password, OS_PROJECT_ID: PROJECT },
      reply: () => ({ ...answer, body: JSON.stringify(body) }),
    })
    const { target } = connected(result)
    expect(target.projectName).toBe('prod-dr')
    expect(target.identity).toContain('user Jane (domain OTC-EU-1), by password')
  })

  test.each([{ user: 7 }, { user: { name: [] } }, { user: null }])(
    'an odd name costs nobody the sign-in: %j',
    async (odd) => {
      const answer = tokenAnswer('issued')
      const body = JSON.parse(answer.body) as { token: Record<string, unknown> }
      Object.assign(body.token, odd)
      const { result } = await attempt({
        env: password,
        reply: () => ({ ...answer, body: JSON.stringify(body) }),
      })
      expect(connected(result).target.identity).toContain('user dr (domain OTC1)')
    },
  )

  test('whether the project was named by anybody', async () => {
    const assumed = async (env: Record<string, string>): Promise<string | null> =>
      connected((await attempt({ env: { ...longKey, ...env }, reply: found })).result)
        .assumedProject
    expect(await assumed({ OS_REGION_NAME: 'eu-de' })).toBe('region')
    expect(await assumed({ OS_PROJECT_NAME: 'eu-de' })).toBeNull()
    expect(await assumed({ OS_REGION_NAME: 'eu-de', OS_PROJECT_ID: PROJECT })).toBeNull()
  })

  describe("a token's own project", () => {
    const OTHER = '77777777777777777777777777777777'
    const env = { OS_TOKEN: 't', OS_REGION_NAME: 'eu-de' }
    const answers = (own: HttpResponse) => (request: HttpRequest) =>
      request.url.includes('/auth/tokens') ? own : found()

    test('is taken where none was named: it opens no other', async () => {
      const own = json(200, { token: { project: { id: OTHER, name: 'eu-de_dr' } } })
      const { result, requests } = await attempt({ env, reply: answers(own) })
      expect(connected(result)).toMatchObject({
        projectId: OTHER,
        assumedProject: 'token',
        target: { projectName: 'eu-de_dr' },
      })
      expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
        'GET https://iam.eu-de.otc.t-systems.com/v3/auth/tokens?nocatalog=true',
      ])
      expect(requests[0]?.headers).toMatchObject({ 'x-auth-token': 't', 'x-subject-token': 't' })
    })

    test.each<[string, HttpResponse]>([
      ['a token of the domain', json(200, { token: {} })],
      ['an IAM that knows no such token', json(404, { error: { code: 404 } })],
      ['an IAM that does not let it ask', json(403, { error: { code: 403 } })],
    ])("%s leaves the region's", async (_name, own) => {
      const { result } = await attempt({ env, reply: answers(own) })
      expect(connected(result)).toMatchObject({ projectId: PROJECT, assumedProject: 'region' })
    })

    test('is not asked for where one was named, and a refused token is refused', async () => {
      const own = json(401, { error: { code: 401, message: 'expired' } })
      const named = await attempt({ env: { ...env, OS_PROJECT_ID: PROJECT }, reply: answers(own) })
      expect(named.requests).toHaveLength(0)
      const { result } = await attempt({ env, reply: answers(own) })
      expect(result).toMatchObject({ kind: 'access', message: expect.stringContaining('expired') })
    })
  })

  test('a cloud of no known domain goes by its name in clouds.yaml, a known one by its own', async () => {
    const cloudOf = async (endpoint: string): Promise<unknown> => {
      const files = {
        '/project/clouds.yaml': `clouds: {mine: {auth: {token: t1, project_id: ${PROJECT}}, sdrs_endpoint_override: '${endpoint}'}}`,
      }
      const { result } = await attempt({ env: {}, flags: { cloud: 'mine' }, files })
      const { cloud, region } = connected(result).target
      return [cloud, region]
    }
    expect(await cloudOf('https://sdrs.cloud.example')).toEqual(['mine', null])
    expect(await cloudOf('https://sdrs.eu-nl.otc.t-systems.com')).toEqual(['otc', 'eu-nl'])
  })
})

describe("with an ECS agency's key", () => {
  test('asks the metadata address, only since it is told to', async () => {
    const { result, requests } = await attempt({
      env: { SDRS_PROTECT_ECS_AGENCY: '1', OS_REGION_NAME: 'eu-de', OS_PROJECT_ID: PROJECT },
      reply: (_, nth) =>
        json(200, {
          credential: {
            access: `ak-${nth}`,
            secret: 'canary-secret',
            securitytoken: 'st-1',
            expires_at: new Date(NOW + 3_600_000).toISOString(),
          },
        }),
    })
    const { authenticator, endpoints } = connected(result)
    const request = { method: 'GET', url: endpoints.sdrs, headers: {} } as const
    const headers = await Promise.all([1, 2, 3].map(() => authenticator.authorize(request)))
    expect(requests.map(({ url }) => url)).toEqual([
      'http://169.254.169.254/openstack/latest/securitykey',
    ])
    for (const each of headers) expect(each).toMatchObject({ 'x-security-token': 'st-1' })
  })
})

describe('with clouds.yaml', () => {
  test('the named cloud wins over the variables', async () => {
    const { result, requests } = await attempt({
      env: { OS_TOKEN: 'other', OS_AUTH_URL: 'https://elsewhere.example/v3' },
      flags: { cloud: 'swiss' },
      files: {
        '/project/clouds.yaml':
          'clouds: {swiss: {profile: otc-swiss, auth: {username: dr, password: pw-1, user_domain_name: d}}}',
      },
      reply: () => tokenAnswer('issued'),
    })
    expect(connected(result).endpoints.sdrs).toBe('https://sdrs.eu-ch2.sc.otc.t-systems.com')
    expect(requests[0]?.url).toBe('https://iam-pub.eu-ch2.sc.otc.t-systems.com/v3/auth/tokens')
    expect(requests[0]?.body).toContain('"scope":{"project":{"name":"eu-ch2"}}')
  })
})

describe('what is not set is said before anything is sent', () => {
  test.each([
    ['no credentials', {}, {}, 4, 'OS_TOKEN'],
    ['half a key', { OS_ACCESS_KEY: 'a' }, {}, 4, 'OS_SECRET_KEY'],
    ['no region', { OS_TOKEN: 't' }, { projectId: PROJECT }, 2, 'OS_REGION_NAME'],
    [
      'a region of nobody',
      { OS_TOKEN: 't', OS_REGION_NAME: 'xx-nowhere-1' },
      { projectId: PROJECT },
      2,
      '--endpoint',
    ],
    [
      'a region of nobody to sign in to',
      { ...password, OS_AUTH_URL: '', OS_REGION_NAME: 'xx-nowhere-1' },
      { endpoint: 'https://a.example', projectId: PROJECT },
      2,
      'OS_AUTH_URL',
    ],
    ['no project', { OS_TOKEN: 't' }, { endpoint: 'https://a.example' }, 2, 'OS_PROJECT_ID'],
    [
      'a name for an ID',
      { OS_TOKEN: 't' },
      { region: 'eu-de', projectId: 'my project' },
      2,
      '--project-name',
    ],
    ['no IAM', { ...password, OS_AUTH_URL: '' }, { projectId: PROJECT }, 2, 'OS_AUTH_URL'],
    [
      'plain http',
      { OS_TOKEN: 't' },
      { endpoint: 'http://a.example', projectId: PROJECT },
      2,
      'https',
    ],
    [
      'a plain OS_AUTH_URL',
      { ...password, OS_AUTH_URL: 'http://a.example/v3', OS_REGION_NAME: 'eu-de' },
      {},
      2,
      'https',
    ],
  ])('%s', async (_, env, flags, exitCode, hint) => {
    const { result, requests } = await attempt({ env, flags })
    expect(EXIT_OF_FAILURE[failed(result).kind]).toBe(exitCode)
    expect(failed(result).hint).toContain(hint)
    expect(requests).toEqual([])
  })
})

test('the log names the source of the credential and holds none of them', async () => {
  const lines: string[] = []
  const keep = (fields: object, message: string): void => {
    lines.push(`${message} ${JSON.stringify(fields)}`)
  }
  await attempt({
    env: { ...password, OS_PROJECT_NAME: 'eu-de' },
    log: { debug: keep, info: keep, warn: keep, error: keep },
    reply: () => tokenAnswer('canary-token'),
  })
  expect(lines.join('\n')).toContain('OS_USERNAME, OS_PASSWORD')
  expect(lines.join('\n')).not.toContain('canary')
})
