import { describe, expect, test } from 'vitest'
import { groupKey, serverKey } from '../../src/keys.ts'
import type { ActionKind } from '../../src/plan/action.ts'
import { group, GROUP, instance, OTHER_GROUP, row, serverId } from '../report/build.ts'
import { openCreate, OPEN_FATES, planOf, turned, type Facts } from './facts.ts'

/** `keep`, or `conflict/broken-instance`: what the plan says of its first row. */
function decision(facts: Facts): string {
  const action = planOf(facts).rows[0]?.action
  if (action === undefined) throw new Error('the plan has no row')
  return 'result' in action ? `${action.kind}/${action.result.reason}` : action.kind
}

const PROTECTED = [
  'available',
  'protected',
  'starting',
  'stopping',
  'resizing',
  'nic-creating',
  'nic-deleting',
  'frozen',
]
const MOVED = ['reversing', 'failing-over', 'failed-over', 'reprotecting']
const BROKEN = [
  'error',
  'error-starting',
  'error-stopping',
  'error-reversing',
  'error-failing-over',
  'error-deleting',
  'error-reprotecting',
  'error-resizing',
  'invalid',
  'fault',
]
const ALL = [...PROTECTED, ...MOVED, ...BROKEN, 'creating', 'deleting']
const OPEN = Object.keys(OPEN_FATES) as (keyof typeof OPEN_FATES)[]

/** What a conflict or a block says, or the warning of what is kept. */
function saidOf(facts: Facts): string | null {
  const action = planOf(facts).rows[0]?.action
  if (action?.kind === 'keep') return action.warning
  return action !== undefined && 'result' in action ? action.result.message : null
}

describe('what a decision says names what it was taken from', () => {
  test.for<{ name: string; facts: Facts; says: RegExp }>([
    {
      name: 'the instance that is deleted',
      facts: { instances: [instance(1, { status: 'deleting' })] },
      says: /"web-1" \(instance-1\)/,
    },
    {
      name: 'the broken instance and its status',
      facts: { instances: [instance(1, { status: 'fault' })] },
      says: /"web-1" \(instance-1\) .*fault/,
    },
    {
      name: 'the other group',
      facts: { instances: [instance(1, { serverGroupId: OTHER_GROUP })] },
      says: /"group 2".*\(instance-1, available\)/,
    },
    {
      name: 'both servers',
      facts: { instances: [turned({})] },
      says: new RegExp(`${serverId(1)} .*\\(instance-9\\)`),
    },
    {
      name: 'the group that takes none and its status',
      facts: { groupStatus: 'failed-over' },
      says: /"group 1" .*failed-over/,
    },
    ...MOVED.map((status) => ({
      name: `where production may run, in ${status}`,
      facts: { instances: [instance(1, { status })] },
      says: new RegExp(`in ${status}: .*DR side`),
    })),
    {
      name: 'the status that is not documented',
      facts: { instances: [instance(1, { status: 'frozen' })] },
      says: /"frozen".*not documented/,
    },
  ])('$name', ({ facts, says }) => {
    expect(saidOf(facts)).toMatch(says)
  })

  test('a block carries the code that the service would answer with', () => {
    const action = planOf({ groupStatus: 'error' }).rows[0]?.action
    expect(action).toMatchObject({ kind: 'blocked', errorCode: 'SDRS.1325' })
  })
})

describe('an instance in the wanted group', () => {
  test.for([
    ...[...PROTECTED, ...MOVED].map((status) => [status, 'keep'] as const),
    ...BROKEN.map((status) => [status, 'conflict/broken-instance'] as const),
    ['creating', 'resume'] as const,
    // The list does not say what it is in: it is waited for, and never called protected.
    ['unknown', 'resume'] as const,
    ['deleting', 'conflict/being-deleted'] as const,
  ])('in %s: %s', ([status, expected]) => {
    expect(decision({ instances: [instance(1, { status })] })).toBe(expected)
    // Its group's own status does not matter: nothing is sent.
    expect(decision({ instances: [instance(1, { status })], groupStatus: 'error' })).toBe(expected)
  })

  test.for(OPEN)(
    'after a create of ours that is %s: followed to its end, whatever its status',
    (open) => {
      for (const status of ALL) {
        const facts = { instances: [instance(1, { status })], open: [openCreate(1, open)] }
        expect([status, decision(facts)]).toEqual([status, 'resume'])
      }
    },
  )

  test.for([...PROTECTED, ...MOVED])(
    'kept in %s: with a warning where production may run elsewhere, or nobody knows what it means',
    (status) => {
      const action = planOf({ instances: [instance(1, { status })] }).rows[0]?.action
      expect(action?.kind === 'keep' && action.warning !== null).toBe(
        MOVED.includes(status) || status === 'frozen',
      )
    },
  )

  test('a sound one goes before a broken one, wherever it is in the list', () => {
    const both = [instance(1, { id: 'broken', status: 'error' }), instance(1, { id: 'sound' })]
    for (const instances of [both, both.toReversed()]) {
      const action = planOf({ instances }).rows[0]?.action
      expect(action?.kind === 'keep' && action.instance.id).toBe('sound')
    }
  })

  test('one in the wanted group goes before one in another', () => {
    const there = instance(1, { id: 'there', serverGroupId: OTHER_GROUP })
    expect(decision({ instances: [there, instance(1, { status: 'error' })] })).toBe(
      'conflict/broken-instance',
    )
  })

  test('is recognised without case and hyphens, of server and of group', () => {
    const spelt = instance(1, {
      sourceServer: serverKey(serverId(1)).toUpperCase(),
      serverGroupId: groupKey(GROUP).toUpperCase(),
    })
    expect(decision({ instances: [spelt] })).toBe('keep')
  })
})

describe('an instance in another group', () => {
  test.for(ALL)('in %s: a conflict, but for a job of ours that runs', (status) => {
    const instances = [instance(1, { status, serverGroupId: OTHER_GROUP })]
    expect(decision({ instances })).toBe('conflict/other-group')
    expect(decision({ instances, open: [openCreate(1, 'accepted')] })).toBe('resume')
    expect(decision({ instances, open: [openCreate(1, 'unknown')] })).toBe('conflict/other-group')
    expect(decision({ instances, open: [openCreate(1, 'intended')] })).toBe('conflict/other-group')
  })

  test.for(ALL)('or, in %s, in one that the list does not tell: to be looked at', (status) => {
    const instances = [instance(1, { status, serverGroupId: null })]
    const action = planOf({ instances }).rows[0]?.action
    expect(action).toMatchObject({
      kind: 'conflict',
      result: {
        reason: 'other-group',
        message: expect.stringMatching(/\(instance-1, .*the list does not tell/),
        advice: expect.stringMatching(/console.*run again/),
      },
    })
    const { message, advice } = (action?.kind === 'conflict' && action.result) || {}
    expect(`${message} ${advice}`).not.toMatch(/remove|delete it|\(unknown\)/i)
  })
})

describe('a server that is the DR server of an instance', () => {
  test.for<{ status: string; station: string; expected: string }>([
    { status: 'available', station: 'source', expected: 'conflict/other-group' },
    { status: 'creating', station: 'source', expected: 'conflict/other-group' },
    // After a failover nobody says which of the two is called source.
    { status: 'available', station: 'target', expected: 'keep' },
    { status: 'failed-over', station: 'source', expected: 'keep' },
    { status: 'error', station: 'target', expected: 'conflict/broken-instance' },
  ])('in $status with priority $station: $expected', ({ status, station, expected }) => {
    expect(decision({ instances: [turned({ status, priorityStation: station })] })).toBe(expected)
  })

  test('is not taken for the end of a create of ours', () => {
    const facts = { instances: [turned({})], open: [openCreate(1, 'accepted')] }
    expect(decision(facts)).toBe('conflict/other-group')
  })

  test('is its own production server first', () => {
    expect(decision({ instances: [turned({}), instance(1)] })).toBe('keep')
  })
})

describe('no instance', () => {
  test.for<{ open: keyof typeof OPEN_FATES | null; sound: ActionKind; broken: string }>([
    { open: null, sound: 'create', broken: 'blocked/group-not-ready' },
    { open: 'accepted', sound: 'resume', broken: 'resume' },
    { open: 'unknown', sound: 'look', broken: 'look' },
    { open: 'intended', sound: 'look', broken: 'look' },
  ])('after a create of ours that is $open: $sound', ({ open, sound, broken }) => {
    const facts = open === null ? {} : { open: [openCreate(1, open)] }
    expect(decision(facts)).toBe(sound)
    expect(decision({ ...facts, groupStatus: 'error' })).toBe(broken)
  })

  test.for<[string, string]>([
    ...[
      'available',
      'protected',
      'creating',
      'starting',
      'stopping',
      'reprotecting',
      'reversing',
      'failing-over',
    ].map((status): [string, string] => [status, 'create']),
    ...['failed-over', 'deleting', 'error', 'error-starting', 'error-reprotecting', 'invalid'].map(
      (status): [string, string] => [status, 'blocked/group-not-ready'],
    ),
  ])('in a group in %s: %s', ([groupStatus, expected]) => {
    expect(decision({ groupStatus })).toBe(expected)
  })

  test('of this server: those of others do not matter', () => {
    expect(decision({ instances: [instance(2), instance(3, { status: 'error' })] })).toBe('create')
    expect(decision({ instances: [instance(2, { sourceServer: null, targetServer: null })] })).toBe(
      'create',
    )
  })
})

describe('--replace-failed', () => {
  const left = { instances: [instance(1, { status: 'error' })] }
  const ours = { failedInstances: ['instance-1'], replaceFailed: true }
  const failureJob = {
    jobId: 'j',
    resourceId: 'instance-1',
    resourceName: 'web-1',
    failureStatus: 'createFail',
    jobType: null,
    errorCode: null,
    failReason: null,
    beginTime: null,
  }

  test.for<{ name: string; facts: Facts; replaces: boolean }>([
    { name: 'what a create of ours left', facts: { ...left, ...ours }, replaces: true },
    {
      name: 'what the service calls a failed create',
      facts: { ...left, failureJobs: [failureJob], replaceFailed: true },
      replaces: true,
    },
    {
      name: 'not what failed otherwise',
      facts: {
        ...left,
        failureJobs: [{ ...failureJob, failureStatus: 'deleteFail' }],
        replaceFailed: true,
      },
      replaces: false,
    },
    {
      name: 'not what nobody knows the story of',
      facts: { ...left, replaceFailed: true },
      replaces: false,
    },
    {
      name: 'not unless it is asked for',
      facts: { ...left, ...ours, replaceFailed: false },
      replaces: false,
    },
    {
      name: 'not what has been turned round',
      facts: { ...ours, instances: [instance(1, { status: 'error', priorityStation: 'target' })] },
      replaces: false,
    },
    ...BROKEN.filter((status) => status !== 'error').map((status) => ({
      name: `not what is in ${status}`,
      facts: { ...ours, instances: [instance(1, { status })] },
      replaces: false,
    })),
  ])('$name', ({ facts, replaces }) => {
    expect(decision(facts)).toBe(replaces ? 'replace' : 'conflict/broken-instance')
  })

  test('nothing whose group nobody tells, and nothing beside a sound one of these', () => {
    const untold = instance(1, { status: 'error', serverGroupId: null })
    expect(decision({ ...ours, instances: [untold] })).toBe('conflict/other-group')
    const sound = instance(1, { id: 'sound', serverGroupId: null })
    for (const instances of [
      [...left.instances, sound],
      [sound, ...left.instances],
    ]) {
      expect(decision({ ...ours, instances })).toBe('conflict/other-group')
    }
  })

  test('nothing sound, nothing elsewhere, nothing that is being deleted', () => {
    expect(decision({ ...ours, instances: [instance(1)] })).toBe('keep')
    const elsewhere = instance(1, { status: 'error', serverGroupId: OTHER_GROUP })
    expect(decision({ ...ours, instances: [elsewhere] })).toBe('conflict/other-group')
    expect(decision({ ...ours, instances: [instance(1, { status: 'deleting' })] })).toBe(
      'conflict/being-deleted',
    )
  })
})

describe('the plan', () => {
  test('decides every row, in their order, and carries over what no row names', () => {
    const plan = planOf({
      rows: [row(3), row(1), row(2)],
      instances: [instance(1)],
      open: [openCreate(2, 'unknown'), openCreate(7, 'accepted'), openCreate(8, 'unknown')],
    })
    expect(plan.rows.map(({ row: { row: number }, action }) => [number, action.kind])).toEqual([
      [3, 'create'],
      [1, 'keep'],
      [2, 'look'],
    ])
    expect(plan.carriedOver.map(({ serverId: id }) => id)).toEqual([serverId(7), serverId(8)])
  })

  test('a row without a group is a bug, not a row that is left out', () => {
    expect(() => planOf({ groups: new Map([[2, group(GROUP)]]) })).toThrow('row 1')
  })
})
