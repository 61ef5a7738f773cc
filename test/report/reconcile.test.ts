import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { REASONS, isProtected } from '../../src/outcome.ts'
import type { Outcome, OutcomeKind } from '../../src/outcome.ts'
import { reconcile } from '../../src/report/reconcile.ts'
import { reportSchema } from '../../src/report/schema.ts'
import {
  GROUP,
  OTHER_GROUP,
  entry,
  group,
  input,
  instance,
  report,
  row,
  serverId,
} from './build.ts'

const KINDS = Object.keys(REASONS) as OutcomeKind[]

test('totals add up to the rows, and the report keeps its schema, whatever the run and the list say', () => {
  const anyRow = fc.record({
    kind: fc.constantFrom(...KINDS),
    seen: fc.constantFrom('no', 'available', 'protected', 'creating', 'error', 'deleting', 'fault'),
    elsewhere: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(anyRow, { maxLength: 30 }), fc.boolean(), (specs, readable) => {
      const rows = specs.map(({ kind }, at) => entry(at + 1, kind))
      const instances = specs.flatMap(({ seen, elsewhere }, at) =>
        seen === 'no'
          ? []
          : [instance(at + 1, { status: seen, serverGroupId: elsewhere ? OTHER_GROUP : GROUP })],
      )
      const snapshot = readable ? { groups: [group(GROUP)], instances } : null
      const result = report(rows, { snapshot })

      const { rows: all, ...counters } = result.totals
      expect(all).toBe(specs.length)
      expect(Object.values(counters).reduce((sum, count) => sum + count, 0)).toBe(all)
      for (const each of result.rows) {
        const allowed: readonly (string | null)[] = REASONS[each.outcome]
        expect(isProtected(each.outcome) ? [null] : allowed).toContain(each.reason)
      }
      const everyRow = result.rows.every((each) => isProtected(each.outcome))
      expect(result.run.outcome).toBe(everyRow ? 'complete' : 'partial')
      expect(reportSchema.safeParse(result).error).toBeUndefined()
    }),
  )
})

test('a row without an outcome, or with two, is a bug and not a report', () => {
  const lost = { row: row(1), serverGroupId: GROUP, outcome: undefined as unknown as Outcome }
  expect(() => reconcile(input([lost]))).toThrow(/row 1 .* no outcome/)
  expect(() => reconcile(input([entry(1, 'created'), entry(1, 'failed')]))).toThrow(/two outcomes/)
})

test('what the plan said of a create stands in its row, and in no other', () => {
  const warnings = [{ code: 'task-running', message: 'a task is running' }]
  const result = report([entry(1, 'created'), entry(2, 'failed')], {
    warnings: new Map([[2, warnings]]),
    carriedOver: [{ ...entry(0, 'created') }],
  })
  expect(result.rows.map((each) => each.warnings)).toEqual([[], warnings])
  expect(result.carriedOver[0]?.warnings).toEqual([])
  expect(reportSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result)
})

test('a report of before there were warnings is read, and has none', () => {
  const { rows, ...rest } = report([entry(1, 'created')])
  const old = {
    ...rest,
    rows: rows.map((each) => {
      const { warnings: _, ...without } = each
      return without
    }),
  }
  expect(reportSchema.parse(old).rows[0]?.warnings).toEqual([])
})

describe('the live list has the last word', () => {
  const seen = (
    kind: OutcomeKind,
    status: string | null,
    over: Partial<Outcome> = {},
    inGroup = GROUP,
  ) => {
    const instances = status === null ? [] : [instance(1, { status, serverGroupId: inGroup })]
    const [only] = report([entry(1, kind, over)], {
      snapshot: { groups: [group(GROUP)], instances },
    }).rows
    return [only?.outcome, only?.reason]
  }

  test.each([
    ['created', 'available', 'created', null],
    ['created', 'failed-over', 'created', null],
    ['created', null, 'unknown', 'not-in-list'],
    ['created', 'error', 'failed', 'job-failed'],
    ['created', 'creating', 'in-progress', 'job-running'],
    ['created', 'deleting', 'conflict', 'being-deleted'],
    ['already-protected', 'protected', 'already-protected', null],
    ['already-protected', 'fault', 'conflict', 'broken-instance'],
    ['already-protected', null, 'unknown', 'not-in-list'],
    ['unknown', 'available', 'created', null],
    ['unknown', 'error', 'failed', 'job-failed'],
    ['unknown', null, 'unknown', 'fate-unknown'],
    ['blocked', 'available', 'already-protected', null],
    ['not-attempted', 'available', 'already-protected', null],
    ['not-attempted', 'error', 'not-attempted', 'interrupted'],
    ['failed', 'available', 'already-protected', null],
    ['in-progress', 'available', 'in-progress', 'job-running'],
    ['conflict', 'available', 'conflict', 'other-group'],
  ] as const)('%s, seen %s: %s %s', (kind, status, wanted, reason) => {
    expect(seen(kind, status)).toEqual([wanted, reason])
  })

  test('what a failed job left behind stays failed', () => {
    expect(seen('failed', 'available', { reason: 'job-failed' })).toEqual(['failed', 'job-failed'])
  })

  test('an instance in another group is no protection', () => {
    expect(seen('created', 'available', {}, OTHER_GROUP)).toEqual(['conflict', 'other-group'])
    expect(seen('not-attempted', 'available', {}, OTHER_GROUP)).toEqual([
      'not-attempted',
      'interrupted',
    ])
  })

  test('IDs are compared without case and hyphens, and both stations count', () => {
    const instances = [
      instance(1, {
        sourceServer: 'dr-1',
        targetServer: serverId(1).replaceAll('-', '').toUpperCase(),
        // Turned round: which of the two is called source is then anybody's guess.
        priorityStation: 'target',
      }),
    ]
    const result = report([entry(1, 'created')], { snapshot: { groups: [], instances } })
    expect(result.rows[0]?.outcome).toBe('created')
    expect(result.unmanaged).toEqual([])
  })

  test('an instance of which the server is the DR server is no protection', () => {
    const instances = [instance(9, { targetServer: serverId(1) })]
    const seenAs = (kind: OutcomeKind, over: Partial<Outcome> = {}) =>
      report([entry(1, kind, over)], { snapshot: { groups: [], instances } }).rows[0]
    expect(seenAs('created')).toMatchObject({ outcome: 'conflict', reason: 'other-group' })
    expect(seenAs('blocked')?.outcome).toBe('blocked')
  })

  test('of several the sound one in the wanted group counts, whatever the run had in mind', () => {
    const old = instance(1, { id: 'old', status: 'deleting' })
    const all = [old, instance(1, { id: 'there', serverGroupId: OTHER_GROUP }), instance(1)]
    for (const instances of [all, all.toReversed()]) {
      const [only] = report([entry(1, 'created', { protectedInstanceId: 'old' })], {
        snapshot: { groups: [], instances },
      }).rows
      expect(only).toMatchObject({ outcome: 'created', protectedInstanceId: 'instance-1' })
    }
  })

  test('without a list the run is believed', () => {
    expect(report([entry(1, 'created')]).rows[0]?.outcome).toBe('created')
  })

  test('rows that earlier runs left open get their last word too, outside the totals', () => {
    const result = report([entry(1, 'created')], {
      carriedOver: [entry(2, 'unknown')],
      snapshot: { groups: [], instances: [instance(1), instance(2)] },
    })
    expect(result.carriedOver.map((each) => each.outcome)).toEqual(['created'])
    expect(result.totals.rows).toBe(1)
  })
})

test('unmanaged: in the groups of the rows, and named by no row of the whole inventory', () => {
  const result = report([entry(1, 'created')], {
    inventoryServers: [serverId(1), serverId(2)],
    snapshot: {
      groups: [group(GROUP)],
      instances: [
        instance(1),
        instance(2),
        instance(3),
        instance(4, { serverGroupId: OTHER_GROUP }),
      ],
    },
  })
  expect(result.unmanaged.map((each) => each.protectedInstanceId)).toEqual(['instance-3'])
})

test('groups count their rows and say whether protection is on', () => {
  const result = report([entry(1, 'created'), entry(2, 'failed', { reason: 'job-failed' })], {
    snapshot: { groups: [group(GROUP, { status: 'protected' })], instances: [instance(1)] },
  })
  expect(result.groups).toEqual([
    {
      id: GROUP,
      name: 'group 1',
      status: 'protected',
      rows: 2,
      protected: 1,
      protectionEnabled: true,
      enabling: null,
      timeline: null,
    },
  ])
})

test.each([
  ['protected', true],
  ['available', false],
  ['failed-over', false],
  ['unknown', null],
])('a group in %s is switched on: %s', (status, enabled) => {
  const result = report([entry(1, 'created', { protectedInstanceId: instance(1).id })], {
    snapshot: { groups: [group(GROUP, { status })], instances: [instance(1)] },
  })
  expect(result.groups[0]?.protectionEnabled).toBe(enabled)
})

test('the duration is from the create to its end', () => {
  const times = { submittedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:05:00Z' }
  expect(report([entry(1, 'created', times)]).rows[0]?.durationMs).toBe(300_000)
})

test('nobody could look: a group has the name that any of its rows has', () => {
  const { rows, groups } = report(
    [
      { ...entry(1, 'in-progress'), row: row(1, { serverGroup: 'erp' }) },
      // By its ID alone.
      entry(2, 'in-progress'),
    ],
    { snapshot: null },
  )
  expect(rows.map(({ serverGroup }) => serverGroup)).toEqual(['erp', 'erp'])
  expect(groups.map(({ name }) => name)).toEqual(['erp'])
})
