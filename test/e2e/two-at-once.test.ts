import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeFleet } from '../support/fleet.ts'
import { createGate, type Gate } from '../support/gate.ts'
import { onceEach } from '../support/served-cloud.ts'
import { openWorkbench, type Workbench } from '../support/workbench.ts'

let bench: Workbench
let gate: Gate
beforeEach(async () => {
  gate = createGate()
  bench = await openWorkbench(makeFleet(4), {
    hooks: {
      before: ({ operation }) => (operation === 'createProtectedInstance' ? gate.pass() : 'pass'),
    },
  })
})
afterEach(() => bench.close())

describe('on one reports folder', () => {
  test('the second ends with 5 and names the holder; the first is not disturbed', async () => {
    const first = bench.startApply()
    await gate.arrived(1)
    const [runId = ''] = bench.runs().map((path) => path.replace('reports/', ''))
    const second = await bench.apply()
    expect(second.code).toBe(5)
    for (const fact of [`pid ${first.child.pid}`, hostname(), runId, 'since 20']) {
      expect(second.stderr).toContain(fact)
    }
    expect(second.stderr).not.toMatch(/^ {4}at /m)
    expect(second.stderr).toMatch(/\nNext: +sdrs-protect apply servers\.csv --yes .*\n$/)
    gate.open()
    expect((await first.ended).code).toBe(0)
    expect(bench.cloud.creates()).toEqual(onceEach(bench.serverIds))
    // The lock goes with its holder.
    expect((await bench.apply()).code).toBe(0)
  })

  test('the lock of a dead holder is taken over', async () => {
    const first = bench.startApply()
    await gate.arrived(1)
    first.child.kill('SIGKILL')
    await first.ended
    gate.open()
    expect(locks()).not.toEqual([])
    const second = await bench.apply()
    expect(second.code).toBe(0)
    expect(second.stderr).toContain(bench.runs()[0]?.replace('reports/', ''))
    expect(locks()).toEqual([])
    expect(bench.cloud.creates()).toEqual(onceEach(bench.serverIds))
  })

  test('however each of them spells the endpoint', async () => {
    const first = bench.startApply()
    await gate.arrived(1)
    const other = bench.cloud.url.replace('127.0.0.1', 'localhost')
    const second = await bench.apply(['--endpoint', other])
    expect(second.code).toBe(5)
    // A rerun under another spelling takes up what a killed run left.
    first.child.kill('SIGKILL')
    await first.ended
    gate.open()
    const rerun = await bench.apply(['--endpoint', other])
    expect(rerun.code).toBe(0)
    expect(bench.report().run.resumedRuns).toEqual([bench.runs()[0]?.replace('reports/', '')])
    expect(bench.cloud.creates()).toEqual(onceEach(bench.serverIds))
  })

  test('a dead holder of another machine: respected for a minute, then watched and taken over', async () => {
    const first = bench.startApply()
    await gate.arrived(1)
    first.child.kill('SIGKILL')
    await first.ended
    const [lock = ''] = locks()
    const file = join(bench.directory, lock, readdirSync(join(bench.directory, lock))[0] ?? '')
    const holder = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
    writeFileSync(
      file,
      JSON.stringify({ ...holder, host: 'ci-runner-7.invalid', bootId: 'of another machine' }),
    )
    const before = bench.cloud.asked('createProtectedInstance')
    const second = await bench.apply()
    expect(second.code).toBe(5)
    expect(second.stderr).toContain('ci-runner-7.invalid')
    expect(second.stderr).toContain(lock)
    expect(second.stderr).toMatch(/counts as dead from 20\S+Z/)
    expect(locks()).toEqual([lock])
    expect(bench.cloud.asked('createProtectedInstance')).toBe(before)
    // Two minutes without a touch.
    const then = Date.now() / 1000 - 120
    utimesSync(file, then, then)
    gate.open()
    const third = await bench.apply()
    expect(third.code).toBe(0)
    expect(third.stderr).toContain('silent')
    expect(locks()).toEqual([])
    expect(bench.cloud.creates()).toEqual(onceEach(bench.serverIds))
  })

  const CONTAINER = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'] as const
  const canUnshare = spawnSync(CONTAINER[0], [...CONTAINER.slice(1), 'true']).status === 0
  test.skipIf(!canUnshare)(
    `in two containers${canUnshare ? '' : ' (needs the right to make a PID namespace)'}`,
    async () => {
      const first = bench.startApply([], { under: [...CONTAINER] })
      await gate.arrived(1)
      const second = await bench.apply([], { under: [...CONTAINER] })
      expect(second.code).toBe(5)
      expect(second.stderr).toContain(bench.runs()[0]?.replace('reports/', ''))
      first.child.kill('SIGKILL')
      await first.ended
      gate.open()
      const [lock = ''] = locks()
      const file = join(bench.directory, lock, readdirSync(join(bench.directory, lock))[0] ?? '')
      // Nobody outside can ask for it: it is given the minute that it has to be silent.
      expect((await bench.apply()).code).toBe(5)
      const then = Date.now() / 1000 - 120
      utimesSync(file, then, then)
      expect((await bench.apply([], { under: [...CONTAINER] })).code).toBe(0)
      expect(bench.cloud.creates()).toEqual(onceEach(bench.serverIds))
    },
  )

  test('the folder is removed in mid-run: nothing more is sent', async () => {
    const first = bench.startApply(['--concurrency', '1'])
    await gate.arrived(1)
    rmSync(join(bench.directory, 'reports'), { recursive: true })
    // Longer than the journal believes its last look.
    await new Promise((resolve) => {
      setTimeout(resolve, 1_500)
    })
    gate.open()
    const { code, stderr } = await first.ended
    expect(code).toBe(1)
    expect(stderr).toMatch(/the journal cannot be written/)
    expect(stderr).not.toMatch(/^ {4}at /m)
    expect(bench.cloud.asked('createProtectedInstance')).toBe(1)
  })
})

test('on two reports folders both end well, and every server is created once', async () => {
  const names = ['one', 'other']
  const both = names.map((name) => bench.startApply(['--reports-dir', name]))
  // Both have planned, and want to create the same first server, before either may.
  await gate.arrived(2)
  gate.open()
  const ended = await Promise.all(both.map((each) => each.ended))
  expect(ended.map(({ code, stderr }) => [code, code === 0 ? '' : stderr])).toEqual([
    [0, ''],
    [0, ''],
  ])
  expect(bench.cloud.creates()).toEqual(onceEach(bench.serverIds))
  const refused = names.map((name) => bench.report(name).requests.byStatus['400'] ?? 0)
  expect(Math.max(...refused)).toBeGreaterThan(0)
})

function locks(): readonly string[] {
  return readdirSync(join(bench.directory, 'reports'))
    .filter((name) => name.startsWith('.lock'))
    .map((name) => join('reports', name))
}
