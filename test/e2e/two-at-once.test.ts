import { readdirSync, writeFileSync } from 'node:fs'
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

  test('nobody can tell whether a holder on another host lives: it is respected', async () => {
    const first = bench.startApply()
    await gate.arrived(1)
    first.child.kill('SIGKILL')
    await first.ended
    const [lock = ''] = locks()
    const holder = JSON.parse(bench.read(lock)) as Record<string, unknown>
    writeFileSync(
      join(bench.directory, lock),
      JSON.stringify({ ...holder, host: 'ci-runner-7.invalid' }),
    )
    const before = bench.cloud.asked('createProtectedInstance')
    const second = await bench.apply()
    expect(second.code).toBe(5)
    expect(second.stderr).toContain('ci-runner-7.invalid')
    expect(second.stderr).toContain(lock)
    expect(locks()).toEqual([lock])
    expect(bench.cloud.asked('createProtectedInstance')).toBe(before)
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
