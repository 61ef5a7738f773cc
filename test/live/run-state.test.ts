import { expect, test } from 'vitest'
import type { RunEvent } from '../../src/apply/events.ts'
import { seededRandom } from '../../src/clock.ts'
import {
  endedRows,
  newRunState,
  nextRunState,
  runningJobs,
  runningRows,
  type RunState,
} from '../../src/live/run-state.ts'
import { loadFaultPlan } from '../../src/simulator/fault-plan.ts'
import { seedWorld } from '../../src/simulator/seed.ts'
import { simulatorTransport } from '../../src/simulator/transport.ts'
import { makeRows, rollOut } from '../support/rollout.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const PROJECT = '0123456789abcdef0123456789abcdef'

/** A whole run, with the state after each of its events. */
async function states(faults: Parameters<typeof loadFaultPlan>[0], rows = makeRows(12, 2)) {
  const clock = virtualClock()
  const limits = { jobTimeMs: { min: 60_000, max: 90_000 } }
  const initial = seedWorld({ rows, projectId: PROJECT, now: clock.now(), limits })
  const transport = simulatorTransport({
    initial,
    faults: loadFaultPlan(faults),
    clock,
    random: seededRandom(1),
    latencyMs: 50,
  })
  let state = newRunState(clock.now())
  const seen: { readonly event: RunEvent; readonly state: RunState }[] = []
  const rollout = await clock.run(
    rollOut({
      transport,
      clock,
      rows,
      projectId: PROJECT,
      onEvent(event) {
        state = nextRunState(state, event, clock.now())
        seen.push({ event, state })
      },
    }),
  )
  return { seen, rollout, state }
}

test('at every moment each row is ended, running or waiting, and running is what is told', async () => {
  const { seen, state, rollout } = await states({ groups: [{ name: 'g1', parallel: 1 }] })
  expect(rollout.report.totals.created).toBe(12)
  for (const { event, state: at } of seen) {
    expect(endedRows(at) + runningRows(at)).toBeLessThanOrEqual(12)
    // Told once the job is registered: never one too few, and in a serial tail never none.
    if (event.type === 'progress') expect(event.running).toBe(runningJobs(at))
  }
  // As soon as a job is followed, it is among those that are told.
  for (const [at, { event, state: then }] of seen.entries()) {
    if (event.type !== 'job-running') continue
    expect(seen[at + 1]?.event).toMatchObject({ type: 'progress', running: runningJobs(then) })
  }
  expect(Math.max(...seen.map(({ state: at }) => runningJobs(at)))).toBeGreaterThan(3)
  const tail = seen.filter(({ event }) => event.type === 'job-running').at(-1)
  expect(tail === undefined ? 0 : runningJobs(tail.state)).toBe(1)
  expect(endedRows(state)).toBe(12)
  expect(runningJobs(state)).toBe(0)
  expect([...state.groups.values()].map(({ left }) => left)).toEqual([[0], [0]])
})

test('a serial group shows its limit, and one that takes all none', async () => {
  const { seen } = await states({ groups: [{ name: 'g1', parallel: 1 }] })
  const middle = seen[Math.floor(seen.length / 2)]?.state
  const [narrow, wide] = [...(middle?.groups.values() ?? [])]
  expect(narrow).toMatchObject({ name: 'g1', lane: { limit: 1 } })
  expect(wide).toMatchObject({ name: 'g2', lane: { limit: null } })
  expect(wide?.mostRunning).toBeGreaterThan(1)
})

test('a hold-back is told with its end', async () => {
  const { seen } = await states({
    rules: [{ on: 'createProtectedInstance', nth: 2, do: { status: 503, retryAfter: 20 } }],
  })
  const held = seen.find(({ event }) => event.type === 'held-back')
  expect(held?.state.hold?.said).toBe('503')
  expect(held?.state.heldMs).toBeCloseTo(20_000, -2)
})

test('what the plan has settled is not counted as left, and failures are named', async () => {
  const rows = makeRows(6, 1)
  const { state, seen } = await states(
    { jobs: [{ server: 'server-2', errorCode: 'EVS.2024', failReason: 'no room' }] },
    rows,
  )
  expect(state.lastFailure).toEqual({ name: 'server-2', said: 'EVS.2024' })
  expect(state.ended).toEqual({ created: 5, failed: 1 })
  const begun = seen.find(({ event }) => event.type === 'run-begun')
  expect(begun?.event).toMatchObject({ rows: 6, lots: [{ wave: 1, rows: 6 }] })
})
