import { afterEach, expect, test } from 'vitest'
import { makeFleet } from '../support/fleet.ts'
import { onceEach } from '../support/served-cloud.ts'
import { openWorkbench, outcomesOf, parseReport, type Workbench } from '../support/workbench.ts'

let bench: Workbench
afterEach(() => bench.close())

test('every server is created once; a rerun sends no create', async () => {
  bench = await openWorkbench(makeFleet(5, ['g1', 'g2']))
  const first = await bench.apply(['--json'])
  expect(first).toMatchObject({ code: 0, signal: null })
  const report = parseReport(first.stdout)
  expect(report).toEqual(bench.report())
  expect(report).toMatchObject({ run: { outcome: 'complete' }, totals: { rows: 5, created: 5 } })
  expect(bench.cloud.creates()).toEqual(onceEach(bench.serverIds))

  const sent = bench.cloud.asked('createProtectedInstance')
  expect((await bench.apply()).code).toBe(0)
  expect(bench.report().totals).toMatchObject({ rows: 5, alreadyProtected: 5 })
  expect(bench.cloud.asked('createProtectedInstance')).toBe(sent)
})

test('what remains after a failed job is an inventory of its own, and applying it finishes the rest', async () => {
  bench = await openWorkbench(makeFleet(4), {
    faults: {
      jobs: [
        {
          server: 'server-2',
          errorCode: 'EVS.2024',
          failReason: 'volume is error!',
          leavesInstance: false,
          times: 1,
        },
      ],
    },
  })
  expect((await bench.apply()).code).toBe(3)
  expect(outcomesOf(bench.report())).toEqual({
    'server-1': 'created',
    'server-2': 'failed/job-failed',
    'server-3': 'created',
    'server-4': 'created',
  })
  expect(bench.report().rows[1]).toMatchObject({ errorCode: 'EVS.2024', jobStatus: 'FAIL' })
  const remaining = `${bench.runs()[0]}/remaining.csv`
  expect(bench.read(remaining)).toContain('server-2')
  expect((await bench.run(['validate', remaining])).code).toBe(0)

  expect((await bench.run(['apply', remaining, '--yes'])).code).toBe(0)
  expect(outcomesOf(bench.report())).toEqual({ 'server-2': 'created' })
  const rest = `${bench.runs()[1]}/remaining.csv`
  expect(bench.read(rest).trim().split('\n')).toHaveLength(1)
  expect((await bench.run(['apply', rest, '--yes'])).code).toBe(0)
})
