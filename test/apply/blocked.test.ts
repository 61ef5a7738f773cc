import { expect, test } from 'vitest'
import { applyPlan } from '../../src/apply/apply.ts'
import { createStopControl } from '../../src/apply/stop.ts'
import type { JournalEvent } from '../../src/journal/journal.ts'
import { NO_OPEN_WORK } from '../../src/journal/replay.ts'
import type { SdrsClient } from '../../src/cloud/sdrs/sdrs-client.ts'
import { reportOf } from '../../src/rollout/report-of.ts'
import { CREATES_ONLY } from '../../src/rollout/work.ts'
import { group, GROUP, instance, row, serverId } from '../report/build.ts'
import { planOf, type Facts } from '../plan/facts.ts'
import { server, SITES, told } from '../plan/preflight/told.ts'
import { journalInto } from '../support/rollout.ts'
import { virtualClock } from '../support/virtual-clock.ts'

/** Whoever asks it anything fails. */
const NOBODY = new Proxy({} as SdrsClient, {
  get(_, operation) {
    return () => {
      throw new Error(`${String(operation)} was sent`)
    }
  },
})

/** The report's rows of a plan in which every row is blocked, kept or in conflict. */
async function report(facts: Facts) {
  const plan = planOf({ group: SITES, ...facts })
  const clock = virtualClock()
  const events: JournalEvent[] = []
  const applied = await clock.run(
    applyPlan(plan, {
      client: NOBODY,
      journal: journalInto(events),
      clock,
      random: () => 0.5,
      stop: createStopControl(),
      limits: {
        concurrency: 10,
        maxJobs: 100,
        pollIntervalMs: null,
        jobTimeoutMs: 60_000,
        settleWindowMs: 30_000,
        maxFailures: { kind: 'percent', value: 50 },
      },
      onEvent: () => {},
      seenHealthy: new Map(),
      noteHealthy: () => Promise.resolve(),
      knownInstances: new Map(),
    }),
  )
  const snapshot = {
    takenAt: 0,
    groups: [],
    instances: facts.instances ?? [],
    failureJobs: [],
    preflight: null,
  }
  const { rows } = reportOf({
    about: {
      runId: 'run-1',
      startedAt: 0,
      tool: { name: 'sdrs-protect', version: 'test' },
      command: 'apply',
      endpoint: 'https://sdrs.test',
      projectId: 'p',
      region: null,
      target: null,
      inventory: { source: 'test', sha256: '', rows: plan.rows.length },
      selection: {},
      options: null,
      directory: null,
    },
    planned: {
      kind: 'planned',
      plan,
      openWork: NO_OPEN_WORK,
      snapshot,
      enabling: null,
      preflight: null,
      rowsOfGroups: [],
      inventoryServers: [],
    },
    applied,
    work: CREATES_ONLY,
    fresh: snapshot,
    isBeforeEnabling: false,
    enablings: new Map(),
    end: { kind: 'ended' },
    finishedAt: clock.now(),
    requests: { total: 0, byOperation: {}, byStatus: {}, retries: 0, throttled: 0 },
  })
  return { rows, events, troubles: applied.troubles }
}

test('a row that would be refused ends blocked, with the code and what to do, and nothing is sent', async () => {
  const preflight = told({ servers: [server(1, { isLocked: true, taskState: 'resizing' })] })
  const { rows, events, troubles } = await report({ rows: [row(1), row(2)], preflight })
  expect(rows).toMatchObject([
    {
      outcome: 'blocked',
      reason: 'server-locked',
      errorCode: 'SDRS.1359',
      message: expect.stringContaining('locked'),
      advice: expect.stringContaining('run again'),
      attempts: 0,
      httpStatus: null,
      jobId: null,
      warnings: [],
    },
    {
      outcome: 'blocked',
      reason: 'server-missing',
      errorCode: 'SDRS.1326',
      message: expect.stringContaining(serverId(2)),
    },
  ])
  expect([events, troubles]).toEqual([[], []])
})

test('of a group that takes none as well', async () => {
  const broken = group(GROUP, { status: 'error' })
  const { rows } = await report({ groups: new Map([[1, broken]]) })
  expect(rows).toMatchObject([
    { outcome: 'blocked', reason: 'group-not-ready', errorCode: 'SDRS.1325', attempts: 0 },
  ])
})

test('what a failed create has left stays where the create would be refused', async () => {
  const { rows, events } = await report({
    instances: [instance(1, { status: 'error' })],
    failedInstances: ['instance-1'],
    replaceFailed: true,
    preflight: told({ servers: [server(1, { volumes: [] })] }),
  })
  expect(rows).toMatchObject([{ outcome: 'blocked', reason: 'no-disk', errorCode: 'SDRS.1321' }])
  expect(events).toEqual([])
})
