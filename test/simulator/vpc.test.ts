import { describe, expect, test } from 'vitest'
import { ask, create, MINUTE, NOW, serverId, smallWorld } from './ask.ts'

const READY = NOW + 5 * MINUTE

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
