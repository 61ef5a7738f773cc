import { describe, expect, test } from 'vitest'
import { ask, create, MINUTE, NOW, smallWorld } from './ask.ts'
import { act, IN_SYNC, LIMITS, ON, READY, twoProtected } from './group-world.ts'

/**
 * Every field that the API reference names for an answer, with its type, and no other: what strangers' SDKs read.
 * SDRS: OTC's reference and the vendor's models. ECS, VPC, EVS: what those references call mandatory, at least.
 */
type Form = (value: unknown) => boolean
type Fields = Readonly<Record<string, Form>>

const text: Form = (value) => typeof value === 'string'
const whole: Form = Number.isInteger
const flag: Form = (value) => typeof value === 'boolean'
const nothing: Form = (value) => value === null
const orNull =
  (form: Form): Form =>
  (value) =>
    value === null || form(value)
const one =
  (...allowed: readonly string[]): Form =>
  (value) =>
    typeof value === 'string' && allowed.includes(value)
const like =
  (pattern: RegExp): Form =>
  (value) =>
    typeof value === 'string' && pattern.test(value)
/** `2018-11-06 11:09:25.861`, `2018-05-04T03:43:24.108526`, `2019-04-01T12:00:00.000Z`. */
const spaced = like(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/)
const toTheMicrosecond = like(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/)
const zulu = like(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
const texts: Form = (value) => isRecord(value) && Object.values(value).every(text)
const listOf =
  (form: Form): Form =>
  (value) =>
    Array.isArray(value) && value.every(form)
const exactly =
  (fields: Fields): Form =>
  (value) =>
    faultsOf(value, fields).length === 0
const atLeast =
  (fields: Fields): Form =>
  (value) =>
    faultsOf(value, fields, true).length === 0

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function faultsOf(value: unknown, fields: Fields, mayHaveMore = false): string[] {
  if (!isRecord(value)) return ['not an object']
  const wrong = Object.entries(fields).flatMap(([name, form]) =>
    Object.hasOwn(value, name)
      ? form(value[name])
        ? []
        : [`${name} is ${JSON.stringify(value[name])}`]
      : [`${name} is missing`],
  )
  const more = Object.keys(value).filter((name) => !Object.hasOwn(fields, name))
  return mayHaveMore ? wrong : [...wrong, ...more.map((name) => `${name} is not documented`)]
}

const station = one('source', 'target')

const INSTANCE: Fields = {
  id: text,
  name: text,
  description: text,
  server_group_id: text,
  status: text,
  progress: whole,
  source_server: text,
  target_server: text,
  created_at: spaced,
  updated_at: spaced,
  priority_station: station,
  attachment: listOf(exactly({ replication: text, device: text })),
  tags: listOf(exactly({ key: text, value: text })),
  metadata: exactly({ __system__frozen: one('', 'true') }),
}

const GROUP: Fields = {
  id: text,
  name: text,
  description: orNull(text),
  status: text,
  progress: whole,
  source_availability_zone: text,
  target_availability_zone: text,
  domain_id: text,
  domain_name: text,
  priority_station: station,
  protected_instance_num: whole,
  replication_num: whole,
  disaster_recovery_drill_num: whole,
  protected_status: nothing,
  replication_status: nothing,
  health_status: nothing,
  source_vpc_id: text,
  target_vpc_id: text,
  test_vpc_id: nothing,
  dr_type: one('migration'),
  created_at: spaced,
  updated_at: spaced,
  protection_type: one('replication-pair'),
  replication_model: nothing,
  server_type: one('ECS'),
}

const PAIR: Fields = {
  id: text,
  name: text,
  description: text,
  replication_model: one('hypermetro'),
  status: text,
  progress: whole,
  replication_status: orNull(one('active', 'inactive', 'copying', 'active-stopped')),
  attachment: listOf(exactly({ device: text, protected_instance: text })),
  server_group_id: text,
  volume_ids: like(/^[\da-f-]{36},[\da-f-]{36}$/),
  priority_station: station,
  fault_level: one('0', '2', '5'),
  created_at: toTheMicrosecond,
  updated_at: toTheMicrosecond,
  record_metadata: exactly({
    multiattach: flag,
    bootable: flag,
    volume_size: whole,
    volume_type: text,
  }),
}

const JOB_HEAD: Fields = {
  job_id: like(/^0{8}[\da-f]{24}$/),
  job_type: text,
  status: one('SUCCESS', 'RUNNING', 'FAIL', 'INIT'),
  begin_time: zulu,
  end_time: (value) => value === '' || zulu(value),
  error_code: orNull(text),
  fail_reason: orNull(text),
}
const SUB_JOB = exactly({ ...JOB_HEAD, entities: texts })
const JOB: Fields = {
  ...JOB_HEAD,
  entities: (value) =>
    isRecord(value) &&
    Object.entries(value).every(([name, each]) =>
      name === 'sub_jobs' ? listOf(SUB_JOB)(each) : text(each),
    ),
}

const FAILURE: Fields = {
  job_id: text,
  job_status: one('FAIL'),
  job_type: text,
  resource_id: text,
  resource_name: text,
  resource_type: one(
    'server_groups',
    'protected_instances',
    'replications',
    'disaster_recovery_drills',
  ),
  failure_status: like(/^[a-z]+Fail$/),
  begin_time: zulu,
  error_code: text,
  fail_reason: text,
}

const QUOTAS: Fields = {
  quotas: exactly({
    resources: listOf(
      exactly({
        type: one('server_groups', 'replications'),
        used: whole,
        quota: whole,
        min: whole,
        max: whole,
      }),
    ),
  }),
}

const cluster = exactly({ availability_zone: text })
const DOMAINS: Fields = {
  domains: listOf(
    exactly({
      id: text,
      name: text,
      description: text,
      sold_out: flag,
      local_replication_cluster: cluster,
      remote_replication_cluster: cluster,
    }),
  ),
}

const DRILL: Fields = {
  id: text,
  name: text,
  status: text,
  drill_vpc_id: text,
  created_at: spaced,
  updated_at: spaced,
  server_group_id: text,
  drill_servers: listOf(exactly({ protected_instance: text, drill_server_id: text })),
}

const SERVER: Fields = {
  id: text,
  name: text,
  status: text,
  created: like(/T\d\d:\d\d:\d\dZ$/),
  updated: like(/T\d\d:\d\d:\d\dZ$/),
  tenant_id: text,
  user_id: text,
  hostId: text,
  image: exactly({ id: text }),
  flavor: atLeast({ id: text, name: text, disk: text, vcpus: text, ram: text }),
  addresses: (value) =>
    isRecord(value) &&
    Object.values(value).every(
      listOf(
        atLeast({
          addr: text,
          version: one('4', '6'),
          'OS-EXT-IPS:type': one('fixed', 'floating'),
          'OS-EXT-IPS:port_id': text,
          'OS-EXT-IPS-MAC:mac_addr': like(/^([\da-f]{2}:){5}[\da-f]{2}$/),
        }),
      ),
    ),
  accessIPv4: text,
  accessIPv6: text,
  config_drive: text,
  key_name: orNull(text),
  metadata: texts,
  security_groups: listOf(exactly({ id: text, name: text })),
  host_status: text,
  locked: flag,
  progress: whole,
  tags: listOf(text),
  sys_tags: listOf(exactly({ key: text, value: text })),
  'OS-EXT-AZ:availability_zone': text,
  'OS-EXT-SRV-ATTR:hostname': text,
  'OS-EXT-SRV-ATTR:instance_name': text,
  'OS-EXT-SRV-ATTR:kernel_id': text,
  'OS-EXT-SRV-ATTR:launch_index': whole,
  'OS-EXT-SRV-ATTR:ramdisk_id': text,
  'OS-EXT-SRV-ATTR:root_device_name': text,
  'OS-EXT-STS:power_state': whole,
  'OS-EXT-STS:task_state': orNull(text),
  'OS-EXT-STS:vm_state': text,
  'OS-SRV-USG:launched_at': toTheMicrosecond,
  'OS-SRV-USG:terminated_at': nothing,
  'os-extended-volumes:volumes_attached': listOf(
    exactly({ id: text, device: text, bootIndex: orNull(text), delete_on_termination: text }),
  ),
}

const FLAVOR: Fields = {
  id: text,
  name: text,
  vcpus: like(/^\d+$/),
  ram: whole,
  disk: text,
  swap: text,
  'OS-FLV-EXT-DATA:ephemeral': whole,
  'OS-FLV-DISABLED:disabled': flag,
  rxtx_factor: whole,
  rxtx_quota: text,
  rxtx_cap: text,
  'os-flavor-access:is_public': flag,
  links: Array.isArray,
  os_extra_specs: texts,
}

const SUBNET: Fields = {
  id: text,
  name: text,
  description: text,
  cidr: text,
  gateway_ip: text,
  dhcp_enable: flag,
  primary_dns: text,
  secondary_dns: text,
  dnsList: listOf(text),
  ipv6_enable: flag,
  availability_zone: text,
  vpc_id: text,
  status: one('ACTIVE', 'UNKNOWN', 'ERROR'),
  neutron_network_id: text,
  neutron_subnet_id: text,
  extra_dhcp_opts: Array.isArray,
  tenant_id: text,
}

const PRIVATE_IP: Fields = {
  id: text,
  status: one('ACTIVE', 'DOWN'),
  subnet_id: text,
  tenant_id: text,
  device_owner: text,
  ip_address: text,
}

const VOLUME: Fields = {
  id: text,
  links: Array.isArray,
  name: text,
  status: text,
  attachments: listOf(
    atLeast({
      id: text,
      attachment_id: text,
      attached_at: toTheMicrosecond,
      server_id: text,
      volume_id: text,
      device: text,
      host_name: orNull(text),
    }),
  ),
  availability_zone: text,
  created_at: toTheMicrosecond,
  updated_at: toTheMicrosecond,
  description: orNull(text),
  snapshot_id: orNull(text),
  volume_type: text,
  size: whole,
  // A text, unlike the other two.
  bootable: one('true', 'false'),
  encrypted: flag,
  multiattach: flag,
  shareable: one('true', 'false'),
  metadata: texts,
  tags: texts,
  user_id: text,
  service_type: one('EVS'),
  replication_status: text,
  'os-vol-tenant-attr:tenant_id': text,
  volume_image_metadata: isRecord,
}

const world = act(
  twoProtected({
    subnets: [{ id: 'net-1', cidr: '192.168.1.0/24' }],
    servers: [1, 2, 3, 7].map((n) => ({
      id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
      name: `server-${n}`,
      group: n === 7 ? 'web' : 'erp',
      disks: 2,
      addresses: [{ address: `192.168.1.${n + 10}`, subnetId: 'net-1' }],
      ...(n === 3 ? { createFails: { errorCode: 'EVS.2024', failReason: 'r' } } : {}),
    })),
  }),
  'start',
  READY,
)
const drill = { server_group_id: 'group-erp', name: 'drill', drill_vpc_id: 'vpc-drill' }
const drilled = ask(
  create(world.world, 3, {}, ON).world,
  'POST',
  'disaster-recovery-drills',
  { disaster_recovery_drill: drill },
  ON + 8 * MINUTE,
)
const failing = drilled.world
/** When the drill is there. */
const DRILLED = ON + 12 * MINUTE
/** The third create has failed by then. */
const LATER = 5 * MINUTE
const get = (path: string, now = IN_SYNC) => ask(failing, 'GET', path, undefined, now).json
const [anInstance] = get('protected-instances').protected_instances
const [aPair] = get('replications').replications
const [aServer] = get('cloudservers/detail').servers

interface Answer {
  readonly path: string
  readonly now?: number
  readonly key: string
  readonly fields: Fields
  /** Beside the items of a list. */
  readonly more?: Fields
  /** Of ECS, VPC and EVS not all that they may tell is listed here. */
  readonly mayHaveMore?: boolean
}

const count = { count: whole }
const LISTS: readonly Answer[] = [
  { path: 'protected-instances', key: 'protected_instances', fields: INSTANCE, more: count },
  {
    path: 'protected-instances',
    now: NOW + 1,
    key: 'protected_instances',
    fields: INSTANCE,
    more: count,
  },
  { path: 'server-groups', key: 'server_groups', fields: GROUP, more: count },
  { path: 'replications', now: ON + 1, key: 'replications', fields: PAIR, more: count },
  { path: 'replications', now: NOW + 1, key: 'replications', fields: PAIR, more: count },
  {
    path: 'disaster-recovery-drills',
    now: DRILLED,
    key: 'disaster_recovery_drills',
    fields: DRILL,
    more: count,
  },
  {
    path: 'task-center/failure-jobs?server_group_id=group-erp',
    key: 'failure_jobs',
    fields: FAILURE,
    more: count,
  },
  {
    path: 'cloudservers/detail',
    key: 'servers',
    fields: SERVER,
    more: count,
    mayHaveMore: true,
  },
  { path: 'cloudservers/flavors', key: 'flavors', fields: FLAVOR, mayHaveMore: true },
  { path: 'subnets', key: 'subnets', fields: SUBNET, mayHaveMore: true },
  { path: 'subnets/net-1/privateips', key: 'privateips', fields: PRIVATE_IP },
  {
    path: `/v2/${failing.project.id}/cloudvolumes/detail`,
    key: 'volumes',
    fields: VOLUME,
    more: count,
    mayHaveMore: true,
  },
]

const [aDrill] = get('disaster-recovery-drills', DRILLED).disaster_recovery_drills

const SHOWN: readonly Answer[] = [
  {
    path: `disaster-recovery-drills/${aDrill?.id}`,
    now: DRILLED,
    key: 'disaster_recovery_drill',
    fields: DRILL,
  },
  {
    path: `protected-instances/${anInstance.id}`,
    key: 'protected_instance',
    fields: INSTANCE,
  },
  { path: 'server-groups/group-erp', key: 'server_group', fields: GROUP },
  { path: `replications/${aPair.id}`, key: 'replication', fields: PAIR },
  { path: `cloudservers/${aServer.id}`, key: 'server', fields: SERVER, mayHaveMore: true },
  { path: 'subnets/net-1', key: 'subnet', fields: SUBNET, mayHaveMore: true },
]

describe('every documented field, in its form, and no other', () => {
  test.each(LISTS)('$path at $now', ({ path, now, key, fields, more = {}, mayHaveMore }) => {
    const json = get(path, now)
    expect(faultsOf(json, { [key]: Array.isArray, ...more })).toEqual([])
    expect(json[key].length).toBeGreaterThan(0)
    if ('count' in more) expect(json.count).toBe(json[key].length)
    for (const item of json[key]) expect(faultsOf(item, fields, mayHaveMore)).toEqual([])
  })

  test.each(SHOWN)('$path', ({ path, now, key, fields, mayHaveMore }) => {
    const json = get(path, now)
    expect(Object.keys(json)).toEqual([key])
    expect(faultsOf(json[key], fields, mayHaveMore)).toEqual([])
  })

  test.each([
    ['sdrs/quotas', QUOTAS],
    ['active-domains', DOMAINS],
    ['protected-instances/tags', { tags: listOf(exactly({ key: text, values: listOf(text) })) }],
    ['resource-rpo-statistics', { resource_rpo_statistics: listOf(() => false), ...count }],
    [
      `protected-instances/${anInstance.id}/tags`,
      { tags: listOf(exactly({ key: text, value: text })) },
    ],
  ])('%s', (path, fields) => {
    expect(faultsOf(get(path), fields)).toEqual([])
  })

  test('jobs of groups and instances, from their beginning to their end', () => {
    const jobs = [...failing.jobs.keys()]
    expect(jobs).toHaveLength(5)
    for (const id of jobs) {
      for (const now of [NOW, READY, READY + 1, ON, IN_SYNC, DRILLED]) {
        expect(faultsOf(get(`jobs/${id}`, now), JOB)).toEqual([])
      }
    }
  })

  test('instances by their tags', () => {
    const path = 'protected-instances/resource_instances/action'
    const { json } = ask(failing, 'POST', path, { action: 'filter', tags: [] }, IN_SYNC)
    const resource = exactly({
      resource_id: text,
      resource_name: text,
      resource_detail: exactly(INSTANCE),
      tags: listOf(exactly({ key: text, value: text })),
    })
    expect(faultsOf(json, { resources: listOf(resource), total_count: whole })).toEqual([])
    expect(json.resources).toHaveLength(json.total_count)
    expect(json.total_count).toBeGreaterThan(1)
  })

  test('a renamed group and instance are shown as they are listed', () => {
    const group = ask(failing, 'PUT', 'server-groups/group-erp', { server_group: { name: 'a' } })
    expect(faultsOf(group.json.server_group, GROUP)).toEqual([])
    const path = `protected-instances/${anInstance.id}`
    const instance = ask(failing, 'PUT', path, { protected_instance: { name: 'a' } })
    expect(faultsOf(instance.json.protected_instance, INSTANCE)).toEqual([])
  })
})

test('these forms can be missed', () => {
  expect(faultsOf(anInstance, INSTANCE)).toEqual([])
  const { tags: _, ...untagged } = anInstance
  expect(faultsOf({ ...untagged, progress: '0', x: 1 }, INSTANCE)).toEqual([
    'progress is "0"',
    'tags is missing',
    'x is not documented',
  ])
})

test('a job has no request_id of its own; every answer has one in its header', () => {
  const [id] = failing.jobs.keys()
  const job = ask(failing, 'GET', `jobs/${id}`, undefined, IN_SYNC)
  expect(job.json).not.toHaveProperty('request_id')
  expect(job.headers['x-request-id']).toMatch(/^[\da-f]{32}$/)
  const gateway = ask(failing, 'GET', 'nowhere')
  expect(gateway.json.request_id).toBe(gateway.headers['x-request-id'])
})

test('nothing is told to have been changed later than now', () => {
  const starting = act(twoProtected(), 'start', READY).world
  const at = READY + 1
  const changed = (path: string, key: string): string[] =>
    ask(starting, 'GET', path, undefined, at).json[key].map(
      (each: { updated_at: string }) => each.updated_at,
    )
  const all = [
    ...changed('server-groups', 'server_groups'),
    ...changed('protected-instances', 'protected_instances'),
    ...changed('replications', 'replications'),
  ]
  const early = ask(smallWorld({ limits: LIMITS }), 'GET', 'server-groups', undefined, NOW).json
  expect(early.server_groups).toHaveLength(2)
  for (const time of all) {
    expect(Date.parse(`${time.replace(' ', 'T')}Z`)).toBeLessThanOrEqual(at)
  }
})

describe('what depends on the state', () => {
  test('failure_detail, a code, comes with the status error alone', () => {
    const { replications } = get('replications', ON + LATER)
    const inError = replications.filter(({ status }: { status: string }) => status === 'error')
    expect(inError).toHaveLength(2)
    for (const pair of inError) {
      expect(faultsOf(pair, { ...PAIR, failure_detail: one('EVS.2024') })).toEqual([])
    }
    const sound = replications.filter(({ status }: { status: string }) => status !== 'error')
    expect(sound).toHaveLength(4)
    for (const pair of sound) expect(faultsOf(pair, PAIR)).toEqual([])
  })

  test('the domain of a group is named as the list of domains names it', () => {
    const named = smallWorld({
      activeDomains: [{ id: 'd-1', name: 'metro' }],
      groups: [
        { name: 'erp', id: 'group-erp', domainId: 'd-1' },
        { name: 'web', id: 'group-web' },
      ],
    })
    const [first] = ask(named, 'GET', 'server-groups').json.server_groups
    expect([first.domain_id, first.domain_name]).toEqual(['d-1', 'metro'])
  })
})
