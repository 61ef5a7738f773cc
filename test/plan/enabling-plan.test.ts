import { describe, expect, test } from 'vitest'
import type { ProtectedInstance, ServerGroup } from '../../src/cloud/sdrs/sdrs-schema.ts'
import type { OpenEnabling } from '../../src/journal/open-enablings.ts'
import { groupKey } from '../../src/keys.ts'
import { mayBeStarted, planEnabling } from '../../src/plan/enabling-plan.ts'
import { asBeforeFailedStart } from '../../src/plan/failed-start.ts'
import { group, GROUP, instance, OTHER_GROUP, row, serverId } from '../report/build.ts'

const OPEN: OpenEnabling = {
  groupId: GROUP,
  name: 'erp',
  runId: 'r1',
  fate: { kind: 'accepted', jobId: 'j' },
  jobId: 'j',
  before: 'available',
  intendedAt: 1,
}

/** Two rows of one group, and what the cloud has. */
function planned(facts: {
  readonly status?: string
  readonly instances?: readonly ProtectedInstance[]
  readonly partial?: boolean
  readonly open?: OpenEnabling
  readonly groups?: readonly ServerGroup[]
}) {
  const erp = group(GROUP, { name: 'erp', status: facts.status ?? 'available', replicationNum: 4 })
  const { groups } = planEnabling({
    rows: [1, 2].map((number) => ({ row: row(number), group: erp })),
    snapshot: {
      groups: facts.groups ?? [erp],
      instances: facts.instances ?? [instance(1), instance(2)],
    },
    open: new Map(facts.open === undefined ? [] : [[groupKey(facts.open.groupId), facts.open]]),
    partial: facts.partial ?? false,
  })
  return groups
}

function actionOf(facts: Parameters<typeof planned>[0]): string {
  const action = planned(facts)[0]?.action
  if (action === undefined) return 'none'
  if (action.kind === 'refuse') return `refuse/${action.result.reason}`
  if (action.kind === 'resume') return `resume/${action.refusal?.reason ?? 'start'}`
  return action.kind
}

const two = (status: string, other = 'available') => [
  instance(1, { status }),
  instance(2, { status: other }),
]

describe('a group is started', () => {
  test('when every row in it is created and healthy', () => {
    expect(planned({})).toMatchObject([
      { group: { id: GROUP }, rows: 2, healthy: 2, pairs: 4, action: { kind: 'start' } },
    ])
  })

  test.for<[string, Parameters<typeof planned>[0], string]>([
    ['a row is not there', { instances: [instance(1)] }, 'refuse/rows-not-protected'],
    ['a row is not there, partial', { instances: [instance(1)], partial: true }, 'start'],
    ['a row is broken', { instances: two('error') }, 'refuse/rows-not-protected'],
    ['a row is in fault', { instances: two('fault') }, 'refuse/rows-not-protected'],
    ['a row is being created', { instances: two('creating') }, 'refuse/rows-not-protected'],
    ['a row is being deleted', { instances: two('deleting') }, 'refuse/rows-not-protected'],
    ['a row has failed over', { instances: two('failed-over') }, 'refuse/rows-not-protected'],
    [
      'all are broken, partial',
      { instances: two('error', 'invalid'), partial: true },
      'refuse/rows-not-protected',
    ],
    [
      'a row is in another group',
      { instances: [instance(1), instance(2, { serverGroupId: OTHER_GROUP })] },
      'refuse/rows-not-protected',
    ],
    [
      'a row is only a DR server',
      { instances: [instance(1), instance(3, { targetServer: serverId(2) })] },
      'refuse/rows-not-protected',
    ],
    ...['failing-over', 'failed-over', 'reversing', 'reprotecting'].flatMap((status) =>
      [status, `error-${status}`].map((each): [string, Parameters<typeof planned>[0], string] => [
        `a row is in ${each}, partial`,
        { instances: two(each), partial: true },
        each === 'error-failed-over' ? 'start' : 'refuse/group-not-ready',
      ]),
    ),
    [
      'a stranger in it has failed over',
      { instances: [...two('available'), instance(9, { status: 'failed-over' })] },
      'refuse/group-not-ready',
    ],
    [
      'a stranger elsewhere has failed over',
      {
        instances: [
          ...two('available'),
          instance(9, { status: 'failed-over', serverGroupId: OTHER_GROUP }),
        ],
      },
      'start',
    ],
    ['it is empty', { instances: [] }, 'refuse/group-empty'],
    ['it is empty, partial', { instances: [], partial: true }, 'refuse/group-empty'],
    [
      'only a stranger is in it, partial',
      { instances: [instance(9)], partial: true },
      'refuse/rows-not-protected',
    ],
    ['it is on', { status: 'protected' }, 'keep'],
    ['it is on, and rows are missing', { status: 'protected', instances: [] }, 'keep'],
    ['it is starting', { status: 'starting', instances: two('starting', 'starting') }, 'follow'],
    [
      'its start has failed',
      { status: 'error-starting', instances: two('error-starting') },
      'start',
    ],
    [
      'another error is in it',
      { status: 'error-starting', instances: two('error') },
      'refuse/rows-not-protected',
    ],
    [
      'an instance alone is in error-starting',
      { instances: two('error-starting') },
      'refuse/rows-not-protected',
    ],
    ['it has failed over', { status: 'failed-over' }, 'refuse/group-not-ready'],
    ['its reprotection has failed', { status: 'error-reprotecting' }, 'refuse/group-not-ready'],
    ['it is reversing', { status: 'reversing' }, 'refuse/group-not-ready'],
    ['it is reprotecting', { status: 'reprotecting' }, 'refuse/group-not-ready'],
    ['it is being deleted', { status: 'deleting', instances: [] }, 'refuse/group-not-ready'],
    ['it is being created', { status: 'creating' }, 'refuse/group-not-ready'],
    ['its status is not told', { status: 'unknown' }, 'refuse/group-not-ready'],
    ['a start of ours is open', { open: OPEN }, 'resume/start'],
    [
      'a start of ours is open, and it is on',
      { open: OPEN, status: 'protected' },
      'resume/group-not-ready',
    ],
    [
      'a start of ours is open, and a row is gone',
      { open: OPEN, instances: [instance(1)] },
      'resume/rows-not-protected',
    ],
  ])('%s: %s', ([, facts, expected]) => {
    expect(actionOf(facts)).toBe(expected)
  })

  test('an approval is wanted for what may be started, not for what is taken up or left', () => {
    const isAsked = (facts: Parameters<typeof planned>[0]) => planned(facts).some(mayBeStarted)
    expect(isAsked({})).toBe(true)
    expect(isAsked({ open: OPEN })).toBe(true)
    expect(isAsked({ open: OPEN, status: 'starting' })).toBe(false)
    expect(isAsked({ status: 'protected' })).toBe(false)
    expect(isAsked({ status: 'starting' })).toBe(false)
    expect(isAsked({ status: 'failed-over' })).toBe(false)
  })

  test('an open start of a group without a row is taken up, and never sent again', () => {
    const open = { ...OPEN, groupId: OTHER_GROUP }
    const other = group(OTHER_GROUP, { name: 'web', status: 'available' })
    const [, second] = planned({ open, groups: [group(GROUP), other] })
    expect(second).toMatchObject({
      group: { name: 'web' },
      rows: 0,
      action: { kind: 'resume', open },
    })
    expect(
      planned({ open }).some(({ rows, ...each }) => rows === 0 && mayBeStarted({ rows, ...each })),
    ).toBe(false)
    // Also where the group is not there any more.
    expect(planned({ open })).toHaveLength(2)
  })
})

test('instances of a group whose start has failed count as they were before it', () => {
  const groups = [
    { id: GROUP, status: 'error-starting' },
    { id: OTHER_GROUP, status: 'available' },
  ]
  const seen = asBeforeFailedStart(groups, [
    instance(1, { status: 'error-starting' }),
    instance(2, { status: 'error' }),
    instance(3, { status: 'error-starting', serverGroupId: OTHER_GROUP }),
    instance(4, { status: 'error-starting', serverGroupId: null }),
  ])
  expect(seen.map(({ status }) => status)).toEqual([
    'available',
    'error',
    'error-starting',
    'error-starting',
  ])
})
