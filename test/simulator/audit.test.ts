import { describe, expect, test } from 'vitest'
import {
  acceptedCreates,
  acceptedStarts,
  doubleCreates,
  doubleStarts,
  hastyStarts,
  healthyDeletes,
  reprotects,
} from '../../src/simulator/audit.ts'
import { serverKey, type World } from '../../src/simulator/state.ts'
import { tableOf } from '../../src/simulator/table.ts'
import { ask, create, MINUTE, NOW, serverId, smallWorld, troubled } from './ask.ts'
import { act, IN_SYNC, ON, twoProtected } from './group-world.ts'

const READY = NOW + 5 * MINUTE

function remove(world: World, now: number): World {
  const id = world.instances.keySeq().first('')
  return ask(world, 'DELETE', `protected-instances/${id}`, undefined, now).world
}

const failing = (leavesInstance: boolean, repairedAfterMs: number | null = null): World =>
  troubled({
    jobs: [
      {
        server: 'server-1',
        errorCode: 'X.1',
        failReason: '',
        leavesInstance,
        repairedAfterMs,
        times: 1,
      },
    ],
  })

describe('accepted twice', () => {
  test('is told with the life of what the first create made', () => {
    const once = create(smallWorld(), 1)
    expect(doubleCreates(once.world)).toEqual([])
    // A service that has forgotten whom it protects.
    const twice = create({ ...once.world, serverUse: tableOf() }, 1, {}, READY)
    expect(doubleCreates(twice.world)).toMatchObject([
      {
        first: { jobId: once.json.job_id, at: NOW, jobEndsAt: READY, readyAt: READY, goneAt: null },
        second: { jobId: twice.json.job_id, at: READY, serverId: serverId(1) },
      },
    ])
    expect(acceptedCreates(twice.world).get(serverKey(serverId(1)))).toHaveLength(2)
  })

  test('is not said where the first left nothing, or was deleted before', () => {
    const nothingLeft = create(create(failing(false), 1).world, 1, {}, READY)
    expect([nothingLeft.status, doubleCreates(nothingLeft.world)]).toEqual([200, []])
    const deleted = remove(create(smallWorld(), 1).world, READY)
    const again = create(deleted, 1, {}, READY + MINUTE)
    expect([again.status, doubleCreates(again.world)]).toEqual([200, []])
    const early = create({ ...deleted, serverUse: tableOf() }, 1, {}, READY + MINUTE - 1)
    expect(doubleCreates(early.world)).toHaveLength(1)
  })
})

describe('deletes', () => {
  test('of a healthy instance are carried out, and told with its status and station', () => {
    const world = remove(create(smallWorld(), 1).world, READY)
    expect(healthyDeletes(world)).toMatchObject([
      { serverId: serverId(1), status: 'available', station: 'source', at: READY },
    ])
  })

  test('of what a failed create left are as they should be, until it is repaired', () => {
    const { world } = create(failing(true, MINUTE), 1)
    expect(healthyDeletes(remove(world, READY + MINUTE - 1))).toEqual([])
    expect(healthyDeletes(remove(world, READY + MINUTE))).toMatchObject([{ status: 'available' }])
  })
})

describe('starts', () => {
  const once = act(twoProtected(), 'start', READY)
  /** A service that has forgotten what it is doing. */
  const forgetful = (world: World): World => ({
    ...world,
    groups: world.groups.map((group) => ({ ...group, moves: [] })),
  })

  test('are told by group', () => {
    expect([...acceptedStarts(once.world)]).toMatchObject([
      ['group-erp', [{ at: READY, endsAt: ON, jobId: once.json.job_id, after: 'protected' }]],
    ])
    expect([doubleStarts(once.world), hastyStarts(once.world)]).toEqual([[], []])
  })

  test('are double while the first runs, and while what it switched on is on', () => {
    for (const at of [READY, ON - 1, ON, IN_SYNC]) {
      const twice = act(forgetful(once.world), 'start', at).world
      expect(doubleStarts(twice)).toMatchObject([{ first: { at: READY }, second: { at } }])
    }
  })

  test('are not double after a stop, nor after one that failed', () => {
    const stopped = act(once.world, 'stop', IN_SYNC).world
    const again = act(stopped, 'start', IN_SYNC + MINUTE).world
    expect([acceptedStarts(again).get('group-erp')?.length, doubleStarts(again)]).toEqual([2, []])
    const startFails = { errorCode: 'X.1', failReason: '', times: 1 }
    const plan = { groups: [{ name: 'erp', startFails }] }
    const failed = act(create(troubled(plan), 1).world, 'start', READY).world
    const second = act(failed, 'start', READY + MINUTE).world
    expect([acceptedStarts(second).get('group-erp')?.length, doubleStarts(second)]).toEqual([2, []])
  })

  test('that arrive while the first runs are hasty, though they are refused', () => {
    const hasty = act(once.world, 'start', ON - 1).world
    expect([doubleStarts(hasty), hastyStarts(hasty)]).toMatchObject([
      [],
      [{ at: ON - 1, refusedAs: 'SDRS.1018' }],
    ])
    expect(hastyStarts(act(once.world, 'start', ON).world)).toEqual([])
  })

  test('of a group that was failed over are reprotects', () => {
    expect(reprotects(once.world)).toEqual([])
    const lost = act(once.world, 'failover', IN_SYNC).world
    expect(reprotects(lost)).toEqual([])
    const again = act(lost, 'start', IN_SYNC + MINUTE).world
    expect(reprotects(again)).toMatchObject([{ name: 'erp', status: 'failed-over' }])
  })
})
