import { expect, test } from 'vitest'
import {
  mayBeDeleted,
  unmetConditions,
  type DeleteCondition,
  type DeleteFacts,
} from '../../src/plan/delete-guard.ts'
import type { ProtectedInstance } from '../../src/cloud/sdrs/sdrs-schema.ts'
import { GROUP, instance, OTHER_GROUP, serverId } from '../report/build.ts'

const broken = instance(1, { status: 'error' })
const facts: DeleteFacts = {
  wanted: { serverId: serverId(1), groupId: GROUP, instanceId: broken.id },
  leftByFailedCreate: true,
  instance: broken,
}

test('what a failed create left, in error, on its source station, may be deleted', () => {
  expect(unmetConditions(facts)).toEqual([])
  expect(mayBeDeleted(facts)).toBe(true)
  const spelt = { ...broken, sourceServer: serverId(1).replaceAll('-', '').toUpperCase() }
  expect(mayBeDeleted({ ...facts, instance: spelt })).toBe(true)
})

test('whose story nobody knows: not', () => {
  expect(unmetConditions({ ...facts, leftByFailedCreate: false })).toEqual([
    'left by a failed create',
  ])
  expect(mayBeDeleted({ ...facts, leftByFailedCreate: false })).toBe(false)
})

const STATUSES = [
  'available',
  'protected',
  'creating',
  'deleting',
  'error-starting',
  'error-deleting',
  'invalid',
  'fault',
  'unknown',
  'ERROR',
  'error ',
  '',
]
const STATIONS = ['target', 'TARGET', 'Target ', 'SOURCE', 'Source', 'source ', ' source', '', null]

test.for<{ over: Partial<ProtectedInstance>; unmet: DeleteCondition }>([
  ...STATUSES.map((status) => ({ over: { status }, unmet: 'in error' as const })),
  ...STATIONS.map((priorityStation) => ({
    over: { priorityStation },
    unmet: 'on its source station' as const,
  })),
  { over: { id: 'another' }, unmet: 'that very instance' },
  { over: { sourceServer: serverId(2) }, unmet: 'of the same server' },
  { over: { sourceServer: null }, unmet: 'of the same server' },
  { over: { sourceServer: 'x', targetServer: serverId(1) }, unmet: 'of the same server' },
  { over: { serverGroupId: OTHER_GROUP }, unmet: 'in the same group' },
  { over: { serverGroupId: null }, unmet: 'in the same group' },
])('not with $over', ({ over, unmet }) => {
  const changed = { ...facts, instance: { ...broken, ...over } }
  expect(unmetConditions(changed)).toEqual([unmet])
  expect(mayBeDeleted(changed)).toBe(false)
})
