import { afterEach, expect, test } from 'vitest'
import { logItems } from '../../src/simulator/log.ts'
import { fleetServerId, makeFleet } from '../support/fleet.ts'
import { onceEach } from '../support/served-cloud.ts'
import { openWorkbench, outcomesOf, type Workbench } from '../support/workbench.ts'

/** What ends a run in the middle, or holds a part of it back. */
let bench: Workbench
afterEach(() => bench.close())

const failing = (server: string, times: number | null = 1, leavesInstance = false) => ({
  server,
  errorCode: 'EVS.2024',
  failReason: 'volume is error!',
  leavesInstance,
  times,
})

const twoWaves = () => makeFleet(6).map((one) => ({ ...one, wave: one.n <= 3 ? '1' : '2' }))

test('a wave starts when the last job of the one before has ended', async () => {
  bench = await openWorkbench(twoWaves())
  expect((await bench.apply()).code).toBe(0)
  const { ledger, jobs } = bench.cloud.world()
  const creates = logItems(ledger)
  const inWave = (wave: '1' | '2') =>
    creates.filter(({ serverId }) => serverId <= fleetServerId(3) === (wave === '1'))
  const ends = inWave('1').map(({ jobId }) => jobs.get(jobId)?.endsAt ?? Infinity)
  const starts = inWave('2').map(({ at }) => at)
  expect([ends.length, starts.length]).toEqual([3, 3])
  expect(Math.min(...starts)).toBeGreaterThanOrEqual(Math.max(...ends))
})

test('--wave takes part of the waves', async () => {
  bench = await openWorkbench(twoWaves())
  expect((await bench.apply(['--wave', '2'])).code).toBe(0)
  expect(bench.cloud.creates()).toEqual(onceEach([4, 5, 6].map(fleetServerId)))
})

test('--max-failures: the rest of the wave is not attempted, the next wave not started', async () => {
  bench = await openWorkbench(twoWaves(), {
    faults: { jobs: [failing('server-1', null), failing('server-2', null)] },
  })
  const { code } = await bench.apply(['--max-failures', '1', '--max-jobs', '1'])
  expect(code).toBe(3)
  expect(bench.report().run.outcome).toBe('aborted')
  expect(outcomesOf(bench.report())).toEqual({
    'server-1': 'failed/job-failed',
    'server-2': 'failed/job-failed',
    'server-3': 'not-attempted/failure-limit',
    'server-4': 'not-attempted/wave-stopped',
    'server-5': 'not-attempted/wave-stopped',
    'server-6': 'not-attempted/wave-stopped',
  })
  expect(bench.cloud.asked('createProtectedInstance')).toBe(2)
})

test('--quiet says why the run has stopped, and nothing on the way', async () => {
  bench = await openWorkbench(makeFleet(3), {
    faults: { jobs: [failing('server-1', null), failing('server-2', null)] },
  })
  const limits = ['--max-failures', '1', '--max-jobs', '1']
  const { code, stderr } = await bench.apply([...limits, '--quiet'])
  expect(code).toBe(3)
  expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(/^Stopping: 2 of 2 /)])
})

test('access lost in the middle: exit 4, every row in the report, a new token finishes the job', async () => {
  let creates = 0
  bench = await openWorkbench(makeFleet(6), {
    hooks: {
      async after({ operation }): Promise<'pass'> {
        if (operation === 'createProtectedInstance') creates += 1
        if (creates === 3) await bench.cloud.revokeTokens()
        return 'pass'
      },
    },
  })
  const { code, stderr } = await bench.apply(['--concurrency', '1'])
  expect([code, stderr]).toEqual([4, expect.not.stringMatching(/^ {4}at /m)])
  const report = bench.report()
  expect(report.run.outcome).toBe('aborted')
  expect(report.totals).toMatchObject({ rows: 6, failed: 0, unknown: 0 })
  expect(report.totals.notAttempted).toBeGreaterThan(0)
  for (const row of report.rows.filter(({ outcome }) => outcome === 'not-attempted')) {
    expect(row.reason).toBe('access-lost')
  }
  // An access that is gone is not knocked at again for each row.
  expect(report.requests.byStatus['401']).toBeLessThanOrEqual(2)

  expect((await bench.apply([], { env: { OS_TOKEN: 'another' } })).code).toBe(0)
  expect(bench.cloud.creates()).toEqual(onceEach(bench.serverIds))
})

test('--job-timeout: in progress, exit 3; the next run takes the job up', async () => {
  bench = await openWorkbench(makeFleet(2), { limits: { jobTimeMs: { min: 4_000, max: 4_000 } } })
  expect((await bench.apply(['--job-timeout', '300ms'])).code).toBe(3)
  expect(outcomesOf(bench.report())).toEqual({
    'server-1': 'in-progress/job-timeout',
    'server-2': 'in-progress/job-timeout',
  })
  expect((await bench.apply()).code).toBe(0)
  expect(outcomesOf(bench.report())).toEqual({ 'server-1': 'created', 'server-2': 'created' })
  expect(bench.report().run.resumedRuns).toHaveLength(1)
  expect(bench.cloud.creates()).toEqual(onceEach(bench.serverIds))
})

test('--replace-failed deletes what a failed create left, and only with the flag', async () => {
  bench = await openWorkbench(makeFleet(3), { faults: { jobs: [failing('server-2', 1, true)] } })
  expect((await bench.apply()).code).toBe(3)
  expect(outcomesOf(bench.report())).toMatchObject({ 'server-2': 'failed/job-failed' })
  expect((await bench.apply()).code).toBe(3)
  expect(outcomesOf(bench.report())).toMatchObject({ 'server-2': 'conflict/broken-instance' })
  expect(bench.cloud.creates()).toEqual(onceEach(bench.serverIds))

  expect((await bench.apply(['--replace-failed'])).code).toBe(0)
  expect(outcomesOf(bench.report())).toMatchObject({ 'server-2': 'created' })
  const ofServer2 = logItems(bench.cloud.world().ledger).filter(
    ({ serverId }) => serverId === fleetServerId(2),
  )
  expect(ofServer2.map(({ kind }) => kind)).toEqual(['create', 'delete', 'create'])
})
