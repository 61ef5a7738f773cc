import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addSecretsOfEnvironment,
  createSecretRegistry,
  REDACTED,
  withoutSecretFields,
} from '../src/secrets.ts'

describe('a secret registry', () => {
  it('takes a secret out of any text, however it is written there', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 6 }), fc.string(), (secret, around) => {
        fc.pre(secret.trim().length >= 6 && !REDACTED.includes(secret) && !around.includes(secret))
        const registry = createSecretRegistry()
        registry.add(secret)
        const written = [
          secret,
          JSON.stringify({ nested: secret }),
          `https://a.example/?x=${encodeURIComponent(secret)}`,
          Buffer.from(secret).toString('base64'),
          Buffer.from(secret).toString('base64url'),
          new URLSearchParams({ x: secret }).toString(),
        ]
        for (const form of written) {
          const out = registry.redact(`${around}\n${form}\n${around}`)
          expect(out).toContain(REDACTED)
          expect(out.split('\n').join(' ')).not.toContain(form)
        }
      }),
    )
  })

  it.each([
    ['in JSON of plain ASCII', String.raw`{"p":"k\u00E4nary & \"1\" +="}`],
    ['in JSON as Gson writes it', String.raw`{"p":"känary \u0026 \"1\" +\u003d"}`],
    ['in JSON within JSON', String.raw`{"said":"{\"p\":\"k\\u00e4nary & \\\"1\\\" +=\"}"}`],
    ['in HTML', '<td>känary &amp; &quot;1&quot; +=</td>'],
    ['in HTML of numbers', '<td>känary &amp; &#34;1&#34; +=</td>'],
    ['in a URL, in lower case', '?p=k%c3%a4nary%20%26%20%221%22%20%2b%3d'],
  ])('knows it %s', (_, text) => {
    const registry = createSecretRegistry()
    registry.add('känary & "1" +=')
    expect(registry.redact(text)).not.toMatch(/nary/)
  })

  it('knows it inside of base64, wherever it begins there', () => {
    const registry = createSecretRegistry()
    registry.add('canary-in-base64')
    for (const user of ['d', 'dr', 'dre']) {
      const header = `Basic ${Buffer.from(`${user}:canary-in-base64!`).toString('base64')}`
      const [kept = ''] = registry.redact(header).split(REDACTED)
      expect(kept.length).toBeLessThan('Basic '.length + 8)
      expect(registry.redact(header)).toContain(REDACTED)
    }
  })

  it('knows a signature, which no one has registered', () => {
    const signature = 'a1'.repeat(32)
    const said = `SDK-HMAC-SHA256 Access=X, SignedHeaders=host, Signature=${signature}`
    for (const text of [said, encodeURIComponent(said)]) {
      expect(createSecretRegistry().redact(text)).not.toContain(signature)
    }
  })

  it('leaves nothing of a secret that holds another one', () => {
    const registry = createSecretRegistry()
    registry.add('inner-1')
    registry.add('outer-inner-1-outer')
    expect(registry.redact('a outer-inner-1-outer b')).toBe(`a ${REDACTED} b`)
  })

  it('ignores what is too short to be told from other text', () => {
    const registry = createSecretRegistry()
    for (const value of ['', ' ', 'ab', null, undefined]) registry.add(value)
    expect(registry.redact('abc')).toBe('abc')
  })

  it('learns the secrets of the environment, those in a proxy URL too, and no other variables', () => {
    const registry = createSecretRegistry()
    addSecretsOfEnvironment(registry, {
      OS_PASSWORD: 'canary-1',
      HW_SECRET_KEY: 'canary-2',
      HUAWEICLOUD_SDK_SK: 'canary-3',
      OS_TOKEN: 'canary-4',
      https_proxy: 'http://dr:canary%2D5@proxy.example:3128',
      OS_USERNAME: 'someone',
      GITHUB_TOKEN: 'not-ours',
    })
    const text = registry.redact('canary-1 canary-2 canary-3 canary-4 canary-5 canary%2D5')
    expect(text).not.toContain('canary')
    expect(registry.redact('someone not-ours proxy.example')).toBe('someone not-ours proxy.example')
  })
})

it('replaces fields by name, at any depth and in any spelling, and keeps the rest', () => {
  const error = Object.assign(new Error('boom'), { headers: { 'X-Auth-Token': 'canary' } })
  const logged = withoutSecretFields({
    headers: { Authorization: 'canary', 'x-request-id': 'r1', 'X-Subject-Token': 'canary' },
    server: [{ user_data: 'canary', adminPass: 'canary', name: 'n1' }],
    password: null,
    error,
  })
  expect(JSON.stringify(logged)).not.toContain('canary')
  expect(logged).toMatchObject({
    headers: { 'x-request-id': 'r1' },
    server: [{ name: 'n1' }],
    password: null,
    error: { type: 'Error', message: 'boom' },
  })
})
