import { describe, expect, test } from 'vitest'
import type { Inventory, InventoryOptions } from '../../../src/inventory/read.ts'
import { codes, found, id, read } from '../read-inventory.ts'

const SECRET = 'hunter2-canary'

const document = (
  value: unknown,
  options: Partial<InventoryOptions> = {},
  source = 'export.json',
): Promise<Inventory> => read(JSON.stringify(value, null, 1), { group: 'g', ...options }, source)

const messages = (inventory: Inventory, code: string): string[] =>
  inventory.problems.filter((problem) => problem.code === code).map(({ message }) => message)

const errors = (inventory: Inventory): string[] =>
  inventory.problems.filter(({ severity }) => severity === 'error').map(({ code }) => code)

const server = (n: number, more: object = {}): object => ({
  id: id(n),
  name: `web-${n}`,
  addresses: { net: [{ addr: '10.0.0.1' }] },
  flavor: { id: 's3' },
  description: 'x'.repeat(100),
  ...more,
})

describe('the ECS API', () => {
  test('tags in every form, without those of the platform', async () => {
    const tags = ['a=1', 'b.2', 'c', 'd=x.y', 'e.f=g', '_sys_x=1', '__type_baremetal', '']
    const inventory = await document({ count: 1, servers: [server(1, { tags: tags.slice(0, 7) })] })
    expect(errors(inventory)).toEqual([])
    expect(inventory.rows[0]?.tags).toEqual({ a: '1', b: '2', c: '', d: 'x.y', 'e.f': 'g' })
    expect(codes(inventory)).toContain('system-tags')
    const twice = await document({ servers: [server(1, { tags: ['a=1', 'a.2'] })] })
    expect(errors(twice)).toEqual(['tag-duplicate'])
  })

  test('points at the tag that is wrong', async () => {
    const inventory = await read(
      `{"servers": [{"id": "${id(1)}", "name": "a", "addresses": {},\n"tags": ["a=1", "b=x|y"]}]}`,
      { group: 'g' },
      'a.json',
    )
    expect(found(inventory)).toEqual(['2:17 tag-value-invalid-characters'])
  })

  test.each([
    ['a page', { count: 2, servers: [server(1), server(2)] }],
    ['a page of Nova', { servers: [server(1), server(2)] }],
    ['a list', [server(1), server(2)]],
    [
      'pages in a list',
      [
        { count: 2, servers: [server(1)] },
        { count: 2, servers: [server(2)] },
      ],
    ],
  ])('%s', async (_, value) => {
    const inventory = await document(value)
    expect(inventory.rows.map(({ serverId }) => serverId)).toEqual([id(1), id(2)])
    expect(messages(inventory, 'read-as')).toEqual(['read as: servers of the ECS API, 2 servers'])
    expect(found(inventory)).toEqual([])
    expect(inventory.rows[0]).not.toHaveProperty('description')
    expect(inventory.rows[0]).not.toHaveProperty('flavor')
  })

  test('one server, and pages one after the other', async () => {
    expect((await document({ server: server(1) })).rows).toMatchObject([{ name: 'web-1' }])
    const page = (n: number): string => JSON.stringify({ count: 2, servers: [server(n)] }, null, 2)
    const pages = await read(`${page(1)}\n${page(2)}`, { group: 'g' }, 'pages.json')
    expect(pages.rows.map(({ name }) => name)).toEqual(['web-1', 'web-2'])
    expect(found(pages)).toEqual([])
  })

  test('says when it is not all, once', async () => {
    const cut = await document({ count: '7', servers: [server(1)] })
    expect(found(cut)).toEqual(['2:11 list-incomplete'])
    expect(messages(cut, 'list-incomplete')[0]).toContain('there are 7, and holds 1')
    const next = await document({ servers: [server(1)], servers_links: [{ rel: 'next' }] })
    expect(codes(next)).toContain('list-has-next')
    expect(codes(await document({ count: 0, servers: [] }))).toContain('no-rows')
  })

  test('secrets are nowhere', async () => {
    const inventory = await document({
      servers: [
        server(1, {
          adminPass: SECRET,
          'OS-EXT-SRV-ATTR:user_data': SECRET,
          key_name: SECRET,
          metadata: {
            admin_pass: SECRET,
            items: [{ key: 'root_password', value: SECRET }],
            x: 'y',
          },
        }),
      ],
    })
    expect(JSON.stringify(inventory)).not.toContain(SECRET)
    expect(inventory.rows[0]?.carried['metadata']).toBe('{"items":[{}],"x":"y"}')
  })

  test("is not the tool's own form, whatever else the rows have", async () => {
    const own = { server_id: id(1), name: 'a', description: 'mine' }
    const inventory = await document({ servers: [own] })
    expect(codes(inventory)).not.toContain('read-as')
    expect(inventory.rows[0]).toMatchObject({ description: 'mine' })
    expect(errors(await document({ servers: [own], count: 1 }))).toEqual(['unknown-key'])
  })
})

describe('SDRS', () => {
  const instance = (n: number, more: object = {}): object => ({
    id: id(900 + n),
    name: `web-${n}`,
    description: 'mine',
    server_group_id: 'group-1',
    source_server: id(n),
    target_server: id(500 + n),
    priority_station: 'source',
    tags: [{ key: 'env', value: 'prod' }],
    ...more,
  })

  test("takes the source server's ID, never the instance's", async () => {
    const inventory = await document({ protected_instances: [instance(1)], count: 1 })
    expect(found(inventory)).toEqual([])
    expect(inventory.rows).toMatchObject([
      {
        serverId: id(1),
        name: 'web-1',
        serverGroupId: 'group-1',
        description: 'mine',
        tags: { env: 'prod' },
        carried: { protected_instance_id: id(901), target_server_id: id(501) },
      },
    ])
    // As `remaining.csv` writes it: what is read back must be the same server.
    expect(inventory.columns).toContain('server_id')
    expect(inventory.columns).not.toContain('id')
  })

  test('warns of instances that have failed over, and of those that are not in the file', async () => {
    const inventory = await document({
      protected_instances: [instance(1), instance(2, { priority_station: 'target' })],
      count: 3,
    })
    expect(codes(inventory)).toEqual(expect.arrayContaining(['station-swapped', 'list-incomplete']))
    expect(messages(inventory, 'station-swapped')[0]).toContain('1 instance ')
  })
})

describe('Config', () => {
  const results = [
    { id: id(1), name: 'a', provider: 'ecs', type: 'cloudservers', tags: { env: 'prod' } },
    { id: id(2), name: 'b', provider: 'evs', type: 'volumes', tags: {} },
    { id: 'x y', name: 'c d', provider: 'ECS', type: 'keypairs', tags: {} },
    { id: id(4), name: 'bad name', provider: 'ECS', type: 'cloudservers', tags: {} },
  ]

  test.each([
    ['a query', { query_info: { select_fields: ['id'] }, results }],
    ['a list', { resources: results, page_info: { current_count: 4, next_marker: null } }],
  ])('%s: servers of ECS, at their own places', async (_, value) => {
    const inventory = await document(value)
    expect(inventory.rows.map(({ row, name }) => [row, name])).toEqual([
      [1, 'a'],
      [2, 'bad name'],
    ])
    expect(inventory.rows[0]?.tags).toEqual({ env: 'prod' })
    expect(messages(inventory, 'left-out')).toEqual([
      'left out: 2 rows of 4, of other resources than servers of ECS',
    ])
    const lines = JSON.stringify(value, null, 1).split('\n')
    const [problem] = inventory.problems.filter(({ severity }) => severity === 'error')
    expect(problem).toMatchObject({ code: 'name-invalid-characters', row: 2 })
    expect(lines[(problem?.line ?? 0) - 1]?.slice((problem?.column ?? 0) - 1)).toBe('"bad name",')
  })

  test('its CSV', async () => {
    const text = `id,name,provider,type\n${id(1)},a,ecs,cloudservers\n${id(2)},"x"y,vpc,vpcs\n${id(3)},c d,ecs,cloudservers\n`
    const inventory = await read(text, { group: 'g' })
    expect(inventory.rows.map(({ name, line }) => [name, line])).toEqual([
      ['a', 2],
      ['c d', 4],
    ])
    // What is wrong with a row that is left out is not told.
    expect(found(inventory)).toEqual(['4:38 name-invalid-characters'])
  })

  test('a column "provider" of something else leaves nothing out', async () => {
    const text = `server_id,name,provider\n${id(1)},a,aws\n${id(2)},b,\n`
    expect((await read(text, { group: 'g' })).rows).toHaveLength(2)
  })

  test('a list as long as Config gives at most', async () => {
    const many = Array.from({ length: 4000 }, (_, n) => ({ id: id(n), name: `web-${n}` }))
    expect(codes(await document({ total_count: 4000, results: many }))).toContain('list-at-limit')
    expect(codes(await document({ total_count: 1, results: many.slice(0, 1) }))).not.toContain(
      'list-at-limit',
    )
  })
})

describe('Terraform', () => {
  const attributes = (n: number, more: object = {}): object => ({
    id: id(n),
    name: `web-${n}`,
    description: 'x'.repeat(100),
    flavor_id: 's3',
    admin_pass: SECRET,
    user_data: SECRET,
    private_key: SECRET,
    custom_secret_thing: SECRET,
    ...more,
  })
  const state = (...resources: object[]): object => ({
    version: 4,
    terraform_version: '1.9.8',
    serial: 1,
    lineage: 'l',
    outputs: { password: { value: SECRET, type: 'string' } },
    resources,
  })
  const managed = (type: string, ...instances: object[]): object => ({
    mode: 'managed',
    type,
    name: 'web',
    instances,
  })

  test.each([
    'huaweicloud_compute_instance',
    'opentelekomcloud_compute_instance_v2',
    'opentelekomcloud_ecs_instance_v1',
    'flexibleengine_compute_instance_v2',
    'openstack_compute_instance_v2',
  ])('state: %s', async (type) => {
    const inventory = await document(
      state(managed(type, { attributes: attributes(1, { tags: { env: 'prod' } }) })),
    )
    expect(found(inventory)).toEqual([])
    expect(inventory.rows).toMatchObject([
      { serverId: id(1), name: 'web-1', tags: { env: 'prod' } },
    ])
    expect(inventory.rows[0]).not.toHaveProperty('flavor')
    expect(JSON.stringify(inventory)).not.toContain(SECRET)
  })

  test('state: addresses of modules, count and for_each', async () => {
    const type = 'openstack_compute_instance_v2'
    const inventory = await document(
      state(
        {
          ...managed(
            type,
            { index_key: 0, attributes: attributes(1) },
            { index_key: '0', attributes: attributes(2) },
          ),
          module: 'module.app["x"]',
        },
        managed(type, { attributes: attributes(3, { tags: ['env=prod', 'x'] }) }),
      ),
    )
    expect(inventory.rows.map(({ carried }) => carried['terraform_address'])).toEqual([
      `module.app["x"].${type}.web[0]`,
      `module.app["x"].${type}.web["0"]`,
      `${type}.web`,
    ])
    expect(inventory.rows[2]?.tags).toEqual({ env: 'prod', x: '' })
  })

  test('state: what is left out is said', async () => {
    const type = 'huaweicloud_compute_instance'
    const inventory = await document(
      state(
        managed(
          type,
          { attributes: attributes(1) },
          { attributes: attributes(2), status: 'tainted', index_key: 1 },
          { attributes: attributes(3), deposed: 'abcd' },
        ),
        { ...managed(type, { attributes: attributes(4) }), mode: 'data' },
        managed('huaweicloud_vpc', { attributes: { id: id(5), name: 'vpc' } }),
        managed('aws_instance', { attributes: attributes(6) }),
      ),
    )
    expect(inventory.rows.map(({ serverId }) => serverId)).toEqual([id(1)])
    expect(messages(inventory, 'read-as')).toEqual([
      'read as: Terraform state v4, 1 of 6 resources',
    ])
    expect(messages(inventory, 'left-out')).toEqual([
      'left out: 2 resources of other types (huaweicloud_vpc 1, aws_instance 1), 1 data source, 1 deposed server',
    ])
    expect(messages(inventory, 'tainted-servers')[0]).toContain(`${type}.web[1]`)
  })

  test('state: what Terraform calls sensitive is not taken either', async () => {
    const inventory = await document(
      state(
        managed('huaweicloud_compute_instance', {
          attributes: attributes(1, { hostname: SECRET, tags: { token: SECRET } }),
          sensitive_attributes: [
            [{ type: 'get_attr', value: 'hostname' }],
            [
              { type: 'get_attr', value: 'tags' },
              { type: 'index', value: { value: 'token', type: 'string' } },
            ],
          ],
        }),
      ),
    )
    expect(JSON.stringify(inventory)).not.toContain(SECRET)
    expect(messages(inventory, 'sensitive-left-out')[0]).toContain('hostname, tags')
  })

  test('an ID with its region in front', async () => {
    const inventory = await document(
      state(
        managed('huaweicloud_compute_instance', {
          attributes: attributes(1, { id: `eu-de/${id(1)}` }),
        }),
        managed('huaweicloud_compute_instance', {
          attributes: attributes(2, { id: `a/b/${id(2)}` }),
        }),
      ),
    )
    expect(inventory.rows[0]?.serverId).toBe(id(1))
    expect(errors(inventory)).toEqual(['server-id-invalid'])
  })

  test('the same server in two states is a duplicate, at its place', async () => {
    const one = state(managed('huaweicloud_compute_instance', { attributes: attributes(1) }))
    const inventory = await document([one, one])
    expect(errors(inventory)).toEqual(['duplicate-server'])
    expect(
      inventory.problems.find(({ code }) => code === 'duplicate-server')?.line,
    ).toBeGreaterThan(30)
  })

  test('show -json: modules in modules, marks, tainted and deposed', async () => {
    const resource = (n: number, more: object = {}): object => ({
      address: `huaweicloud_compute_instance.web[${n}]`,
      mode: 'managed',
      type: 'huaweicloud_compute_instance',
      values: attributes(n, { status: SECRET }),
      sensitive_values: { status: true, tags: {}, network: [{}] },
      ...more,
    })
    const inventory = await document({
      format_version: '1.0',
      values: {
        root_module: {
          resources: [
            resource(1),
            resource(2, { tainted: true }),
            resource(3, { deposed_key: 'x' }),
          ],
          child_modules: [
            { child_modules: [{ resources: [resource(4, { address: 'module.a.module.b.x' })] }] },
          ],
        },
      },
    })
    expect(inventory.rows.map(({ serverId }) => serverId)).toEqual([id(1), id(4)])
    expect(inventory.rows[1]?.carried['terraform_address']).toBe('module.a.module.b.x')
    expect(JSON.stringify(inventory)).not.toContain(SECRET)
    expect(codes(inventory)).toEqual(
      expect.arrayContaining(['tainted-servers', 'sensitive-left-out', 'left-out']),
    )
  })

  test.each([
    ['a plan', { format_version: '1.2', planned_values: {}, resource_changes: [] }],
    ['an older state', { version: 3, terraform_version: '0.11.14', serial: 1, modules: [] }],
    ['a newer state', { version: 5, terraform_version: '3.0.0', serial: 1, resources: [] }],
  ])('%s is refused by its name', async (_, value) => {
    const inventory = await document(value)
    expect(codes(inventory)).toEqual(['not-a-server-list'])
    expect(inventory.problems[0]?.message).toContain('Terraform')
  })

  test('an empty state names no server', async () => {
    expect(codes(await document(state()))).toEqual(['no-rows', 'read-as'])
    expect(codes(await document({ format_version: '1.0' }))).toEqual(['no-rows', 'read-as'])
  })

  const output = (value: unknown, sensitive = false): object => ({ sensitive, type: 'x', value })

  test.each([
    ['a list of objects', [attributes(1), attributes(2)]],
    ['objects by name', { 'web-1': { id: id(1) }, x: attributes(2) }],
    ['IDs by name', { 'web-1': id(1), 'web-2': `eu-de/${id(2)}` }],
    ['lists of lists, as of modules', [[attributes(1)], [attributes(2)]]],
  ])('output -json: %s', async (_, value) => {
    for (const whole of [{ web: output(value) }, Array.isArray(value) ? null : value]) {
      if (whole === null) continue
      const inventory = await document(whole)
      expect(errors(inventory)).toEqual([])
      expect(inventory.rows.map(({ serverId, name }) => [serverId, name])).toEqual([
        [id(1), 'web-1'],
        [id(2), 'web-2'],
      ])
      expect(JSON.stringify(inventory)).not.toContain(SECRET)
    }
  })

  test('output -json: what is not plainly of servers is left out, and sensitive ones are not read', async () => {
    const inventory = await document({
      vpcs: output([{ id: id(8), name: 'vpc' }]),
      servers: output([{ id: id(1), name: 'a' }]),
      others: output([{ id: id(2), name: 'b', flavor_id: 's3' }]),
      hidden_servers: output([{ id: id(3), name: SECRET }], true),
      db_password: output(SECRET, true),
      url: output('https://x'),
    })
    expect(inventory.rows.map(({ name }) => name)).toEqual(['a', 'b'])
    expect(messages(inventory, 'outputs-left-out')[0]).toContain('vpcs')
    expect(messages(inventory, 'sensitive-left-out')[0]).toMatch(/: hidden_servers$/)
    expect(JSON.stringify(inventory)).not.toContain(SECRET)
  })

  test('output -json: asks where nobody can tell, and says where there is none', async () => {
    const both = { a: output([{ id: id(1), name: 'a' }]), b: output([{ id: id(2), name: 'b' }]) }
    const inventory = await document(both)
    expect(codes(inventory)).toEqual(['not-a-server-list'])
    expect(inventory.problems[0]).toMatchObject({
      message: expect.stringContaining('(a, b)'),
      hint: expect.stringContaining('terraform output -json NAME'),
    })
    expect(codes(await document({ ids: output([id(1), id(2)]) }))).toEqual(['not-a-server-list'])
    const hidden = await document({ servers: output([{ id: id(1), name: 'a' }], true) })
    expect(hidden.problems[0]?.message).toContain('sensitive ones are not read: servers')
  })
})

describe('Ansible', () => {
  const host = (n: number, more: object = {}): object => ({
    ansible_host: '10.0.0.1',
    ansible_password: SECRET,
    vault_thing: SECRET,
    openstack: {
      id: id(n),
      name: `web-${n}`,
      status: 'ACTIVE',
      admin_password: SECRET,
      user_data: SECRET,
      metadata: { admin_pass: SECRET },
      tags: ['env=prod'],
      flavor: { name: 's3' },
    },
    ...more,
  })

  test('--list: ID and name of the cloud, and own fields of the host', async () => {
    const inventory = await document({
      _meta: {
        hostvars: {
          [id(1)]: host(1, { server_group: 'erp', wave: 2 }),
          other: { server_id: id(2), tags: { x: 'y' } },
          bastion: { ansible_host: 'x' },
        },
      },
      all: { children: ['ungrouped'] },
    })
    expect(inventory.rows).toMatchObject([
      { serverId: id(1), name: 'web-1', serverGroup: 'erp', wave: '2', tags: { env: 'prod' } },
      { serverId: id(2), name: 'other', serverGroup: 'g', tags: { x: 'y' } },
    ])
    expect(messages(inventory, 'hosts-without-id')).toEqual([
      'left out, 1 host without openstack.id: bastion',
    ])
    expect(JSON.stringify(inventory)).not.toContain(SECRET)
    expect(inventory.rows[0]?.carried).toEqual({
      inventory_hostname: id(1),
      'openstack.status': 'ACTIVE',
    })
  })

  test('YAML: groups in groups; a host counts once, where its variables are', async () => {
    const text = `
all:
  children:
    first: {hosts: {web-1: {}, web-2:}}
    second:
      children:
        third:
          hosts:
            web-1: {openstack: {id: ${id(1)}, name: a b}}
            web-2: {openstack: {id: ${id(2)}}}
`
    const inventory = await read(text, { group: 'g' }, 'hosts.yml')
    expect(inventory.rows.map(({ name }) => name)).toEqual(['a b', 'web-2'])
    expect(found(inventory)).toEqual(['9:81 name-invalid-characters'])
  })

  test.each([
    ['no host has an ID', { _meta: { hostvars: { a: { ansible_host: 'x' } } } }],
    [
      'the configuration of a plugin',
      { plugin: 'openstack.cloud.openstack', expand_hostvars: true },
    ],
  ])('is refused by its name: %s', async (_, value) => {
    expect(codes(await document(value))).toEqual(['not-a-server-list'])
  })
})

describe('openstack server list', () => {
  const secretly = [
    `"admin_pass='${SECRET}', charging_mode='0'"`,
    `"{'admin_pass': '${SECRET}', 'charging_mode': '0'}"`,
    `"{u'admin_pass': u'${SECRET}', u'charging_mode': u'0'}"`,
    `"{""admin_pass"": ""${SECRET}"", ""charging_mode"": ""0""}"`,
    `"{'admin_pass': '${SECRET}', 'unclosed"`,
    `"[{'name': 'root_password', 'value': '${SECRET}'}]"`,
    `"{'a': {'b': [{'user_data': '${SECRET}'}]}}"`,
  ]
  test.each(secretly)('no secret of its properties is carried: %s', async (cell) => {
    const text = `ID,Name,Status,Networks,Properties\n${id(1)},a,ACTIVE,net=10.0.0.1,${cell}\n`
    const inventory = await read(text, { group: 'g' })
    expect(JSON.stringify(inventory)).not.toContain(SECRET)
    expect(errors(inventory)).toEqual([])
    if (cell.includes('charging_mode')) {
      expect(inventory.rows[0]?.carried['Properties']).toContain('charging_mode')
    }
  })

  test('cells without a secret stay as they are', async () => {
    const cell = `{'net': ['10.0.0.1', "o'brien"],  'keys_of': 'x'}`
    const text = `ID,Name,Status,Networks\n${id(1)},a,ACTIVE,"${cell.replaceAll('"', '""')}"\n`
    const inventory = await read(text, { group: 'g' })
    expect(inventory.rows[0]?.carried['Networks']).toBe(cell)
    expect(messages(inventory, 'read-as')).toEqual(['read as: openstack server list, 1 row'])
  })
})

describe("this tool's own documents", () => {
  const row = { row: 1, serverId: id(1), name: 'a', serverGroupId: 'g1', outcome: 'created' }

  test('a report: ID, name and group, and a warning', async () => {
    const inventory = await document({ schemaVersion: 1, run: { id: 'x' }, rows: [row] })
    expect(inventory.rows).toMatchObject([{ serverId: id(1), name: 'a', serverGroupId: 'g1' }])
    expect(codes(inventory).filter((code) => code === 'report-is-partial')).toHaveLength(1)
  })

  test('report.csv: carried columns that are called like a field are not one', async () => {
    const text = `row,server_id,name,server_group_id,outcome,attempts,protected_instance_id,job_status,Flavor,Description,ID\n1,${id(1)},a,g1,failed,1,${id(7)},FAIL,s3.large,long one,${id(9)}\n`
    const inventory = await read(text)
    expect(errors(inventory)).toEqual([])
    expect(inventory.rows[0]).toMatchObject({ serverId: id(1), serverGroupId: 'g1' })
    expect(inventory.rows[0]).not.toHaveProperty('flavor')
    expect(inventory.rows[0]).not.toHaveProperty('description')
    expect(codes(inventory)).toContain('report-is-partial')
  })

  test('coverage: the protectable ones', async () => {
    const servers = ['protected', 'protectable', 'dr-server'].map((kind, n) => ({
      serverId: id(n),
      name: `web-${n}`,
      class: kind,
      serverGroup: null,
    }))
    const inventory = await document({ schemaVersion: 1, totals: {}, servers })
    expect(inventory.rows.map(({ name }) => name)).toEqual(['web-1'])
    expect(messages(inventory, 'left-out')[0]).toContain('2 servers')
  })

  test('validate --json: the same rows', async () => {
    const fields = {
      description: 'd',
      tags: { env: 'prod' },
      wave: '2',
      flavor: 's3',
      tenancy: null,
    }
    const inventory = await document({ rows: [{ ...row, ...fields }], problems: [], totals: {} })
    expect(inventory.rows).toMatchObject([
      { serverId: id(1), description: 'd', tags: { env: 'prod' }, wave: '2', flavor: 's3' },
    ])
  })

  test.each([
    ['a saved plan', { planVersion: 1, fingerprint: 'x', rows: [row] }],
    ['an error', { error: { code: 'usage', message: SECRET } }],
    ['an error of a gateway', { error_code: 'APIGW.0301', error_msg: SECRET }],
  ])('is refused by its name: %s', async (_, value) => {
    const inventory = await document(value)
    expect(codes(inventory)).toEqual(['not-a-server-list'])
    expect(JSON.stringify(inventory)).not.toContain(SECRET)
  })
})

describe('other systems and other texts', () => {
  test('NetBox and ServiceNow are told by their IDs, as their CSV is', async () => {
    const netbox = {
      count: 2,
      next: null,
      previous: null,
      results: [1, 2].map((n) => ({ id: n, name: `web-${n}` })),
    }
    expect(errors(await document(netbox))).toEqual(['foreign-id-values'])
    const servicenow = { result: [{ sys_id: '0'.repeat(32), name: 'web-1' }] }
    expect(errors(await document(servicenow)).every((code) => /missing|foreign/.test(code))).toBe(
      true,
    )
    expect(errors(await document(servicenow)).length).toBeGreaterThan(0)
  })

  test.each([
    ['+----+------+\n| ID | Name |\n+----+------+\n', 'servers.txt'],
    [
      '# huaweicloud_compute_instance.web:\nresource "huaweicloud_compute_instance" "web" {\n',
      'a.txt',
    ],
    ['[web]\nweb-1 ansible_host=10.0.0.1\n', '-'],
    ['[web:children]\ndb\n', 'hosts.json'],
  ])('%j is named as what it is', async (text, source) => {
    const { problems } = await read(text, { group: 'g' }, source)
    expect(problems).toMatchObject([{ code: 'not-a-server-list', line: 1, column: 1 }])
  })
})

describe('what an export holds beside servers', () => {
  test.each([
    ['a list of IDs', [id(1), id(2)]],
    [
      'a list of lists',
      [
        [id(1), 'a'],
        [id(2), 'b'],
        [id(3), 'c'],
      ],
    ],
  ])('%s is one error, not one a row', async (_, value) => {
    expect(codes(await document(value))).toEqual(['not-a-map'])
  })

  test('of a result of Config without servers nothing is taken for one', async () => {
    const csv = `id,name,provider,type\n${id(1)},data,evs,volumes\n${id(2)},net,vpc,vpcs\n`
    const inventory = await read(csv, { group: 'g' })
    expect(inventory.rows).toEqual([])
    expect(codes(inventory)).toEqual(expect.arrayContaining(['left-out', 'no-rows']))
    const results = [{ id: id(1), name: 'data', provider: 'evs', type: 'volumes' }]
    expect((await document({ query_info: {}, results })).rows).toEqual([])
  })

  test("a column provider of people's own is no result of Config", async () => {
    const csv = `id,name,provider,type\n${id(1)},a,otc,vm\n${id(2)},b,otc,vm\n`
    expect((await read(csv, { group: 'g' })).rows).toHaveLength(2)
  })
})

describe("the tags of Nova's servers are words", () => {
  const list = (tags: string): Promise<Inventory> =>
    read(`"ID","Name","Status","Networks","Tags"\n"${id(1)}","a","ACTIVE","{}","${tags}"\n`, {
      group: 'g',
    })

  test.each([
    ['as Python prints them', "['web', 'env=prod']"],
    ['with commas', 'web, env=prod'],
    ['written again', '{""web"":"""",""env"":""prod""}'],
  ])('%s', async (_, tags) => {
    const inventory = await list(tags)
    expect(errors(inventory)).toEqual([])
    expect(inventory.rows[0]?.tags).toEqual({ web: '', env: 'prod' })
  })

  test('as JSON', async () => {
    const row = { ID: id(1), Name: 'a', Status: 'ACTIVE', Networks: {}, Tags: ['web', 'env=prod'] }
    expect((await document([row])).rows[0]?.tags).toEqual({ web: '', env: 'prod' })
  })

  test.each(['[]', '', 'None', '--'])('none: %s', async (tags) => {
    const inventory = await list(tags)
    expect(errors(inventory)).toEqual([])
    expect(inventory.rows[0]?.tags).toEqual({})
  })

  test('what comes twice is an error still', async () => {
    expect(errors(await list("['a=1', 'a=2']"))).toEqual(['tag-duplicate'])
  })
})

test('a key that every object of JavaScript has is a column like any other', async () => {
  const odd = { constructor: 'c', toString: 't', hasOwnProperty: 'h' }
  const inventory = await document({
    protected_instances: [{ id: id(9), source_server: id(1), name: 'web-1', ...odd }],
  })
  expect(errors(inventory)).toEqual([])
  expect(inventory.rows[0]?.carried).toEqual({ protected_instance_id: id(9), ...odd })
})
