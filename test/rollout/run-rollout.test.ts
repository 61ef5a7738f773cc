import { describe, expect, test } from 'vitest'
import { createStopControl } from '../../src/apply/stop.ts'
import type { Row } from '../../src/inventory/row.ts'
import { JournalFailure, type Journal, type JournalEvent } from '../../src/journal/journal.ts'
import { loadFaultPlan, type FaultPlanInput } from '../../src/simulator/fault-plan.ts'
import { seedWorld } from '../../src/simulator/seed.ts'
import type { Limits } from '../../src/simulator/state.ts'
import { simulatorTransport } from '../../src/simulator/transport.ts'
import { makeRows, rollOut, type RolloutOptions } from '../support/rollout.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const PROJECT = '0123456789abcdef0123456789abcdef'
const MINUTE = 60_000

function cloudFor(
  rows: readonly Row[],
  options: { readonly faults?: FaultPlanInput; readonly limits?: Partial<Limits> } = {},
) {
  const clock = virtualClock()
  const transport = simulatorTransport({
    initial: seedWorld({
      rows,
      projectId: PROJECT,
      now: clock.now(),
      limits: { jobTimeMs: { min: 10 * MINUTE, max: 10 * MINUTE }, ...options.limits },
    }),
    faults: loadFaultPlan(options.faults ?? {}),
    clock,
    latencyMs: 100,
  })
  return {
    /** Another run, inside the time of one that runs. */
    beside: () => rollOut({ transport, clock, rows, projectId: PROJECT }),
    run: (more: Partial<RolloutOptions> = {}) =>
      clock.run(rollOut({ transport, clock, rows, projectId: PROJECT, ...more })),
  }
}

const lost = { on: 'createProtectedInstance', do: { reset: 'after' } } as const

describe('what the fresh look settles late', () => {
  test('is created in the report, and so in the journal: the next run takes nothing up', async () => {
    // The first create's answer is lost, and the list lags longer than the run looks; the second wave's
    // job is long, so that the list has caught up when the run looks again.
    const rows = makeRows(2, 2).map((row) => ({ ...row, wave: String(row.row) }))
    const runs: JournalEvent[][] = []
    const cloud = cloudFor(rows, {
      faults: { rules: [{ ...lost, server: 'server-1', times: 1 }] },
      limits: { listLagMs: 80_000 },
    })
    const first = await cloud.run({ runs })
    expect(first.events).toContainEqual(
      expect.objectContaining({ type: 'row-ended', row: 1, outcome: 'unknown' }),
    )
    expect(first.report.rows[0]?.outcome).toBe('created')
    expect(first.journal).toContainEqual(
      expect.objectContaining({ type: 'settled', outcome: 'created', server: rows[0]?.serverId }),
    )
    const second = await cloud.run({ runs })
    expect(second.plan.rows[0]?.action.kind).toBe('keep')
    expect(second.report.rows[0]?.outcome).toBe('already-protected')
  })
})

test('what somebody else protected meanwhile is adopted, with its drift', async () => {
  const rows = makeRows(1, 1)
  const wanted = rows.map((row) => ({ ...row, name: 'other', description: 'wanted' }))
  const cloud = cloudFor(rows)
  const stop = createStopControl()
  stop.stopSending('failure-limit')
  let looks = 0
  const { report } = await cloud.run({
    rows: wanted,
    stop,
    spoil: {
      client: (client) => ({
        ...client,
        async listServerGroups(signal) {
          looks += 1
          // Between the plan and the last look.
          if (looks === 2) await cloud.beside()
          return client.listServerGroups(signal)
        },
      }),
    },
  })
  expect(report.rows[0]).toMatchObject({
    outcome: 'already-protected',
    drift: [
      { field: 'name', wanted: 'other', actual: 'server-1' },
      { field: 'description', wanted: 'wanted', actual: null },
    ],
  })
})

describe('how a run ends', () => {
  const refuseAll: FaultPlanInput = {
    rules: [{ on: 'createProtectedInstance', do: { status: 400, code: 'SDRS.0202' } }],
  }

  test('to its end', async () => {
    const { end, report, troubles } = await cloudFor(makeRows(2, 1)).run()
    expect([end, report.run.outcome, troubles]).toEqual([{ kind: 'ended' }, 'complete', []])
  })

  test('with rows open', async () => {
    const { end, report } = await cloudFor(makeRows(2, 1), { faults: refuseAll }).run()
    expect([end.kind, report.run.outcome]).toEqual(['ended', 'partial'])
  })

  test('interrupted', async () => {
    const stop = createStopControl()
    const { end, report } = await cloudFor(makeRows(3, 1)).run({
      stop,
      onEvent: (event) => {
        if (event.type === 'accepted') stop.interrupt()
      },
    })
    expect(end).toEqual({ kind: 'interrupted', signal: 'SIGINT' })
    expect(report.run.outcome).toBe('interrupted')
    expect(report.totals.rows).toBe(3)
  })

  test('at the failure limit', async () => {
    const { end, report } = await cloudFor(makeRows(5, 1), { faults: refuseAll }).run({
      limits: { concurrency: 1, maxJobs: 1, maxFailures: { kind: 'count', value: 1 } },
    })
    expect(end).toEqual({ kind: 'aborted', cause: 'failure-limit' })
    expect(report.run.outcome).toBe('aborted')
    expect(report.totals).toMatchObject({ failed: 2, notAttempted: 3 })
  })

  test('with access lost', async () => {
    const { end, report } = await cloudFor(makeRows(3, 1), {
      faults: { rules: [{ on: 'createProtectedInstance', do: { status: 401 } }] },
    }).run()
    expect(end).toEqual({ kind: 'aborted', cause: 'access' })
    expect(report.totals.notAttempted).toBe(3)
  })

  test('with a full disk: a trouble, and a report that accounts for every row', async () => {
    const { end, report, troubles } = await cloudFor(makeRows(3, 1)).run({
      spoil: { journal: (journal) => fullAfter(journal, 3) },
    })
    expect(end).toEqual({ kind: 'aborted', cause: 'crash' })
    expect(troubles[0]).toBeInstanceOf(JournalFailure)
    expect(report.totals.rows).toBe(3)
  })

  test('with a bug in a row’s own code: a trouble, and a report that accounts for every row', async () => {
    const bug = new TypeError('x is not a function')
    const { end, report, troubles } = await cloudFor(makeRows(3, 3)).run({
      spoil: {
        client: (client) => ({
          ...client,
          createProtectedInstance: (body, options) =>
            body.name === 'server-2'
              ? Promise.reject(bug)
              : client.createProtectedInstance(body, options),
        }),
      },
    })
    expect(end).toEqual({ kind: 'aborted', cause: 'crash' })
    expect(troubles).toEqual([bug])
    expect(report.rows[1]).toMatchObject({ outcome: 'unknown', reason: 'fate-unknown' })
    expect(report.totals.rows).toBe(3)
  })

  test('with a listener that throws: told once, and no row is the worse for it', async () => {
    const bug = new Error('the listener is broken')
    const { report, troubles } = await cloudFor(makeRows(3, 1)).run({
      onEvent() {
        throw bug
      },
    })
    expect(troubles).toEqual([bug])
    expect(report.rows.map(({ outcome }) => outcome)).toEqual(['created', 'created', 'created'])
  })

  test('with a bug in the last look: the report stands on what the run itself knows', async () => {
    let created = false
    const { end, report, troubles } = await cloudFor(makeRows(1, 1)).run({
      onEvent: (event) => {
        if (event.type === 'row-ended') created = true
      },
      spoil: {
        client: (client) => ({
          ...client,
          listServerGroups: (signal) => {
            if (created) throw new RangeError('too deep')
            return client.listServerGroups(signal)
          },
        }),
      },
    })
    expect(end).toEqual({ kind: 'aborted', cause: 'crash' })
    expect(troubles).toHaveLength(1)
    expect(report.rows[0]?.outcome).toBe('created')
  })
})

/** A disk that takes so many lines and no more. */
function fullAfter(journal: Journal, lines: number): Journal {
  let written = 0
  return {
    append(event) {
      written += 1
      return written > lines
        ? Promise.reject(new JournalFailure(new Error('ENOSPC')))
        : journal.append(event)
    },
    close: () => journal.close(),
  }
}
