import { describe, expect, test } from 'vitest'
import { mergeReports } from '../../src/report/merge.ts'
import type { Report } from '../../src/report/schema.ts'
import { reportSchema } from '../../src/report/schema.ts'
import type { RowOutcome } from '../../src/report/verdict.ts'
import { reportedSelection } from '../../src/report/selection.ts'
import { entry, instance, report } from './build.ts'

interface RunSpec {
  readonly id?: string
  readonly shard?: Report['run']['shard']
  readonly minute?: number
  readonly sha256?: string
  readonly inventoryRows?: number
}

function run(rows: readonly RowOutcome[], spec: RunSpec = {}): Report {
  const done = report(rows)
  const at = String(spec.minute ?? 0).padStart(2, '0')
  return {
    ...done,
    run: {
      ...done.run,
      id: spec.id ?? 'run-1',
      shard: spec.shard ?? null,
      startedAt: `2026-01-02T03:${at}:00.000Z`,
      finishedAt: `2026-01-02T03:${at}:30.000Z`,
      inventory: {
        source: 'servers.csv',
        sha256: spec.sha256 ?? 'aa',
        rows: spec.inventoryRows ?? 3,
      },
    },
  }
}

function merged(...reports: Report[]): Report {
  const result = mergeReports(reports)
  if (!result.ok) throw new Error(result.errors.join('; '))
  return result.report
}

function errors(...reports: Report[]): readonly string[] {
  const result = mergeReports(reports)
  return result.ok ? [] : result.errors
}

const shard = (index: number, count = 2) => ({ index, count })

describe('shards', () => {
  const one = run([entry(1, 'created'), entry(3, 'failed')], { id: 'a', shard: shard(1) })
  const two = run([entry(2, 'already-protected')], { id: 'b', shard: shard(2), minute: 5 })

  test('become one report whose counts add up', () => {
    const whole = merged(two, one)
    expect(whole.rows.map((row) => [row.row, row.outcome])).toEqual([
      [1, 'created'],
      [2, 'already-protected'],
      [3, 'failed'],
    ])
    expect(whole.totals).toMatchObject({ rows: 3, created: 1, alreadyProtected: 1, failed: 1 })
    expect(whole.requests).toMatchObject({
      total: 6,
      byStatus: { '200': 4, network: 2 },
      retries: 2,
    })
    expect(whole.run).toMatchObject({
      id: 'a+b',
      shard: null,
      outcome: 'partial',
      startedAt: '2026-01-02T03:00:00.000Z',
      finishedAt: '2026-01-02T03:05:30.000Z',
    })
    expect(whole.groups).toMatchObject([{ rows: 3, protected: 2 }])
    expect(reportSchema.safeParse(whole).error).toBeUndefined()
  })

  test('refused when one is missing', () => {
    expect(errors(one)).toEqual(['shard 2/2 is missing'])
  })

  test('refused when they overlap', () => {
    const overlapping = run([entry(2, 'created'), entry(3, 'created')], {
      id: 'b',
      shard: shard(2),
    })
    expect(errors(one, overlapping)).toEqual(['row 3 is in shard 1/2 and in shard 2/2'])
  })

  test('refused when rows of the inventory are in none of them', () => {
    const short = run([], { id: 'b', shard: shard(2) })
    expect(errors(one, short)).toEqual(['the shards hold 2 rows, the inventory 3'])
  })

  test('refused when they are about different things; all differences are named', () => {
    const other = run([entry(2, 'created')], { id: 'b', shard: shard(2, 3), sha256: 'bb' })
    expect(errors(one, other)).toHaveLength(2)
  })

  test('refused when one run is given twice', () => {
    expect(errors(one, one, two)).toEqual(['run a is given twice'])
  })

  test('one that ran twice counts with its later run', () => {
    const again = run([entry(1, 'already-protected'), entry(3, 'created')], {
      id: 'c',
      shard: shard(1),
      minute: 9,
    })
    const whole = merged(again, one, two)
    expect(whole.rows.map((row) => row.outcome)).toEqual([
      'created',
      'already-protected',
      'created',
    ])
    expect(whole.run.outcome).toBe('complete')
  })
})

describe('runs one after the other', () => {
  const ids = { protectedInstanceId: instance(1).id }

  test('the later has the last word, and attempts add up', () => {
    const first = run([entry(1, 'failed', { attempts: 2 }), entry(2, 'not-attempted')], { id: 'a' })
    const second = run([entry(1, 'created', { attempts: 1 }), entry(2, 'created')], {
      id: 'b',
      minute: 9,
    })
    const whole = merged(second, first)
    expect(whole.rows.map((row) => [row.outcome, row.attempts])).toEqual([
      ['created', 3],
      ['created', 0],
    ])
  })

  test('what the first created is created over both, unless it is another instance', () => {
    const first = run([entry(1, 'created', ids)], { id: 'a' })
    const same = run([entry(1, 'already-protected', ids)], { id: 'b', minute: 9 })
    const other = run([entry(1, 'already-protected', { protectedInstanceId: 'x' })], {
      id: 'b',
      minute: 9,
    })
    expect(merged(first, same).totals.created).toBe(1)
    expect(merged(first, other).totals.created).toBe(0)
  })

  test('of another inventory are refused', () => {
    const edited = run([entry(1, 'created')], { id: 'b', sha256: 'bb' })
    expect(errors(run([entry(1, 'failed')], { id: 'a' }), edited)).toHaveLength(1)
  })
})

test('shards of one selection agree on it', () => {
  const told = [1, 2].map((index) =>
    reportedSelection({
      rows: [
        [1, 5],
        [7, 7],
      ],
      shard: shard(index),
    }),
  )
  expect(told[0]?.selection).toEqual({ only: null, rows: '1-5,7', waves: null, limit: null })
  expect(told[1]?.selection).toEqual(told[0]?.selection)
  expect(told.map((each) => each.shard?.index)).toEqual([1, 2])
  expect(reportedSelection({}).selection).toBeNull()
})

test('what a group did in each run stays what it did, whichever has the last word on it', () => {
  const span = (minute: number) => ({
    kind: 'creating' as const,
    from: `2026-01-02T03:0${minute}:00.000Z`,
    to: `2026-01-02T03:0${minute}:30.000Z`,
  })
  const withTimeline = (of: Report, timeline: Report['groups'][number]['timeline']): Report => ({
    ...of,
    groups: of.groups.map((group) => ({ ...group, timeline })),
  })
  const rows = [entry(1, 'created'), entry(2, 'created'), entry(3, 'created')]
  const first = withTimeline(run(rows, { id: 'a' }), [span(0)])
  const second = withTimeline(run(rows, { id: 'b', minute: 5 }), [span(5)])
  const audit = withTimeline(run(rows, { id: 'c', minute: 9 }), null)
  const timelineOf = (of: Report) => of.groups.map(({ timeline }) => timeline)
  expect(timelineOf(merged(second, first))).toEqual([[span(0), span(5)]])
  expect(timelineOf(merged(first, audit))).toEqual([[span(0)]])
  expect(timelineOf(merged(audit))).toEqual([null])
})
