import { expect, test } from 'vitest'
import { countPairs, disksBy, summariseGroups, summariseWaves } from '../../src/plan/summary.ts'
import { protectionOf } from '../../src/group-status.ts'
import { preflightOf } from '../commands/reviewed.ts'
import { GROUP, OTHER_GROUP, group, instance, row } from '../report/build.ts'
import { openCreate, planOf } from './facts.ts'

const five = [1, 2, 3, 4, 5].map((number) => row(number))

test('pairs are counted for what may be sent only, and what nobody could count is said', () => {
  const plan = planOf({
    rows: five,
    instances: [instance(1)],
    open: [openCreate(2, 'accepted'), openCreate(3, 'unknown')],
  })
  expect(plan.rows.map(({ action }) => action.kind)).toEqual([
    'keep',
    'resume',
    'look',
    'create',
    'create',
  ])
  const disksOf = disksBy(preflightOf([1, 10, 100, 1000, null]))
  expect(countPairs(plan.rows, disksOf)).toEqual({ known: 1100, unknownRows: 1 })
  expect(countPairs(plan.rows, disksBy(null))).toEqual({ known: 0, unknownRows: 3 })
})

test('a server is the same however its ID is spelt', () => {
  const disksOf = disksBy(preflightOf([3]))
  const bare = row(1).serverId.replaceAll('-', '')
  const [planned] = planOf({ rows: [row(1, { serverId: bare })] }).rows
  expect(planned && disksOf(planned)).toBe(3)
})

test('every group of the plan is there, also where nothing is to be done', () => {
  const [one, other] = [group(GROUP), group(OTHER_GROUP)]
  const plan = planOf({
    rows: five,
    groups: new Map(five.map((each) => [each.row, each.row < 5 ? one : other])),
    instances: [instance(5, { serverGroupId: OTHER_GROUP })],
  })
  const groups = summariseGroups(plan, disksBy(preflightOf([1, 1, 1, 1, 1])))
  expect(
    groups.map(({ group: { id }, counts, pairs }) => [id, counts.create, counts.keep, pairs.known]),
  ).toEqual([
    [GROUP, 4, 0, 4],
    [OTHER_GROUP, 0, 1, 0],
  ])
})

test('waves count what is at work, in their order; two spellings are one wave', () => {
  const waves = ['10', '01', '1', undefined, '2']
  const rows = waves.map((wave, at) => row(at + 1, wave === undefined ? {} : { wave }))
  expect(summariseWaves(planOf({ rows }))).toEqual([
    { wave: '01', rows: 2 },
    { wave: '2', rows: 1 },
    { wave: '10', rows: 1 },
    { wave: null, rows: 1 },
  ])
  expect(summariseWaves(planOf({ rows, instances: [instance(2), instance(3)] }))).toMatchObject([
    { wave: '2' },
    { wave: '10' },
    { wave: null },
  ])
  expect(summariseWaves(planOf({ rows: five }))).toEqual([])
})

test.each([
  ['protected', 'on'],
  ['available', 'off'],
  ['error-starting', 'off'],
  ['starting', null],
  ['failed-over', null],
])('protection of a group in %s is %s', (status, expected) => {
  expect(protectionOf(status)).toBe(expected)
})
