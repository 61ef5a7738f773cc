import fc from 'fast-check'
import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { signRequest } from '../../../src/cloud/sign-in/signature.ts'

const key = {
  accessKey: 'QTWAOYTTINDUT2QVKYUC',
  secretKey: 'MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc',
  securityToken: null,
}
const at = Date.UTC(2019, 10, 15, 3, 36, 55)
const json = { 'Content-Type': 'application/json' }
const signatureOf = (headers: Readonly<Record<string, string>>): string | undefined =>
  /Signature=(.*)$/.exec(headers['authorization'] ?? '')?.[1]

describe('signRequest', () => {
  test.each([
    [
      'a query',
      {
        method: 'GET',
        url: 'https://service.region.example.com/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0',
      },
      null,
      '7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe',
    ],
    [
      'no query',
      {
        method: 'GET',
        url: 'https://service.test-region-1.myhuaweicloud.com/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs',
      },
      null,
      '4a30e690c3032a1975323588d79e858f188834f91df411a47ada7def6ad8081f',
    ],
    [
      'a body with umlauts, and a project',
      {
        method: 'POST',
        url: 'https://sdrs.eu-de.otc.t-systems.com/v1/0123456789abcdef0123456789abcdef/protected-instances',
        body: '{"protected_instance":{"name":"Bürö-01"}}',
      },
      '0123456789abcdef0123456789abcdef',
      'e519637d4185f3e404f195206114203f445ff7151646c8ca5f0ba4b672096852',
    ],
  ] as const)('agrees with the published vector with %s', (_, request, projectId, signature) => {
    const headers = signRequest({ ...request, headers: json }, key, projectId, at)
    expect(signatureOf(headers)).toBe(signature)
    expect(headers['x-sdk-date']).toBe('20191115T033655Z')
  })

  test('names exactly the headers it signed, and sends the security token', () => {
    const headers = signRequest(
      {
        method: 'GET',
        url: 'https://a.example:8443/v1',
        headers: { ...json, Accept: 'application/json' },
      },
      { ...key, securityToken: 'st-1' },
      'p1',
      at,
    )
    expect(headers['authorization']).toContain(
      'SignedHeaders=content-type;host;x-project-id;x-sdk-date;x-security-token,',
    )
    expect(headers).toMatchObject({
      host: 'a.example:8443',
      'x-security-token': 'st-1',
      accept: 'application/json',
    })
  })

  test('does not throw at a stray percent sign', () => {
    const request = { method: 'GET', url: 'https://a.example/v1/100%/x?y=%', headers: {} } as const
    expect(signatureOf(signRequest(request, key, null, at))).toMatch(/^[0-9a-f]{64}$/)
  })

  test("agrees with the vendor's own signer on any path, query and body", () => {
    const vendor = loadVendorSigner()
    // Characters that the legacy URL parser of the vendor's signer would encode a second time, and dot
    // segments, which every URL parser removes, cannot be compared.
    const segment = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
      .filter((text) => !/[\s"<>`{}|\\^'#?/%;@\p{C}]|^\.{1,2}$/u.test(text))
    const text = fc.string({ unit: 'grapheme', maxLength: 12 })
    fc.assert(
      fc.property(
        fc.array(segment, { maxLength: 5 }),
        fc.dictionary(text, fc.array(text, { minLength: 1, maxLength: 3 }), { maxKeys: 5 }),
        fc.option(fc.dictionary(text, text, { minKeys: 1, maxKeys: 3, noNullPrototype: true })),
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
        fc.option(fc.stringMatching(/^[0-9a-f]{32}$/)),
        fc.date({ min: new Date(0), max: new Date('2099-01-01'), noInvalidDate: true }),
        (segments, query, body, method, projectId, date) => {
          const search = new URLSearchParams(
            Object.entries(query).flatMap(([name, values]) =>
              values.map((value): [string, string] => [name, value]),
            ),
          )
          const path = `/${segments.join('/')}`
          const base = 'https://sdrs.eu-de.otc.t-systems.com'
          const encoded = `/${segments.map((s) => encodeURIComponent(s)).join('/')}`
          const suffix = search.size === 0 ? '' : `?${search.toString()}`
          const ours = signRequest(
            {
              method,
              url: `${base}${encoded}${suffix}`,
              headers: { 'content-type': 'application/json' },
              ...(body === null ? {} : { body: JSON.stringify(body) }),
            },
            key,
            projectId,
            date.getTime(),
          )
          const theirs = vendor.sign(
            {
              endpoint: `${base}${path}`,
              method,
              queryParams: structuredClone(query),
              headers: {
                'content-type': 'application/json',
                'X-Sdk-Date': ours['x-sdk-date'],
                ...(projectId === null ? {} : { 'X-Project-Id': projectId }),
              },
              ...(body === null ? {} : { data: body }),
            },
            { getAk: () => key.accessKey, getSk: () => key.secretKey },
          )
          expect(ours['authorization']).toBe(theirs['Authorization'])
        },
      ),
      { numRuns: 500 },
    )
  })
})

interface VendorSigner {
  sign(request: object, credential: object): Record<string, string>
}

/** Its client does not load alone, its signer does. */
function loadVendorSigner(): VendorSigner {
  const module: unknown = createRequire(import.meta.url)(
    '@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js',
  )
  return (module as { AKSKSigner: VendorSigner }).AKSKSigner
}
