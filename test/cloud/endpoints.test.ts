import { describe, expect, test } from 'vitest'
import { Failure } from '../../src/failure.ts'
import {
  locateEndpoint,
  dialectOf,
  parseEndpoint,
  parseRegion,
  regionOfIamEndpoint,
  resolveEndpoint,
  type CatalogueEntry,
} from '../../src/cloud/endpoints.ts'

const nothing = { given: {}, catalogue: [], region: null }

describe('parseEndpoint', () => {
  test.each([
    ['https://sdrs.eu-de.otc.t-systems.com', 'https://sdrs.eu-de.otc.t-systems.com'],
    ['https://sdrs.eu-de.otc.t-systems.com/', 'https://sdrs.eu-de.otc.t-systems.com'],
    ['https://sdrs.eu-de.otc.t-systems.com/v1', 'https://sdrs.eu-de.otc.t-systems.com'],
    ['https://sdrs.eu-de.otc.t-systems.com:443/v1/', 'https://sdrs.eu-de.otc.t-systems.com'],
    ['https://a.example/v1/0123456789abcdef0123456789abcdef/', 'https://a.example'],
    ['https://a.example/v1.0/$(tenant_id)s', 'https://a.example'],
    ['https://gate.example/sdrs/v1', 'https://gate.example/sdrs'],
    ['https://iam.eu-de.otc.t-systems.com/v3', 'https://iam.eu-de.otc.t-systems.com'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
    ['http://localhost:8080', 'http://localhost:8080'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
  ])('%s → %s', (text, base) => expect(parseEndpoint(text, '--endpoint')).toBe(base))

  test.each([
    'http://sdrs.eu-de.otc.t-systems.com',
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
    'ftp://a.example',
    'sdrs.eu-de.otc.t-systems.com',
    'https://user:password@a.example',
    'https://a.example?x=1',
    '',
  ])('refuses %s', (text) => {
    expect(() => parseEndpoint(text, '--endpoint')).toThrow(Failure)
    expect(() => parseEndpoint(text, '--endpoint')).toThrow(/^--endpoint: /)
  })
})

describe('resolveEndpoint', () => {
  test.each([
    ['eu-de', 'https://sdrs.eu-de.otc.t-systems.com', 'https://iam.eu-de.otc.t-systems.com'],
    ['eu-nl', 'https://sdrs.eu-nl.otc.t-systems.com', 'https://iam.eu-nl.otc.t-systems.com'],
    [
      'eu-ch2',
      'https://sdrs.eu-ch2.sc.otc.t-systems.com',
      'https://iam-pub.eu-ch2.sc.otc.t-systems.com',
    ],
    [
      'cn-north-4',
      'https://sdrs.cn-north-4.myhuaweicloud.com',
      'https://iam.cn-north-4.myhuaweicloud.com',
    ],
    [
      'eu-west-101',
      'https://sdrs.eu-west-101.myhuaweicloud.eu',
      'https://iam.eu-west-101.myhuaweicloud.eu',
    ],
    [
      'eu-west-0',
      'https://sdrs.eu-west-0.prod-cloud-ocb.orange-business.com',
      'https://iam.eu-west-0.prod-cloud-ocb.orange-business.com',
    ],
  ])('by region %s', (region, sdrs, iam) => {
    expect(resolveEndpoint('sdrs', { ...nothing, region })).toBe(sdrs)
    expect(resolveEndpoint('iam', { ...nothing, region })).toBe(iam)
  })

  const entry = (region: string | null, url: string, visibility = 'public'): CatalogueEntry => ({
    type: 'sdrs',
    endpoints: [{ region, url, interface: visibility }],
  })

  test('prefers what is given to the catalogue, and that to the region', () => {
    const catalogue = [entry('eu-de', 'https://catalogue.example/v1/p1')]
    const given = { sdrs: { url: 'https://given.example/v1', from: '--endpoint' } }
    const region = 'eu-de'
    expect(resolveEndpoint('sdrs', { given, catalogue, region })).toBe('https://given.example')
    expect(resolveEndpoint('sdrs', { given: {}, catalogue, region })).toBe(
      'https://catalogue.example',
    )
  })

  test.each(['ecs', 'vpc', 'evs'] as const)(
    '%s is a sibling of SDRS in a known cloud, or nowhere',
    (service) => {
      const at = (url: string, region: string | null = 'eu-de') =>
        resolveEndpoint(service, {
          given: { sdrs: { url, from: '--endpoint' } },
          catalogue: [],
          region,
        })
      expect(at('https://sdrs.eu-de.otc.t-systems.com/v1', null)).toBe(
        `https://${service}.eu-de.otc.t-systems.com`,
      )
      expect(at('https://sdrs.new-region-7.myhuaweicloud.com')).toBe(
        `https://${service}.new-region-7.myhuaweicloud.com`,
      )
      expect(at('https://sdrs.eu-ch2.sc.otc.t-systems.com')).toBe(
        `https://${service}.eu-ch2.sc.otc.t-systems.com`,
      )
      // Whatever region is set: nothing says that this private host is in it.
      for (const url of [
        'https://sdrs.eu-de.example.com',
        'https://sdrs.eu-de.otc.t-systems.com.evil.example',
        'https://sdrs.eu-de.otc.t-systems.com:8443',
        'https://sdrs.eu-de.otc.t-systems.com/dr',
        'https://brs.eu-de.otc.t-systems.com',
        'https://10.0.0.7',
      ]) {
        expect(at(url)).toBeNull()
      }
      expect(resolveEndpoint(service, { ...nothing, region: 'eu-de' })).toBe(
        `https://${service}.eu-de.otc.t-systems.com`,
      )
      // SDRS is where the catalogue says, which is in no known cloud.
      const catalogue = [entry('eu-de', 'https://catalogue.example/v1/p1')]
      expect(resolveEndpoint(service, { given: {}, catalogue, region: 'eu-de' })).toBeNull()
    },
  )

  test('looks into the catalogue for the region that SDRS is in', () => {
    const ecs = (region: string): CatalogueEntry => ({
      type: 'ecs',
      endpoints: [{ region, url: `https://ecs-${region}.example/v1/p1`, interface: 'public' }],
    })
    const given = { sdrs: { url: 'https://sdrs.eu-nl.otc.t-systems.com', from: '--endpoint' } }
    const catalogue = [ecs('eu-de'), ecs('eu-nl')]
    expect(resolveEndpoint('ecs', { given, catalogue, region: 'eu-de' })).toBe(
      'https://ecs-eu-nl.example',
    )
  })

  test('finds EVS in the catalogue as itself, or as what OpenStack calls it', () => {
    const typed = (type: string, url: string): CatalogueEntry => ({
      type,
      endpoints: [{ region: 'eu-de', url, interface: 'public' }],
    })
    const cinder = typed('volumev2', 'https://cinder.example/v2/$(tenant_id)s')
    const evs = typed('evs', 'https://evs.example/v2/p1')
    const of = (...catalogue: CatalogueEntry[]) =>
      resolveEndpoint('evs', { given: {}, catalogue, region: 'eu-de' })
    expect(of(cinder)).toBe('https://cinder.example')
    expect(of(cinder, evs)).toBe('https://evs.example')
    // One that may not be used costs nothing but itself.
    expect(of(typed('evs', 'http://evs.example'))).toBe('https://evs.eu-de.otc.t-systems.com')
  })

  test.each(['eu-de-2', 'xx-nowhere-1', 'cn-north-99', 'eu-west-1', 'eu-west-1011', 'otc'])(
    'makes no host up for the region %s',
    (region) => {
      for (const service of ['sdrs', 'ecs', 'vpc', 'evs', 'iam'] as const) {
        expect(resolveEndpoint(service, { ...nothing, region })).toBeNull()
      }
    },
  )

  test('takes only a public endpoint of the wanted region, and never chooses between several', () => {
    const catalogue = [
      entry('eu-de', 'https://inside.example', 'internal'),
      entry('eu-nl', 'https://nl.example'),
      entry('eu-ch2', 'https://ch.example'),
    ]
    expect(resolveEndpoint('sdrs', { ...nothing, catalogue, region: 'eu-nl' })).toBe(
      'https://nl.example',
    )
    expect(resolveEndpoint('sdrs', { ...nothing, catalogue })).toBeNull()
    expect(
      resolveEndpoint('sdrs', { ...nothing, catalogue: [catalogue[1] ?? entry(null, '')] }),
    ).toBe('https://nl.example')
  })

  test('refuses a catalogue that names plain http', () => {
    const catalogue = [entry('eu-de', 'http://catalogue.example')]
    expect(() => resolveEndpoint('sdrs', { ...nothing, catalogue, region: 'eu-de' })).toThrow(
      Failure,
    )
  })

  test('keeps everything of a trial on this machine, whatever region is set', () => {
    const sources = {
      given: { sdrs: { url: 'http://127.0.0.1:9999', from: '--endpoint' } },
      catalogue: [],
      region: 'eu-de',
    }
    expect(resolveEndpoint('ecs', sources)).toBe('http://127.0.0.1:9999')
    expect(resolveEndpoint('iam', sources)).toBe('http://127.0.0.1:9999')
  })

  test('knows nothing without any of them', () => {
    expect(resolveEndpoint('sdrs', nothing)).toBeNull()
  })
})

test.each([
  ['https://sdrs.eu-de.otc.t-systems.com', 'otc'],
  ['https://sdrs.cn-north-1.myhuaweicloud.com', 'huawei'],
  ['https://sdrs.eu-west-101.myhuaweicloud.eu', 'huawei'],
  ['https://myhuaweicloud.com.evil.example', 'otc'],
  ['http://127.0.0.1:8080', 'otc'],
])('the dialect of %s is %s', (endpoint, dialect) => expect(dialectOf(endpoint)).toBe(dialect))

test('takes nothing but a region for a region', () => {
  expect(parseRegion('EU-DE')).toBe('eu-de')
  for (const text of ['eu-de.evil.example', 'eu-de/', '', 'a b', '-eu']) {
    expect(() => parseRegion(text)).toThrow(Failure)
  }
})

test.each([
  ['https://iam.eu-de.otc.t-systems.com/v3', 'eu-de'],
  ['https://iam-pub.eu-ch2.sc.otc.t-systems.com/v3', 'eu-ch2'],
  ['https://iam.myhuaweicloud.com/v3', null],
  ['http://127.0.0.1:5000/v3', null],
])('the region of %s is %s', (url, region) => expect(regionOfIamEndpoint(url)).toBe(region))

test('an endpoint says what it comes from', () => {
  const url = 'https://sdrs.by-catalogue.example'
  const catalogue = [{ type: 'sdrs', endpoints: [{ region: 'eu-de', url, interface: 'public' }] }]
  const region = 'eu-de'
  const given = (sdrs: string) => ({ given: { sdrs: { url: sdrs, from: '--endpoint' } } })
  const from = (...[service, sources]: Parameters<typeof locateEndpoint>) =>
    locateEndpoint(service, sources)?.from
  const local = { ...given('http://127.0.0.1:1'), catalogue, region }
  const real = { ...given('https://sdrs.eu-de.otc.t-systems.com'), catalogue: [], region }
  expect(from('sdrs', local)).toBe('--endpoint')
  expect(from('ecs', local)).toBe('--endpoint, which is on this machine')
  expect(from('ecs', real)).toBe('the cloud of the SDRS endpoint')
  expect(from('sdrs', { given: {}, catalogue, region })).toBe('the catalogue')
  expect(from('iam', { given: {}, catalogue, region })).toBe('the region eu-de')
})
