import { describe, expect, test } from 'vitest'
import { ApiError } from '../../../src/cloud/errors.ts'
import type { ServerGroup } from '../../../src/cloud/sdrs/sdrs-schema.ts'
import type { Row } from '../../../src/inventory/row.ts'
import type { Reading } from '../../../src/plan/preflight/attempts.ts'
import { MOST_SUBNETS, readPreflight } from '../../../src/plan/preflight/read-preflight.ts'
import { group } from '../../report/build.ts'
import {
  answeringCloud,
  FORBIDDEN,
  ok,
  type AnsweringCloud,
  type Question,
  type Reply,
} from '../../support/answering-cloud.ts'
import { makeRow } from '../../support/rollout.ts'

const serverId = (n: number): string => `a0000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const serverOf = (n: number) => ({
  id: serverId(n),
  name: `s${n}`,
  status: 'ACTIVE',
  'os-extended-volumes:volumes_attached': [
    { id: `v-${n}-0`, bootIndex: '0' },
    { id: `v-${n}-1`, bootIndex: null },
  ],
})

/** Two VPCs, whose subnets are named after them. */
function answer({ what, query }: Question): Reply {
  const [service = '', path = ''] = what.split(' ')
  if (path.endsWith('/cloudservers/detail')) {
    return ok({ servers: query.get('offset') === '1' ? [1, 2, 3].map(serverOf) : [], count: 3 })
  }
  if (path.endsWith('/cloudservers/flavors')) return ok({ flavors: [{ id: 's3.large.2' }] })
  if (path.endsWith('/privateips')) {
    return ok({ privateips: [{ id: '1', ip_address: '10.0.0.7' }] })
  }
  if (path.endsWith('/subnets')) {
    const vpc = query.get('vpc_id')
    return ok({ subnets: [{ id: `net-${vpc}`, cidr: '10.0.0.0/24', vpc_id: vpc }] })
  }
  if (path.endsWith('/cloudvolumes/detail')) {
    const volumes = [1, 2, 3].flatMap((n) => [{ id: `V-${n}-0` }, { id: `v-${n}-1` }])
    return ok({ volumes, count: volumes.length })
  }
  if (path.endsWith('/sdrs/quotas')) {
    return ok({ quotas: { resources: [{ type: 'replications', used: 3, quota: 10 }] } })
  }
  if (path.endsWith('/active-domains')) {
    return ok({
      domains: [
        { id: 'D-1', sold_out: true },
        { id: 'd-2', sold_out: false },
      ],
    })
  }
  throw new Error(`nobody asks ${service} for ${path}`)
}

const dr = (vpc: string, over: Partial<ServerGroup> = {}): ServerGroup =>
  group(`group-${vpc}`, {
    sourceVpcId: 'elsewhere',
    targetVpcId: vpc,
    priorityStation: 'source',
    ...over,
  })

const wantedRow = (n: number, over: Partial<Row> = {}, its: ServerGroup = dr('a')) => ({
  row: makeRow(n, { serverId: serverId(n).toUpperCase(), name: `s${n}`, ...over }),
  group: its,
})

function read(
  cloud: AnsweringCloud,
  wanted: Parameters<typeof readPreflight>[1],
  more: Partial<Parameters<typeof readPreflight>[0]> = {},
) {
  const { sdrs, ecs, vpc, evs, clock } = cloud
  return clock.run(readPreflight({ sdrs, others: { ecs, vpc, evs }, clock, ...more }, wanted))
}

const addressed = { primarySubnetId: 'net-a', primaryIpAddress: '10.0.0.9' }

describe('what is asked', () => {
  test('only what the rows need: no VPC without a subnet', async () => {
    const cloud = answeringCloud(answer)
    const facts = await read(cloud, [wantedRow(1)])
    expect(cloud.asked.map(({ what }) => what).toSorted()).toEqual([
      'ecs /v1/cloudservers/detail',
      'ecs /v1/cloudservers/flavors',
      'evs /v2/cloudvolumes/detail',
      'sdrs /v1/active-domains',
      'sdrs /v1/sdrs/quotas',
    ])
    expect(facts).toMatchObject({ subnets: null, addresses: null, unchecked: [] })
    expect(facts.subnetVpcs.size).toBe(0)
    const volumes = cloud.asked.find(({ what }) => what.startsWith('evs'))
    expect(volumes?.query.get('ids')).toBe("['v-1-0','v-1-1']")
  })

  test('a VPC once, an address’s subnet once, and no address where a row wants none', async () => {
    const cloud = answeringCloud(answer)
    const rows = [
      wantedRow(1, addressed),
      wantedRow(2, { ...addressed, primarySubnetId: 'NET-A' }),
      wantedRow(3, { primarySubnetId: 'net-b' }, dr('b')),
    ]
    const facts = await read(cloud, rows)
    expect(cloud.count('vpc /v1/subnets')).toBe(3)
    expect(cloud.count('vpc /v1/subnets/')).toBe(1)
    expect([...(facts.subnets ?? []).keys()]).toEqual(['neta', 'netb'])
    expect([...facts.subnetVpcs]).toEqual(['a', 'b'])
    expect(facts.addresses).toEqual(new Map([['neta', new Set(['10.0.0.7'])]]))
  })

  test('of a group that has been turned, the DR side is the source', async () => {
    const cloud = answeringCloud(answer)
    const turned = dr('a', { sourceVpcId: 'b', priorityStation: ' Target' })
    const facts = await read(cloud, [wantedRow(1, { primarySubnetId: 'net-b' }, turned)])
    expect([...facts.subnetVpcs]).toEqual(['b'])
  })

  test('no addresses of a subnet that is not there, nor of a group without a VPC', async () => {
    const cloud = answeringCloud(answer)
    const facts = await read(cloud, [wantedRow(1, { ...addressed, primarySubnetId: 'net-x' })])
    expect(cloud.count('vpc /v1/subnets/')).toBe(0)
    expect(facts).toMatchObject({ addresses: null, unchecked: [] })
    const untold = dr('a', { targetVpcId: null })
    expect((await read(cloud, [wantedRow(1, addressed, untold)])).subnets).toBeNull()
  })

  test('addresses of so many subnets only, and that is said', async () => {
    const many = MOST_SUBNETS + 2
    const cloud = answeringCloud((question) =>
      question.what.endsWith('/subnets')
        ? ok({ subnets: Array.from({ length: many }, (_, n) => ({ id: `net-${n}` })) })
        : answer(question),
    )
    const rows = Array.from({ length: many }, (_, n) =>
      wantedRow(n + 1, { ...addressed, primarySubnetId: `net-${n}` }),
    )
    const facts = await read(cloud, rows)
    expect(cloud.count('vpc /v1/subnets/')).toBe(MOST_SUBNETS)
    expect(facts.addresses?.size).toBe(MOST_SUBNETS)
    expect(facts.unchecked).toEqual([{ service: 'vpc', reason: expect.stringContaining('2 more') }])
  })

  test('volumes of the rows’ servers alone, and none where ECS knows none of them', async () => {
    const cloud = answeringCloud(answer)
    const facts = await read(cloud, [wantedRow(99)])
    expect(cloud.count('evs')).toBe(0)
    expect(facts.volumes).toEqual(new Map())
  })
})

test('the facts, by unified IDs', async () => {
  const facts = await read(answeringCloud(answer), [wantedRow(1, addressed)])
  expect([...(facts.servers ?? []).keys()]).toEqual(
    [1, 2, 3].map((n) => serverId(n).replaceAll('-', '')),
  )
  expect([...(facts.flavors ?? []).keys()]).toEqual(['s3.large.2'])
  expect([...(facts.volumes ?? []).keys()]).toEqual(['v10', 'v11'])
  expect(facts.pairs).toEqual({ used: 3, quota: 10 })
  expect(facts.soldOutDomains).toEqual(new Set(['d1']))
  expect(facts.unchecked).toEqual([])
})

describe('what may not or cannot be read', () => {
  /** All but what begins with this is answered. */
  const but = (what: string, reply: Reply) => (question: Question) =>
    question.what.startsWith(what) ? reply : answer(question)

  test.each<[string, string, Partial<Awaited<ReturnType<typeof read>>>]>([
    ['ecs /v1/cloudservers/detail', 'ecs:cloudServers:list', { servers: null, volumes: null }],
    ['ecs /v1/cloudservers/flavors', 'ecs:cloudServerFlavors:get', { flavors: null }],
    ['vpc /v1/subnets?', 'vpc:subnets:get', {}],
    ['vpc /v1/subnets/', 'vpc:privateIps:list', { addresses: null }],
    ['evs', 'evs:volumes:list', { volumes: null }],
    ['sdrs /v1/sdrs/quotas', 'Tenant Guest', { pairs: null }],
    ['sdrs /v1/active-domains', 'Tenant Guest', { soldOutDomains: null }],
  ])('%s: refused, it names %s', async (what, permission, expected) => {
    const isIt = (question: Question) =>
      what.endsWith('?') ? question.what === what.slice(0, -1) : question.what.startsWith(what)
    const cloud = answeringCloud((question) => (isIt(question) ? FORBIDDEN : answer(question)))
    const rows = [wantedRow(1, addressed), wantedRow(2, addressed, dr('b'))]
    const facts = await read(cloud, rows)
    expect(facts).toMatchObject(expected)
    const service = what.split(' ')[0]
    const told = facts.unchecked.filter((each) => each.service === service)
    expect(told).toHaveLength(1)
    expect(told[0]?.reason.split(permission)).toHaveLength(2)
    // Asked once each: nobody is let in by asking again.
    expect(cloud.asked.filter(isIt).length).toBe(what === 'vpc /v1/subnets?' ? 2 : 1)
    const others = facts.unchecked.filter((each) => each.service !== service)
    expect(others.map((each) => each.service)).toEqual(
      permission === 'ecs:cloudServers:list' ? ['evs'] : [],
    )
  })

  test('a VPC whose subnets may not be listed costs that VPC', async () => {
    const cloud = answeringCloud((question) =>
      question.query.get('vpc_id') === 'b' ? FORBIDDEN : answer(question),
    )
    const there = { ...addressed, primarySubnetId: 'net-b' }
    const facts = await read(cloud, [wantedRow(1, addressed), wantedRow(2, there, dr('b'))])
    expect([...facts.subnetVpcs]).toEqual(['a'])
    // Whether that subnet is there nobody knows, but its addresses can be asked for.
    expect([...(facts.addresses ?? []).keys()]).toEqual(['neta', 'netb'])
    expect(facts.unchecked.map(({ service }) => service)).toEqual(['vpc'])
  })

  test.each([
    { status: 404, body: { error_code: 'APIGW.0101', error_msg: 'no such API' } },
    { status: 404, body: 'a page' },
    { status: 200, body: { odd: true } },
    { status: 500, body: {} },
    { status: 302, body: '' },
    { status: 429, body: {} },
    'hangs',
  ] as const)('%j blocks nothing, and does not take minutes', async (reply) => {
    for (const service of ['ecs', 'vpc', 'evs']) {
      const cloud = answeringCloud(but(service, reply))
      const from = cloud.clock.now()
      const facts = await read(cloud, [wantedRow(1, addressed)])
      expect(cloud.clock.now() - from).toBeLessThanOrEqual(31_000)
      expect(facts.unchecked.map((each) => each.service)).toEqual(
        service === 'ecs' ? ['ecs', 'evs'] : [service],
      )
      expect(facts.pairs).not.toBeNull()
    }
  })

  test('a service that only just goes on has two minutes', async () => {
    const all = Array.from({ length: 40_000 }, (_, n) => serverOf(n))
    const cloud = answeringCloud(
      ({ what, query }) => {
        if (!what.endsWith('/cloudservers/detail')) return answer({ what, query })
        const page = Number(query.get('offset'))
        return ok({ servers: all.slice((page - 1) * 1_000, page * 1_000), count: all.length })
      },
      { latencyMs: 29_000 },
    )
    const from = cloud.clock.now()
    const facts = await read(cloud, [wantedRow(1)])
    expect(cloud.clock.now() - from).toBeLessThan(125_000)
    expect(facts.servers).toBeNull()
    expect(facts.flavors).not.toBeNull()
    expect(facts.unchecked[0]).toEqual({
      service: 'ecs',
      reason: 'listServers: not read within 120 s',
    })
  })

  test('a service of which nobody knows where it is', async () => {
    const endpoints = { ecs: null, vpc: null, evs: null }
    const cloud = answeringCloud(answer, { endpoints })
    const facts = await read(cloud, [wantedRow(1, addressed)])
    expect(facts.unchecked.map(({ service }) => service)).toEqual(['ecs', 'vpc', 'evs'])
    for (const { service, reason } of facts.unchecked)
      expect(reason).toContain(`--${service}-endpoint`)
    // One that no row needs is not missed.
    const unneeded = await read(cloud, [wantedRow(1)])
    expect(unneeded.unchecked.map(({ service }) => service)).toEqual(['ecs', 'evs'])
  })

  test('what a service says is safe to show', async () => {
    const message = 'no \u001b[31mway\u202e'
    const cloud = answeringCloud(
      but('evs', { status: 403, body: { error: { code: 'EVS.1', message } } }),
    )
    const facts = await read(cloud, [wantedRow(1)])
    expect(facts.unchecked[0]?.reason).toContain(String.raw`no \u001b[31mway\u202e`)
  })
})

describe('what ends it', () => {
  test('a refused sign-in, at once, and nothing more is asked', async () => {
    const refused = { status: 401, body: { error_code: 'APIGW.0307', error_msg: 'token expired' } }
    const cloud = answeringCloud((question, nth) =>
      nth > 1 && question.what.startsWith('ecs') ? refused : 'hangs',
    )
    const failing = read(cloud, [wantedRow(1, addressed)])
    await expect(failing).rejects.toMatchObject({ accessScope: 'sign-in' })
    await expect(failing).rejects.toBeInstanceOf(ApiError)
    const asked = cloud.asked.length
    await cloud.clock.run(cloud.clock.sleep(600_000))
    expect(cloud.asked.length).toBe(asked)
  })

  test('the signal, at once', async () => {
    const cloud = answeringCloud(() => 'hangs')
    const stop = new AbortController()
    const from = cloud.clock.now()
    void cloud.clock.sleep(5_000).then(() => stop.abort())
    await expect(read(cloud, [wantedRow(1)], { signal: stop.signal })).rejects.toBeInstanceOf(
      ApiError,
    )
    expect(cloud.clock.now() - from).toBe(5_000)
  })

  test('a bug is a bug', async () => {
    const cloud = answeringCloud(answer)
    const sdrs = { ...cloud.sdrs, listQuotas: () => Promise.reject(new TypeError('a bug')) }
    await expect(read(cloud, [wantedRow(1)], { sdrs })).rejects.toThrow('a bug')
  })

  test('nothing stays behind it', async () => {
    const cloud = answeringCloud(answer)
    await read(cloud, [wantedRow(1)])
    expect(cloud.clock.sleeping()).toBe(0)
  })
})

test('whoever waits hears what is being read, and when it is not any more', async () => {
  const heard: Reading[] = []
  await read(answeringCloud(answer), [wantedRow(1)], { onReading: (each) => void heard.push(each) })
  const servers = heard.filter(({ what }) => what === 'servers')
  expect(servers.map(({ read: count, isDone }) => [count, isDone])).toEqual([
    [null, false],
    [3, false],
    [null, true],
  ])
  const begun = new Set(heard.filter(({ isDone }) => !isDone).map(({ what }) => what))
  const done = new Set(heard.filter(({ isDone }) => isDone).map(({ what }) => what))
  expect(done).toEqual(begun)
  expect(begun.size).toBe(5)
})
