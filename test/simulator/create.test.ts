import { describe, expect, test } from 'vitest'
import { logItems } from '../../src/simulator/log.ts'
import { saveWorld } from '../../src/simulator/world-file.ts'
import { step } from '../../src/simulator/world.ts'
import {
  ask,
  codeOf,
  create,
  createBody,
  deepFreeze,
  MINUTE,
  NOW,
  requestOf,
  serverId,
  smallWorld,
} from './ask.ts'

describe('an accepted create', () => {
  test('answers a job, and is in the ledger at once', () => {
    const created = create(smallWorld(), 1)
    expect(created.status).toBe(200)
    expect(created.json.job_id).toMatch(/^0{8}[0-9a-f]{24}$/)
    expect(logItems(created.world.ledger)).toEqual([
      {
        kind: 'create',
        at: NOW,
        serverId: serverId(1),
        serverGroupId: 'group-erp',
        name: 'dr-1',
        jobId: created.json.job_id,
        instanceId: expect.any(String),
      },
    ])
  })

  test('the same world, request and instant give the same result', () => {
    const world = deepFreeze(smallWorld())
    const request = requestOf('POST', 'protected-instances', createBody(1))
    expect(step(world, request, NOW)).toEqual(step(world, request, NOW))
  })

  test('IDs are new for each server', () => {
    let world = smallWorld()
    for (let n = 1; n <= 9; n++) ({ world } = create(world, n))
    const saved = saveWorld(world)
    const ids = [
      ...saved.ledger.map((entry) => entry.jobId),
      ...saved.instances.flatMap((each) =>
        'ends' in each ? [each.id, each.targetServerId, ...each.pairs.map((pair) => pair.id)] : [],
      ),
    ]
    expect(new Set(ids).size).toBe(9 * 5)
  })
})

describe('refusals', () => {
  test.each([
    ['a name of 65 bytes', { name: 'n'.repeat(65) }, 'SDRS.0202'],
    ['a space in the name', { name: 'a b' }, 'SDRS.0202'],
    ['a Chinese name on OTC', { name: '服务器' }, 'SDRS.0202'],
    ['no name', { name: undefined }, 'SDRS.0202'],
    ['a malformed server ID', { server_id: 'server-1' }, 'SDRS.0210'],
    ['angle brackets in the description', { description: '<b>' }, 'SDRS.0212'],
    ['a description of 65 bytes', { description: 'd'.repeat(65) }, 'SDRS.0212'],
    ['an address without a subnet', { primary_ip_address: '192.168.1.5' }, 'SDRS.1380'],
    ['no IPv4 address', { primary_subnet_id: 'net-1', primary_ip_address: '1.2.3' }, 'SDRS.0219'],
    [
      'an address outside',
      { primary_subnet_id: 'net-1', primary_ip_address: '192.168.2.1' },
      'SDRS.0219',
    ],
    ['an unknown subnet', { primary_subnet_id: 'net-2' }, 'SDRS.1335'],
    ['no group', { server_group_id: undefined }, 'SDRS.0207'],
    ['an unknown group', { server_group_id: 'group-x' }, 'SDRS.1013'],
    ['an unknown server', { server_id: serverId(99) }, 'SDRS.1326'],
    ['a flavor that is not offered', { flavorRef: 'c6.large.2' }, 'SDRS.1353'],
    [
      'eleven tags',
      { tags: Array.from({ length: 11 }, (_, n) => ({ key: `k${n}`, value: '' })) },
      'SDRS.2203',
    ],
    ['a tag key with =', { tags: [{ key: 'a=b', value: '' }] }, 'SDRS.2204'],
    ['a tag value of 44', { tags: [{ key: 'a', value: 'v'.repeat(44) }] }, 'SDRS.2207'],
    [
      'a tag twice',
      {
        tags: [
          { key: 'a', value: '1' },
          { key: 'a', value: '2' },
        ],
      },
      'SDRS.2209',
    ],
  ])('%s', (_what, fields, code) => {
    const refused = create(smallWorld(), 1, fields)
    expect([refused.status, codeOf(refused)]).toEqual([400, code])
    expect(refused.world.ledger.length).toBe(0)
  })

  test.each([
    ['status', { status: 'BUILD' }, 'SDRS.1333'],
    ['zone', { availabilityZone: 'eu-de-02' }, 'SDRS.1303'],
    ['VPC', { vpcId: 'another' }, 'SDRS.1304'],
    ['disks', { disks: 0 }, 'SDRS.1321'],
    ['flavor', { flavor: 'c6.large.2' }, 'SDRS.1356'],
  ])('a server of the wrong %s', (_what, fields, code) => {
    const world = smallWorld({ servers: [{ id: serverId(1), group: 'erp', ...fields }] })
    expect(codeOf(create(world, 1))).toBe(code)
  })

  test.each(['creating', 'starting', 'error', 'failed-over', 'deleting'])(
    'a group in %s',
    (status) => {
      const world = smallWorld({
        groups: [{ name: 'erp', id: 'group-erp', status }],
        servers: [{ id: serverId(1), group: 'erp' }],
      })
      expect(codeOf(create(world, 1))).toBe('SDRS.1325')
    },
  )

  test('Chinese names are for Huawei Cloud', () => {
    expect(
      create(smallWorld({ limits: { dialect: 'huawei' } }), 1, { name: '服务器-1' }).status,
    ).toBe(200)
  })

  test.each([
    ['a tenancy that is none', { tenancy: 'own' }],
    ['a host without dedicated tenancy', { dedicated_host_id: 'host-1' }],
    ['a cluster that is no text', { cluster_id: 7 }],
  ])('%s is refused by Huawei Cloud, and passed over by OTC', (_what, fields) => {
    const huawei = smallWorld({ limits: { dialect: 'huawei' } })
    expect(codeOf(create(huawei, 1, fields))).toBe('SDRS.0201')
    expect(create(smallWorld(), 1, fields).status).toBe(200)
  })

  test('a dedicated host with dedicated tenancy is taken', () => {
    const huawei = smallWorld({ limits: { dialect: 'huawei' } })
    const fields = { tenancy: 'dedicated', dedicated_host_id: 'host-1', cluster_id: 'c' }
    expect(create(huawei, 1, fields).status).toBe(200)
  })

  test('a second instance for a server, however its ID is spelled, and one for a DR server', () => {
    const first = create(smallWorld(), 1)
    expect(codeOf(create(first.world, 1))).toBe('SDRS.1305')
    const bare = serverId(1).replaceAll('-', '').toUpperCase()
    expect(codeOf(create(first.world, 1, { server_id: bare }))).toBe('SDRS.1305')
    const shown = ask(first.world, 'GET', 'protected-instances', undefined, NOW + 10 * MINUTE)
    const target = shown.json.protected_instances[0].target_server
    expect(codeOf(create(first.world, 2, { server_id: target }))).toBe('SDRS.1305')
  })

  test('an address that another instance holds', () => {
    const place = { primary_subnet_id: 'net-1', primary_ip_address: '192.168.1.5' }
    const first = create(smallWorld(), 1, place)
    expect(codeOf(create(first.world, 2, place))).toBe('SDRS.1334')
  })

  test('a full group, by its own capacity or the general one', () => {
    const own = smallWorld({
      groups: [{ name: 'erp', id: 'group-erp', capacity: 1 }],
      servers: [1, 2].map((n) => ({ id: serverId(n), group: 'erp' })),
    })
    expect(codeOf(create(create(own, 1).world, 2))).toBe('SDRS.1358')
    const general = smallWorld({ limits: { groupCapacity: 1 } })
    const one = create(general, 1).world
    expect(codeOf(create(one, 2))).toBe('SDRS.1358')
    expect(create(one, 7).status).toBe(200)
  })

  test('the pair quota counts a pair a disk, and the quota call says so', () => {
    const one = create(smallWorld({ limits: { pairQuota: 3 } }), 1).world
    expect(codeOf(create(one, 2))).toBe('SDRS.0306')
    expect(ask(one, 'GET', 'sdrs/quotas').json.quotas.resources).toContainEqual({
      type: 'replications',
      used: 2,
      quota: 3,
      min: 0,
      max: -1,
    })
  })
})

describe('a busy group', () => {
  test('a serial group takes the next create when the job before ended', () => {
    const world = smallWorld({ limits: { jobTimeMs: MINUTE, groupParallel: 1 } })
    const first = create(world, 1).world
    const early = create(first, 2, {}, NOW + MINUTE - 1)
    expect([early.status, codeOf(early)]).toEqual([400, 'SDRS.1018'])
    expect(create(first, 7).status).toBe(200)
    expect(create(first, 2, {}, NOW + MINUTE).status).toBe(200)
  })

  test('it can answer 409 as well, and take several at once', () => {
    const world = smallWorld({ limits: { groupParallel: 2, busyAs: 'conflict' } })
    const two = create(create(world, 1).world, 2)
    expect(two.status).toBe(200)
    expect(create(two.world, 3).status).toBe(409)
  })
})
