import { describe, expect, test } from 'vitest'
import {
  ask,
  codeOf,
  create,
  createBody,
  MINUTE,
  NOW,
  PROJECT,
  serverId,
  smallWorld,
} from './ask.ts'

function worldOfNine(changes: Record<string, unknown> = {}) {
  let world = smallWorld(changes)
  for (let n = 1; n <= 9; n++) ({ world } = create(world, n))
  return world
}

const names = (json: { protected_instances: { name: string }[] }): string[] =>
  json.protected_instances.map((item) => item.name)

describe('the instance list', () => {
  const world = worldOfNine()
  const list = (query: string, now = NOW) =>
    ask(world, 'GET', `protected-instances${query}`, undefined, now)

  test('pages by limit and offset, with the count of all', () => {
    expect(names(list('?limit=4&offset=0').json)).toEqual(['dr-1', 'dr-2', 'dr-3', 'dr-4'])
    expect(names(list('?limit=4&offset=8').json)).toEqual(['dr-9'])
    expect(list('?limit=4&offset=9').json).toEqual({ protected_instances: [], count: 9 })
    expect(names(list('').json)).toHaveLength(9)
  })

  test.each([
    ['?limit=0', 'SDRS.0221'],
    ['?limit=1000', 'SDRS.0221'],
    ['?limit=x', 'SDRS.0221'],
    ['?offset=-1', 'SDRS.0222'],
    ['?offset=1.5', 'SDRS.0222'],
    ['?server_group_ids=[group-erp]', 'SDRS.0201'],
    [
      `?server_group_ids=${encodeURIComponent(JSON.stringify(Array.from({ length: 31 }, String)))}`,
      'SDRS.0226',
    ],
  ])('%s is refused', (query, code) => {
    expect([list(query).status, codeOf(list(query))]).toEqual([400, code])
  })

  test.each([
    `['group-web', "group-erp"]`,
    `[ 'group-web' ,'group-erp' ]`,
    '["group-web","group-erp"]',
  ])('a list of IDs in quotes of either kind: %s', (text) => {
    const query = `?server_group_ids=${encodeURIComponent(text)}`
    expect(names(list(query).json)).toHaveLength(9)
    // Brackets and quotes may be sent as they are.
    expect(names(list(`?server_group_ids=${text.replaceAll(' ', '+')}`).json)).toHaveLength(9)
  })

  test.each(['group-web', 'group-web,group-erp', "['group-web'", "['a''b']", '[1]', "['a',]"])(
    '%s is not a list of IDs',
    (text) => {
      const query = (name: string) => `?${name}=${encodeURIComponent(text)}`
      expect(codeOf(list(query('server_group_ids')))).toBe('SDRS.0201')
      expect(codeOf(list(query('protected_instance_ids')))).toBe('SDRS.0201')
    },
  )

  describe('with the limits that the reference documents', () => {
    const wide = smallWorld({ limits: { limitRange: '0-1000' } })
    const paths = ['protected-instances', 'server-groups', 'replications']
    test.each(paths)('%s takes 0 to 1000', (path) => {
      const go = (query: string) => ask(wide, 'GET', `${path}?${query}`)
      expect(go('limit=1000').status).toBe(200)
      const none = go('limit=0').json
      expect(none[path.replace('-', '_')]).toEqual([])
      expect(none.count).toBe(go('limit=1').json.count)
      for (const query of ['limit=1001', 'limit=-1', 'limit=1.5', 'limit=x']) {
        expect(codeOf(go(query))).toBe('SDRS.0221')
      }
      for (const query of ['offset=-1', 'offset=x']) expect(codeOf(go(query))).toBe('SDRS.0222')
      expect(go('limit=1000&offset=1000000').json[path.replace('-', '_')]).toEqual([])
    })
  })

  const ids = (...list: string[]): string => encodeURIComponent(JSON.stringify(list))

  test.each([
    ['?server_group_id=group-web', ['dr-7', 'dr-8', 'dr-9']],
    ['?server_group_id=group-nowhere', []],
    [`?server_group_ids=${ids('group-web')}&server_group_id=group-erp`, ['dr-7', 'dr-8', 'dr-9']],
    [
      `?server_group_ids=${ids('group-web', 'group-erp')}&limit=4`,
      ['dr-7', 'dr-8', 'dr-9', 'dr-1'],
    ],
    ['?name=r-3', ['dr-3']],
    ['?status=available', []],
    ['?status=creating&name=1', ['dr-1']],
    ['?availability_zone=eu-de-02', []],
    ['?query_type=status_abnormal', []],
    [`?source_server=${serverId(1)}&limit=1`, ['dr-1']],
  ])('%s', (query, expected) => {
    expect(names(list(query).json)).toEqual(expected)
  })

  test('by instance IDs, which a group filter overrules', () => {
    const [, second] = list('').json.protected_instances
    expect(names(list(`?protected_instance_ids=${ids(second.id)}`).json)).toEqual(['dr-2'])
    expect(
      names(list(`?protected_instance_ids=${ids(second.id)}&server_group_id=group-web`).json),
    ).toHaveLength(3)
  })

  test('items carry the documented fields and no subnet, address or flavor', () => {
    const [item] = list('', NOW + 5 * MINUTE).json.protected_instances
    expect(Object.keys(item).toSorted()).toEqual(
      [
        'id',
        'name',
        'description',
        'server_group_id',
        'status',
        'progress',
        'source_server',
        'target_server',
        'created_at',
        'updated_at',
        'priority_station',
        'attachment',
        'tags',
        'metadata',
      ].toSorted(),
    )
    expect(item.attachment).toEqual([
      { replication: expect.any(String), device: '/dev/vda' },
      { replication: expect.any(String), device: '/dev/vdb' },
    ])
  })

  test('lags behind: creates, progress and deletes show up late, by ID at once', () => {
    const lagging = create(smallWorld({ limits: { listLagMs: 10_000, jobTimeMs: MINUTE } }), 1)
    const listed = (now: number) =>
      ask(lagging.world, 'GET', 'protected-instances', undefined, now).json.protected_instances
    expect(listed(NOW + 9_999)).toEqual([])
    expect(listed(NOW + 10_000)[0].status).toBe('creating')
    expect(listed(NOW + MINUTE + 9_999)[0].status).toBe('creating')
    expect(listed(NOW + MINUTE + 10_000)[0].status).toBe('available')
    const { id } = listed(NOW + 10_000)[0]
    const shown = ask(lagging.world, 'GET', `protected-instances/${id}`, undefined, NOW)
    expect(shown.json.protected_instance.status).toBe('creating')
    expect(codeOf(create(lagging.world, 1))).toBe('SDRS.1305')
  })
})

test('groups are listed with counts, filters and pages', () => {
  const world = worldOfNine()
  const list = (query: string) => ask(world, 'GET', `server-groups${query}`).json
  expect(list('?limit=1&offset=1')).toMatchObject({
    count: 2,
    server_groups: [
      { name: 'web', protected_instance_num: 3, replication_num: 6, dr_type: 'migration' },
    ],
  })
  expect(list('?name=er').server_groups).toHaveLength(1)
  expect(list('?status=protected')).toEqual({ server_groups: [], count: 0 })
  expect(codeOf(ask(world, 'GET', 'server-groups?limit=1000'))).toBe('SDRS.0221')
})

test('the list of groups lags behind, and one by its ID only where the world says so', () => {
  const READY = NOW + 5 * MINUTE
  const limits = { listLagMs: 10_000, jobTimeMs: 5 * MINUTE, otherJobTimeMs: MINUTE }
  const statusesUnder = (showLags: boolean, after: number): string[] => {
    const { world } = create(smallWorld({ limits: { ...limits, showLags } }), 1)
    const path = 'server-groups/group-erp'
    const started = ask(world, 'POST', `${path}/action`, { 'start-server-group': {} }, READY)
    const at = READY + after
    const [listed] = ask(started.world, 'GET', 'server-groups', undefined, at).json.server_groups
    const shown = ask(started.world, 'GET', path, undefined, at).json.server_group
    return [listed.status, shown.status]
  }
  expect(statusesUnder(false, 9_999)).toEqual(['available', 'starting'])
  expect(statusesUnder(true, 9_999)).toEqual(['available', 'available'])
  expect(statusesUnder(false, 10_000)).toEqual(['starting', 'starting'])
  expect(statusesUnder(false, MINUTE + 9_999)).toEqual(['starting', 'protected'])
  expect(statusesUnder(false, MINUTE + 10_000)).toEqual(['protected', 'protected'])
})

test('servers are paged by page number', () => {
  const page = (query: string) => ask(smallWorld(), 'GET', `cloudservers/detail?${query}`).json
  expect(page('limit=4&offset=1').servers.map((each: { name: string }) => each.name)).toEqual([
    'server-1',
    'server-2',
    'server-3',
    'server-4',
  ])
  expect(page('limit=4&offset=3')).toMatchObject({
    count: 9,
    servers: [{ id: serverId(9), status: 'ACTIVE', 'OS-EXT-AZ:availability_zone': 'eu-de-01' }],
  })
})

test('subnets answer by network ID', () => {
  expect(ask(smallWorld(), 'GET', 'subnets/net-1').json.subnet).toMatchObject({
    id: 'net-1',
    neutron_network_id: 'net-1',
    cidr: '192.168.1.0/24',
  })
  expect(ask(smallWorld(), 'GET', 'subnets/net-2').status).toBe(404)
})

test('paths and projects that are not there', () => {
  expect(ask(smallWorld(), 'GET', 'protected-instance').status).toBe(404)
  expect(ask(smallWorld(), 'GET', '/v1/another/server-groups').status).toBe(403)
  expect(codeOf(ask(smallWorld(), 'POST', 'protected-instances'))).toBe('SDRS.0201')
  expect(
    codeOf(ask(smallWorld(), 'POST', `/v1/${PROJECT}/protected-instances/merge`, createBody(1))),
  ).toBe('APIGW.0101')
})

test('the rate limit lets so many requests through in any one second', () => {
  let world = smallWorld({ limits: { rateLimit: 2 } })
  const statusAt = (ms: number): number => {
    const asked = ask(world, 'GET', 'sdrs/quotas', undefined, NOW + ms)
    ;({ world } = asked)
    return asked.status
  }
  expect([0, 600, 900, 1000, 1100, 1600].map(statusAt)).toEqual([200, 200, 429, 200, 429, 200])
  expect(world.counters).toEqual({ listQuotas: 6 })
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
