import { describe, expect, test } from 'vitest'
import { loadFaultPlan } from '../../src/simulator/fault-plan.ts'
import { ask, askUnder, codeOf, create, MINUTE, NOW, serverId, smallWorld } from './ask.ts'
import { LIMITS, pairsAt, READY, twoProtected } from './group-world.ts'

/** Servers 1 and 2 of `erp` and 7 of `web`, two disks each. */
function threeProtected(changes: Record<string, unknown> = {}) {
  return create(twoProtected(changes), 7).world
}

const ids = (...list: string[]): string => encodeURIComponent(JSON.stringify(list))

describe('the list of pairs', () => {
  const world = threeProtected()
  const list = (query = '', now = READY) =>
    ask(world, 'GET', `replications${query}`, undefined, now)
  const names = (query: string): string =>
    list(query)
      .json.replications.map(({ name }: { name: string }) => name.replace('dr-', ''))
      .join(' ')
  const [first] = ask(world, 'GET', 'protected-instances', undefined, READY).json
    .protected_instances

  test('has one a disk, with the documented fields', () => {
    const { count, replications } = list().json
    expect([count, replications.length]).toEqual([6, 6])
    const [pair, second] = replications
    expect(pair).toEqual({
      id: first.attachment[0].replication,
      name: 'dr-1-vda',
      description: '',
      replication_model: 'hypermetro',
      status: 'available',
      progress: 0,
      replication_status: 'inactive',
      attachment: [{ protected_instance: first.id, device: '/dev/vda' }],
      server_group_id: 'group-erp',
      volume_ids: expect.any(String),
      priority_station: 'source',
      fault_level: '0',
      record_metadata: {
        multiattach: false,
        bootable: true,
        volume_size: 40,
        volume_type: 'SAS',
      },
      created_at: '2026-11-01T00:00:00.000000',
      updated_at: '2026-11-01T00:05:00.000000',
    })
    expect(second.record_metadata.bootable).toBe(false)
  })

  test('names the disks of both servers', () => {
    const [{ volume_ids: volumes }] = list().json.replications
    const attached = [first.source_server, first.target_server].map(
      (id) =>
        ask(world, 'GET', `cloudservers/${id}`, undefined, READY).json.server[
          'os-extended-volumes:volumes_attached'
        ][0].id,
    )
    expect(volumes).toBe(attached.join(','))
  })

  test.each([
    ['?server_group_id=group-web', '7-vda 7-vdb'],
    [`?server_group_ids=${ids('group-web')}&server_group_id=group-erp`, '7-vda 7-vdb'],
    [`?server_group_ids=${ids('group-web', 'group-erp')}&limit=3`, '7-vda 7-vdb 1-vda'],
    [`?protected_instance_ids=${ids(first.id)}`, '1-vda 1-vdb'],
    [`?protected_instance_ids=${ids(first.id)}&server_group_id=group-web`, ''],
    [`?protected_instance_ids=${ids(first.id)}&server_group_id=group-erp`, '1-vda 1-vdb'],
    [`?protected_instance_id=${first.id}`, '1-vda 1-vdb'],
    [`?protected_instance_ids=${ids('nowhere')}&protected_instance_id=${first.id}`, ''],
    ['?query_type=general&name=7', '7-vda 7-vdb'],
    ['?name=-vdb', '1-vdb 2-vdb 7-vdb'],
    ['?status=available&name=2', '2-vda 2-vdb'],
    ['?status=protected', ''],
    ['?availability_zone=eu-de-01&limit=1', '1-vda'],
    ['?availability_zone=eu-de-02', ''],
    ['?query_type=status_abnormal', ''],
    ['?limit=2&offset=3', '2-vdb 7-vda'],
    ['?limit=2&offset=6', ''],
  ])('%s', (query, expected) => {
    expect(names(query)).toBe(expected)
    if (query.startsWith('?limit')) expect(list(query).json.count).toBe(6)
  })

  test.each([
    ['limit=1000', '?limit=1000', 'SDRS.0221'],
    ['offset=-1', '?offset=-1', 'SDRS.0222'],
    [
      '31 groups',
      `?server_group_ids=${ids(...Array.from({ length: 31 }, (_, n) => `${n}`))}`,
      'SDRS.0226',
    ],
    [
      '31 instances',
      `?protected_instance_ids=${ids(...Array.from({ length: 31 }, (_, n) => `${n}`))}`,
      'SDRS.0226',
    ],
    ['no JSON', '?server_group_ids=[group-erp]', 'SDRS.0201'],
  ])('%s is refused', (_what, query, code) => {
    expect([list(query).status, codeOf(list(query))]).toEqual([400, code])
  })

  test('has the ones of an instance in error among the abnormal', () => {
    const servers = [
      {
        id: serverId(1),
        group: 'erp',
        disks: 1,
        createFails: { errorCode: 'EVS.2024', failReason: 'volume is error!' },
      },
    ]
    const failed = create(smallWorld({ servers }), 1).world
    expect(pairsAt(failed, READY, '?query_type=status_abnormal')).toEqual(['error  0 0'])
  })

  test('is empty once the instances are gone', () => {
    const { id } = first
    const removed = ask(world, 'DELETE', `protected-instances/${id}`, undefined, READY)
    expect(pairsAt(removed.world, READY)).toContain('deleting inactive 0 0')
    const left = ask(removed.world, 'GET', 'replications', undefined, READY + MINUTE).json
    expect(left.count).toBe(4)
  })

  test('leaves out the ones of an instance that lists leave out', () => {
    const omissions = [{ from: 'ready', forMs: MINUTE }]
    const servers = [{ id: serverId(1), group: 'erp', disks: 2, anomalies: { omissions } }]
    const omitted = create(smallWorld({ servers, limits: LIMITS }), 1).world
    const countAt = (now: number): number =>
      ask(omitted, 'GET', 'replications', undefined, now).json.count
    expect([NOW, READY, READY + MINUTE].map(countAt)).toEqual([2, 0, 2])
  })

  test('lags behind like the others', () => {
    const lagging = threeProtected({ limits: { ...LIMITS, listLagMs: 10_000 } })
    const countAt = (now: number): number =>
      ask(lagging, 'GET', 'replications', undefined, now).json.count
    expect([countAt(NOW + 9_999), countAt(NOW + 10_000)]).toEqual([0, 6])
    expect(pairsAt(lagging, READY + 9_999)).toEqual(['creating  0 0'])
  })
})

test('one pair is shown by its ID', () => {
  const world = threeProtected()
  const [pair] = ask(world, 'GET', 'replications', undefined, READY).json.replications
  const show = (id: string, now = READY) => ask(world, 'GET', `replications/${id}`, undefined, now)
  expect(show(pair.id).json).toEqual({ replication: pair })
  expect([show('nowhere').status, codeOf(show('nowhere'))]).toEqual([400, 'SDRS.1608'])
  const removed = ask(
    world,
    'DELETE',
    `protected-instances/${pair.attachment[0].protected_instance}`,
    undefined,
    READY,
  )
  const gone = ask(removed.world, 'GET', `replications/${pair.id}`, undefined, READY + MINUTE)
  expect(codeOf(gone)).toBe('SDRS.1608')
})

describe('under a fault plan', () => {
  const under = (rule: object, path: string) =>
    askUnder(
      loadFaultPlan({ rules: [rule as never] }),
      threeProtected(),
      'GET',
      path,
      undefined,
      READY,
    )

  test('pairs may be forbidden, for one group', () => {
    const rule = { on: 'listReplications', group: 'erp', do: { status: 403 } }
    expect(under(rule, 'replications?server_group_id=group-erp').status).toBe(403)
    expect(under(rule, 'replications?server_group_id=group-web').status).toBe(200)
    const [pair] = under({ on: 'x', do: { status: 500 } }, 'replications').json.replications
    const shown = { on: 'showReplication', server: 'server-1', do: { status: 403 } }
    expect(under(shown, `replications/${pair.id}`).status).toBe(403)
  })

  test('pages may come again, and shift', () => {
    const namesUnder = (effect: object): string[] =>
      under(
        { on: 'listReplications', do: effect },
        'replications?limit=2&offset=2',
      ).json.replications.map(({ name }: { name: string }) => name)
    expect(namesUnder({ repeatPage: 'first' })).toEqual(['dr-1-vda', 'dr-1-vdb'])
    expect(namesUnder({ deleteBetweenPages: '*' })).toEqual(['dr-7-vda', 'dr-7-vdb'])
  })
})
