import { describe, expect, test } from 'vitest'
import { create, MINUTE, NOW, serverId, smallWorld, troubled } from './ask.ts'
import {
  act,
  groupAt,
  IN_SYNC,
  instancesAt,
  LIMITS,
  ON,
  pairsAt,
  READY,
  twoProtected,
} from './group-world.ts'

describe('pairs over time', () => {
  const started = act(twoProtected(), 'start', READY).world

  test.each([
    ['while their instance is created', NOW, 'creating  0 0'],
    ['while the start runs', READY, 'starting inactive 0 0'],
    ['until it has ended', ON - 1, 'starting inactive 0 0'],
    ['then they copy', ON, 'protected copying 0 0'],
    ['by and by', ON + 5 * MINUTE, 'protected copying 50 0'],
    ['nearly to the end', IN_SYNC - 1, 'protected copying 99 0'],
    ['and are in sync', IN_SYNC, 'protected active 100 0'],
    ['for good', IN_SYNC + 1_000 * MINUTE, 'protected active 100 0'],
  ])('%s', (_when, at, expected) => {
    expect(pairsAt(started, at)).toEqual([expected])
  })

  test('switched off they stand still, and copy anew once switched on again', () => {
    expect(pairsAt(twoProtected(), READY)).toEqual(['available inactive 0 0'])
    const stopped = act(started, 'stop', IN_SYNC).world
    expect(pairsAt(stopped, IN_SYNC)).toEqual(['stopping active 100 0'])
    expect(pairsAt(stopped, IN_SYNC + MINUTE)).toEqual(['available inactive 0 0'])
    const again = act(stopped, 'start', IN_SYNC + MINUTE).world
    expect(pairsAt(again, IN_SYNC + 2 * MINUTE)).toEqual(['protected copying 0 0'])
    expect(pairsAt(again, IN_SYNC + 12 * MINUTE)).toEqual(['protected active 100 0'])
  })

  test('of a server that joins a protected group copy from when it is ready', () => {
    const joined = create(started, 3, {}, IN_SYNC)
    expect(joined.status).toBe(200)
    const own = (at: number): string[] => pairsAt(joined.world, at, '?name=dr-3')
    expect(own(IN_SYNC)).toEqual(['creating  0 0'])
    expect(instancesAt(joined.world, IN_SYNC + 5 * MINUTE)).toContain('dr-3 protected')
    expect(own(IN_SYNC + 5 * MINUTE)).toEqual(['protected copying 0 0'])
    expect(own(IN_SYNC + 15 * MINUTE)).toEqual(['protected active 100 0'])
    expect(pairsAt(joined.world, IN_SYNC + 5 * MINUTE, '?name=dr-1')).toEqual([
      'protected active 100 0',
    ])
  })

  test('take their time in a group that is slow', () => {
    const plan = { groups: [{ name: 'erp', syncTimeMs: 100 * MINUTE }] }
    const slow = create(troubled(plan, { limits: LIMITS }), 1).world
    const at = ON + 50 * MINUTE
    expect(pairsAt(act(slow, 'start', READY).world, at)).toEqual(['protected copying 50 0'])
  })

  test('of different disks need different times within the range', () => {
    const limits = { ...LIMITS, syncTimeMs: { min: MINUTE, max: 20 * MINUTE } }
    const world = act(twoProtected({ limits }), 'start', READY).world
    expect(pairsAt(world, ON + MINUTE - 1).length).toBeGreaterThan(1)
    expect(pairsAt(world, ON + 20 * MINUTE)).toEqual(['protected active 100 0'])
  })
})

describe('pairs of worlds as they were found', () => {
  const found = (group: Record<string, unknown>, instance: Record<string, unknown> = {}) =>
    smallWorld({
      limits: LIMITS,
      groups: [{ name: 'erp', id: 'group-erp', ...group }],
      servers: [{ id: serverId(1), group: 'erp', disks: 1, availabilityZone: 'eu-de-01' }],
      instances: [{ server: serverId(1), group: 'erp', ...instance }],
    })

  test.each([
    ['available', {}, 'available inactive 0 0'],
    ['protected', {}, 'protected active 100 0'],
    ['error-starting', {}, 'error-starting inactive 0 0'],
    ['failed-over', { priorityStation: 'target' }, 'failed-over active-stopped 0 0'],
    ['error-reprotecting', { priorityStation: 'target' }, 'error-reprotecting active-stopped 0 0'],
    ['protected', { priorityStation: 'target' }, 'protected active 100 0'],
  ])('%s %j', (status, more, expected) => {
    const world = found({ status, ...more })
    expect(pairsAt(world, NOW)).toEqual([expected])
    expect(groupAt(world, NOW)).toMatchObject({ status, priority_station: 'source', ...wire(more) })
  })

  const wire = (more: { priorityStation?: string }): object =>
    more.priorityStation === undefined ? {} : { priority_station: more.priorityStation }

  test.each([
    ['fault', 'fault inactive 0 5'],
    ['invalid', 'invalid inactive 0 0'],
    ['error', 'error  0 0'],
  ])('of an instance in %s', (status, expected) => {
    expect(pairsAt(found({ status: 'protected' }, { status }), NOW)).toEqual([expected])
  })
})

describe('pairs that break', () => {
  const broken = (pair: Record<string, unknown>) => {
    const plan = { pairs: [{ server: 'server-1', ...pair }] }
    const world = create(create(troubled(plan, { limits: LIMITS }), 1).world, 2).world
    return act(world, 'start', READY).world
  }
  const fault = {
    device: '/dev/vdb',
    afterMs: 20 * MINUTE,
    forMs: 10 * MINUTE,
    status: 'fault',
    replicationStatus: 'inactive',
    progress: 0,
    faultLevel: '5',
    failureDetail: 'link down',
  }

  test('do so after a while of protection, one of them, and mend', () => {
    const world = broken(fault)
    expect(pairsAt(world, ON + 20 * MINUTE - 1)).toEqual(['protected active 100 0'])
    expect(pairsAt(world, ON + 20 * MINUTE, '?name=dr-1')).toEqual([
      'protected active 100 0',
      'fault inactive 0 5',
    ])
    expect(pairsAt(world, ON + 20 * MINUTE, '?name=dr-2')).toEqual(['protected active 100 0'])
    expect(pairsAt(world, ON + 20 * MINUTE, '?query_type=status_abnormal')).toHaveLength(1)
    expect(pairsAt(world, ON + 30 * MINUTE)).toEqual(['protected active 100 0'])
  })

  test('may keep all but their fault level, from when their instance is ready', () => {
    const world = broken({ from: 'ready', faultLevel: '2' })
    expect(pairsAt(world, READY, '?name=dr-1')).toEqual(['starting inactive 0 2'])
    expect(pairsAt(world, IN_SYNC, '?name=dr-1')).toEqual(['protected active 100 2'])
  })

  test('are those of a world file as well', () => {
    const world = smallWorld({
      groups: [{ name: 'erp', id: 'group-erp', status: 'protected' }],
      servers: [{ id: serverId(1), group: 'erp', disks: 1, pairFault: { faultLevel: '2' } }],
      instances: [{ server: serverId(1), group: 'erp' }],
    })
    expect(pairsAt(world, NOW)).toEqual(['protected active 100 2'])
  })
})
