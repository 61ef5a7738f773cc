import { describe, expect, test } from 'vitest'
import { revokeTokens } from '../../src/simulator/auth.ts'
import type { World } from '../../src/simulator/state.ts'
import { loadWorld, saveWorld } from '../../src/simulator/world-file.ts'
import { ask, MINUTE, NOW, PROJECT, smallWorld, type Asked } from './ask.ts'

const strict = (): World =>
  smallWorld({
    limits: { tokenTtlMs: MINUTE },
    auth: { mode: 'strict', users: [{ name: 'ann', password: 'secret', domain: 'acme' }] },
  })
const byName = { user: { name: 'ann', password: 'secret', domain: { name: 'acme' } } }

function post(world: World, identity: object, scope?: unknown, now = NOW, query = ''): Asked {
  const auth = { identity, ...(scope === undefined ? {} : { scope }) }
  return ask(world, 'POST', `/v3/auth/tokens${query}`, { auth }, now, {})
}
const signIn = (world: World, scope?: unknown, now = NOW, query = ''): Asked =>
  post(world, { methods: ['password'], password: byName }, scope, now, query)
const rescope = (world: World, token: string, scope?: unknown, now = NOW): Asked =>
  post(world, { methods: ['token'], token: { id: token } }, scope, now)
const tokenOf = (asked: Asked): string => asked.headers['x-subject-token'] ?? ''
const show = (world: World, caller: string, subject: string, method = 'GET', now = NOW): Asked =>
  ask(world, method, '/v3/auth/tokens', undefined, now, {
    'x-auth-token': caller,
    ...(subject === '' ? {} : { 'x-subject-token': subject }),
  })

describe('a token from a token', () => {
  const unscoped = signIn(strict())

  test.each<[string, unknown, object]>([
    ['the project by ID', { project: { id: PROJECT } }, { project: { id: PROJECT } }],
    ['the project by name', { project: { name: 'eu-de' } }, { project: { name: 'eu-de' } }],
    [
      'the project by name in its domain',
      { project: { name: 'eu-de', domain: { name: strict().domain.name } } },
      { project: { id: PROJECT, domain: strict().domain } },
    ],
    ['the domain by ID', { domain: { id: strict().domain.id } }, { domain: strict().domain }],
    ['the domain by name', { domain: { name: strict().domain.name } }, { domain: strict().domain }],
  ])('scoped to %s', (_name, scope, told) => {
    const asked = rescope(unscoped.world, tokenOf(unscoped), scope, NOW + 1000)
    expect(asked.status).toBe(201)
    expect(asked.json.token).toMatchObject({ ...told, methods: ['token', 'password'] })
    expect(asked.json.token.user).toMatchObject({ name: 'ann', domain: { name: 'acme' } })
    expect(asked.json.token.catalog.length).toBeGreaterThan(0)
    // It lasts no longer than what it was asked for with.
    expect(asked.json.token.expires_at).toBe(unscoped.json.token.expires_at)
    expect(tokenOf(asked)).not.toBe(tokenOf(unscoped))
  })

  test('one of nothing has neither project nor catalogue, and opens no project', () => {
    expect(unscoped.json.token).not.toHaveProperty('project')
    expect(unscoped.json.token).not.toHaveProperty('catalog')
    const headers = { 'x-auth-token': tokenOf(unscoped) }
    const quotas = ask(unscoped.world, 'GET', 'sdrs/quotas', undefined, NOW, headers)
    expect([quotas.status, quotas.json.error_code]).toEqual([403, 'APIGW.0302'])
    expect(ask(unscoped.world, 'GET', '/v3/auth/projects', undefined, NOW, headers).status).toBe(
      200,
    )
  })

  test('an unknown, an expired and a revoked one are refused', () => {
    const scope = { project: { id: PROJECT } }
    const token = tokenOf(unscoped)
    expect(rescope(unscoped.world, 'made-up', scope).status).toBe(401)
    expect(rescope(smallWorld(), 'made-up', scope).status).toBe(401)
    expect(rescope(unscoped.world, token, scope, NOW + MINUTE).status).toBe(401)
    expect(rescope(revokeTokens(unscoped.world), token, scope).status).toBe(401)
  })

  test.each<[string, unknown]>([
    ['another project', { project: { id: 'another' } }],
    ['a project of another domain', { project: { name: 'eu-de', domain: { name: 'other' } } }],
    ['a project by nothing', { project: {} }],
    ['another domain', { domain: { name: 'other' } }],
  ])('%s is refused', (_name, scope) => {
    expect(rescope(unscoped.world, tokenOf(unscoped), scope).status).toBe(401)
    expect(signIn(strict(), scope).status).toBe(401)
  })
})

describe('a token from a password', () => {
  test('?nocatalog leaves the catalogue out', () => {
    const { json } = signIn(strict(), { project: { id: PROJECT } }, NOW, '?nocatalog')
    expect(json.token.project.id).toBe(PROJECT)
    expect(json.token).not.toHaveProperty('catalog')
  })

  test('the user by ID, and the domain by ID', () => {
    const { user } = signIn(strict()).json.token
    const ways = [
      { user: { id: user.id, password: 'secret' } },
      { user: { name: 'ann', password: 'secret', domain: { id: user.domain.id } } },
    ]
    for (const password of ways) {
      const asked = post(strict(), { methods: ['password'], password })
      expect(asked.json.token?.user).toEqual(user)
    }
    const wrong = { user: { id: user.id, password: 'guess' } }
    expect(post(strict(), { methods: ['password'], password: wrong }).status).toBe(401)
  })

  test.each([[['totp']], [['password', 'totp']], [['assume_role']]])(
    'sign-in by %j is refused by name',
    (methods) => {
      const { status, json } = post(strict(), { methods, password: byName })
      expect([status, json.error.code]).toEqual([401, 401])
      expect(json.error.message).toContain(methods.join(', '))
    },
  )

  test('what is not a sign-in is refused in the form of IAM', () => {
    for (const body of [{}, { auth: {} }, 'text']) {
      const asked = ask(strict(), 'POST', '/v3/auth/tokens', body, NOW, {})
      expect([asked.status, asked.json.error.code]).toEqual([400, 400])
    }
  })
})

describe('a token told', () => {
  const signedIn = signIn(strict(), { project: { id: PROJECT } })
  const token = tokenOf(signedIn)

  test('as it was issued, also after the world was saved', () => {
    const asked = show(signedIn.world, token, token)
    expect([asked.status, tokenOf(asked)]).toEqual([200, token])
    expect(asked.json).toEqual(signedIn.json)
    const again = loadWorld(JSON.parse(JSON.stringify(saveWorld(signedIn.world))))
    expect(show(again, token, token).json).toEqual(signedIn.json)
  })

  test('HEAD says the same without a body', () => {
    const asked = show(signedIn.world, token, token, 'HEAD')
    expect([asked.status, asked.body, tokenOf(asked)]).toEqual([200, '', token])
    expect(show(signedIn.world, token, 'made-up', 'HEAD')).toMatchObject({ status: 404, body: '' })
  })

  test('404 for an unknown one, 400 for none, 401 for a caller who is nobody', () => {
    expect(show(signedIn.world, token, 'made-up').status).toBe(404)
    expect(show(signedIn.world, token, 'made-up').json.error.code).toBe(404)
    expect(show(signedIn.world, token, '').status).toBe(400)
    expect(show(signedIn.world, 'made-up', token).status).toBe(401)
    expect(show(signedIn.world, '', token).status).toBe(401)
  })
})

describe('what a signed-in client may see', () => {
  const read = (path: string) => ask(smallWorld(), 'GET', path)

  test.each([
    ['/v3/projects', 1],
    ['/v3/projects/', 1],
    ['/v3/projects?name=eu-de', 1],
    ['/v3/projects/?name=eu-de', 1],
    ['/v3/projects?name=eu-nl', 0],
    ['/v3/projects?domain_id=another', 0],
    ['/v3/auth/projects', 1],
  ])('%s', (path, count) => {
    expect(read(path).json.projects).toHaveLength(count)
  })

  test('a project by its ID', () => {
    expect(read(`/v3/projects/${PROJECT}`).json.project).toMatchObject({ id: PROJECT })
    expect(read('/v3/projects/another').status).toBe(404)
  })

  test('its domain, and the catalogue of the token', () => {
    const { domain } = smallWorld()
    expect(read('/v3/auth/domains').json.domains).toEqual([expect.objectContaining(domain)])
    expect(read(`/v3/auth/domains?name=${domain.name}`).json.domains).toHaveLength(1)
    expect(read('/v3/auth/domains?name=other').json.domains).toEqual([])
    const signedIn = signIn(smallWorld(), { project: { id: PROJECT } })
    expect(read('/v3/auth/catalog').json.catalog).toEqual(signedIn.json.token.catalog)
  })

  test('nothing of it without a credential', () => {
    for (const path of ['/v3/projects', '/v3/auth/projects', '/v3/auth/catalog']) {
      expect(ask(smallWorld(), 'GET', path, undefined, NOW, {}).status).toBe(401)
    }
  })
})

describe('versions', () => {
  const root = (headers: Record<string, string>) =>
    ask(smallWorld(), 'GET', '/', undefined, NOW, headers)

  test.each(['/v3', '/v3/'])("IAM's by %s", (path) => {
    const { status, json } = ask(smallWorld(), 'GET', path, undefined, NOW, {})
    expect([status, json.version.id]).toEqual([200, 'v3.6'])
    expect(json.version.links).toEqual([{ rel: 'self', href: 'http://sdrs.test/v3/' }])
  })

  test.each(['/v1', '/v1/'])("SDRS's by %s", (path) => {
    const { status, json } = ask(smallWorld(), 'GET', path, undefined, NOW, {})
    expect([status, json.version]).toMatchObject([200, { id: 'v1', status: 'CURRENT' }])
  })

  test.each<[string, Record<string, string>, 'sdrs' | 'iam']>([
    ['nobody', { host: '127.0.0.1:8080' }, 'iam'],
    ['nobody at the host of IAM', { host: 'iam.eu-de.example' }, 'iam'],
    ['a token', { host: '127.0.0.1:8080', 'x-auth-token': 'any' }, 'sdrs'],
    ['a signature', { host: '127.0.0.1:8080', authorization: 'SDK-HMAC-SHA256 …' }, 'sdrs'],
    [
      'a signature for a domain',
      { host: '127.0.0.1:8080', authorization: 'SDK-HMAC-SHA256 …', 'x-domain-id': 'd' },
      'iam',
    ],
    ['the host of SDRS', { host: 'sdrs.eu-de.example' }, 'sdrs'],
    ['the host of IAM', { host: 'iam.eu-de.example', 'x-auth-token': 'any' }, 'iam'],
  ])('of the root for %s', (_name, headers, whose) => {
    const { status, json } = root(headers)
    if (whose === 'sdrs') expect([status, json.versions[0].id]).toEqual([200, 'v1'])
    else expect([status, json.versions.values[0].id]).toEqual([300, 'v3.6'])
  })

  test("of an address for both, in IAM's form, SDRS's too", () => {
    const idsAt = (host: string): string[] =>
      root({ host }).json.versions.values.map(({ id }: { id: string }) => id)
    expect(idsAt('127.0.0.1:8080')).toEqual(['v3.6', 'v1'])
    expect(idsAt('iam.eu-de.example')).toEqual(['v3.6'])
  })

  test('of no version that is not there', () => {
    for (const path of ['/v2', '/v9', '/v4'])
      expect(ask(smallWorld(), 'GET', path).status).toBe(404)
  })
})

describe('without a token that is good', () => {
  const said = {
    error: {
      code: 401,
      title: 'Unauthorized',
      message: 'The request you have made requires authentication.',
    },
  }
  test.each([
    ['/v3/auth/projects', 'another'],
    ['/v3/auth/tokens', 'another'],
    ['/v3/projects', ''],
    ['/v3/auth/catalog', ''],
  ])('IAM says so in its own form: %s', (path, token) => {
    const headers = token === '' ? {} : { 'x-auth-token': token }
    const asked = ask(strict(), 'GET', path, undefined, NOW, headers)
    expect([asked.status, asked.json]).toEqual([401, said])
  })

  test('or with one that has expired', () => {
    const { world, ...signed } = signIn(strict(), { project: { id: PROJECT } })
    const token = signed.headers['x-subject-token'] ?? ''
    const headers = { 'x-auth-token': token }
    const later = NOW + MINUTE
    expect(ask(world, 'GET', '/v3/auth/projects', undefined, NOW, headers).status).toBe(200)
    expect(ask(world, 'GET', '/v3/auth/projects', undefined, later, headers).json).toEqual(said)
    // SDRS has the gateway's word for it.
    expect(ask(world, 'GET', 'server-groups', undefined, later, headers).json.error_code).toBe(
      'APIGW.0307',
    )
  })
})
