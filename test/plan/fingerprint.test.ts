import { describe, expect, test } from 'vitest'
import type { PlanRow } from '../../src/plan/plan-schema.ts'
import { checksumOf, DECIDING, decisionOf, fingerprintOf } from '../../src/plan/fingerprint.ts'

const BODY = {
  server_group_id: 'aaaa-0001',
  server_id: '0000-0001',
  name: 'web-1',
  description: 'a-b',
  cluster_id: 'cccc-0001',
  primary_subnet_id: 'dddd-0001',
  primary_ip_address: '10.0.0.5',
  flavorRef: 's3.large.2',
  tags: [{ key: 'team', value: 'web' }],
  tenancy: 'dedicated',
  dedicated_host_id: 'eeee-0001',
} as const
type Body = NonNullable<PlanRow['request']>['protected_instance']
const body: Body = { ...BODY, tags: [...BODY.tags] }

const ROW: PlanRow = {
  row: 1,
  line: 2,
  serverId: '0000-0001',
  name: 'web-1',
  serverGroupId: 'aaaa-0001',
  serverGroup: 'group-1',
  wave: 'w-1',
  action: 'create',
  reason: null,
  errorCode: null,
  message: null,
  advice: null,
  warnings: [],
  protectedInstanceId: 'i-1',
  jobId: 'j-1',
  drift: [],
  changes: [],
  matched: null,
  request: { protected_instance: body },
}

/** Every field of a row with another value, and whether the plan is another one then. */
const CHANGES: { readonly [F in keyof PlanRow]: readonly [PlanRow[F], decides: boolean] } = {
  row: [2, true],
  line: [3, false],
  serverId: ['0000-0002', true],
  name: ['web1', true],
  serverGroupId: ['aaaa-0002', true],
  serverGroup: ['group1', true],
  wave: ['w1', true],
  action: ['keep', true],
  reason: ['other-group', true],
  errorCode: ['SDRS.1', true],
  message: ['m', false],
  advice: ['a', false],
  warnings: [[{ code: 'c', message: 'm' }], true],
  protectedInstanceId: ['i1', true],
  jobId: ['j1', true],
  drift: [[{ field: 'f', wanted: 'w', actual: null }], false],
  changes: [[{ field: 'name', from: 'ü', to: 'ue', by: 'fit' }], false],
  // The server that it came to is compared.
  matched: [{ name: 'n', availabilityZone: null, status: null, leftOut: [] }, false],
  request: [null, true],
}
const fields = Object.keys(CHANGES) as (keyof PlanRow)[]

function withBody(change: Partial<Body>): PlanRow {
  return { ...ROW, request: { protected_instance: { ...body, ...change } } }
}

describe('the fingerprint', () => {
  test.for(fields)('of a plan with another %s', (field) => {
    const [value, decides] = CHANGES[field]
    const isSame = fingerprintOf([{ ...ROW, [field]: value }]) === fingerprintOf([ROW])
    expect(isSame).toBe(!decides)
    expect(DECIDING.some((each) => each === field)).toBe(decides)
  })

  test.for<[string, PlanRow, isSame: boolean]>([
    ['the server', { ...ROW, serverId: '00000001' }, true],
    ['the group', { ...ROW, serverGroupId: 'AAAA-0001' }, true],
    ['the server in the body', withBody({ server_id: '00000001' }), true],
    ['the group in the body', withBody({ server_group_id: 'AAAA0001' }), true],
    ['the cluster', withBody({ cluster_id: 'CCCC0001' }), true],
    ['the subnet', withBody({ primary_subnet_id: 'DDDD0001' }), true],
    ['the host', withBody({ dedicated_host_id: 'EEEE0001' }), true],
    ['the name in the body', withBody({ name: 'WEB-1' }), false],
    ['the description', withBody({ description: 'ab' }), false],
    ['the flavor', withBody({ flavorRef: 'S3.large.2' }), false],
    ['a tag', withBody({ tags: [{ key: 'Team', value: 'web' }] }), false],
  ])('with %s in another spelling', ([, changed, isSame]) => {
    expect(fingerprintOf([changed]) === fingerprintOf([ROW])).toBe(isSame)
  })

  test.for<[string, PlanRow]>([
    ['server', withBody({ server_id: '0000-0002' })],
    ['group', withBody({ server_group_id: 'aaaa-0002' })],
    ['cluster', withBody({ cluster_id: 'cccc-0002' })],
    ['subnet', withBody({ primary_subnet_id: 'dddd-0002' })],
    ['host', withBody({ dedicated_host_id: 'eeee-0002' })],
    ['address', withBody({ primary_ip_address: '10.0.0.6' })],
    ['tenancy', withBody({ tenancy: 'shared' })],
  ])('another %s in the body is another plan', ([, changed]) => {
    expect(fingerprintOf([changed])).not.toBe(fingerprintOf([ROW]))
  })

  test('the order of the body’s keys is nothing, that of its tags and of the rows is', () => {
    const reversed = Object.fromEntries(Object.entries(body).toReversed()) as Body
    expect(fingerprintOf([{ ...ROW, request: { protected_instance: reversed } }])).toBe(
      fingerprintOf([ROW]),
    )
    const tags = [
      { key: 'a', value: '1' },
      { key: 'b', value: '2' },
    ]
    expect(fingerprintOf([withBody({ tags })])).not.toBe(
      fingerprintOf([withBody({ tags: tags.toReversed() })]),
    )
    const other = { ...ROW, row: 2 }
    expect(fingerprintOf([ROW, other])).not.toBe(fingerprintOf([other, ROW]))
    expect(fingerprintOf([ROW])).not.toBe(fingerprintOf([ROW, ROW]))
  })

  test('is a SHA-256 in hex', () => {
    expect(fingerprintOf([])).toMatch(/^[0-9a-f]{64}$/)
  })

  test('holds the values as text: what is null is not the word', () => {
    expect(decisionOf(ROW, 'reason')).toBe('null')
    expect(decisionOf({ ...ROW, reason: 'null' }, 'reason')).toBe('"null"')
    expect(decisionOf(ROW, 'serverId')).toBe('"00000001"')
    expect(decisionOf({ ...ROW, request: null }, 'request')).toBe('[]')
  })
})

describe('the checksum', () => {
  const document: Parameters<typeof checksumOf>[0] = {
    planVersion: 2,
    endpoint: 'e',
    projectId: 'p',
    inventory: { source: 's', sha256: 'x' },
    fingerprint: 'f',
    totals: { rows: 1, create: 1 },
    rows: [ROW],
    carriedOver: [
      { serverId: 's', name: 'n', runId: 'r', jobId: null },
      { serverId: 't', name: 'n', runId: 'r', jobId: null },
    ],
  }
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, each]) => [key, reversed(each)] as const)
        .toReversed(),
    )
  }

  test('is that of the content, whatever the order of its keys', () => {
    expect(checksumOf(reversed(document) as typeof document)).toBe(checksumOf(document))
    expect(checksumOf(document)).toMatch(/^[0-9a-f]{64}$/)
  })

  test.for<[string, Partial<typeof document>]>([
    ['another total', { totals: { rows: 1, create: 2 } }],
    ['a total under another name', { totals: { rows: 1, keep: 1 } }],
    ['another source', { inventory: { source: 't', sha256: 'x' } }],
    ['what only tells, in a row', { rows: [{ ...ROW, message: 'm' }] }],
    ['an ID in another spelling', { rows: [{ ...ROW, serverId: '00000001' }] }],
    ['a list in another order', { carriedOver: document.carriedOver.toReversed() }],
    ['an ID for none', { carriedOver: document.carriedOver.map((c) => ({ ...c, jobId: '' })) }],
    ['no rows', { rows: [] }],
    ['a service that was not asked', { unchecked: [{ service: 'ecs', reason: 'no endpoint' }] }],
    ['every service asked', { unchecked: [] }],
  ])('with %s is another one', ([, change]) => {
    expect(checksumOf({ ...document, ...change })).not.toBe(checksumOf(document))
  })
})

test('both are part of the file’s format: other values for the same plan need another version', () => {
  const fingerprint = fingerprintOf([ROW])
  expect(fingerprint).toBe('7280696b81a91be791a94ae0aca903f9a8b6e663f2221f686b76d50cc59ebaf9')
  const { changes: _changes, matched: _matched, ...before } = ROW
  const document: Parameters<typeof checksumOf>[0] = {
    planVersion: 2,
    endpoint: 'e',
    projectId: 'p',
    inventory: { source: 's', sha256: 'x' },
    fingerprint,
    totals: { rows: 1, create: 1 },
    // As it was before there were these: a plan that was saved then still holds.
    rows: [before],
    carriedOver: [],
  }
  expect(checksumOf(document)).toBe(
    '65d71e1f4157b67b4188a4b2fb439f313491a3120103d3b0e8c6bf1990670d1a',
  )
})
