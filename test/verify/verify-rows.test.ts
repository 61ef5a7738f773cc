import { expect, test } from 'vitest'
import { verifyRows, type VerifiedRow } from '../../src/verify/verify-rows.ts'
import { isAsExpected } from '../../src/verify/verification.ts'
import { groupKey } from '../../src/keys.ts'
import type { Look } from '../../src/verify/look.ts'
import { GROUP, instance, OTHER_GROUP, row, serverId } from '../report/build.ts'
import {
  drServer,
  lookAt,
  server,
  soundCloud,
  SUBNET,
  type AuditedCloud,
} from '../support/audited-cloud.ts'

function audit(cloud: AuditedCloud, over: Partial<Look> = {}): readonly VerifiedRow[] {
  const wanted = cloud.rows.flatMap((each) => {
    const group = cloud.groups.find(({ id }) => id === each.serverGroupId)
    return group === undefined ? [] : [{ row: each, group }]
  })
  return verifyRows(wanted, { ...lookAt(cloud), ...over }, new Set())
}

/** All that an audit says of a row, in a line. */
function said({ result, verification, warnings }: VerifiedRow): string {
  const { verdict, drift, unverifiable, replication, notCarriedOver } = verification
  return [
    `${result.kind}${result.reason === null ? '' : `/${result.reason}`}`,
    verdict,
    replication.state,
    ...drift.map(({ field, wanted, actual }) => `${field}: ${wanted}, ${actual}`),
    ...unverifiable.map((field) => `${field}?`),
    ...notCarriedOver.map(({ field, production, dr }) => `${field}: ${production} | ${dr}`),
    ...warnings.map(({ code }) => code),
  ].join(' ')
}

const SOUND = 'already-protected as-written in-sync'

test('a cloud in which nothing is disturbed is as written, in sync, and good for both expectations', () => {
  const rows = audit(soundCloud())
  expect(rows.map(said)).toEqual([SOUND, SOUND, SOUND])
  expect(rows.map(({ verification }) => verification.replication)).toEqual(
    Array(3).fill({ state: 'in-sync', pairs: 2, progress: 100 }),
  )
  expect(isAsExpected('as-written', 'replicating') && isAsExpected('as-written', 'created')).toBe(
    true,
  )
})

type Disturb = (cloud: AuditedCloud) => void

const ofInstance =
  (over: Partial<AuditedCloud['instances'][number]>): Disturb =>
  (cloud) => {
    cloud.instances = cloud.instances.map((each) =>
      each.id === 'instance-1' ? { ...each, ...over } : each,
    )
  }
const ofPair =
  (over: Partial<AuditedCloud['pairs'][number]>): Disturb =>
  (cloud) => {
    cloud.pairs = cloud.pairs.map((each) => (each.id === 'pair-1-2' ? { ...each, ...over } : each))
  }
const ofServer =
  (id: string, over: Partial<NonNullable<AuditedCloud['servers']>[number]>): Disturb =>
  (cloud) => {
    cloud.servers =
      cloud.servers?.map((each) => (each.id === id ? { ...each, ...over } : each)) ?? null
  }
const ofRow =
  (over: Partial<AuditedCloud['rows'][number]>): Disturb =>
  (cloud) => {
    cloud.rows = cloud.rows.map((each) => (each.row === 1 ? { ...each, ...over } : each))
  }

/** Each changes row 1, and no other. */
const DISTURBED: readonly (readonly [what: string, disturb: Disturb, row: string])[] = [
  // Every field.
  ['the name', ofInstance({ name: 'x' }), 'already-protected drifted in-sync name: web-1, x'],
  [
    'the description',
    ofInstance({ description: '' }),
    'already-protected drifted in-sync description: server 1, null',
  ],
  ['a description that is not told', ofInstance({ description: null }), `${SOUND} description?`],
  [
    'a tag of another value',
    ofInstance({ tags: { env: 'test' } }),
    'already-protected drifted in-sync tag:env: prod, test',
  ],
  [
    'a tag that is gone',
    ofInstance({ tags: {} }),
    'already-protected drifted in-sync tag:env: prod, null',
  ],
  ['tags that are not told', ofInstance({ tags: null }), `${SOUND} tag:env?`],
  [
    'the flavor',
    ofServer(drServer(1), { flavor: 's3.xlarge.2' }),
    'already-protected drifted in-sync flavor: s3.large.2, s3.xlarge.2',
  ],
  ['a flavor in another case', ofRow({ flavor: 'S3.Large.2' }), SOUND],
  ['a flavor that is not told', ofServer(drServer(1), { flavor: null }), `${SOUND} flavor?`],
  [
    'the address',
    ofServer(drServer(1), { addresses: ['10.1.0.99'] }),
    'already-protected drifted in-sync primary_ip_address: 10.1.0.11, 10.1.0.99',
  ],
  [
    'the subnet, which the address tells',
    ofServer(drServer(1), { addresses: ['10.2.0.11'] }),
    'already-protected drifted in-sync primary_subnet_id: net-dr, net-other primary_ip_address: 10.1.0.11, 10.2.0.11',
  ],
  [
    'a subnet that is not in the VPC of the DR server',
    ofRow({ primarySubnetId: 'net-gone' }),
    'already-protected drifted in-sync primary_subnet_id: net-gone, net-dr',
  ],
  [
    'a VPC whose subnets could not be read',
    ofServer(drServer(1), { vpcId: 'vpc-x' }),
    `${SOUND} primary_subnet_id?`,
  ],
  [
    'no address',
    ofServer(drServer(1), { addresses: [] }),
    `${SOUND} primary_subnet_id? primary_ip_address?`,
  ],
  [
    'fields that no service shows',
    ofRow({ clusterId: 'c', tenancy: 'dedicated', dedicatedHostId: 'h' }),
    `${SOUND} cluster_id? tenancy? dedicated_host_id?`,
  ],
  [
    'a DR server that is not listed',
    (cloud) => {
      cloud.servers = cloud.servers?.filter(({ id }) => id !== drServer(1)) ?? null
    },
    `${SOUND} flavor? primary_subnet_id? primary_ip_address? dr-server-missing`,
  ],
  [
    'a DR server that SDRS does not name',
    ofInstance({ targetServer: null }),
    `${SOUND} flavor? primary_subnet_id? primary_ip_address?`,
  ],
  // What SDRS does not carry over.
  [
    'the name of the production server',
    ofServer(serverId(1), { name: 'new' }),
    `${SOUND} name: new | web-1`,
  ],
  [
    'the host name of the production server',
    ofServer(serverId(1), { hostName: 'new' }),
    `${SOUND} host_name: new | host`,
  ],
  [
    'a host name that is not told',
    ofServer(serverId(1), { hostName: null, securityGroups: null }),
    SOUND,
  ],
  [
    'the security groups of the production server',
    ofServer(serverId(1), { securityGroups: ['a', 'default'] }),
    `${SOUND} security_groups: a, default | default`,
  ],
  [
    'the agency of the production server',
    ofServer(serverId(1), { agency: 'x' }),
    `${SOUND} agency: x | null`,
  ],
  [
    'a tag of the production server',
    ofServer(serverId(1), { tags: { a: '1' } }),
    `${SOUND} tag:a: 1 | null`,
  ],
  [
    'a tag of the DR server',
    ofServer(drServer(1), { tags: { a: '1' } }),
    `${SOUND} tag:a: null | 1`,
  ],
  [
    'a disk that came later',
    ofServer(serverId(1), {
      volumes: ['disk-1-1', 'disk-1-2', 'disk-1-3'].map((id) => ({ id, isSystem: false })),
    }),
    `${SOUND} disk-not-replicated`,
  ],
  // Every status of an instance.
  ...['error', 'error-starting', 'error-resizing', 'invalid', 'fault'].map(
    (status) =>
      [
        `instance in ${status}`,
        ofInstance({ status }),
        `conflict/broken-instance broken ${status === 'error-starting' ? 'off' : 'unknown'}`,
      ] as const,
  ),
  [
    'instance in deleting',
    ofInstance({ status: 'deleting' }),
    'conflict/being-deleted broken unknown',
  ],
  [
    'instance in creating',
    ofInstance({ status: 'creating' }),
    'not-attempted/not-protected not-protected off',
  ],
  [
    'instance in no status',
    ofInstance({ status: 'unknown' }),
    'not-attempted/not-protected not-protected unknown',
  ],
  ...['available', 'stopping', 'failing-over', 'failed-over'].map(
    (status) =>
      [
        `instance in ${status}`,
        ofInstance({ status }),
        'already-protected not-replicating off',
      ] as const,
  ),
  ...['starting', 'reversing', 'reprotecting'].map(
    (status) =>
      [
        `instance in ${status}`,
        ofInstance({ status }),
        'already-protected not-replicating syncing',
      ] as const,
  ),
  ...['resizing', 'nic-creating', 'nic-deleting'].map(
    (status) => [`instance in ${status}`, ofInstance({ status }), SOUND] as const,
  ),
  // Every fault of a pair.
  ['pair off', ofPair({ status: 'available' }), 'already-protected not-replicating off'],
  ['pair starting', ofPair({ status: 'starting' }), 'already-protected not-replicating syncing'],
  ['pair in error', ofPair({ status: 'error' }), 'already-protected not-replicating faulty'],
  ['pair in fault', ofPair({ status: 'fault' }), 'already-protected not-replicating faulty'],
  ['pair invalid', ofPair({ status: 'invalid' }), 'already-protected not-replicating faulty'],
  ['pair in no status', ofPair({ status: 'unknown' }), 'already-protected not-replicating unknown'],
  [
    'pair copying',
    ofPair({ replicationStatus: 'copying', progress: 40 }),
    'already-protected not-replicating syncing',
  ],
  ['pair at 99 %', ofPair({ progress: 99 }), 'already-protected not-replicating syncing'],
  ['pair of no progress', ofPair({ progress: null }), 'already-protected not-replicating unknown'],
  [
    'pair inactive',
    ofPair({ replicationStatus: 'inactive' }),
    'already-protected not-replicating faulty',
  ],
  [
    'pair stopped',
    ofPair({ replicationStatus: 'active-stopped' }),
    'already-protected not-replicating faulty',
  ],
  [
    'pair that does not tell',
    ofPair({ replicationStatus: null }),
    'already-protected not-replicating unknown',
  ],
  ...['2', '5', '7'].map(
    (faultLevel) =>
      [
        `pair of fault level ${faultLevel}`,
        ofPair({ faultLevel }),
        'already-protected not-replicating faulty pair-fault',
      ] as const,
  ),
  [
    'pair of no fault level',
    ofPair({ faultLevel: null }),
    'already-protected not-replicating unknown',
  ],
  ['pair of another instance', ofPair({ instanceIds: [] }), `${SOUND} disk-not-replicated`],
  [
    'no pair at all',
    (cloud) => {
      cloud.pairs = cloud.pairs.filter(({ id }) => !id.startsWith('pair-1'))
    },
    'already-protected not-replicating unknown disk-not-replicated',
  ],
  // Where it is.
  [
    'no instance',
    (cloud) => {
      cloud.instances = cloud.instances.filter(({ id }) => id !== 'instance-1')
    },
    'not-attempted/not-protected not-protected off',
  ],
  [
    'an instance in another group',
    ofInstance({ serverGroupId: OTHER_GROUP }),
    'conflict/other-group elsewhere unknown',
  ],
  [
    'an instance whose group is not told',
    ofInstance({ serverGroupId: null }),
    'conflict/other-group elsewhere unknown',
  ],
  [
    'a server that is another’s DR server',
    ofRow({ serverId: 'd0000000-0000-4000-8000-000000000009' }),
    'conflict/other-group elsewhere unknown',
  ],
  [
    'drift wins over replication',
    (cloud) => {
      ofInstance({ name: 'x' })(cloud)
      ofPair({ replicationStatus: 'copying' })(cloud)
    },
    'already-protected drifted syncing name: web-1, x',
  ],
]

test.each(DISTURBED)('%s changes its row and no other', (_, disturb, expected) => {
  const cloud = soundCloud()
  // Whose DR server it is, for the one row that names one.
  const other = instance(9, {
    serverGroupId: OTHER_GROUP,
    targetServer: 'd0000000-0000-4000-8000-000000000009',
  })
  cloud.instances.push(other)
  disturb(cloud)
  expect(audit(cloud).map(said)).toEqual([expected, SOUND, SOUND])
})

test.each([
  ['available', 'off'],
  ['error-starting', 'off'],
  ['stopping', 'off'],
  ['failed-over', 'off'],
  ['starting', 'syncing'],
  ['reprotecting', 'syncing'],
  // In no other is it said that anything replicates.
  ['error-stopping', 'unknown'],
  ['error', 'unknown'],
  ['deleting', 'unknown'],
  ['some-new-word', 'unknown'],
])('a group in %s changes its rows and no other: %s', (status, state) => {
  const cloud = soundCloud()
  cloud.groups = cloud.groups.map((each) => (each.id === GROUP ? { ...each, status } : each))
  const line = `already-protected not-replicating ${state}`
  expect(audit(cloud).map(said)).toEqual([line, line, SOUND])
})

test('a pair that its instance names and the list does not show may be the one that does not replicate', () => {
  for (const [pairs, line] of [
    [2, SOUND],
    [3, 'already-protected not-replicating unknown'],
  ] as const) {
    const cloud = soundCloud()
    ofInstance({ pairs })(cloud)
    expect(audit(cloud).map(said)).toEqual([line, SOUND, SOUND])
  }
})

test('instances of a start that failed are whole, and off, as for enable', () => {
  const cloud = soundCloud()
  const status = 'error-starting'
  cloud.groups = cloud.groups.map((each) => (each.id === GROUP ? { ...each, status } : each))
  cloud.instances = cloud.instances.map((each) =>
    each.serverGroupId === GROUP ? { ...each, status } : each,
  )
  const line = 'already-protected not-replicating off'
  expect(audit(cloud).map(said)).toEqual([line, line, SOUND])
})

test('pairs that could not be read are unknown; that protection is off is known all the same', () => {
  const cloud = soundCloud()
  const unread = { pairs: [], pairGroups: new Set([groupKey(OTHER_GROUP)]) }
  const rows = audit(cloud, { ...unread, pairs: cloud.pairs })
  expect(rows.map(({ verification }) => verification.replication)).toEqual([
    { state: 'unknown', pairs: null, progress: null },
    { state: 'unknown', pairs: null, progress: null },
    { state: 'in-sync', pairs: 2, progress: 100 },
  ])
  expect(rows.map(({ verification }) => verification.verdict)).toEqual([
    'not-replicating',
    'not-replicating',
    'as-written',
  ])
  cloud.groups = cloud.groups.map((each) => ({ ...each, status: 'available' }))
  expect(audit(cloud, unread)[0]?.verification.replication.state).toBe('off')
})

test('without ECS and VPC what they would tell is unverifiable, and no difference', () => {
  const cloud = { ...soundCloud(), servers: null, subnets: null }
  const line = `${SOUND} flavor? primary_subnet_id? primary_ip_address?`
  expect(audit(cloud).map(said)).toEqual([line, line, line])
})

test('fields that a row leaves empty are not compared, however the cloud has them', () => {
  const cloud = soundCloud()
  cloud.rows = [1, 2].map((number) => row(number))
  cloud.servers = cloud.servers?.map((each) => ({ ...each, flavor: 'f', addresses: [] })) ?? null
  expect(audit(cloud).map(said)).toEqual([SOUND, SOUND])
})

test('after a failover and back the DR server is the one that the row does not name', () => {
  const cloud = soundCloud()
  ofInstance({
    sourceServer: drServer(1),
    targetServer: serverId(1),
    priorityStation: 'target',
  })(cloud)
  expect(audit(cloud).map(said)).toEqual([SOUND, SOUND, SOUND])
  cloud.servers?.push(server({ id: 'x' }))
  ofServer(drServer(1), { flavor: 'other' })(cloud)
  expect(audit(cloud)[0]?.verification.drift).toEqual([
    { field: 'flavor', wanted: 's3.large.2', actual: 'other' },
  ])
})

test('progress is that of the pair which is least far', () => {
  const cloud = soundCloud()
  ofPair({ replicationStatus: 'copying', progress: 7 })(cloud)
  expect(audit(cloud)[0]?.verification.replication).toEqual({
    state: 'syncing',
    pairs: 2,
    progress: 7,
  })
})

test('--expect created takes what does not replicate, and nothing else more', () => {
  const verdicts = [
    'as-written',
    'not-replicating',
    'drifted',
    'broken',
    'elsewhere',
    'not-protected',
  ] as const
  expect(verdicts.filter((verdict) => isAsExpected(verdict, 'created'))).toEqual([
    'as-written',
    'not-replicating',
  ])
  expect(verdicts.filter((verdict) => isAsExpected(verdict, 'replicating'))).toEqual(['as-written'])
})

test('the subnet’s ID is compared without case and hyphens', () => {
  const cloud = soundCloud()
  ofRow({ primarySubnetId: SUBNET.toUpperCase() })(cloud)
  expect(audit(cloud).map(said)).toEqual([SOUND, SOUND, SOUND])
})
