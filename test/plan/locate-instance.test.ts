import { expect, test } from 'vitest'
import { indexInstances, locateInstance } from '../../src/plan/locate-instance.ts'
import {
  instanceIdOf,
  liveStateFrom,
  nextLiveState,
  NOT_SEEN_YET,
  seenInstance,
} from '../../src/plan/live-state.ts'
import type { ProtectedInstance } from '../../src/cloud/sdrs/sdrs-schema.ts'
import { GROUP, instance, OTHER_GROUP, serverId } from '../report/build.ts'

const wanted = { serverId: serverId(1), groupId: GROUP }

function locate(instances: readonly ProtectedInstance[], groupId: string | null = GROUP) {
  const found = locateInstance(indexInstances(instances), { ...wanted, groupId })
  return found === null
    ? null
    : { id: found.instance.id, asDrServer: found.asDrServer, inGroup: found.inGroup }
}

/** Best first: each goes before all that stand after it, wherever they are in the list. */
const ORDER: readonly ProtectedInstance[] = [
  instance(1, { id: 'sound' }),
  instance(1, { id: 'sound, in a group that nobody tells', serverGroupId: null }),
  instance(1, { id: 'broken', status: 'error' }),
  instance(1, {
    id: 'broken, in a group that nobody tells',
    status: 'error',
    serverGroupId: null,
  }),
  instance(1, { id: 'deleting', status: 'deleting' }),
  instance(9, { id: 'turned', targetServer: serverId(1), priorityStation: 'target' }),
  instance(9, { id: 'moved', targetServer: serverId(1), status: 'failed-over' }),
  instance(1, { id: 'elsewhere', serverGroupId: OTHER_GROUP }),
  instance(1, { id: 'elsewhere, broken', serverGroupId: OTHER_GROUP, status: 'fault' }),
  instance(9, { id: 'as DR server', targetServer: serverId(1) }),
  instance(9, { id: 'as DR server, broken', targetServer: serverId(1), status: 'invalid' }),
]
const SAME_RANK = 'moved'

test.for(ORDER.map((each, at) => [each.id, at] as const))(
  '%s goes before what counts less',
  ([id, at]) => {
    const rest = ORDER.slice(at).filter((each) => each.id === id || each.id !== SAME_RANK)
    expect(locate(rest)?.id).toBe(id)
    expect(locate(rest.toReversed())?.id).toBe(id)
  },
)

test.for<{ over: Partial<ProtectedInstance>; asDrServer: boolean; inGroup: boolean }>([
  { over: {}, asDrServer: false, inGroup: true },
  { over: { serverGroupId: OTHER_GROUP }, asDrServer: false, inGroup: false },
  { over: { serverGroupId: null }, asDrServer: false, inGroup: false },
  {
    over: { sourceServer: serverId(9), targetServer: serverId(1) },
    asDrServer: true,
    inGroup: true,
  },
  {
    over: { sourceServer: null, targetServer: serverId(1), priorityStation: 'target' },
    asDrServer: false,
    inGroup: true,
  },
])('$over', ({ over, asDrServer, inGroup }) => {
  expect(locate([instance(1, over)])).toEqual({ id: 'instance-1', asDrServer, inGroup })
})

test('no group is in no group', () => {
  expect(locate([instance(1)], null)?.inGroup).toBe(false)
  expect(locate([instance(1, { serverGroupId: null })], null)?.inGroup).toBe(false)
})

test('servers and groups are recognised without case and hyphens', () => {
  const spelt = instance(1, {
    sourceServer: serverId(1).replaceAll('-', '').toUpperCase(),
    serverGroupId: GROUP.replaceAll('-', '').toUpperCase(),
  })
  expect(locate([spelt])).toEqual({ id: 'instance-1', asDrServer: false, inGroup: true })
})

test('those of others are nobody’s', () => {
  expect(locate([])).toBeNull()
  expect(locate([instance(2), instance(3, { sourceServer: null, targetServer: null })])).toBeNull()
})

test('an instance of both its servers is listed once', () => {
  const both = instance(1, { targetServer: serverId(1) })
  expect([...indexInstances([both]).values()]).toEqual([[both]])
})

test('what looks have shown: not seen yet, seen, gone, seen again', () => {
  const shown = instance(1)
  const seen = nextLiveState(NOT_SEEN_YET, shown)
  expect(seen).toEqual({ kind: 'seen', instance: shown })
  expect(nextLiveState(NOT_SEEN_YET, null)).toBe(NOT_SEEN_YET)
  const gone = nextLiveState(seen, null)
  expect(gone).toEqual({ kind: 'gone', instanceId: shown.id })
  expect(nextLiveState(gone, null)).toEqual(gone)
  expect(nextLiveState(gone, shown)).toEqual(seen)
  expect(liveStateFrom(null, null)).toBe(NOT_SEEN_YET)
  expect(NOT_SEEN_YET).toEqual({ kind: 'not-seen-yet' })
  expect([NOT_SEEN_YET, seen, gone].map(instanceIdOf)).toEqual([null, shown.id, shown.id])
  expect([NOT_SEEN_YET, seen, gone].map(seenInstance)).toEqual([null, shown, null])
  expect(liveStateFrom(null, 'x')).toEqual({ kind: 'gone', instanceId: 'x' })
  expect(liveStateFrom(shown, 'x')).toEqual(seen)
})

test('of two that count the same, the first of the list', () => {
  const two = [instance(1, { id: 'first' }), instance(1, { id: 'second' })]
  expect(locate(two)?.id).toBe('first')
})
