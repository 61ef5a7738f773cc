import { afterEach, expect, test, vi } from 'vitest'
import type { RunEvent } from '../../src/apply/events.ts'
import { newRunState, nextRunState, type RunState } from '../../src/live/run-state.ts'
import { createTimelines } from '../../src/rollout/timelines.ts'

/** What an event copies, counted among ten groups and among a thousand. No time is measured. */

const ROWS_A_GROUP = 50
const AT_ONCE = 10

afterEach(() => {
  vi.restoreAllMocks()
})

function begun(groups: number): RunEvent {
  const all = Array.from({ length: groups }, (_, at) => ({
    groupId: `group-${at}`,
    group: `g${at}`,
    rows: ROWS_A_GROUP,
  }))
  return {
    type: 'run-begun',
    rows: groups * ROWS_A_GROUP,
    maxJobs: AT_ONCE,
    waves: [{ name: null, rows: groups * ROWS_A_GROUP }],
    groups: all,
    lots: all.map(({ groupId, rows }) => ({ wave: 1, groupId, rows })),
  }
}

/** The rows of the first groups, `AT_ONCE` of them under way at any time. */
function* course(): Generator<RunEvent> {
  const under: RunEvent[][] = []
  for (let row = 1; row <= 4 * ROWS_A_GROUP; row += 1) {
    const of = {
      row,
      serverId: `server-${row}`,
      name: `server-${row}`,
      wave: 1,
      groupId: `group-${row % 4}`,
      group: `g${row % 4}`,
    }
    const jobId = `job-${row}`
    yield { type: 'accepted', ...of, jobId }
    yield { type: 'job-running', ...of, jobId, since: row }
    under.push([
      { type: 'job-ended', ...of, end: 'success', durationMs: 1_000 },
      {
        type: 'row-ended',
        ...of,
        outcome: 'created',
        reason: null,
        errorCode: null,
        wasSettled: false,
      },
    ])
    if (under.length === AT_ONCE) yield* under.shift() ?? []
  }
  for (const events of under) yield* events
}

/** Entries of maps that are written, and of lists that are gone through, while the course is played. */
function copied(groups: number, see: (event: RunEvent, at: number) => void): number {
  see(begun(groups), 0)
  see({ type: 'wave-begun', wave: 1, of: 1, name: null, rows: groups * ROWS_A_GROUP }, 0)
  let count = 0
  const { set } = Map.prototype
  vi.spyOn(Map.prototype, 'set').mockImplementation(function (
    this: Map<unknown, unknown>,
    key,
    value,
  ) {
    count += 1
    return set.call(this, key, value)
  })
  const lists = Array.prototype as unknown as Record<string, (...args: unknown[]) => unknown>
  for (const walk of ['map', 'filter', 'reduce', 'slice']) {
    const all = lists[walk]
    vi.spyOn(lists, walk).mockImplementation(function (this: unknown[], ...args: unknown[]) {
      count += this.length
      return all?.apply(this, args)
    })
  }
  let at = 0
  for (const event of course()) see(event, (at += 1))
  vi.restoreAllMocks()
  return count
}

test('the live state copies hardly more for an event among a hundred times as many groups', () => {
  const play = (groups: number): number => {
    let state: RunState = newRunState(0)
    return copied(groups, (event, at) => {
      state = nextRunState(state, event, at)
    })
  }
  const [few, many] = [play(10), play(1_000)]
  expect(few).toBeGreaterThan(4 * ROWS_A_GROUP)
  // Persistent maps are trees: a hundred times as many are a level or two more.
  expect(many).toBeLessThan(3 * few)
})

test('so do the timelines', () => {
  const play = (groups: number): number => {
    const timelines = createTimelines(0)
    return copied(groups, (event, at) => timelines.see(event, at))
  }
  const [few, many] = [play(10), play(1_000)]
  expect(few).toBeGreaterThan(ROWS_A_GROUP)
  expect(many).toBeLessThan(1.5 * few)
})
