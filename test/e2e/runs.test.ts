import { mkdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { makeFleet } from '../support/fleet.ts'
import { createGate, type Gate } from '../support/gate.ts'
import { openWorkbench, outcomesOf, parseReport, type Workbench } from '../support/workbench.ts'
import { onceEach } from '../support/served-cloud.ts'

/** Looks from outside at runs that are at work, have ended, or were killed. */
let bench: Workbench
afterEach(() => bench.close())

async function openHeld(): Promise<Gate> {
  const gate = createGate()
  let creates = 0
  bench = await openWorkbench(makeFleet(5), {
    limits: { jobTimeMs: { min: 60_000, max: 60_000 } },
    hooks: {
      // The first two are answered, the third is not.
      before: ({ operation }) => {
        if (operation !== 'createProtectedInstance') return 'pass'
        creates += 1
        return creates < 3 ? 'pass' : gate.pass()
      },
    },
  })
  return gate
}

async function listed(): Promise<Record<string, unknown>[]> {
  const { stdout, code } = await bench.run(['runs', '--json'])
  expect(code).toBe(0)
  return (JSON.parse(stdout) as { runs: Record<string, unknown>[] }).runs
}

const LEFT = {
  'server-1': 'in-progress/job-running',
  'server-2': 'in-progress/job-running',
  'server-3': 'unknown/fate-unknown',
}

test('a run that is at work, then killed, then carried on', async () => {
  const gate = await openHeld()
  const running = bench.startApply(['--concurrency', '1'])
  await gate.arrived(1)
  const [id = ''] = bench.runs().map((path) => path.split('/')[1])
  expect(readlinkSync(join(bench.directory, 'reports', 'latest'))).toBe(id)

  expect(await listed()).toMatchObject([
    {
      id,
      state: 'running',
      command: 'apply',
      pid: running.child.pid,
      finishedAt: null,
      totals: { rows: 5, inProgress: 2, unknown: 1, notAttempted: 2 },
    },
  ])
  const seen = await bench.run(['report', 'latest'])
  expect(seen.code).toBe(3)
  expect(seen.stdout).toContain(`to stop it: kill -INT ${running.child.pid}\n`)
  expect(seen.stdout).not.toContain('Next:')
  // There are no files yet, and nobody has counted.
  expect(seen.stdout).not.toMatch(/^Report:|report\.html|\d requests?,/m)
  const alive = parseReport((await bench.run(['report', `reports/${id}`, '--json'])).stdout)
  expect(alive.run).toMatchObject({ id, outcome: 'partial', selection: null })
  expect(outcomesOf(alive)).toEqual({
    ...LEFT,
    'server-4': 'not-attempted/interrupted',
    'server-5': 'not-attempted/interrupted',
  })

  running.child.kill('SIGKILL')
  await running.ended
  expect(await listed()).toMatchObject([{ id, state: 'killed', pid: null, finishedAt: null }])
  const killed = await bench.run(['report', id, '--json', '--out', 'made'])
  expect(killed.code).toBe(3)
  const report = parseReport(killed.stdout)
  expect(report.run).toMatchObject({ outcome: 'aborted', command: 'apply' })
  expect(report.run.target?.projectId).toBe(report.run.projectId)
  expect(outcomesOf(report)).toEqual({
    ...LEFT,
    'server-4': 'not-attempted/run-aborted',
    'server-5': 'not-attempted/run-aborted',
  })
  for (const { outcome, jobId } of report.rows)
    expect(jobId !== null).toBe(outcome === 'in-progress')
  expect(bench.read('made/remaining.csv')).toBe(bench.read('servers.csv'))
  // Nothing is left in its folder that would look like an end.
  expect((await bench.run(['report', id])).stdout).toMatch(
    /was killed[^]*\nNext: +sdrs-protect apply servers\.csv /,
  )
  expect((await bench.run(['report', id])).stdout).not.toContain('report.html')
  expect((await bench.run(['report', id, '--out', 'made'])).stdout).toContain('\nReport: made\n')
  gate.open()
})

test('done and interrupted runs, audits, and folders that are damaged or none', async () => {
  bench = await openWorkbench(makeFleet(2))
  await bench.apply()
  await bench.run(['verify', 'servers.csv'])
  const folder = (name: string, file?: string, text = ''): void => {
    mkdirSync(join(bench.directory, 'reports', name))
    if (file !== undefined) writeFileSync(join(bench.directory, 'reports', name, file), text)
  }
  folder('20260101T000000000Z-aaaaaa', 'journal.ndjson', 'this is not one\n')
  folder('20260102T000000000Z-aaaaaa', 'report.json', '{"schemaVersion": 1')
  folder('20260103T000000000Z-aaaaaa')
  folder('mine', 'notes.txt', 'x')
  writeFileSync(join(bench.directory, 'reports', 'a-file'), 'x')
  const runs = await listed()
  expect(runs.map(({ state, command, problem }) => [state, command, problem])).toEqual([
    ['done', 'verify', null],
    ['done', 'apply', null],
    ['killed', null, 'nothing is in it: no run has begun there'],
    ['killed', null, 'report.json is damaged'],
    ['killed', null, expect.stringMatching(/^the journal cannot be read: line 1/)],
  ])
  const { code, stdout } = await bench.run(['runs'])
  expect(code).toBe(0)
  expect(stdout.split('\n').filter((line) => /^\d/.test(line))).toHaveLength(5)
})

test('no runs, and a folder that is not there', async () => {
  bench = await openWorkbench(makeFleet(1))
  expect(await bench.run(['runs'])).toMatchObject({ code: 0, stdout: 'No runs in reports.\n' })
  expect((await bench.run(['report', 'latest'])).code).toBe(2)
})

describe('latest', () => {
  test('is the newest, of an audit as well, and read by its text where links cannot be', async () => {
    bench = await openWorkbench(makeFleet(1))
    const path = join(bench.directory, 'reports', 'latest')
    const last = (): string | undefined => bench.runs().at(-1)?.split('/')[1]
    await bench.apply()
    expect(readlinkSync(path)).toBe(last())
    await bench.run(['verify', 'servers.csv'])
    expect(readlinkSync(path)).toBe(last())
    rmSync(path)
    writeFileSync(path, `${last()}\n`)
    for (const named of ['latest', 'reports/latest', 'reports/latest/']) {
      const { stdout, code } = await bench.run(['report', named])
      expect([named, code]).toEqual([named, 3])
      expect(stdout).toContain(`Report: reports/${last()}\n`)
    }
  })

  test('a folder of that name stays, and is read as any other: it may hold a journal', async () => {
    bench = await openWorkbench(makeFleet(1))
    mkdirSync(join(bench.directory, 'reports', 'latest'), { recursive: true })
    writeFileSync(join(bench.directory, 'reports', 'latest', 'journal.ndjson'), 'damaged\n')
    const { code, stderr } = await bench.apply()
    expect(code).toBe(1)
    expect(stderr).toContain('reports/latest/journal.ndjson cannot be trusted')
    writeFileSync(join(bench.directory, 'reports', 'latest', 'journal.ndjson'), '')
    expect((await bench.apply()).code).toBe(0)
    expect(readFileSync(join(bench.directory, 'reports', 'latest', 'journal.ndjson'), 'utf8')).toBe(
      '',
    )
    expect(bench.cloud.creates()).toEqual(onceEach(bench.serverIds))
  })
})
