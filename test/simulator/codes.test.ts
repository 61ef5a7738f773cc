import { describe, expect, test } from 'vitest'
import { ERROR_TEXTS, statusOf, textOf, type SdrsCode } from '../../src/simulator/error-texts.ts'
import type { World } from '../../src/simulator/state.ts'
import { ask, create, createBody, MINUTE, NOW, serverId, smallWorld, type Asked } from './ask.ts'
import { act, LIMITS, ON, READY, twoProtected } from './group-world.ts'

const ids = (count: number): string =>
  encodeURIComponent(JSON.stringify(Array.from({ length: count }, (_, n) => `${n}`)))

const made = twoProtected()
const [first] = ask(made, 'GET', 'protected-instances', undefined, READY).json.protected_instances
const instance = `protected-instances/${first.id}`
const deleting = ask(made, 'DELETE', instance, undefined, READY).world
const on = act(made, 'start', READY).world
const tags = (
  action: unknown,
  list: unknown,
  { world = made, now = READY }: { readonly world?: World; readonly now?: number } = {},
): Asked => ask(world, 'POST', `${instance}/tags/action`, { action, tags: list }, now)
const erpIn = (status: string, held = false): World =>
  smallWorld({
    groups: [{ name: 'erp', id: 'group-erp', status }],
    servers: [{ id: serverId(1), name: 'server-1', group: 'erp' }],
    instances: held ? [{ server: serverId(1), group: 'erp', status: 'error' }] : [],
  })
const deleteHeld = (status: string): Asked => {
  const world = erpIn(status, true)
  const [held] = ask(world, 'GET', 'protected-instances').json.protected_instances
  return ask(world, 'DELETE', `protected-instances/${held.id}`)
}
const group = (fields: Record<string, unknown>, limits = {}): Asked =>
  ask(smallWorld({ limits }), 'POST', 'server-groups', {
    server_group: {
      name: 'new',
      source_availability_zone: 'eu-de-01',
      target_availability_zone: 'eu-de-02',
      source_vpc_id: 'vpc',
      domain_id: 'd',
      ...fields,
    },
  })

/** What each code is met by; what a create meets in `create-rules.test.ts` as well. */
const MET: readonly (readonly [SdrsCode, string, () => Asked])[] = [
  ['SDRS.0201', 'a body that is none', () => ask(made, 'POST', 'protected-instances')],
  ['SDRS.0201', 'a list that is none', () => ask(made, 'GET', 'replications?server_group_ids={}')],
  [
    'SDRS.0202',
    'a bad name',
    () => ask(made, 'PUT', instance, { protected_instance: { name: '' } }),
  ],
  ['SDRS.0203', 'a group in one zone', () => group({ target_availability_zone: 'eu-de-01' })],
  ['SDRS.0204', 'a group without a VPC', () => group({ source_vpc_id: '' })],
  ['SDRS.0206', 'no action', () => ask(made, 'POST', 'server-groups/group-erp/action', {})],
  ['SDRS.0212', 'a bad description', () => group({ description: '<b>' })],
  ['SDRS.0221', 'a limit of none', () => ask(made, 'GET', 'server-groups?limit=0')],
  ['SDRS.0222', 'an offset below none', () => ask(made, 'GET', 'replications?offset=-1')],
  [
    'SDRS.0226',
    '31 groups',
    () => ask(made, 'GET', `protected-instances?server_group_ids=${ids(31)}`),
  ],
  [
    'SDRS.0226',
    '31 instances',
    () => ask(made, 'GET', `replications?protected_instance_ids=${ids(31)}`),
  ],
  ['SDRS.0305', 'a group too many', () => group({}, { groupQuota: 2 })],
  ['SDRS.0306', 'a pair too many', () => create(smallWorld({ limits: { pairQuota: 1 } }), 1)],
  [
    'SDRS.1001',
    'a group that holds instances',
    () => ask(made, 'DELETE', 'server-groups/group-erp'),
  ],
  [
    'SDRS.1002',
    'a group that is on its way',
    () => ask(erpIn('starting'), 'DELETE', 'server-groups/group-erp'),
  ],
  ['SDRS.1013', 'a group that is not there', () => ask(made, 'GET', 'server-groups/nowhere')],
  [
    'SDRS.1013',
    'a create in it',
    () => ask(made, 'POST', 'protected-instances', createBody(3, { server_group_id: 'nowhere' })),
  ],
  [
    'SDRS.1013',
    'its renaming',
    () => ask(made, 'PUT', 'server-groups/nowhere', { server_group: { name: 'a' } }),
  ],
  ['SDRS.1013', 'its deletion', () => ask(made, 'DELETE', 'server-groups/nowhere')],
  ['SDRS.1013', 'its start', () => act(made, 'start', READY, 'nowhere')],
  ['SDRS.1015', 'a start without a pair', () => act(smallWorld(), 'start', NOW)],
  ['SDRS.1018', 'a start once it is on', () => act(on, 'start', ON)],
  ['SDRS.1019', 'a stop while it is off', () => act(made, 'stop', READY)],
  [
    'SDRS.1020',
    'a start of a group that failed to be made',
    () => act(erpIn('error', true), 'start', NOW),
  ],
  ['SDRS.1301', 'a delete while it is made', () => ask(made, 'DELETE', instance, undefined, NOW)],
  [
    'SDRS.1301',
    'a delete while it is deleted',
    () => ask(deleting, 'DELETE', instance, undefined, READY),
  ],
  ['SDRS.1301', 'a delete while it starts', () => ask(on, 'DELETE', instance, undefined, ON - 1)],
  [
    'SDRS.1320',
    'an instance that is not there',
    () => ask(made, 'GET', 'protected-instances/nowhere'),
  ],
  [
    'SDRS.1320',
    'one that is gone',
    () => ask(deleting, 'GET', instance, undefined, READY + MINUTE),
  ],
  ['SDRS.1320', 'its tags', () => ask(made, 'GET', 'protected-instances/nowhere/tags')],
  ['SDRS.1320', 'its deletion', () => ask(made, 'DELETE', 'protected-instances/nowhere')],
  ['SDRS.1324', 'a delete of what is broken while its group starts', () => deleteHeld('starting')],
  ['SDRS.1325', 'a create while its group starts', () => create(on, 3, {}, ON - 1)],
  ['SDRS.1608', 'a pair that is not there', () => ask(made, 'GET', 'replications/nowhere')],
  ['SDRS.2201', 'another action', () => tags('replace', [])],
  ['SDRS.2202', 'no tag', () => tags('create', [])],
  ['SDRS.2202', 'no list of tags', () => tags('delete', undefined)],
  [
    'SDRS.2203',
    'twenty-one tags',
    () =>
      tags(
        'create',
        Array.from({ length: 21 }, (_, n) => ({ key: `${n}`, value: '' })),
      ),
  ],
  ['SDRS.2204', 'a long key', () => tags('create', [{ key: 'k'.repeat(37), value: '' }])],
  ['SDRS.2205', 'a blank key', () => tags('create', [{ key: ' ', value: '' }])],
  ['SDRS.2205', 'no key', () => tags('create', [{ value: '' }])],
  ['SDRS.2207', 'a long value', () => tags('create', [{ key: 'k', value: 'v'.repeat(44) }])],
  ['SDRS.2208', 'a value of null', () => tags('create', [{ key: 'k', value: null }])],
  ['SDRS.2208', 'no value', () => tags('create', [{ key: 'k' }])],
  [
    'SDRS.2209',
    'a key twice',
    () =>
      tags('create', [
        { key: 'k', value: '1' },
        { key: 'k', value: '2' },
      ]),
  ],
  [
    'SDRS.2221',
    'a tag for what is deleted',
    () => tags('create', [{ key: 'k', value: '' }], { world: deleting }),
  ],
  ['SDRS.2222', 'and one taken from it', () => tags('delete', [{ key: 'k' }], { world: deleting })],
]

describe('each code, in the form and with the words of the service', () => {
  test.each(MET)('%s: %s', (code, _what, meet) => {
    const { status, json } = meet()
    expect([status, json]).toEqual([400, { error: { message: ERROR_TEXTS[code], code } }])
  })

  test('a job that nobody knows: 404, as another kind', () => {
    const { status, json } = ask(made, 'GET', 'jobs/nowhere')
    expect(status).toBe(404)
    expect(json).toEqual({
      itemNotFound: { message: 'Invalid request parameters', code: 'SDRS.0201' },
    })
  })

  test('30 IDs are not too many', () => {
    expect(ask(made, 'GET', `protected-instances?server_group_ids=${ids(30)}`).status).toBe(200)
  })
})

describe('the table', () => {
  test.each([
    ['SDRS.0305', 'Insufficient protection group quota', 400],
    ['SDRS.0306', 'Insufficient replication pair quota', 400],
    ['SDRS.0005', 'No permission for the operation', 400],
    ['SDRS.0006', 'Failed to obtain the token for the tenant', 500],
    ['SDRS.0016', 'Null or empty domain name decoded from token', 500],
    ['SDRS.0408', 'Null job', 500],
    ['SDRS.1011', 'Failed to query the active-active domain', 500],
    ['SDRS.1013', 'Protection group not found', 400],
    ['SDRS.1912', 'Failed to create the drill NIC', 500],
    ['SDRS.1913', 'DR drill deletion not allowed in the current state', 400],
    ['SDRS.1921', 'Drill VPC is already used for creating a DR drill', 400],
    ['SDRS.2206', 'Specified tag key is not found', 404],
  ] as const)('%s: %s, %i', (code, text, status) => {
    expect([ERROR_TEXTS[code], statusOf(code)]).toEqual([text, status])
  })

  test('knows nothing but its own codes', () => {
    expect([textOf('SDRS.1608'), textOf('SDRS.4711'), textOf('constructor')]).toEqual([
      'Replication pair not found',
      null,
      null,
    ])
  })
})

describe('the list of groups', () => {
  const world = smallWorld({
    limits: LIMITS,
    groups: [
      { name: 'erp', id: 'group-erp', status: 'available' },
      { name: 'web', id: 'group-web', status: 'protected', priorityStation: 'target' },
      { name: 'bad', id: 'group-bad', status: 'error-starting' },
    ],
  })
  const names = (query: string): string =>
    ask(world, 'GET', `server-groups${query}`)
      .json.server_groups.map(({ name }: { name: string }) => name)
      .join(' ')

  test.each([
    ['?query_type=status_abnormal', 'bad'],
    ['?query_type=stop_protected', 'erp'],
    ['?query_type=general', 'erp web bad'],
    ['?query_type=period_no_dr_drill', 'erp web bad'],
    ['?query_type=', 'erp web bad'],
    ['?query_type=__proto__', 'erp web bad'],
    ['?availability_zone=eu-de-01', 'erp bad'],
    // Where production runs now: its station is the target.
    ['?availability_zone=eu-de-02', 'web'],
    ['?availability_zone=eu-de-03', ''],
    ['?name=b', 'web bad'],
    ['?status=protected', 'web'],
    ['?status=error-starting&query_type=status_abnormal&availability_zone=eu-de-01', 'bad'],
  ])('%s', (query, expected) => {
    expect(names(query)).toBe(expected)
  })

  test('those without a drill in the last three months', () => {
    const drill = { group_id: 'group-erp', server_group_id: 'group-erp', name: 'd' }
    const made = ask(
      twoProtected(),
      'POST',
      'disaster-recovery-drills',
      {
        disaster_recovery_drill: { ...drill, drill_vpc_id: 'vpc-drill' },
      },
      READY,
    )
    expect(made.status).toBe(200)
    const undrilled = (now: number): string[] =>
      ask(
        made.world,
        'GET',
        'server-groups?query_type=period_no_dr_drill',
        undefined,
        now,
      ).json.server_groups.map(({ name }: { name: string }) => name)
    expect(undrilled(READY + MINUTE)).toEqual(['web'])
    expect(undrilled(READY + 91 * 24 * 60 * MINUTE)).toEqual(['erp', 'web'])
  })
})
