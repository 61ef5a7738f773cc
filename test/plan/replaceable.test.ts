import { expect, test } from 'vitest'
import { NO_OPEN_WORK } from '../../src/journal/replay.ts'
import { replaceable } from '../../src/plan/replaceable.ts'
import type { ProtectedInstance } from '../../src/cloud/sdrs/sdrs-schema.ts'
import { instance } from '../report/build.ts'
import { planOf } from './facts.ts'

function rowsOf(
  over: Partial<ProtectedInstance>,
  known: { readonly failed?: string[]; readonly healthy?: string[] },
): number[] {
  const plan = planOf({ instances: [instance(1, { status: 'error', ...over })] })
  const openWork = {
    ...NO_OPEN_WORK,
    failedInstances: new Set(known.failed),
    healthyInstances: new Set(known.healthy),
  }
  return replaceable(plan, openWork).map(({ row }) => row.row)
}

test('a row is replaceable where a journal says that a failed create left its instance', () => {
  expect(rowsOf({}, { failed: ['instance-1'] })).toEqual([1])
})

test.each<[string, Partial<ProtectedInstance>, Parameters<typeof rowsOf>[1]]>([
  ['no journal knows of it', {}, {}],
  ['it has been seen healthy since', {}, { failed: ['instance-1'], healthy: ['instance-1'] }],
  ['it is broken otherwise', { status: 'error-starting' }, { failed: ['instance-1'] }],
  ['it stands on its DR side', { priorityStation: 'target' }, { failed: ['instance-1'] }],
  ['it is in another group', { serverGroupId: 'other' }, { failed: ['instance-1'] }],
  ['it is whole', { status: 'available' }, { failed: ['instance-1'] }],
])('not where %s', (_, over, known) => {
  expect(rowsOf(over, known)).toEqual([])
})
