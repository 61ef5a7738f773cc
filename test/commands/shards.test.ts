import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseInventory } from '../../src/inventory/read.ts'
import type { Finished } from '../support/cli.ts'
import { fleetServerId, makeFleet } from '../support/fleet.ts'
import { onceEach } from '../support/served-cloud.ts'
import { openWorkbench, parseReport, type Workbench } from '../support/workbench.ts'

/** Its job fails, whichever shard takes it. */
const UNLUCKY = 5
const SHARDS = [1, 2, 3]

/** Three processes, each with its own share and its own reports directory, one cloud. */
describe('a rollout in three shards', () => {
  const groups = Array.from({ length: 7 }, (_, at) => `group-${at}`)
  const fleet = makeFleet(21, groups)
  let bench: Workbench
  let ends: readonly Finished[] = []
  let runs: readonly string[] = []

  beforeAll(async () => {
    bench = await openWorkbench(fleet, {
      faults: {
        jobs: [
          {
            server: `server-${UNLUCKY}`,
            errorCode: 'EVS.2024',
            failReason: 'x',
            leavesInstance: false,
          },
        ],
      },
    })
    ends = await Promise.all(
      SHARDS.map((index) =>
        bench.apply(['--shard', `${index}/3`, '--reports-dir', `reports-${index}`]),
      ),
    )
    runs = SHARDS.map((index) => bench.runs(`reports-${index}`).at(-1) ?? '')
  })
  afterAll(() => bench.close())

  const merge = (dirs: readonly string[], more: readonly string[] = []) =>
    bench.run(['report', ...dirs, ...more])

  test('each server is created once, by one of them', async () => {
    expect(ends.map(({ code }) => code).toSorted()).toEqual([0, 0, 3])
    expect(bench.cloud.creates()).toEqual(onceEach(bench.serverIds))
    const rows = SHARDS.map((index) => bench.report(`reports-${index}`).totals.rows)
    expect(rows.reduce((all, count) => all + count, 0)).toBe(21)
    // Otherwise there would be nothing to merge.
    expect(rows.filter((count) => count > 0).length).toBeGreaterThan(1)
  })

  test('their reports become one that accounts for every row, in any order', async () => {
    const { code, stdout, stderr } = await merge(runs.toReversed(), ['--json'])
    expect([code, stderr]).toEqual([3, ''])
    const merged = parseReport(stdout)
    expect(merged.rows.map(({ row }) => row)).toEqual(fleet.map(({ n }) => n))
    expect(merged.totals).toMatchObject({ rows: 21, created: 20, failed: 1 })
    expect(merged.run).toMatchObject({ shard: null, outcome: 'partial' })
    const totals = SHARDS.map((index) => bench.report(`reports-${index}`).requests.total)
    expect(merged.requests.total).toBe(totals.reduce((all, count) => all + count, 0))
    expect(merged.groups.map((group) => [group.name, group.rows]).toSorted()).toEqual(
      groups.map((name) => [name, 3]),
    )
  })

  test('--out holds all files; what remains is an inventory of the failed row', async () => {
    expect((await merge(runs, ['--out', 'merged'])).code).toBe(3)
    for (const name of ['report.json', 'report.csv', 'report.md', 'report.html']) {
      expect(existsSync(join(bench.directory, 'merged', name)), name).toBe(true)
    }
    const remaining = Buffer.from(bench.read('merged/remaining.csv'))
    const options = { map: {}, set: {}, dialect: 'otc' } as const
    const { rows, problems } = await parseInventory('remaining.csv', remaining, options)
    expect(rows.map(({ serverId }) => serverId)).toEqual([fleetServerId(UNLUCKY)])
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
  })

  test('the next command carries on in the reports directory of the shard with the open row', async () => {
    const { stdout } = await merge(runs)
    const next = /^Next: +sdrs-protect (.*)$/m.exec(stdout)?.[1]?.split(' ') ?? []
    const owner = SHARDS.find((index) => bench.report(`reports-${index}`).totals.failed > 0)
    expect(next.slice(0, 2)).toEqual(['apply', 'servers.csv'])
    expect(next).toContain(`reports-${owner}`)
    expect(next).not.toContain('--shard')
    const before = bench.cloud.asked('createProtectedInstance')
    await bench.run([...next, '--yes'])
    expect(bench.cloud.asked('createProtectedInstance')).toBe(before + 1)
  })

  test.each([
    ['one is missing', () => runs.slice(0, 2), 'shard 3/3 is missing'],
    ['one is given twice', () => [...runs, runs[0] ?? ''], 'given twice'],
    ['one takes the place of another', () => [...runs.slice(1), runs[1] ?? ''], 'given twice'],
  ])('refused when %s: exit 2, nothing on stdout, nothing written', async (_, dirs, said) => {
    const { code, stdout, stderr } = await merge(dirs(), ['--out', 'refused'])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(said)
    expect(existsSync(join(bench.directory, 'refused'))).toBe(false)
  })

  test('refused with a run of another sharding, whose rows overlap', async () => {
    await bench.apply(['--shard', '1/2', '--reports-dir', 'reports-of-two'])
    const other = bench.runs('reports-of-two').at(-1) ?? ''
    const { code, stderr } = await merge([...runs.slice(1), other])
    expect(code).toBe(2)
    expect(stderr).toContain('number of shards')
  })
})
