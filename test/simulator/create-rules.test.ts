import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadWorld } from '../../src/simulator/world-file.ts'
import { ask, codeOf, create, NOW, serverId } from './ask.ts'

type Json = Record<string, unknown>

/** What is wrong with a create, in all its parts. */
interface Defect {
  readonly code: string
  readonly server?: Json
  readonly group?: Json
  readonly limits?: Json
  readonly fields?: Json
  /** The server is not there, or it is used already. */
  readonly is?: 'missing' | 'used'
}

const IN_NET = { primary_subnet_id: 'net-dr' }

/** In the order in which the service asks: of two defects the earlier one is answered. */
const DEFECTS = {
  name: { code: 'SDRS.0202', fields: { name: 'a b' } },
  group: { code: 'SDRS.1013', fields: { server_group_id: 'nowhere' } },
  'group status': { code: 'SDRS.1325', group: { status: 'failed-over' } },
  missing: { code: 'SDRS.1326', is: 'missing' },
  used: { code: 'SDRS.1305', is: 'used' },
  status: { code: 'SDRS.1333', server: { status: 'ERROR' } },
  locked: { code: 'SDRS.1359', server: { locked: true } },
  'lock source': { code: 'SDRS.1359', server: { lockSource: 'SMS' } },
  zone: { code: 'SDRS.1303', server: { availabilityZone: 'eu-de-02' } },
  VPC: { code: 'SDRS.1304', server: { vpcId: 'vpc-dr' } },
  'no disk': { code: 'SDRS.1321', server: { disks: [] } },
  'no system disk': { code: 'SDRS.1339', server: { disks: [{ system: false }, {}] } },
  'encrypted disk': { code: 'SDRS.1802', server: { disks: [{}, { encrypted: true }] } },
  'shared disk': { code: 'SDRS.1309', server: { disks: [{}, { shared: true }] } },
  family: { code: 'SDRS.1356', server: { flavor: 'c6.large.2' } },
  'local disk': { code: 'SDRS.1356', server: { flavor: 'd2.xlarge.8' } },
  'bare metal': { code: 'SDRS.1356', server: { flavor: 'physical.s3.large' } },
  'dedicated host': { code: 'SDRS.1356', server: { dedicatedHostId: 'host-1' } },
  'unknown flavor': { code: 'SDRS.1353', fields: { flavorRef: 's9.large.9' } },
  'abandoned flavor': { code: 'SDRS.1353', fields: { flavorRef: 'gone.large.2' } },
  subnet: { code: 'SDRS.1335', fields: { primary_subnet_id: 'net-9' } },
  'subnet of another VPC': { code: 'SDRS.1335', fields: { primary_subnet_id: 'net-prod' } },
  outside: { code: 'SDRS.0219', fields: { ...IN_NET, primary_ip_address: '192.168.8.5' } },
  network: { code: 'SDRS.0219', fields: { ...IN_NET, primary_ip_address: '192.168.7.0' } },
  broadcast: { code: 'SDRS.0219', fields: { ...IN_NET, primary_ip_address: '192.168.7.255' } },
  gateway: { code: 'SDRS.0219', fields: { ...IN_NET, primary_ip_address: '192.168.7.9' } },
  taken: { code: 'SDRS.1334', fields: { ...IN_NET, primary_ip_address: '192.168.7.7' } },
  capacity: { code: 'SDRS.1358', group: { capacity: 0 } },
  quota: { code: 'SDRS.0306', limits: { pairQuota: 0 } },
  busy: { code: 'SDRS.1018', group: { parallel: 0 } },
} as const satisfies Record<string, Defect>
const ALL: readonly Defect[] = Object.values(DEFECTS)

/** One server in a group of its own, with these defects. */
function world(defects: readonly Defect[], more: Json = {}) {
  const parts = (name: 'server' | 'group' | 'limits'): Json =>
    Object.assign({}, ...defects.map((defect) => defect[name]))
  const used = defects.some(({ is }) => is === 'used')
  return loadWorld({
    limits: parts('limits'),
    groups: [
      {
        id: 'group-erp',
        name: 'erp',
        sourceVpcId: 'vpc',
        targetVpcId: 'vpc-dr',
        ...parts('group'),
      },
      { id: 'group-other', name: 'other', sourceVpcId: 'vpc', targetVpcId: 'vpc-dr' },
    ],
    servers: [
      ...(defects.some(({ is }) => is === 'missing')
        ? []
        : [{ id: serverId(1), group: 'erp', disks: 2, ...parts('server') }]),
      {
        id: serverId(2),
        group: 'erp',
        addresses: [{ address: '192.168.7.7', subnetId: 'net-dr' }],
      },
    ],
    subnets: [
      { id: 'net-dr', cidr: '192.168.7.0/24', gatewayIp: '192.168.7.9', vpcId: 'vpc-dr' },
      { id: 'net-prod', cidr: '192.168.1.0/24', vpcId: 'vpc' },
    ],
    flavors: [
      { id: 's3.large.2' },
      { id: 'gone.large.2', zones: { 'eu-de-02': 'abandon' } },
      { id: 'kept.large.2', status: 'abandon', zones: { 'eu-de-02': 'normal' } },
      { id: 'sold.large.2', zones: { 'eu-de-02': 'sellout' } },
      { id: 'd2.xlarge.8', specs: { 'quota:local_disk': '2/1675/hdd' } },
    ],
    instances: used ? [{ server: serverId(1), group: 'other' }] : [],
    ...more,
  })
}

function answer(defects: readonly Defect[]): string {
  const fields: Json = Object.assign({}, ...defects.map((defect) => defect.fields))
  const asked = create(world(defects), 1, fields)
  return asked.status === 200 ? 'accepted' : codeOf(asked)
}

test('nothing is wrong with a plain one', () => {
  expect(answer([])).toBe('accepted')
})

test.each(Object.entries(DEFECTS))('%s alone', (_what, defect) => {
  expect(answer([defect])).toBe(defect.code)
})

test('of several defects the first in the order is answered', () => {
  fc.assert(
    fc.property(fc.subarray([...ALL], { minLength: 2 }), (chosen) => {
      // Two of one part overwrite each other: the later one stays.
      const effective = chosen.filter(
        (defect, place) => !chosen.slice(place + 1).some((later) => overwrites(later, defect)),
      )
      expect(answer(effective)).toBe(effective[0]?.code)
    }),
    { numRuns: 300 },
  )
})

function overwrites(later: Defect, defect: Defect): boolean {
  const isSame = (name: 'server' | 'group' | 'limits' | 'fields'): boolean =>
    Object.keys(later[name] ?? {}).some((key) => Object.hasOwn(defect[name] ?? {}, key))
  return (
    isSame('server') ||
    isSame('group') ||
    isSame('limits') ||
    isSame('fields') ||
    (later.is !== undefined && defect.is !== undefined)
  )
}

describe('what refuses nothing', () => {
  test.each([
    ['a sold-out flavor', { flavorRef: 'sold.large.2' }],
    ['a flavor that is abandoned elsewhere', { flavorRef: 'kept.large.2' }],
    ['the first host', { ...IN_NET, primary_ip_address: '192.168.7.1' }],
    ['the last host', { ...IN_NET, primary_ip_address: '192.168.7.254' }],
  ])('%s', (_what, fields) => {
    expect(create(world([]), 1, fields).status).toBe(200)
  })

  test.each([
    ['a task that runs', { taskState: 'resize_prep' }],
    ['a frozen server', { frozen: true }],
    ['a Windows server with a key pair', { osType: 'Windows', keyName: 'KeyPair-1' }],
    ['a stopped server', { status: 'SHUTOFF' }],
    ['a flavor that is not in the list any more', { flavor: 's1.large.2' }],
    ['shared tenancy', { tenancy: 'shared' }],
  ])('%s', (_what, server) => {
    expect(answer([{ code: '', server }])).toBe('accepted')
  })
})

test('Huawei Cloud takes what OTC does not', () => {
  const huawei = { dialect: 'huawei' }
  for (const server of [{ flavor: 'c6.large.2' }, { dedicatedHostId: 'host-1' }]) {
    expect(answer([{ code: '', server, limits: huawei }])).toBe('accepted')
  }
  for (const flavor of ['kc1.large.2', 'p2v.2xlarge.8', 'fp1c.2xlarge.11', 'physical.x']) {
    expect(answer([{ code: '', server: { flavor }, limits: huawei }])).toBe('SDRS.1356')
  }
})

test('globs of its own replace those of the dialect', () => {
  const limits = { unsupportedFlavors: ['s3.*'] }
  expect(answer([{ code: '', limits }])).toBe('SDRS.1356')
  expect(answer([{ code: '', limits, server: { flavor: 'c6.large.2' } }])).toBe('accepted')
})

describe('a group whose production is at its target', () => {
  const group = { priorityStation: 'target' }
  const start = (server: Json, fields: Json = {}) =>
    codeOf(create(world([{ code: '', group, server }]), 1, fields))

  test('asks for the target zone and VPC', () => {
    const there = { availabilityZone: 'eu-de-02', vpcId: 'vpc-dr' }
    expect(start({})).toBe('200')
    expect(start(there)).toBe('200')
    expect(start({ ...there, availabilityZone: 'eu-de-01' })).toBe('SDRS.1303')
    expect(start({ ...there, vpcId: 'vpc' })).toBe('SDRS.1304')
  })

  test('makes its DR servers at its source', () => {
    expect(start({}, { primary_subnet_id: 'net-dr' })).toBe('SDRS.1335')
    const made = create(world([{ code: '', group }]), 1, {
      primary_subnet_id: 'net-prod',
      flavorRef: 'gone.large.2',
    })
    expect(made.status).toBe(200)
    const { json } = ask(made.world, 'GET', 'cloudservers/detail', undefined, NOW + 60_000)
    expect(json.servers.at(-1)).toMatchObject({
      status: 'SHUTOFF',
      'OS-EXT-AZ:availability_zone': 'eu-de-01',
      metadata: { vpc_id: 'vpc' },
    })
  })
})
