import { createHash, createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { revokeTokens } from '../../src/simulator/auth.ts'
import { verifySignature } from '../../src/simulator/verify-signature.ts'
import { ask, codeOf, MINUTE, NOW, PROJECT, smallWorld } from './ask.ts'

const AK = 'QTWAOYTTINDUT2QVKYUC'
const SK = 'MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc'
const SIGNED_AT = Date.UTC(2019, 10, 15, 3, 36, 55)

describe('signatures', () => {
  const request = (
    method: string,
    url: string,
    signature: string,
    extra: Record<string, string> = {},
    body = '',
  ) => ({
    method,
    url,
    body,
    headers: {
      host: new URL(url).host,
      'content-type': 'application/json',
      'x-sdk-date': '20191115T033655Z',
      ...extra,
      authorization: `SDK-HMAC-SHA256 Access=${AK}, SignedHeaders=${['content-type', 'host', ...Object.keys(extra), 'x-sdk-date'].toSorted().join(';')}, Signature=${signature}`,
    },
  })
  const vpcs = 'v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs'
  const published = [
    request(
      'GET',
      `https://service.region.example.com/${vpcs}?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0`,
      '7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe',
    ),
    request(
      'GET',
      `https://service.test-region-1.myhuaweicloud.com/${vpcs}`,
      '4a30e690c3032a1975323588d79e858f188834f91df411a47ada7def6ad8081f',
    ),
    request(
      'POST',
      `https://sdrs.eu-de.otc.t-systems.com/v1/${PROJECT}/protected-instances`,
      'e519637d4185f3e404f195206114203f445ff7151646c8ca5f0ba4b672096852',
      { 'x-project-id': PROJECT },
      '{"protected_instance":{"name":"Bürö-01"}}',
    ),
  ]

  test.each(published.map((each, index) => [index + 1, each] as const))(
    'published vector %i',
    (_n, each) => {
      expect(verifySignature(each, SK, SIGNED_AT)).toBeNull()
      expect(verifySignature({ ...each, body: `${each.body} ` }, SK, SIGNED_AT)).toBe('wrong')
      expect(verifySignature({ ...each, method: 'PUT' }, SK, SIGNED_AT)).toBe('wrong')
      expect(
        verifySignature(
          { ...each, headers: { ...each.headers, host: 'else.where' } },
          SK,
          SIGNED_AT,
        ),
      ).toBe('wrong')
      expect(verifySignature(each, 'another', SIGNED_AT)).toBe('wrong')
    },
  )

  /** The form of older SDKs, with a key derived by day, region and service; from an implementation of its own. */
  const credential = (
    method: string,
    url: string,
    scope: string,
    signature: string,
    extra: Record<string, string> = {},
    body = '',
  ) => ({
    method,
    url,
    body,
    headers: {
      host: new URL(url).host,
      'x-sdk-date': '20191115T033655Z',
      ...extra,
      authorization: `SDK-HMAC-SHA256 Credential=${AK}/20191115/${scope}/sdk_request, SignedHeaders=${['host', ...Object.keys(extra), 'x-sdk-date'].toSorted().join(';')}, Signature=${signature}`,
    },
  })
  const derived = [
    credential(
      'GET',
      'https://iam.eu-de.otc.t-systems.com/v3/projects/?name=eu-de_dr',
      '/',
      'a2d04e2b4cf9b97e15846622e7657237f8160371ec87060fd53d06f009de67fb',
      { accept: 'application/json', 'user-agent': 'golangsdk/2.0.0' },
    ),
    credential(
      'POST',
      `https://sdrs.eu-de.otc.t-systems.com/v1/${PROJECT}/protected-instances`,
      'eu-de/sdrs',
      '07ed742915dce82cb08aae0370fccda5a56059cf92b93b2572cc81fc12e4234e',
      { 'content-type': 'application/json' },
      '{"protected_instance":{"name":"Bürö-01"}}',
    ),
    // Its query is signed in the body's place.
    credential(
      'POST',
      `https://ecs.eu-de.otc.t-systems.com/v1/${PROJECT}/cloudservers/tags?b=2&a=1`,
      'eu-de/ecs',
      '4539f1b69ae9a725cb595367cd0626f2019fe968c47a99d0e7945f5fdafd918b',
    ),
  ]

  test.each(derived.map((each, index) => [index + 1, each] as const))(
    'of the form with Credential= %i',
    (_n, each) => {
      const changed = (changes: Partial<typeof each>) =>
        verifySignature({ ...each, ...changes }, SK, SIGNED_AT)
      const authorization = (from: string, to: string) => ({
        headers: { ...each.headers, authorization: each.headers.authorization.replace(from, to) },
      })
      expect(changed({})).toBeNull()
      expect(changed({ body: `${each.body} ` })).toBe('wrong')
      expect(changed({ method: 'PUT' })).toBe('wrong')
      expect(verifySignature(each, 'another', SIGNED_AT)).toBe('wrong')
      expect(verifySignature(each, SK, SIGNED_AT + 16 * MINUTE)).toBe('skewed')
      expect(changed(authorization('/20191115/', '/20191114/'))).toBe('malformed')
      expect(changed(authorization('/sdk_request', '/aws4_request'))).toBe('malformed')
      expect(changed(authorization('/sdk_request', 'x/sdk_request'))).toBe('wrong')
    },
  )

  test('in the world: let in with the right key, refused with another', () => {
    const [first] = derived
    const go = (secret: string) =>
      ask(
        smallWorld({ auth: { mode: 'strict', accessKeys: { [AK]: secret } } }),
        'GET',
        '/v3/projects/?name=eu-de_dr',
        undefined,
        SIGNED_AT,
        first?.headers,
      )
    expect(go(SK).status).toBe(200)
    expect([go('another').status, codeOf(go('another'))]).toEqual([401, 'APIGW.0301'])
  })

  test.each([
    [
      'V11-HMAC-SHA256 Credential=a/20191115/eu-de/sdrs, SignedHeaders=host, Signature=0',
      'V11-HMAC-SHA256',
    ],
    [
      'AWS4-HMAC-SHA256 Credential=a/20191115/eu-de/s3/aws4_request, SignedHeaders=host, Signature=0',
      'AWS4-HMAC-SHA256',
    ],
    ['SDK-HMAC-SM3 Access=a, SignedHeaders=host, Signature=0', 'SDK-HMAC-SM3'],
    ['OBS a:c2VjcmV0', 'OBS'],
    ['Bearer eyJ', 'Bearer'],
    ['SDK-HMAC-SHA256 Signature=0', 'malformed'],
  ])('%s is refused by name, and not repeated', (authorization, named) => {
    const refused = ask(smallWorld(), 'GET', 'sdrs/quotas', undefined, NOW, { authorization })
    expect([refused.status, codeOf(refused)]).toEqual([401, 'APIGW.0301'])
    expect(refused.json.error_msg).toContain(named)
    expect(refused.body).not.toMatch(/Signature=|c2VjcmV0|eyJ/)
  })

  test('a body that is said to be unsigned counts as such; any other hash of it does not', () => {
    const [, second] = derived
    if (second === undefined) throw new Error('there are three')
    const headers = { ...second.headers, 'x-sdk-content-sha256': 'f'.repeat(64) }
    expect(verifySignature({ ...second, headers }, SK, SIGNED_AT)).toBeNull()
    const unsigned = { ...second.headers, 'x-sdk-content-sha256': 'UNSIGNED-PAYLOAD' }
    expect(verifySignature({ ...second, headers: unsigned }, SK, SIGNED_AT)).toBe('wrong')
  })

  test('more than a quarter of an hour off is refused', () => {
    const [first] = published
    expect(first && verifySignature(first, SK, SIGNED_AT + 15 * MINUTE)).toBeNull()
    expect(first && verifySignature(first, SK, SIGNED_AT + 15 * MINUTE + 1)).toBe('skewed')
    expect(first && verifySignature(first, SK, SIGNED_AT - 15 * MINUTE - 1)).toBe('skewed')
  })

  /** Signs a bodiless GET of the quotas. */
  function signed(secret: string): Record<string, string> {
    const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
    const date = '20261101T000000Z'
    const canonical = `GET\n/v1/${PROJECT}/sdrs/quotas/\n\nhost:sdrs.test\nx-sdk-date:${date}\n\nhost;x-sdk-date\n${hash('')}`
    const signature = createHmac('sha256', secret)
      .update(`SDK-HMAC-SHA256\n${date}\n${hash(canonical)}`)
      .digest('hex')
    return {
      host: 'sdrs.test',
      'x-sdk-date': date,
      authorization: `SDK-HMAC-SHA256 Access=${AK}, SignedHeaders=host;x-sdk-date, Signature=${signature}`,
    }
  }
  const quotas = (world: ReturnType<typeof smallWorld>, secret: string, now = NOW) =>
    ask(world, 'GET', 'sdrs/quotas', undefined, now, signed(secret))

  test('a known key must sign correctly; five refusals lock it for five minutes', () => {
    let world = smallWorld({ auth: { accessKeys: { [AK]: SK } } })
    expect(quotas(world, SK).status).toBe(200)
    for (let n = 0; n < 5; n++) {
      const refused = quotas(world, 'wrong', NOW + n)
      expect([refused.status, codeOf(refused)]).toEqual([401, 'APIGW.0301'])
      ;({ world } = refused)
    }
    expect(quotas(world, SK, NOW + 5).status).toBe(401)
    expect(quotas(world, SK, NOW + 5 * MINUTE + 4).status).toBe(200)
  })

  test('an unknown key passes where anything goes, and nowhere else', () => {
    expect(quotas(smallWorld(), 'whatever').status).toBe(200)
    expect(quotas(smallWorld({ auth: { mode: 'strict' } }), 'whatever').status).toBe(401)
  })
})

describe('tokens', () => {
  const signIn = (
    world: ReturnType<typeof smallWorld>,
    password: string,
    project: object = { id: PROJECT },
  ) =>
    ask(
      world,
      'POST',
      '/v3/auth/tokens',
      {
        auth: {
          identity: {
            methods: ['password'],
            password: { user: { name: 'ann', password, domain: { name: 'acme' } } },
          },
          scope: { project },
        },
      },
      NOW,
      {},
    )
  const strict = () =>
    smallWorld({
      limits: { tokenTtlMs: MINUTE },
      auth: { mode: 'strict', users: [{ name: 'ann', password: 'secret', domain: 'acme' }] },
    })
  const quotas = (world: ReturnType<typeof smallWorld>, token: string, now = NOW) =>
    ask(world, 'GET', 'sdrs/quotas', undefined, now, { 'x-auth-token': token })

  test('a password gives a token with a catalogue, which expires', () => {
    const signedIn = signIn(strict(), 'secret', { name: 'eu-de' })
    expect(signedIn.status).toBe(201)
    expect(signedIn.json.token).toMatchObject({
      expires_at: '2026-11-01T00:01:00.000000Z',
      project: { id: PROJECT, name: 'eu-de' },
    })
    expect(
      signedIn.json.token.catalog.map(
        ({ type, endpoints: [{ url }] }: { type: string; endpoints: [{ url: string }] }) =>
          `${type} ${new URL(url).pathname}`,
      ),
    ).toEqual([
      `sdrs /v1/${PROJECT}`,
      `ecs /v1/${PROJECT}`,
      'vpc /v1',
      `evs /v2/${PROJECT}`,
      `volumev2 /v2/${PROJECT}`,
      'identity /v3',
    ])
    expect(signedIn.json.token.catalog).toContainEqual(
      expect.objectContaining({
        type: 'sdrs',
        endpoints: [
          expect.objectContaining({
            region_id: 'eu-de',
            interface: 'public',
            url: `http://sdrs.test/v1/${PROJECT}`,
          }),
        ],
      }),
    )
    const token = signedIn.headers['x-subject-token'] ?? ''
    expect(quotas(signedIn.world, token, NOW + MINUTE - 1).status).toBe(200)
    const expired = quotas(signedIn.world, token, NOW + MINUTE)
    expect([expired.status, codeOf(expired)]).toEqual([401, 'APIGW.0307'])
  })

  test('a wrong password or project is refused in the form of IAM', () => {
    const wrong = signIn(strict(), 'guess')
    expect([wrong.status, wrong.json.error.code, typeof wrong.json.error.title]).toEqual([
      401,
      401,
      'string',
    ])
    expect(signIn(strict(), 'secret', { id: 'another' }).status).toBe(401)
  })

  test('an unknown token passes where anything goes; a revoked one nowhere; none never', () => {
    expect(quotas(strict(), 'made-up').status).toBe(401)
    expect(quotas(smallWorld(), 'made-up').status).toBe(200)
    expect(quotas(revokeTokens(smallWorld(), 'made-up'), 'made-up').status).toBe(401)
    expect(quotas(smallWorld(), '').status).toBe(401)
    const signedIn = signIn(smallWorld(), 'anything')
    const token = signedIn.headers['x-subject-token'] ?? ''
    expect(quotas(signedIn.world, token).status).toBe(200)
    expect(quotas(revokeTokens(signedIn.world), token).status).toBe(401)
  })

  test('the world keeps no token in clear', () => {
    const signedIn = signIn(smallWorld(), 'anything')
    expect(JSON.stringify(signedIn.world.auth)).not.toContain(signedIn.headers['x-subject-token'])
  })

  test('a project is found by its name', () => {
    expect(ask(smallWorld(), 'GET', '/v3/projects?name=eu-de').json.projects).toEqual([
      expect.objectContaining({ id: PROJECT, name: 'eu-de' }),
    ])
    expect(ask(smallWorld(), 'GET', '/v3/projects?name=eu-nl').json.projects).toEqual([])
  })
})
