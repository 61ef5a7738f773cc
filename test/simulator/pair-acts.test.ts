import { describe, expect, test } from 'vitest'
import { loadFaultPlan } from '../../src/simulator/fault-plan.ts'
import type { World } from '../../src/simulator/state.ts'
import { actWorld, DONE, instanceOf, jobAt, refusalOf } from './act-world.ts'
import { ask, askUnder, create, MINUTE, serverId, smallWorld, type Asked } from './ask.ts'
import { act, groupAt, LIMITS, READY } from './group-world.ts'

function createPair(world: World, fields: Record<string, unknown> = {}, now = READY): Asked {
  const replication = {
    server_group_id: 'group-erp',
    volume_id: 'free-1',
    name: 'data',
    description: 'of the archive',
    ...fields,
  }
  return ask(world, 'POST', 'replications', { replication }, now)
}

const made = createPair(actWorld())
const { replication_pair_id: pairId } = jobAt(made.world, made, DONE).entities

function show(world: World, now: number, id: string = pairId): Asked {
  return ask(world, 'GET', `replications/${id}`, undefined, now)
}

function statusAt(world: World, now: number, id: string = pairId): string {
  return show(world, now, id).json.replication.status
}

function attach(world: World, n: number, fields: Record<string, unknown> = {}, now = DONE) {
  const path = `protected-instances/${instanceOf(world, n, now).id}/attachreplication`
  const body = { replicationAttachment: { replication_id: pairId, device: '/dev/vdc', ...fields } }
  return ask(world, 'POST', path, body, now)
}

function detach(world: World, n: number, id: string, now: number): Asked {
  const instance = instanceOf(world, n, now).id
  const path = `protected-instances/${instance}/detachreplication/${id}`
  return ask(world, 'DELETE', path, undefined, now)
}

function volume(world: World, id: string, now: number) {
  const path = `/v2/0123456789abcdef0123456789abcdef/cloudvolumes/detail?ids=['${id}']`
  return ask(world, 'GET', path, undefined, now).json.volumes[0]
}

function disksOf(world: World, n: number, now: number): string[] {
  const { server } = ask(world, 'GET', `cloudservers/${serverId(n)}`, undefined, now).json
  return server['os-extended-volumes:volumes_attached'].map(
    ({ id, device }: Record<string, string>) => `${device} ${id}`,
  )
}

describe('a pair by itself', () => {
  test('is made by a job whose entities are text, for clients that read no else', () => {
    const job = jobAt(made.world, made, DONE)
    expect([job.job_type, job.status]).toEqual(['createReplicationPairNoCG', 'SUCCESS'])
    expect(Object.values(job.entities).every((each) => typeof each === 'string')).toBe(true)
  })

  test('is shown with the documented fields, and attached to nothing', () => {
    expect(statusAt(made.world, DONE - 1)).toBe('creating')
    expect(show(made.world, DONE).json.replication).toEqual({
      id: pairId,
      name: 'data',
      description: 'of the archive',
      replication_model: 'hypermetro',
      status: 'available',
      progress: 0,
      replication_status: 'inactive',
      attachment: [],
      server_group_id: 'group-erp',
      volume_ids: expect.stringMatching(/^free-1,/),
      priority_station: 'source',
      fault_level: '0',
      record_metadata: {
        multiattach: false,
        bootable: false,
        volume_size: 100,
        volume_type: 'SSD',
      },
      created_at: '2026-11-01T00:05:00.000000',
      updated_at: '2026-11-01T00:06:00.000000',
    })
  })

  test('counts for its group and the quota', () => {
    expect([groupAt(made.world, DONE)['replication_num']]).toEqual([5])
    const { resources } = ask(made.world, 'GET', 'sdrs/quotas', undefined, DONE).json.quotas
    expect(resources).toContainEqual(expect.objectContaining({ type: 'replications', used: 5 }))
    const full = actWorld({ limits: { ...LIMITS, pairQuota: 4 } })
    expect(refusalOf(createPair(full))).toBe('SDRS.0306')
  })

  test.each([
    ['', 5],
    ['?server_group_id=group-erp', 5],
    ['?server_group_id=group-web', 0],
    ['?server_group_ids=[]', 0],
    [`?server_group_ids=['group-erp']`, 5],
    ['?name=dat', 1],
    ['?status=available', 5],
    ['?status=creating', 0],
    ['?availability_zone=eu-de-01', 5],
    ['?availability_zone=eu-de-02', 0],
    ['?query_type=status_abnormal', 0],
    ['?limit=3&offset=3', 2],
    [`?protected_instance_id=${instanceOf(made.world, 1).id}`, 2],
    [`?protected_instance_ids=${encodeURIComponent(`["${instanceOf(made.world, 1).id}"]`)}`, 2],
  ])('is listed with the others under %s: %i', (query, count) => {
    const { replications } = ask(made.world, 'GET', `replications${query}`, undefined, DONE).json
    expect(replications).toHaveLength(count)
  })

  test('starts with its group, in which it may be alone, and copies then', () => {
    const { world } = act(made.world, 'start', DONE)
    expect(statusAt(world, DONE)).toBe('starting')
    const { replication } = show(world, DONE + MINUTE + 20 * MINUTE).json
    expect(replication).toMatchObject({
      status: 'protected',
      replication_status: 'active',
      progress: 100,
    })
    const lone = createPair(actWorld(), { server_group_id: 'group-web' })
    const started = act(lone.world, 'start', DONE, 'group-web')
    expect(jobAt(started.world, started, DONE).entities.sub_jobs).toMatchObject([
      {
        job_type: 'startProtectionGroupRepNoCG',
        entities: {
          replication_pair_id: jobAt(lone.world, lone, DONE).entities.replication_pair_id,
        },
      },
    ])
  })

  test('keeps its group from acting while it is made, and from being deleted', () => {
    expect(refusalOf(act(made.world, 'start', READY))).toBe('SDRS.1002')
    const lone = createPair(actWorld(), { server_group_id: 'group-web' }).world
    const deletion = ask(lone, 'DELETE', 'server-groups/group-web', undefined, DONE)
    expect(refusalOf(deletion)).toBe('SDRS.1010')
  })

  test('is renamed, and so is one of an instance', () => {
    const rename = (id: string, name: string) =>
      ask(made.world, 'PUT', `replications/${id}`, { replication: { name } }, DONE)
    const renamed = rename(pairId, 'new')
    expect(renamed.json.replication).toMatchObject({ id: pairId, name: 'new' })
    const [{ replication: other }] = instanceOf(made.world, 1).attachment
    const both = rename(other, 'system')
    expect(show(both.world, DONE, other).json.replication).toMatchObject({
      name: 'system',
      created_at: '2026-11-01T00:00:00.000000',
    })
    expect(refusalOf(rename(pairId, 'a b'))).toBe('SDRS.0202')
    expect(refusalOf(rename('x', 'a'))).toBe('SDRS.1608')
  })

  test('is expanded, attached or not', () => {
    const expand = (world: World, id: string, size: unknown, now = DONE) =>
      ask(
        world,
        'POST',
        `replications/${id}/action`,
        { 'extend-replication': { new_size: size } },
        now,
      )
    const grown = expand(made.world, pairId, 120.9)
    expect(statusAt(grown.world, DONE)).toBe('extending')
    expect(jobAt(grown.world, grown, DONE + MINUTE)).toMatchObject({
      job_type: 'expandReplicationPairNew',
      status: 'SUCCESS',
    })
    const sizeOf = (world: World, id: string): number =>
      show(world, DONE + MINUTE, id).json.replication.record_metadata.volume_size
    expect([statusAt(grown.world, DONE + MINUTE), sizeOf(grown.world, pairId)]).toEqual([
      'available',
      120,
    ])
    const [{ replication: other }] = instanceOf(made.world, 1).attachment
    const online = expand(made.world, other, 50)
    expect(sizeOf(online.world, other)).toBe(50)
    expect(refusalOf(expand(made.world, pairId, 100))).toBe('SDRS.0201')
    expect(refusalOf(expand(made.world, pairId, '200'))).toBe('SDRS.0201')
    expect(refusalOf(expand(grown.world, pairId, 200))).toBe('SDRS.1601')
    expect(refusalOf(expand(made.world, 'x', 200))).toBe('SDRS.1608')
    const path = `replications/${pairId}/action`
    expect(refusalOf(ask(made.world, 'POST', path, {}, DONE))).toBe('SDRS.0206')
  })

  test('is deleted, and its DR disk stays unless it is to go', () => {
    const remove = (body?: unknown) =>
      ask(made.world, 'DELETE', `replications/${pairId}`, body, DONE)
    const [, recoveryId] = show(made.world, DONE).json.replication.volume_ids.split(',')
    expect(volume(made.world, recoveryId, DONE)).toMatchObject({
      status: 'available',
      size: 100,
      availability_zone: 'eu-de-02',
    })
    const kept = remove({ replication: { server_group_id: 'group-erp' } })
    const dropped = remove({ replication: { delete_target_volume: true } })
    const at = DONE + MINUTE
    expect(statusAt(kept.world, DONE)).toBe('deleting')
    expect(jobAt(kept.world, kept, at).job_type).toBe('deleteReplicationPairNoCG')
    expect(refusalOf(show(kept.world, at))).toBe('SDRS.1608')
    expect([kept, dropped].map(({ world }) => volume(world, recoveryId, at)?.size)).toEqual([
      100,
      undefined,
    ])
    expect(groupAt(kept.world, at)['replication_num']).toBe(4)
    expect(createPair(kept.world, {}, at).status).toBe(200)
    const wrong = { replication: { server_group_id: 'group-web' } }
    expect(refusalOf(remove(wrong))).toBe('SDRS.1611')
    expect(refusalOf(ask(kept.world, 'DELETE', `replications/${pairId}`, undefined, DONE))).toBe(
      'SDRS.0214',
    )
    const [{ replication: other }] = instanceOf(made.world, 1).attachment
    expect(refusalOf(ask(made.world, 'DELETE', `replications/${other}`, undefined, DONE))).toBe(
      'SDRS.1605',
    )
  })

  test.each([
    ['without a group', { server_group_id: '' }, 'SDRS.0207'],
    ['of no group', { server_group_id: 'x' }, 'SDRS.1013'],
    ['without a disk', { volume_id: undefined }, 'SDRS.0211'],
    ['of no disk', { volume_id: 'x' }, 'SDRS.1803'],
    ['of a disk in the DR zone', { volume_id: 'free-2' }, 'SDRS.1810'],
    ['of an encrypted disk', { volume_id: 'free-3' }, 'SDRS.1802'],
    ['without a name', { name: undefined }, 'SDRS.0202'],
    ['with a bad description', { description: '<' }, 'SDRS.0212'],
  ])('%s is refused', (_what, fields, code) => {
    const refused = createPair(actWorld(), fields)
    expect([refusalOf(refused), refused.world.loosePairs.size]).toEqual([code, 0])
  })

  test('of a disk that is in a pair already, or in a server, is refused', () => {
    const diskOf = (n: number) => disksOf(made.world, n, DONE)[0]?.split(' ')[1]
    expect(refusalOf(createPair(made.world, {}, DONE))).toBe('SDRS.1811')
    expect(refusalOf(createPair(made.world, { volume_id: diskOf(1) }, DONE))).toBe('SDRS.1811')
    expect(refusalOf(createPair(made.world, { volume_id: diskOf(3) }, DONE))).toBe('SDRS.1801')
  })

  test('is refused while its group starts', () => {
    expect(refusalOf(createPair(act(actWorld(), 'start', READY).world))).toBe('SDRS.1024')
  })
})

describe('a pair is attached to an instance', () => {
  const attached = attach(made.world, 2)
  const at = DONE + MINUTE

  test('through attaching; its disks are the servers’ then', () => {
    expect(statusAt(attached.world, at - 1)).toBe('attaching')
    expect(instanceOf(attached.world, 2, at - 1).attachment).toHaveLength(2)
    expect(jobAt(attached.world, attached, at)).toMatchObject({
      job_type: 'attachReplicationPairNew',
      status: 'SUCCESS',
      entities: { replication_pair_id: pairId },
    })
    expect(instanceOf(attached.world, 2, at).attachment).toContainEqual({
      replication: pairId,
      device: '/dev/vdc',
    })
    expect(show(attached.world, at).json.replication).toMatchObject({
      name: 'data',
      status: 'available',
      attachment: [
        { protected_instance: instanceOf(attached.world, 2, at).id, device: '/dev/vdc' },
      ],
      created_at: '2026-11-01T00:05:00.000000',
    })
    expect(disksOf(attached.world, 2, at)).toContain('/dev/vdc free-1')
    expect(volume(attached.world, 'free-1', at).status).toBe('in-use')
    expect(groupAt(attached.world, at)['replication_num']).toBe(5)
  })

  test('under the name that KVM gives its device', () => {
    const { world } = attach(made.world, 2, { device: '/dev/sdd' })
    expect(disksOf(world, 2, at)).toContain('/dev/vdd free-1')
  })

  test('and taken from it, with its disks', () => {
    const gone = detach(attached.world, 2, pairId, at)
    expect(statusAt(gone.world, at)).toBe('detaching')
    const after = at + MINUTE
    expect(jobAt(gone.world, gone, after)).toMatchObject({
      job_type: 'detachReplicationPairNew',
      status: 'SUCCESS',
    })
    expect(show(gone.world, after).json.replication).toMatchObject({
      name: 'data',
      status: 'available',
      attachment: [],
      created_at: '2026-11-01T00:05:00.000000',
    })
    expect(instanceOf(gone.world, 2, after).attachment).toHaveLength(2)
    expect(volume(gone.world, 'free-1', after).status).toBe('available')
    expect(attach(gone.world, 1, {}, after).status).toBe(200)
  })

  test('a pair that its create made is taken off and keeps its name', () => {
    const [, { replication: id }] = instanceOf(actWorld(), 1).attachment
    const { world } = detach(actWorld(), 1, id, READY)
    expect(show(world, DONE, id).json.replication).toMatchObject({
      name: 'dr-1-vdb',
      attachment: [],
      created_at: '2026-11-01T00:00:00.000000',
    })
    expect(groupAt(world, DONE)['replication_num']).toBe(4)
  })

  test.each([
    ['without a device', { device: undefined }, 'SDRS.0201'],
    ['as an odd device', { device: 'vdc' }, 'SDRS.0201'],
    ['as a device in use', { device: '/dev/vdb' }, 'SDRS.1603'],
    ['as a device in use by its other name', { device: '/dev/sdb' }, 'SDRS.1603'],
    ['without an ID', { replication_id: '' }, 'SDRS.0213'],
    ['that is not there', { replication_id: 'x' }, 'SDRS.1608'],
    [
      'that is attached',
      { replication_id: instanceOf(made.world, 1).attachment[0].replication },
      'SDRS.1603',
    ],
  ])('%s it is refused', (_what, fields, code) => {
    expect(refusalOf(attach(made.world, 2, fields))).toBe(code)
  })

  test('of another group, or while either is in hand, it is refused', () => {
    const { world } = create(made.world, 7, {}, READY)
    expect(refusalOf(attach(world, 7, {}, READY + 5 * MINUTE))).toBe('SDRS.1611')
    expect(refusalOf(attach(attached.world, 1))).toBe('SDRS.1601')
    expect(refusalOf(attach(made.world, 2, {}, READY))).toBe('SDRS.1601')
    expect(refusalOf(attach(act(made.world, 'start', DONE).world, 2))).toBe('SDRS.1024')
  })

  test('taking it off is refused', () => {
    const [system, data] = instanceOf(attached.world, 2, at).attachment
    expect(refusalOf(detach(attached.world, 2, system.replication, at))).toBe('SDRS.1316')
    expect(refusalOf(detach(attached.world, 1, data.replication, at))).toBe('SDRS.1604')
    expect(refusalOf(detach(made.world, 1, pairId, DONE))).toBe('SDRS.1604')
    expect(refusalOf(detach(made.world, 1, 'x', DONE))).toBe('SDRS.1608')
    const twice = detach(attached.world, 2, pairId, at).world
    expect(refusalOf(detach(twice, 2, pairId, at))).toBe('SDRS.0214')
    expect(refusalOf(detach(twice, 2, data.replication, at))).toBe('SDRS.1328')
    const starting = act(attached.world, 'start', at).world
    expect(refusalOf(detach(starting, 2, pairId, at))).toBe('SDRS.1002')
    const path = `protected-instances/${instanceOf(twice, 2, at).id}`
    expect(refusalOf(ask(twice, 'DELETE', path, undefined, at))).toBe('SDRS.1301')
  })

  test('the system disk of a stopped server comes off', () => {
    const [{ replication }] = instanceOf(actWorld(), 1).attachment
    expect(detach(actWorld(), 1, replication, READY).status).toBe(200)
  })
})

test.each<[string, number]>([
  ['being attached to', 2],
  ['being taken off', 1],
])(
  'an instance that somebody else deletes while a pair is %s takes no pair with it twice',
  (_what, n) => {
    const faults = loadFaultPlan({
      rules: [
        { on: 'listProtectedInstances', times: 1, do: { deleteBetweenPages: `server-${n}` } },
      ],
    })
    const [, { replication: id }] = instanceOf(made.world, 1, DONE).attachment
    const acting = n === 2 ? attach(made.world, 2) : detach(made.world, 1, id, DONE)
    const gone = askUnder(
      faults,
      acting.world,
      'GET',
      'protected-instances?limit=2&offset=2',
      undefined,
      DONE,
    )
    const after = ask(gone.world, 'GET', 'replications', undefined, DONE + MINUTE)
    expect([after.json.count, groupAt(after.world, DONE + MINUTE)['replication_num']]).toEqual([
      3, 3,
    ])
  },
)

test('a world without free disks says so', () => {
  expect(refusalOf(createPair(smallWorld()))).toBe('SDRS.1803')
})
