import { describe, expect, test } from 'vitest'
import { loadFaultPlan } from '../../src/simulator/fault-plan.ts'
import { ask, askUnder, codeOf, create, MINUTE, NOW, serverId, smallWorld } from './ask.ts'

const READY = NOW + 5 * MINUTE

/** Nine servers, of which the first three have DR servers. */
function fleet(changes: Record<string, unknown> = {}) {
  let world = smallWorld(changes)
  for (const n of [1, 2, 3]) ({ world } = create(world, n))
  return world
}

const namesOf = (json: { servers: { name: string }[] }): string =>
  json.servers.map(({ name }) => name.replace('server-', '')).join(' ')

describe('the server list', () => {
  const page = (query: string, world = fleet()) =>
    ask(world, 'GET', `cloudservers/detail?${query}`, undefined, READY)

  test('DR servers come after the others', () => {
    expect(namesOf(page('limit=1000').json)).toBe('1 2 3 4 5 6 7 8 9 1 2 3')
    expect(page('limit=1000').json.servers.at(-1)).toMatchObject({
      status: 'SHUTOFF',
      'OS-EXT-AZ:availability_zone': 'eu-de-02',
    })
  })

  test.each([
    ['limit=5', '1 2 3 4 5'],
    ['limit=5&offset=0', '1 2 3 4 5'],
    ['limit=5&offset=1', '1 2 3 4 5'],
    ['limit=5&offset=3', '2 3'],
    ['limit=5&offset=4', ''],
    [`limit=3&marker=${serverId(8)}`, '9 1 2'],
    [`limit=3&offset=1&marker=${serverId(8)}`, '9 1 2'],
    ['limit=5&offset=2&name=server-1', ''],
    ['limit=5&name=server-1', '1 1'],
  ])('%s', (query, names) => {
    expect(namesOf(page(query).json)).toBe(names)
    if (!query.includes('name')) expect(page(query).json.count).toBe(12)
  })

  test('the last DR server is a marker too', () => {
    const [first] = page('limit=1&offset=10').json.servers
    expect(namesOf(page(`limit=5&marker=${first.id}`).json)).toBe('2 3')
  })

  test.each(['limit=0', 'limit=1001', 'offset=-1', 'limit=x', 'marker=nowhere'])(
    '%s is refused',
    (query) => {
      expect([page(query).status, page(query).json.badRequest.code]).toEqual([400, 'Ecs.0005'])
    },
  )

  test('gives no more a page than the service likes', () => {
    const world = fleet({ limits: { mostPerPage: 4, jobTimeMs: 5 * MINUTE } })
    expect(namesOf(page('limit=1000', world).json)).toBe('1 2 3 4')
    expect(namesOf(page('limit=1000&offset=3', world).json)).toBe('9 1 2 3')
  })

  test('Huawei Cloud finds servers by their IDs', () => {
    const ids = `server_id=${serverId(2)},${serverId(99)}`
    const world = fleet({ limits: { dialect: 'huawei', jobTimeMs: 5 * MINUTE } })
    expect(page(ids, world).json.servers).toEqual([
      expect.objectContaining({ name: 'server-2' }),
      { id: serverId(99), fault: expect.objectContaining({ code: 'Ecs.0114' }) },
    ])
    const many = Array.from({ length: 101 }, (_, n) => serverId(n)).join(',')
    expect(page(`server_id=${many}`, world).status).toBe(400)
    expect(page(ids).json.count).toBe(12)
  })

  test('pages may come again, and shift', () => {
    const under = (effect: object, query: string) =>
      askUnder(
        loadFaultPlan({ rules: [{ on: 'listServers', do: effect as never }] }),
        fleet(),
        'GET',
        `cloudservers/detail?limit=4&${query}`,
        undefined,
        READY,
      )
    expect(namesOf(under({ repeatPage: 'first' }, 'offset=3').json)).toBe('1 2 3 4')
    expect(namesOf(under({ repeatPage: 'previous' }, 'offset=3').json)).toBe('5 6 7 8')
    expect(namesOf(under({ repeatPage: 'first' }, `marker=${serverId(4)}`).json)).toBe('5 6 7 8')
    const shifted = under({ deleteBetweenPages: 'server-*' }, 'offset=2')
    // The first that nobody protects is gone.
    expect(namesOf(shifted.json)).toBe('6 7 8 9')
    expect(codeOf(create(shifted.world, 4))).toBe('SDRS.1326')
  })
})

test('a server tells what stands in the way of its protection', () => {
  const world = smallWorld({
    servers: [
      { id: serverId(1), group: 'erp', disks: 2, tags: ['tier=db'] },
      {
        id: serverId(2),
        group: 'erp',
        locked: true,
        lockSource: 'SMS',
        lockScene: 'migration',
        taskState: 'rebooting',
        frozen: true,
        osType: 'Windows',
        keyName: 'KeyPair-1',
        dedicatedHostId: 'host-1',
        disks: [{ system: false }],
      },
    ],
  })
  const [plain, odd] = ask(world, 'GET', 'cloudservers/detail').json.servers
  expect(plain).toMatchObject({
    locked: false,
    key_name: null,
    'OS-EXT-STS:task_state': null,
    'os:scheduler_hints': {},
    'os-extended-volumes:volumes_attached': [{ bootIndex: '0' }, { bootIndex: null }],
    tags: ['tier=db'],
    sys_tags: [{ key: '_sys_enterprise_project_id', value: '0' }],
  })
  expect(plain.metadata).toMatchObject({ os_type: 'Linux', EcmResStatus: 'normal' })
  expect(plain.metadata).not.toHaveProperty('lockSource')
  expect(odd).toMatchObject({
    locked: true,
    key_name: 'KeyPair-1',
    'OS-EXT-STS:task_state': 'rebooting',
    'os:scheduler_hints': { tenancy: ['dedicated'], dedicated_host_id: ['host-1'] },
    'os-extended-volumes:volumes_attached': [{ bootIndex: null }],
    metadata: {
      os_type: 'Windows',
      EcmResStatus: 'freeze',
      lockSource: 'SMS',
      lockScene: 'migration',
    },
  })
})

describe('flavors', () => {
  const flavors = (query = '', changes: Record<string, unknown> = {}) =>
    ask(smallWorld(changes), 'GET', `cloudservers/flavors${query}`).json.flavors
  const named = {
    flavors: [
      { id: 'a.large.2' },
      { id: 'b.xlarge.4', zones: { 'eu-de-01': 'normal', 'eu-de-02': 'sellout' } },
      { id: 'c.large.2', status: 'abandon', zones: { 'eu-de-01': 'obt' } },
      { id: 'd.large.8', specs: { 'quota:local_disk': '2/1675/hdd' } },
    ],
  }
  const ids = (list: { id: string }[]): string => list.map(({ id }) => id[0]).join('')

  test('all of them, with their status by zone', () => {
    expect(ids(flavors('', named))).toBe('abcd')
    const [plain, sold, , local] = flavors('', named)
    expect(plain.os_extra_specs).not.toHaveProperty('cond:operation:az')
    expect(sold).toMatchObject({
      vcpus: '4',
      ram: 16_384,
      os_extra_specs: {
        'cond:operation:status': 'normal',
        'cond:operation:az': 'eu-de-01(normal), eu-de-02(sellout)',
      },
    })
    expect(local.os_extra_specs['quota:local_disk']).toBe('2/1675/hdd')
  })

  test('by zone without what is sold out or abandoned there', () => {
    expect(ids(flavors('?availability_zone=eu-de-01', named))).toBe('abcd')
    expect(ids(flavors('?availability_zone=eu-de-02', named))).toBe('ad')
  })

  test('a world that names none offers a choice, and all that are in use', () => {
    const servers = [{ id: serverId(1), group: 'erp', flavor: 'x7.huge.9' }]
    const offered = flavors('', { servers }).map(({ id }: { id: string }) => id)
    expect(offered).toEqual(expect.arrayContaining(['s3.large.2', 'x7.huge.9']))
    expect(flavors().map(({ id }: { id: string }) => id)).not.toContain('x7.huge.9')
  })
})
