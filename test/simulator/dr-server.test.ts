import { describe, expect, test } from 'vitest'
import { ask, create, MINUTE, serverId, troubled } from './ask.ts'
import { act, drServerOf, instancesAt, LIMITS, ON, pairsAt, READY } from './group-world.ts'

const server = {
  id: serverId(1),
  group: 'erp',
  name: 'erp-db',
  disks: 1,
  tags: ['tier=db'],
  hostName: 'db.local',
  securityGroups: ['default', 'db'],
  agency: 'backup',
}

describe('a DR server', () => {
  const world = () => troubled({}, { servers: [server], limits: LIMITS })

  test('is like its production server, in the other zone', () => {
    const made = create(world(), 1).world
    const own = ask(made, 'GET', `cloudservers/${serverId(1)}`, undefined, READY).json.server
    const dr = drServerOf(made, 1, READY).json.server
    for (const field of ['name', 'tags', 'OS-EXT-SRV-ATTR:hostname', 'security_groups', 'flavor']) {
      expect(dr[field]).toEqual(own[field])
    }
    expect(dr.metadata.agency_name).toBe('backup')
    expect(dr.security_groups).toMatchObject([{ name: 'default' }, { name: 'db' }])
    expect(dr['OS-EXT-SRV-ATTR:hostname']).toBe('db.local')
    expect(dr['OS-EXT-AZ:availability_zone']).toBe('eu-de-02')
  })

  test('has what its create asked for instead', () => {
    const made = create(world(), 1, {
      flavorRef: 's3.xlarge.2',
      primary_subnet_id: 'net-1',
      primary_ip_address: '192.168.1.9',
      tags: [{ key: 'of', value: 'the instance' }],
    }).world
    const dr = drServerOf(made, 1, READY).json.server
    expect(dr).toMatchObject({ flavor: { id: 's3.xlarge.2' }, tags: ['tier=db'] })
    expect(Object.values(dr.addresses)).toMatchObject([[{ addr: '192.168.1.9' }]])
  })
})

test('stands in the zone that its server does not, whatever side production is on', () => {
  const world = troubled(
    {},
    {
      groups: [{ name: 'erp', id: 'group-erp', status: 'failed-over', priorityStation: 'target' }],
      servers: [
        { ...server, availabilityZone: 'eu-de-01' },
        { id: serverId(2), group: 'erp', availabilityZone: 'eu-de-02' },
      ],
      instances: [
        { server: serverId(1), group: 'erp' },
        { server: serverId(2), group: 'erp' },
      ],
    },
  )
  const [before, after] = [1, 2].map((n) => drServerOf(world, n, READY).json.server)
  expect(before).toMatchObject({ status: 'ACTIVE', 'OS-EXT-AZ:availability_zone': 'eu-de-02' })
  expect(after).toMatchObject({ status: 'SHUTOFF', 'OS-EXT-AZ:availability_zone': 'eu-de-01' })
})

describe('by fault plan', () => {
  const fleet = (drServer: Record<string, unknown>) => {
    const world = troubled({ drServers: [{ server: 'server-1', ...drServer }] }, { limits: LIMITS })
    const asked = { primary_subnet_id: 'net-1', primary_ip_address: '192.168.1.9' }
    return create(create(world, 1, asked).world, 2).world
  }

  test.each([
    ['name', { name: 'renamed' }, { name: 'renamed' }],
    ['flavor', { flavor: 's3.small.1' }, { flavor: { id: 's3.small.1' } }],
    ['tags', { tags: ['a=b'] }, { tags: ['a=b'] }],
    ['status', { status: 'ACTIVE' }, { status: 'ACTIVE' }],
    ['zone', { availabilityZone: 'z' }, { 'OS-EXT-AZ:availability_zone': 'z' }],
    ['VPC', { vpcId: 'vpc-9' }, { metadata: { vpc_id: 'vpc-9' } }],
    ['host name', { hostName: 'h' }, { 'OS-EXT-SRV-ATTR:hostname': 'h' }],
    ['security groups', { securityGroups: ['open'] }, { security_groups: [{ name: 'open' }] }],
    ['agency', { agency: 'x' }, { metadata: { agency_name: 'x' } }],
  ])('its %s drifts, and nothing else', (_what, drift, expected) => {
    const plain = drServerOf(fleet({}), 1, READY).json.server
    const { server: drifted } = drServerOf(fleet(drift), 1, READY).json
    expect(drifted).toMatchObject(expected)
    const changed = Object.keys(plain).filter(
      (field) => JSON.stringify(plain[field]) !== JSON.stringify(drifted[field]),
    )
    const counted = changed.filter(
      (field) => field !== 'addresses' && !field.startsWith('OS-EXT-STS'),
    )
    // The host name is the name unless it has one of its own.
    expect(counted.toSorted()).toEqual(
      [
        ...Object.keys(expected),
        ...('name' in drift ? ['OS-EXT-SRV-ATTR:hostname'] : []),
      ].toSorted(),
    )
    expect(drServerOf(fleet(drift), 2, READY).json.server).toMatchObject({ name: 'server-2' })
  })

  test('it is found by the name that it has', () => {
    const world = fleet({ name: 'renamed', afterMs: MINUTE })
    const countAt = (now: number, name: string): number =>
      ask(world, 'GET', `cloudservers/detail?name=${name}`, undefined, now).json.count
    expect([countAt(READY, 'server-1'), countAt(READY, 'renamed')]).toEqual([2, 0])
    const at = READY + MINUTE
    expect([countAt(at, 'server-1'), countAt(at, 'renamed')]).toEqual([1, 1])
  })

  test('its address drifts within its subnet, after a while', () => {
    const world = fleet({ address: '192.168.1.77', afterMs: MINUTE })
    const addressAt = (now: number): unknown =>
      Object.values<{ addr: string }[]>(drServerOf(world, 1, now).json.server.addresses)[0]?.[0]
        ?.addr
    expect([addressAt(READY + MINUTE - 1), addressAt(READY + MINUTE)]).toEqual([
      '192.168.1.9',
      '192.168.1.77',
    ])
  })

  test('it is deleted: ECS knows it no more, nor EVS its disks, and its instance is invalid', () => {
    const { world } = act(fleet({ deletedAfterMs: 2 * MINUTE }), 'start', READY)
    const GONE = READY + 2 * MINUTE
    expect([drServerOf(world, 1, GONE - 1).status, drServerOf(world, 1, GONE).status]).toEqual([
      200, 404,
    ])
    expect(instancesAt(world, GONE - 1)).toEqual(['dr-1 protected', 'dr-2 protected'])
    expect(instancesAt(world, GONE)).toEqual(['dr-1 invalid', 'dr-2 protected'])
    expect(pairsAt(world, GONE, '?name=dr-1')).toEqual(['invalid inactive 0 0'])
    expect(pairsAt(world, ON, '?name=dr-1')).toEqual(['protected copying 0 0'])
    const countAt = (now: number): number =>
      ask(world, 'GET', 'cloudservers/detail', undefined, now).json.count
    expect([countAt(GONE - 1), countAt(GONE)]).toEqual([11, 10])
    const volumesAt = (now: number): number =>
      ask(world, 'GET', '/v2/0123456789abcdef0123456789abcdef/cloudvolumes/detail', undefined, now)
        .json.count
    expect(volumesAt(GONE - 1) - volumesAt(GONE)).toBe(2)
  })
})
