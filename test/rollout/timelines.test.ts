import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../src/apply/events.ts'
import type { ErrorClass } from '../../src/cloud/errors.ts'
import { groupKey } from '../../src/keys.ts'
import { reportSchema } from '../../src/report/schema.ts'
import type { SpanKind } from '../../src/report/timeline.ts'
import { createTimelines } from '../../src/rollout/timelines.ts'
import { row } from '../report/build.ts'
import { measure } from '../bench/measure.ts'

const GROUP = 'aaaaaaaa-0000-4000-8000-000000000001'
const OTHER = 'aaaaaaaa-0000-4000-8000-000000000002'
const ANSWER = { status: 503, code: null, requestId: null }

const about = (row: number, groupId = GROUP, wave = 1) => ({
  row,
  serverId: `server-${row}`,
  name: `web-${row}`,
  groupId,
  group: 'erp',
  wave,
})
const begun = (lots: readonly { wave: number; groupId: string; rows: number }[]): RunEvent => ({
  type: 'run-begun',
  rows: 2,
  maxJobs: 100,
  waves: [],
  groups: [],
  lots,
})
const wave = (number: number): RunEvent => ({
  type: 'wave-begun',
  wave: number,
  of: 2,
  name: null,
  rows: 1,
})
const accepted = (row: number, groupId = GROUP, of = 1): RunEvent => ({
  type: 'accepted',
  jobId: 'job',
  ...about(row, groupId, of),
})
const refused = (row: number, errorClass: ErrorClass): RunEvent => ({
  type: 'create-failed',
  class: errorClass,
  ...about(row),
  ...ANSWER,
})
const ended = (row: number, groupId = GROUP, of = 1): RunEvent => ({
  type: 'row-ended',
  outcome: 'created',
  reason: null,
  errorCode: null,
  wasSettled: false,
  ...about(row, groupId, of),
})

/** What one group did, by events at their times in seconds: `[kind, from, to]`. */
function spansOf(
  events: readonly (readonly [at: number, event: RunEvent])[],
  until: number,
  groupId = GROUP,
): readonly (readonly [SpanKind, number, number])[] {
  const timelines = createTimelines(0)
  for (const [at, event] of events) timelines.see(event, at * 1_000)
  const seconds = (iso: string): number => Date.parse(iso) / 1_000
  return (timelines.until(until * 1_000).get(groupKey(groupId)) ?? []).map(({ kind, from, to }) => [
    kind,
    seconds(from),
    seconds(to),
  ])
}

describe('what a group did and waited for', () => {
  const lots = [{ wave: 1, groupId: GROUP, rows: 2 }]

  test('at work from its first job to its last, and after a gap again', () => {
    const events = [
      [0, begun(lots)],
      [0, wave(1)],
      [10, accepted(1)],
      [20, accepted(2)],
      [30, ended(1)],
      [40, ended(2)],
      [60, accepted(1)],
      [70, ended(1)],
    ] as const
    expect(spansOf(events, 100)).toEqual([
      ['creating', 10, 40],
      ['creating', 60, 70],
    ])
  })

  test('a gap that nobody would see is none', () => {
    const events = [
      [0, begun(lots)],
      [0, wave(1)],
      [10, accepted(1)],
      [30, ended(1)],
      [30.05, accepted(2)],
      [50, ended(2)],
    ] as const
    expect(spansOf(events, 100)).toEqual([['creating', 10, 50]])
  })

  test.each<[ErrorClass, SpanKind | null]>([
    ['busy', 'busy'],
    ['throttled', 'throttled'],
    ['not-sent', 'no-connection'],
    ['unknown-fate', 'lost'],
    ['row', null],
    ['quota', null],
  ])('refused with %s it waits: %s; until it is accepted', (errorClass, kind) => {
    const events = [
      [0, begun(lots)],
      [0, wave(1)],
      [5, refused(1, errorClass)],
      [15, accepted(1)],
      [25, ended(1)],
    ] as const
    expect(spansOf(events, 100)).toEqual([
      ...(kind === null ? [] : [[kind, 5, 15]]),
      ['creating', 15, 25],
    ])
  })

  test('a busy group may be at work meanwhile', () => {
    const events = [
      [0, begun(lots)],
      [0, wave(1)],
      [1, accepted(1)],
      [2, refused(2, 'busy')],
      [31, ended(1)],
      [32, accepted(2)],
      [62, ended(2)],
    ] as const
    expect(spansOf(events, 100)).toEqual([
      ['creating', 1, 31],
      ['busy', 2, 32],
      ['creating', 32, 62],
    ])
  })

  test('its wave is waited for only where nothing of it may go', () => {
    const inTwo = [
      { wave: 1, groupId: OTHER, rows: 1 },
      { wave: 2, groupId: GROUP, rows: 1 },
      { wave: 2, groupId: OTHER, rows: 1 },
    ]
    const events = [
      [0, begun(inTwo)],
      [1, wave(1)],
      [2, accepted(1, OTHER)],
      [50, ended(1, OTHER)],
      [51, wave(2)],
      [52, accepted(2, GROUP, 2)],
      [60, ended(2, GROUP, 2)],
    ] as const
    expect(spansOf(events, 100)).toEqual([
      ['wave', 1, 51],
      ['creating', 52, 60],
    ])
    expect(spansOf(events, 100, OTHER)).toEqual([
      ['creating', 2, 50],
      ['wave', 50, 51],
    ])
  })

  test('held back is a group with rows left to send, to the end of the hold and no longer', () => {
    const two = [...lots, { wave: 1, groupId: OTHER, rows: 1 }]
    const hold = (until: number): RunEvent => ({
      type: 'held-back',
      until: until * 1_000,
      ...ANSWER,
    })
    const events = [
      [0, begun(two)],
      [0, wave(1)],
      [1, accepted(1)],
      [2, accepted(9, OTHER)],
      [10, hold(30)],
      [20, hold(40)],
      // Nothing is heard at the very end of it.
      [55, ended(1)],
    ] as const
    expect(spansOf(events, 100)).toEqual([
      ['creating', 1, 55],
      ['held', 10, 40],
    ])
    // It has nothing left to send.
    expect(spansOf(events, 100, OTHER)).toEqual([['creating', 2, 100]])
    expect(spansOf(events.slice(0, 5), 25)).toEqual([
      ['creating', 1, 25],
      ['held', 10, 25],
    ])
  })

  test('once the run stops, nothing waits for a turn', () => {
    const events = [
      [0, begun([{ wave: 2, groupId: GROUP, rows: 1 }])],
      [5, wave(1)],
      [10, { type: 'stopping', reason: 'interrupted' }],
    ] as const
    expect(spansOf(events, 100)).toEqual([['wave', 5, 10]])
  })

  test('what an earlier run left is followed, whether a row names it or not', () => {
    const job = { jobId: 'job', ...about(1), since: -50 }
    const events: [number, RunEvent][] = [
      [0, begun(lots)],
      [5, { type: 'job-running', ...job, row: null, wave: null }],
      [9, { type: 'job-ended', ...job, row: null, wave: null, end: 'success', durationMs: 1 }],
      [20, { type: 'job-running', ...job, jobId: null }],
      [30, { type: 'job-ended', ...job, end: 'success', durationMs: 1 }],
      [40, { type: 'removing', ...about(1), instanceId: 'i' }],
      [50, { type: 'removed', ...about(1), instanceId: 'i' }],
    ]
    const kinds = spansOf(events, 100).filter(([kind]) => kind !== 'wave')
    expect(kinds).toEqual([
      ['creating', 5, 9],
      ['lost', 20, 30],
      ['removing', 40, 50],
    ])
  })

  test('switching on, and what it waits for', () => {
    const group = { groupId: GROUP, group: 'erp' }
    const events: [number, RunEvent][] = [
      [1, { type: 'start-failed', class: 'busy', ...group, ...ANSWER }],
      [11, { type: 'start-accepted', jobId: 'job', ...group }],
      [12, { type: 'start-running', jobId: 'job', since: 11, ...group }],
      [61, { type: 'group-ended', outcome: 'enabled', reason: null, isOn: true, ...group }],
    ]
    expect(spansOf(events, 100)).toEqual([
      ['busy', 1, 11],
      ['switching-on', 11, 61],
    ])
  })
})

test('the report of a run in trouble tells work from waits, and nothing beyond the run', async () => {
  const rows = Array.from({ length: 12 }, (_, at) =>
    row(at + 1, at < 6 ? { serverGroupId: GROUP, wave: '1' } : { serverGroupId: OTHER, wave: '2' }),
  )
  const { rollout } = await measure({
    rows,
    faults: {
      groups: [{ name: '*', parallel: 2 }],
      rules: [{ on: 'createProtectedInstance', nth: 2, do: { status: 503, retryAfter: 60 } }],
    },
  })
  const { report } = rollout
  expect(reportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report)
  const kinds = report.groups.map(({ timeline }) => [
    ...new Set((timeline ?? []).map(({ kind }) => kind)),
  ])
  expect(kinds[0]).toEqual(expect.arrayContaining(['creating', 'held']))
  expect(kinds[1]).toEqual(expect.arrayContaining(['creating', 'wave']))
  for (const { timeline } of report.groups) {
    for (const { from, to } of timeline ?? []) {
      expect(from <= to).toBe(true)
      expect(from >= report.run.startedAt).toBe(true)
      expect(to <= report.run.finishedAt).toBe(true)
    }
  }
})
