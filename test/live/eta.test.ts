import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../src/apply/events.ts'
import { createEstimator, estimate } from '../../src/live/eta.ts'
import { newRunState, nextRunState, type RunState } from '../../src/live/run-state.ts'

const MINUTE = 60_000
const T0 = Date.UTC(2026, 0, 1)

/** A run of `rows` in group g (and as many in h), told event by event. */
function told(rows: number, events: readonly (readonly [minute: number, event: RunEvent])[]) {
  const group = { groupId: 'g', group: 'g' }
  const begun: RunEvent = {
    type: 'run-begun',
    rows,
    maxJobs: 100,
    waves: [{ name: null, rows }],
    groups: [{ ...group, rows }],
    lots: [{ wave: 1, groupId: 'g', rows }],
  }
  const wave: RunEvent = { type: 'wave-begun', wave: 1, of: 1, name: null, rows }
  const all = [[0, begun] as const, [0, wave] as const, ...events]
  return all.reduce<RunState>(
    (state, [minute, event]) => nextRunState(state, event, T0 + minute * MINUTE),
    newRunState(T0),
  )
}

const of = (row: number) => ({
  row,
  serverId: `s-${row}`,
  name: `web-${row}`,
  groupId: 'g',
  group: 'g',
  wave: 1,
})
const running = (row: number, minute: number): readonly [number, RunEvent] => [
  minute,
  { type: 'job-running', ...of(row), jobId: 'j', since: T0 + minute * MINUTE },
]
const ended = (row: number, from: number, to: number): (readonly [number, RunEvent])[] => [
  [to, { type: 'job-ended', ...of(row), end: 'success', durationMs: (to - from) * MINUTE }],
  [
    to,
    {
      type: 'row-ended',
      ...of(row),
      outcome: 'created',
      reason: null,
      errorCode: null,
      wasSettled: false,
    },
  ],
]
const lane = (
  minute: number,
  over: Partial<Extract<RunEvent, { type: 'lane' }>>,
): readonly [number, RunEvent] => [
  minute,
  {
    type: 'lane',
    groupId: 'g',
    group: 'g',
    limit: null,
    busySince: null,
    closedUntil: null,
    ...over,
  },
]
const minutesLeft = (state: RunState, minute: number) => {
  const { run } = estimate(state, T0 + minute * MINUTE)
  return run === null ? null : [run.fromMs / MINUTE, run.toMs / MINUTE]
}

describe('it says a range, or nothing', () => {
  test('nothing before a job has ended', () => {
    const state = told(10, [running(1, 0), running(2, 0)])
    expect(minutesLeft(state, 4)).toBeNull()
  })

  test('of a serial group each of its rows in turn', () => {
    const state = told(20, [running(1, 0), lane(1, { limit: 1 }), ...ended(1, 0, 5), running(2, 5)])
    const [from = 0, to = 0] = minutesLeft(state, 5) ?? []
    // 19 jobs of five minutes are left, of which one alone has been seen.
    expect(from).toBeGreaterThan(50)
    expect(from).toBeLessThan(95)
    expect(to).toBeGreaterThan(95)
  })

  test('only rows that still go through: what the plan has settled takes no time', () => {
    const state = told(20, [
      ...Array.from({ length: 18 }, (_, at): readonly [number, RunEvent] => [
        0,
        {
          type: 'row-ended',
          ...of(at + 3),
          outcome: 'conflict',
          reason: 'other-group',
          errorCode: null,
          wasSettled: false,
        },
      ]),
      lane(0, { limit: 1 }),
      running(1, 0),
      ...ended(1, 0, 5),
      running(2, 5),
    ])
    const [, to = 0] = minutesLeft(state, 5) ?? []
    expect(to).toBeLessThan(12)
  })

  test('nothing while somebody else holds a group up', () => {
    const events = [running(1, 0), ...ended(1, 0, 5)]
    const busy = lane(5, { busySince: T0 + 5 * MINUTE, closedUntil: T0 + 6 * MINUTE })
    expect(minutesLeft(told(5, [...events, busy]), 5.5)).not.toBeNull()
    expect(minutesLeft(told(5, [...events, busy]), 8)).toBeNull()
  })

  test('nothing after Ctrl-C; after another stop only what runs', () => {
    const events = [running(1, 0), ...ended(1, 0, 5), running(2, 5)]
    const stop = (reason: 'interrupted' | 'failure-limit'): readonly [number, RunEvent] => [
      6,
      { type: 'stopping', reason },
    ]
    const serial = lane(0, { limit: 1 })
    expect(minutesLeft(told(50, [serial, ...events, stop('interrupted')]), 6)).toBeNull()
    const [, to = 0] = minutesLeft(told(50, [serial, ...events, stop('failure-limit')]), 6) ?? []
    expect(to).toBeLessThan(10)
  })

  test('nothing where it does not know how many a group takes, and others have shown both', () => {
    const other = (event: RunEvent): RunEvent => ({ ...event, groupId: 'h' }) as RunEvent
    const wide = [
      ...[1, 2, 3].map((row) => running(row, 0)),
      ...[1, 2, 3].flatMap((row) => ended(row, 0, 5)),
    ]
    const narrow: (readonly [number, RunEvent])[] = [
      [0, other(running(9, 0)[1])],
      [0, other(lane(0, { limit: 1 })[1])],
      [5, other(ended(9, 0, 5)[0]?.[1] ?? lane(0, {})[1])],
    ]
    const state = told(4, [...wide, ...narrow])
    const [wideGroup] = state.groups.values()
    if (wideGroup === undefined) throw new Error('no group')
    const untried = { ...wideGroup, groupId: 'x', left: [40], mostRunning: 0 }
    const groups = state.groups.set('x', untried)
    expect(minutesLeft({ ...state, groups }, 5)).toBeNull()
    // Once it has shown that it takes several, it is known.
    const tried = groups.set('x', { ...untried, mostRunning: 2 })
    expect(minutesLeft({ ...state, groups: tried }, 5)).not.toBeNull()
  })
})

test('of a long run the last estimate stands for a while and moves on; a stop ends it', () => {
  const state = told(3_000, [running(1, 0), running(2, 0), ...ended(1, 0, 5)])
  const again = createEstimator()
  const at = (minute: number, of: RunState = state) => again(of, T0 + minute * MINUTE).run
  const first = at(5)
  expect(first).not.toBeNull()
  expect(at(5.1)?.toMs).toBeCloseTo((first?.toMs ?? 0) - 0.1 * MINUTE, 3)
  expect(at(5.1, { ...state, stopping: 'interrupted' })).toBeNull()
})
