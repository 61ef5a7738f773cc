import { expect, test } from 'vitest'
import { isStartable, unmetStartConditions } from '../../src/plan/start-guard.ts'
import { group, GROUP, OTHER_GROUP } from '../report/build.ts'

const holding = { protectedInstanceNum: 1 }
const holds = false

/** As the API reference lists them, and what the client makes of a missing one. */
const STATUSES = [
  'creating',
  'available',
  'protected',
  'starting',
  'stopping',
  'reprotecting',
  'reversing',
  'failing-over',
  'failed-over',
  'deleting',
  'error',
  'error-starting',
  'error-stopping',
  'error-reversing',
  'error-reprotecting',
  'error-failing-over',
  'error-deleting',
  'unknown',
  '',
  'available ',
  'of tomorrow',
]

test.for(STATUSES)('a group in "%s"', (status) => {
  const isAllowed = status === 'available' || status === 'error-starting'
  const unmet = unmetStartConditions({
    groupId: GROUP,
    holds,
    group: group(GROUP, { ...holding, status }),
  })
  expect(unmet).toEqual(isAllowed ? [] : ['in a status to be started in'])
  expect(isStartable(status)).toBe(isAllowed)
})

test('only that very group, and none without an instance', () => {
  const right = group(GROUP.toUpperCase().replaceAll('-', ''), { ...holding, status: 'available' })
  expect(unmetStartConditions({ groupId: GROUP, holds, group: right })).toEqual([])
  const other = group(OTHER_GROUP, { ...holding, status: 'available' })
  expect(unmetStartConditions({ groupId: GROUP, holds, group: other })).toEqual(['that very group'])
  const empty = group(GROUP, { protectedInstanceNum: 0, status: 'available' })
  expect(unmetStartConditions({ groupId: GROUP, holds, group: empty })).toEqual(['not empty'])
  // A count that is behind is not believed against the list of the instances.
  expect(unmetStartConditions({ groupId: GROUP, holds: true, group: empty })).toEqual([])
  // Where the service does not count them, the list of instances has shown one.
  const untold = group(GROUP, { protectedInstanceNum: null, status: 'available' })
  expect(unmetStartConditions({ groupId: GROUP, holds, group: untold })).toEqual([])
})
