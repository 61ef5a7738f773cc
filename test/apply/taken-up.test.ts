import { expect, test } from 'vitest'
import { createStopControl } from '../../src/apply/stop.ts'
import type { Row } from '../../src/inventory/row.ts'
import type { JournalEvent } from '../../src/journal/journal.ts'
import { replay } from '../../src/journal/replay.ts'
import { logItems } from '../../src/simulator/log.ts'
import { seedWorld } from '../../src/simulator/seed.ts'
import type { Limits } from '../../src/simulator/state.ts'
import { simulatorTransport } from '../../src/simulator/transport.ts'
import { ENDPOINT, makeRows, rollOut, type RolloutOptions } from '../support/rollout.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const PROJECT = '0123456789abcdef0123456789abcdef'
const MINUTE = 60_000

function openCloud(rows: readonly Row[], limits: Partial<Limits> = {}) {
  const clock = virtualClock()
  const jobTimeMs = { min: MINUTE, max: MINUTE }
  const world = { rows, projectId: PROJECT, now: clock.now(), limits: { jobTimeMs, ...limits } }
  const transport = simulatorTransport({ initial: seedWorld(world), clock, latencyMs: 100 })
  const runs: JournalEvent[][] = []
  return {
    clock,
    runs,
    run: (more: Partial<RolloutOptions> = {}) =>
      clock.run(rollOut({ transport, clock, rows, projectId: PROJECT, runs, ...more })),
    creates: () =>
      logItems(transport.world().ledger)
        .filter(({ kind }) => kind === 'create')
        .map(({ name }) => name),
  }
}

/** A run that is interrupted once so many of its jobs run. */
async function interruptedAt(cloud: ReturnType<typeof openCloud>, jobs: number): Promise<void> {
  const stop = createStopControl()
  await cloud.run({
    stop,
    onEvent(event) {
      if (event.type === 'progress' && event.running >= jobs) stop.interrupt()
    },
  })
}

test('a job that succeeded and is never listed aborts no run, however often it is taken up', async () => {
  const rows = makeRows(2, 1)
  const cloud = openCloud(rows, { listLagMs: 60 * MINUTE })
  for (const _ of [1, 2, 3]) {
    const { troubles, report } = await cloud.run()
    expect(troubles).toEqual([])
    expect(report.totals).toMatchObject({ rows: 2, unknown: 2 })
  }
  expect(cloud.creates().toSorted()).toEqual(rows.map(({ name }) => name))
})

test('a create whose row is gone, and whose job succeeded unseen, stays open for the next run', async () => {
  const rows = makeRows(3, 1)
  const cloud = openCloud(rows, { listLagMs: 10 * MINUTE })
  await interruptedAt(cloud, 3)
  expect(cloud.creates()).toHaveLength(3)
  const without = await cloud.run({ rows: rows.slice(2) })
  expect(without.report.carriedOver.map(({ reason }) => reason)).toEqual([
    'not-in-list',
    'not-in-list',
  ])
  const again = await cloud.run()
  expect(again.plan.rows.map(({ action }) => action.kind)).not.toContain('create')
  expect(cloud.creates()).toHaveLength(3)
})

test('jobs of a run whose clock was ahead are looked at as soon as any others', async () => {
  const cloud = openCloud(makeRows(4, 1))
  await interruptedAt(cloud, 3)
  const [events = []] = cloud.runs
  cloud.runs[0] = events.map((event) => ({ ...event, at: event.at + 20 * MINUTE }))
  const before = cloud.clock.now()
  const { report } = await cloud.run()
  expect(report.totals.created).toBe(4)
  expect(cloud.clock.now() - before).toBeLessThan(3 * MINUTE)
})

test('what is taken up and came to nothing waits for its wave', async () => {
  const rows = makeRows(2, 1).map((row, index): Row => ({ ...row, wave: String(index + 1) }))
  const cloud = openCloud(rows)
  const at = cloud.clock.now()
  const server = rows[1]?.serverId ?? ''
  cloud.runs.push([
    {
      type: 'run',
      at,
      runId: 'run-000000',
      command: 'apply',
      endpoint: ENDPOINT,
      projectId: PROJECT,
      source: 'test',
      sha256: '',
      resumes: [],
    },
    { type: 'intent', at, server, groupId: 'unused', name: 'server-2', attempt: 1 },
    { type: 'accepted', at, server, jobId: 'a-job-that-nobody-knows' },
  ])
  const { report } = await cloud.run()
  expect(report.totals.created).toBe(2)
  const [first, second] = report.rows
  expect(Date.parse(second?.finishedAt ?? '')).toBeGreaterThan(
    Date.parse(first?.finishedAt ?? '') + MINUTE / 2,
  )
})

test('a run folder that was copied, whole or in part, tells its story once', async () => {
  const cloud = openCloud(makeRows(2, 1))
  await interruptedAt(cloud, 2)
  const [events = []] = cloud.runs
  const where = { projectId: PROJECT }
  const once = replay([events], where)
  expect(once.open.size).toBe(2)
  expect(replay([events, events], where)).toEqual(once)
  expect(replay([events.slice(0, 2), events], where)).toEqual(once)
})
