import { describe, expect, test } from 'vitest'
import { flavorListSchema, serverListSchema } from '../../../src/cloud/ecs/ecs-schema.ts'

/** As the API reference's example has it, shortened. */
const WIRE = {
  id: '4f4b3dfa-eb70-47cf-a60a-998a53bd6666',
  name: 'ecs-2',
  status: 'ACTIVE',
  'OS-EXT-AZ:availability_zone': 'eu-de-01',
  'OS-EXT-STS:task_state': null,
  created: '2018-05-04T03:43:24Z',
  metadata: { vpc_id: 'vpc-1', os_type: 'Windows', charging_mode: '0', agency_name: 'backup' },
  flavor: { id: 's3.large.2', name: 's3.large.2', disk: '0', vcpus: '2', ram: '4096' },
  addresses: {
    'vpc-1': [
      { addr: '192.168.0.133', version: '4', 'OS-EXT-IPS:type': 'fixed' },
      { addr: '80.158.1.2', version: '4', 'OS-EXT-IPS:type': 'floating' },
      { addr: 'fd00::1', version: '6', 'OS-EXT-IPS:type': 'fixed' },
    ],
  },
  'os-extended-volumes:volumes_attached': [
    { id: 'v-1', device: '/dev/vda', bootIndex: '0', delete_on_termination: 'false' },
    { id: 'v-2', device: '/dev/vdb', bootIndex: null },
  ],
  locked: false,
  key_name: 'pair-1',
  'os:scheduler_hints': { tenancy: ['dedicated'], dedicated_host_id: ['h-1'] },
  'OS-EXT-SRV-ATTR:hostname': 'ecs-2.example',
  security_groups: [
    { name: 'web', id: 'b' },
    { name: 'db', id: 'a' },
    { name: 'web', id: 'b' },
  ],
  tags: ['owner=a=b', 'single', '_sys_enterprise=1'],
  sys_tags: [{ key: '_sys_enterprise_project_id', value: '0' }],
}

const READ = {
  id: WIRE.id,
  name: 'ecs-2',
  status: 'ACTIVE',
  availabilityZone: 'eu-de-01',
  vpcId: 'vpc-1',
  flavor: 's3.large.2',
  addresses: ['192.168.0.133'],
  volumes: [
    { id: 'v-1', isSystem: true },
    { id: 'v-2', isSystem: false },
  ],
  taskState: null,
  isLocked: false,
  isFrozen: false,
  osType: 'Windows',
  keyName: 'pair-1',
  tenancy: 'dedicated',
  hostName: 'ecs-2.example',
  securityGroups: ['db', 'web'],
  agency: 'backup',
  createdAt: Date.UTC(2018, 4, 4, 3, 43, 24),
  tags: { owner: 'a=b', single: '' },
}

function read(over: object): unknown {
  return serverListSchema.parse({ servers: [{ ...WIRE, ...over }], count: 1 }).servers[0]
}

describe('a server', () => {
  test('of the reference', () => expect(read({})).toEqual(READ))

  test('of which nothing but the ID is told', () => {
    expect(serverListSchema.parse({ servers: [{ id: 'a', name: 'n' }] }).servers).toEqual([
      {
        id: 'a',
        name: 'n',
        status: null,
        availabilityZone: null,
        vpcId: null,
        flavor: null,
        addresses: [],
        volumes: null,
        taskState: null,
        isLocked: false,
        isFrozen: false,
        osType: null,
        keyName: null,
        tenancy: null,
        hostName: null,
        securityGroups: null,
        agency: null,
        createdAt: null,
        tags: {},
      },
    ])
  })

  test.each<[string, object, object]>([
    ['locked', { locked: true }, { isLocked: true }],
    ['locked in words', { locked: 'true' }, { isLocked: true }],
    [
      'locked by somebody',
      { metadata: { ...WIRE.metadata, lockSource: 'backup' } },
      { isLocked: true },
    ],
    ['locked by nobody', { metadata: { ...WIRE.metadata, lockSource: '' } }, { isLocked: false }],
    ['frozen', { metadata: { ...WIRE.metadata, EcmResStatus: 'freeze' } }, { isFrozen: true }],
    ['not frozen', { metadata: { ...WIRE.metadata, EcmResStatus: 'normal' } }, { isFrozen: false }],
    ['at work', { 'OS-EXT-STS:task_state': 'rebooting' }, { taskState: 'rebooting' }],
    ['of a status in another case', { status: ' shutoff' }, { status: 'SHUTOFF' }],
    ['on a host by its ID alone', { 'os:scheduler_hints': { dedicated_host_id: 'h' } }, {}],
    ['of the shared hosts', { 'os:scheduler_hints': { tenancy: 'shared' } }, { tenancy: 'shared' }],
    ['with no hints', { 'os:scheduler_hints': null }, { tenancy: null }],
    [
      'that boots from nobody knows which disk',
      { 'os-extended-volumes:volumes_attached': [{ id: 'v-1' }, { id: 'v-2', bootIndex: '' }] },
      {
        volumes: [
          { id: 'v-1', isSystem: null },
          { id: 'v-2', isSystem: null },
        ],
      },
    ],
    [
      'whose disks are data disks',
      { 'os-extended-volumes:volumes_attached': [{ id: 'v-1', bootIndex: 1 }] },
      { volumes: [{ id: 'v-1', isSystem: false }] },
    ],
    [
      'none of whose disks it boots from',
      { 'os-extended-volumes:volumes_attached': [{ id: 'v-1', bootIndex: null }] },
      { volumes: [{ id: 'v-1', isSystem: false }] },
    ],
    ['not locked, in words', { metadata: { ...WIRE.metadata, lockSource: 'None' } }, {}],
    ['in a zone with a blank', { 'OS-EXT-AZ:availability_zone': ' eu-de-01 ' }, {}],
    ['without a disk', { 'os-extended-volumes:volumes_attached': [] }, { volumes: [] }],
    [
      'with security groups of a wrong type',
      { security_groups: ['web'] },
      { securityGroups: null },
    ],
    ['with tags as pairs', { tags: [{ key: 'a', value: 'b' }] }, { tags: { a: 'b' } }],
    ['with tags by name', { tags: { a: 'b' } }, { tags: { a: 'b' } }],
  ])('%s', (_, over, expected) => expect(read(over)).toEqual({ ...READ, ...expected }))

  const odd: readonly unknown[] = [7.5, 'text', true, {}, [], [[]], null]
  test.each(Object.keys(WIRE).filter((name) => name !== 'id'))(
    'an odd %s costs that field, not the list',
    (name) => {
      for (const value of odd) expect(read({ [name]: value })).toMatchObject({ id: WIRE.id })
    },
  )

  test('a disk that cannot be read makes all of them unknown', () => {
    const volumes = [{ id: 'v-1', bootIndex: '0' }, { bootIndex: '1' }]
    expect(read({ 'os-extended-volumes:volumes_attached': volumes })).toEqual({
      ...READ,
      volumes: null,
    })
  })

  test('that was asked for and is not there is none; one in error is', () => {
    const { servers } = serverListSchema.parse({
      servers: [
        { id: 'gone', fault: { code: 404, message: 'not found' } },
        { ...WIRE, status: 'ERROR', fault: { code: 500, message: 'no host' } },
        null,
      ],
      count: 1,
    })
    expect(servers).toEqual([{ ...READ, status: 'ERROR' }])
  })

  test.each<[string, unknown]>([
    ['without an ID', { servers: [{ name: 'x' }], count: 1 }],
    ['no list', {}],
    ['no list beside a count', { count: 3 }],
    ['a text', { servers: 'none' }],
  ])('a list that could hide a server of ours is unreadable: %s', (_, body) => {
    expect(serverListSchema.safeParse(body).success).toBe(false)
  })

  test('an empty list is one', () => {
    expect(serverListSchema.parse({ servers: null })).toEqual({ servers: [], count: null })
    expect(serverListSchema.parse({ count: 0 })).toEqual({ servers: [], count: 0 })
  })
})

describe('a flavor', () => {
  const flavors = (list: unknown) => flavorListSchema.parse({ flavors: list })

  test('of the reference', () => {
    const specs = {
      'cond:operation:status': 'abandon',
      'cond:operation:az': 'az1(normal), az2( SELLOUT ),az-3(obt_sellout)',
      'quota:local_disk': 'ssd:1:1600',
    }
    expect(flavors([{ id: 's3.large.2', name: 's', vcpus: '2', os_extra_specs: specs }])).toEqual([
      {
        id: 's3.large.2',
        status: 'abandon',
        byZone: new Map([
          ['az1', 'normal'],
          ['az2', 'sellout'],
          ['az-3', 'obt_sellout'],
        ]),
        specs,
      },
    ])
  })

  test.each<[unknown]>([[undefined], [null], [[]], ['x'], [{ a: [], 'cond:operation:az': 7 }]])(
    'with specs of %j is one all the same',
    (specs) => {
      expect(flavors([{ id: 'a', os_extra_specs: specs }])).toMatchObject([
        { id: 'a', status: null, byZone: new Map() },
      ])
    },
  )

  test('without an ID could be the one that a row names: unreadable', () => {
    expect(flavorListSchema.safeParse({ flavors: [{ name: 'x' }] }).success).toBe(false)
    expect(flavorListSchema.safeParse({}).success).toBe(false)
  })
})
