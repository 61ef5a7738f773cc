import { describe, expect, test } from 'vitest'
import { loadFaultPlan } from '../../src/simulator/fault-plan.ts'
import type { World } from '../../src/simulator/state.ts'
import { ask, askUnder, create, MINUTE, NOW, PROJECT, serverId, smallWorld } from './ask.ts'

const READY = NOW + 5 * MINUTE

describe('volumes', () => {
  const world = smallWorld({
    servers: [
      {
        id: serverId(1),
        group: 'erp',
        disks: [
          { id: 'a', size: 80, type: 'SSD' },
          { id: 'b', encrypted: true },
        ],
      },
      { id: serverId(2), group: 'erp', disks: [{ id: 'c' }, { id: 's', shared: true }] },
      {
        id: serverId(3),
        group: 'erp',
        disks: [{ id: 's', shared: true, system: false, device: '/dev/vdz' }],
      },
    ],
  })
  const list = (query: string, from: World = world) =>
    ask(from, 'GET', `/v2/${PROJECT}/cloudvolumes/detail?${query}`, undefined, READY)
  const idsOf = (query: string): string =>
    list(query)
      .json.volumes.map(({ id }: { id: string }) => id)
      .join('')

  test('only metadata and multiattach tell of encryption and sharing', () => {
    expect(list('').json).toMatchObject({
      count: 4,
      volumes: [
        {
          id: 'a',
          size: 80,
          volume_type: 'SSD',
          status: 'in-use',
          bootable: 'true',
          multiattach: false,
          availability_zone: 'eu-de-01',
          attachments: [{ server_id: serverId(1), device: '/dev/vda' }],
        },
        {
          id: 'b',
          bootable: 'false',
          encrypted: false,
          metadata: { __system__encrypted: '1' },
        },
        { id: 'c' },
        {
          id: 's',
          multiattach: true,
          shareable: 'false',
          attachments: [
            { server_id: serverId(2), device: '/dev/vdb' },
            { server_id: serverId(3), device: '/dev/vdz' },
          ],
        },
      ],
    })
    expect(list('').json.volumes[0].metadata).toEqual({})
  })

  test.each([
    [`ids=${encodeURIComponent("['a','s','unknown']")}`, 'as'],
    [`ids=${encodeURIComponent('["b"]')}`, 'b'],
    ['limit=2', 'ab'],
    ['limit=2&offset=2', 'cs'],
    ['limit=2&offset=4', ''],
    ['limit=2&marker=b', 'cs'],
    ['limit=2&marker=s', ''],
  ])('%s', (query, ids) => {
    expect(idsOf(query)).toBe(ids)
  })

  test('60 IDs at most, and 1000 a page', () => {
    const ids = (count: number): string =>
      `ids=${encodeURIComponent(`[${Array.from({ length: count }, (_, n) => `'${n}'`).join(',')}]`)}`
    expect(
      [ids(60), ids(61), 'limit=1000', 'limit=1001'].map((query) => list(query).status),
    ).toEqual([200, 400, 200, 400])
  })

  test('a DR server has its own, of the same kind, found by page and by ID', () => {
    const plain = smallWorld({
      servers: [{ id: serverId(1), group: 'erp', disks: [{ id: 'a', size: 80 }, { id: 'b' }] }],
    })
    const made = create(plain, 1).world
    const { volumes, count } = list('', made).json
    expect(count).toBe(4)
    const target = ask(made, 'GET', 'protected-instances', undefined, READY).json
      .protected_instances[0].target_server
    expect(volumes.slice(2)).toMatchObject([
      { size: 80, bootable: 'true', availability_zone: 'eu-de-02' },
      { size: 40, bootable: 'false', attachments: [{ server_id: target, device: '/dev/vdb' }] },
    ])
    const shown = ask(made, 'GET', `cloudservers/${target}`, undefined, READY).json.server
    expect(
      shown['os-extended-volumes:volumes_attached'].map(({ id }: { id: string }) => id),
    ).toEqual(volumes.slice(2).map(({ id }: { id: string }) => id))
    const byId = list(`ids=${encodeURIComponent(`['${volumes[3].id}']`)}`, made).json.volumes
    expect(byId).toEqual([volumes[3]])
  })
})

describe('subnets', () => {
  const world = smallWorld({
    subnets: [
      { id: 'n1', cidr: '10.1.0.0/24', vpcId: 'v1' },
      { id: 'n2', cidr: '10.2.0.0/24', vpcId: 'v2', gatewayIp: '10.2.0.254' },
      { id: 'n3', cidr: '10.3.0.0/24', vpcId: 'v1', gatewayIp: null },
    ],
  })
  const idsOf = (query: string): string[] =>
    ask(world, 'GET', `subnets?${query}`).json.subnets.map(({ id }: { id: string }) => id)

  test('by VPC and by marker', () => {
    expect(idsOf('')).toEqual(['n1', 'n2', 'n3'])
    expect(idsOf('vpc_id=v1&limit=1')).toEqual(['n1'])
    expect(idsOf('vpc_id=v1&limit=1&marker=n1')).toEqual(['n3'])
    expect(idsOf('vpc_id=v1&limit=1&marker=n3')).toEqual([])
    expect(ask(world, 'GET', 'subnets?limit=2001').status).toBe(400)
  })

  test('the gateway is the first host, unless the world says otherwise', () => {
    const { subnets } = ask(world, 'GET', 'subnets').json
    expect(subnets.map((each: { gateway_ip: string }) => each.gateway_ip)).toEqual([
      '10.1.0.1',
      '10.2.0.254',
      null,
    ])
    expect(subnets[1]).toMatchObject({
      vpc_id: 'v2',
      cidr: '10.2.0.0/24',
      neutron_network_id: 'n2',
    })
  })
})

describe('private addresses', () => {
  const world = smallWorld({
    servers: [
      { id: serverId(1), group: 'erp' },
      {
        id: serverId(2),
        group: 'erp',
        addresses: [
          { address: '192.168.1.20', subnetId: 'net-1' },
          { address: '192.168.1.3', subnetId: 'net-1' },
          { address: '192.168.2.4', subnetId: 'net-2' },
        ],
      },
    ],
  })
  const taken = create(world, 1, {
    primary_subnet_id: 'net-1',
    primary_ip_address: '192.168.1.7',
  }).world
  const list = (query = '', from = taken) =>
    ask(from, 'GET', `subnets/net-1/privateips${query}`, undefined, READY)
  const addressesOf = (query = '', from = taken): string =>
    list(query, from)
      .json.privateips.map((each: { ip_address: string }) => each.ip_address.split('.')[3])
      .join(' ')

  test('those that servers and instances hold, in pages by marker', () => {
    expect(addressesOf()).toBe('3 7 20')
    expect(list().json.privateips[1]).toMatchObject({
      status: 'ACTIVE',
      subnet_id: 'net-1',
      device_owner: 'compute:eu-de-02',
    })
    const [first] = list('?limit=1').json.privateips
    expect(addressesOf(`?limit=1&marker=${first.id}`)).toBe('7')
    expect(list('?limit=-1').status).toBe(400)
    expect(ask(taken, 'GET', 'subnets/net-9/privateips').status).toBe(404)
  })

  test('a DR server that stays behind keeps its address', () => {
    const [{ id }] = ask(taken, 'GET', 'protected-instances').json.protected_instances
    const remove = (deletesTarget: boolean): string => {
      const body = { delete_target_server: deletesTarget, delete_target_eip: false }
      const removed = ask(taken, 'DELETE', `protected-instances/${id}`, body, READY)
      const later = ask(
        removed.world,
        'GET',
        'subnets/net-1/privateips',
        undefined,
        READY + 2 * MINUTE,
      )
      return later.json.privateips
        .map((each: { ip_address: string }) => each.ip_address.split('.')[3])
        .join(' ')
    }
    expect([remove(true), remove(false)]).toEqual(['3 20', '3 7 20'])
  })

  test('a DR server without a wish is shown in its subnet, and holds nothing there', () => {
    const free = create(world, 1, { primary_subnet_id: 'net-1' }).world
    expect(addressesOf('', free)).toBe('3 20')
    const { servers } = ask(free, 'GET', 'cloudservers/detail', undefined, READY).json
    const [[{ addr }]] = Object.values(servers.at(-1).addresses) as [[{ addr: string }]]
    expect(addr).toMatch(/^192\.168\.1\.\d+$/)
    expect([
      '192.168.1.0',
      '192.168.1.1',
      '192.168.1.3',
      '192.168.1.20',
      '192.168.1.255',
    ]).not.toContain(addr)
  })
})

test('domains are as the world has them, one by default', () => {
  const show = (changes: Record<string, unknown>) =>
    ask(smallWorld(changes), 'GET', 'active-domains').json.domains
  const [only] = show({})
  expect(only).toMatchObject({
    sold_out: false,
    local_replication_cluster: { availability_zone: 'eu-de-01' },
    remote_replication_cluster: { availability_zone: 'eu-de-02' },
  })
  const [group] = ask(smallWorld(), 'GET', 'server-groups').json.server_groups
  expect(group.domain_id).toBe(only.id)
  const changed = show({
    activeDomains: [{ soldOut: true }, { id: 'd2', sourceAvailabilityZone: 'eu-de-03' }],
  })
  expect(changed).toMatchObject([
    { id: only.id, sold_out: true },
    { id: 'd2', sold_out: false, local_replication_cluster: { availability_zone: 'eu-de-03' } },
  ])
})

test.each([
  ['listServers', 'cloudservers/detail'],
  ['showServer', `cloudservers/${serverId(1)}`],
  ['listFlavors', 'cloudservers/flavors'],
  ['listSubnets', 'subnets'],
  ['listPrivateIps', 'subnets/net-1/privateips'],
  ['listVolumes', `/v2/${PROJECT}/cloudvolumes/detail`],
])('%s may be forbidden or absent', (operation, path) => {
  const under = (effect: object, on: string): number =>
    askUnder(
      loadFaultPlan({ rules: [{ on, do: effect as never }] }),
      smallWorld(),
      'GET',
      path,
      undefined,
      NOW,
    ).status
  expect(under({ status: 403 }, operation)).toBe(403)
  expect(under({ status: 404, body: 'gateway' }, operation)).toBe(404)
  expect(under({ status: 403 }, 'listQuotas')).toBe(200)
  const counted = ask(smallWorld(), 'GET', path).world.counters
  expect(counted).toEqual({ [operation]: 1 })
})
