import { describe, expect, test } from 'vitest'
import { connect } from '../../../src/cloud/sign-in/connect.ts'
import { readSignInFiles } from '../../../src/cloud/sign-in/files.ts'
import { TransportError, type HttpResponse } from '../../../src/cloud/transport.ts'
import { Failure } from '../../../src/failure.ts'
import { silentLog } from '../../../src/log.ts'
import { createSecretRegistry } from '../../../src/secrets.ts'
import { json, manualClock, scriptedTransport, tokenAnswer } from '../../support/fake-iam.ts'
import { memoryFiles } from '../../support/memory-files.ts'

const PASSWORD = {
  OS_USERNAME: 'dr',
  OS_PASSWORD: 'canary-1',
  OS_USER_DOMAIN_NAME: 'OTC1',
  OS_AUTH_URL: 'https://iam.eu-de.otc.t-systems.com/v3',
  OS_REGION_NAME: 'eu-de',
}
const KEY = {
  OS_ACCESS_KEY: 'AK0123456789',
  OS_SECRET_KEY: 'canary-2',
  OS_REGION_NAME: 'eu-de',
}

async function signIn(
  env: Readonly<Record<string, string>>,
  reply: HttpResponse | TransportError = tokenAnswer('issued'),
) {
  const transport = scriptedTransport(() => reply)
  const end = await (async () =>
    connect({
      env,
      flags: {},
      files: await readSignInFiles(undefined, memoryFiles({}, env)),
      requestTimeoutMs: 1000,
      transport,
      clock: manualClock(Date.UTC(2030, 5, 1)),
      log: silentLog,
      secrets: createSecretRegistry(),
    }))().catch((error: unknown) => {
    if (error instanceof Failure) return error
    throw error
  })
  return {
    end,
    sent: transport.requests.length,
    bodies: transport.requests.map(({ body }) => body),
  }
}

async function refusal(...args: Parameters<typeof signIn>): Promise<Failure> {
  const { end } = await signIn(...args)
  if (end instanceof Failure) return end
  throw new Error('connected')
}

const page = (status: number): HttpResponse => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: '<html><title>Hotel</title></html>',
})

describe('what IAM answers in place of a token is no talk of creates, groups or rates', () => {
  test.each<[string, HttpResponse | TransportError]>([
    ['409', json(409, { error: { code: 409, message: 'conflict' } })],
    ['429', json(429, { error_code: 'APIGW.0308', error_msg: 'throttled' })],
    ['500', json(500, { error: { code: 500, message: 'boom' } })],
    ['503 without a word', { status: 503, headers: {}, body: '' }],
    ['300', json(300, {}, { location: 'https://elsewhere.example' })],
    ['a page with 200', page(200)],
    ['a page with 502', page(502)],
    ['an empty 201', { status: 201, headers: {}, body: '' }],
    ['nothing in time', new TransportError('timeout', 'no answer')],
    ['a connection that broke', new TransportError('reset', 'broke')],
  ])('%s', async (_, reply) => {
    const { kind, hint } = await refusal(PASSWORD, reply)
    expect(kind).toBe('access')
    expect(hint).not.toMatch(/create|carried out|blindly|protection group|--rate|role/i)
    expect(hint).toContain('Taken were: user dr from OS_USERNAME')
  })

  test('a clock that is wrong is still named', async () => {
    const date = new Date(Date.UTC(2030, 5, 1, 1)).toUTCString()
    const { hint } = await refusal(PASSWORD, json(401, {}, { date }))
    expect(hint).toContain('clock')
  })

  test('a token for no project is not for the one that was asked for', async () => {
    const answer = json(201, { token: {} }, { 'x-subject-token': 'canary-3' })
    const { kind, message, hint } = await refusal({ ...PASSWORD, OS_PROJECT_NAME: 'dr' }, answer)
    expect(kind).toBe('access')
    expect(message).toContain('"dr"')
    expect(hint).toContain('project dr from OS_PROJECT_NAME')
  })

  test('a project that is not there says where its name came from', async () => {
    const { hint } = await refusal({ ...KEY, OS_TENANT_NAME: 'old' }, json(200, { projects: [] }))
    expect(hint).toContain('project old from OS_TENANT_NAME')
  })

  test('a project that is listed twice is one', async () => {
    const project = { id: '0123456789abcdef0123456789abcdef', name: 'eu-de' }
    const { end } = await signIn(KEY, json(200, { projects: [project, project] }))
    expect(end).toMatchObject({ projectId: project.id })
  })
})

describe('quotes that an env file kept', () => {
  test.each<[string, Record<string, string>]>([
    ['OS_USERNAME', PASSWORD],
    ['OS_USER_DOMAIN_NAME', PASSWORD],
    ['OS_AUTH_URL', PASSWORD],
    ['OS_REGION_NAME', PASSWORD],
    ['OS_PROJECT_NAME', { ...PASSWORD, OS_PROJECT_NAME: 'eu-de' }],
    ['OS_PROJECT_ID', { ...PASSWORD, OS_PROJECT_ID: '77' }],
    ['OS_SECRET_KEY', KEY],
    ['OS_TOKEN', { OS_TOKEN: 'canary-4', OS_REGION_NAME: 'eu-de' }],
  ])('around %s are refused with its name, before anything is sent', async (name, env) => {
    for (const quote of [`"`, `'`]) {
      const { end, sent } = await signIn({ ...env, [name]: `${quote}${env[name]}${quote}` })
      expect(end).toMatchObject({ kind: 'usage', message: expect.stringContaining(name) })
      expect(end instanceof Failure && `${end.message} ${end.hint}`).not.toContain('canary')
      expect(sent).toBe(0)
    }
  })

  test('may belong to a password: it is sent, and only its refusal says so', async () => {
    const quoted = { ...PASSWORD, OS_PASSWORD: `'canary-1'` }
    const { hint } = await refusal(quoted, json(401, {}))
    expect(hint).toContain('quote')
    expect(hint).not.toContain('canary')
    expect((await refusal(PASSWORD, json(401, {}))).hint).not.toContain('quote')
  })
})

describe('OS_AUTH_TYPE chooses among the OS_ variables', () => {
  test('a password, though a token is there', async () => {
    const { bodies } = await signIn({ ...PASSWORD, OS_TOKEN: 'stale', OS_AUTH_TYPE: 'v3password' })
    expect(bodies[0]).toContain('canary-1')
  })

  test('no password where a token is asked for', async () => {
    const { end, sent } = await signIn({ ...PASSWORD, OS_AUTH_TYPE: 'v3token' })
    expect(end).toMatchObject({ kind: 'access', hint: expect.stringContaining('OS_TOKEN') })
    expect(sent).toBe(0)
  })

  test('a token is not what another kind asks for', async () => {
    const env = {
      OS_TOKEN: 'left',
      OS_REGION_NAME: 'eu-de',
      OS_AUTH_TYPE: 'v3applicationcredential',
    }
    const { end, sent } = await signIn(env)
    expect(end).toMatchObject({ kind: 'usage' })
    expect(sent).toBe(0)
  })

  test('and leaves keys alone', async () => {
    const env = { ...KEY, OS_PROJECT_ID: '77', OS_AUTH_TYPE: 'password' }
    expect((await signIn(env)).end).toMatchObject({ projectId: '77' })
  })
})

test.each([
  [{ ...KEY, OS_AGENCY_NAME: 'a', OS_AGENCY_DOMAIN_NAME: 'other' }, 'OS_AGENCY_NAME'],
  [{ ...PASSWORD, HW_ASSUME_ROLE_AGENCY_NAME: 'a' }, 'HW_ASSUME_ROLE_AGENCY_NAME'],
])('an agency to act for is not passed over: %j', async (env, name) => {
  const { end, sent } = await signIn(env)
  expect(end).toMatchObject({ kind: 'usage', message: expect.stringContaining(name) })
  expect(sent).toBe(0)
})
