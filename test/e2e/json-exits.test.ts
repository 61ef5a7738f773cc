import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CLI, type Finished } from '../support/cli.ts'
import { makeFleet } from '../support/fleet.ts'
import { createGate } from '../support/gate.ts'
import { openWorkbench, parseReport, type Workbench } from '../support/workbench.ts'

/** With `--json`, stdout is exactly one document, however a command ends. */
let bench: Workbench
beforeEach(async () => {
  bench = await openWorkbench(makeFleet(2))
})
afterEach(() => bench.close())

/** The error document of an end that has no other. */
function errorOf({ code, stdout }: Finished): { code: string; message: string; hint: unknown } {
  const document = JSON.parse(stdout) as { error: Record<string, unknown> }
  expect(Object.keys(document)).toEqual(['error'])
  expect(Object.keys(document.error)).toEqual(['code', 'exitCode', 'message', 'hint'])
  expect(document.error['exitCode']).toBe(code)
  return document.error as ReturnType<typeof errorOf>
}

test.each<[readonly string[], string]>([
  [[], 'which command'],
  [['aply', 'servers.csv'], 'did you mean apply?'],
  [['apply', 'servers.csv', '--max-job', '1'], '--max-jobs'],
  [['apply', 'servers.csv', '--rate'], 'rate'],
  [['apply', 'servers.csv', '--rate', '0'], '--rate'],
  [['apply', '--plan', 'none'], 'inventory'],
  [['apply', 'servers.csv'], 'wants an approval'],
  [['apply', 'servers.csv', '--plan', 'none.json'], 'none.json'],
  [['apply', 'servers.csv', '--yes', '--rows', '9'], 'No row is selected'],
  [['report', 'nowhere'], 'no such file'],
  [['template', 'csv'], '--json'],
  [['apply', 'servers.csv', '--yes', '--no-yes'], 'exclude each other'],
])('usage: %j', async (typed, words) => {
  const finished = await bench.run([...typed, '--json'])
  expect(finished.code).toBe(2)
  const { code, message } = errorOf(finished)
  expect(code).toBe('usage')
  expect(message).toContain(words)
  expect(finished.stderr).toContain(words)
})

test('by the variable as well, and not where --no-json takes it back', async () => {
  const env = { SDRS_PROTECT_JSON: '1' }
  expect(errorOf(await bench.run(['apply'], { env })).code).toBe('usage')
  expect((await bench.run(['apply', '--no-json'], { env })).stdout).toBe('')
})

test('an invalid inventory has the document of validate, and no other', async () => {
  bench.write('bad.csv', 'server_id,name,server_group\nnope,x,g1\n')
  for (const command of ['validate', 'plan', 'apply', 'enable', 'verify']) {
    const yes = command === 'apply' || command === 'enable' ? ['--yes'] : []
    const { code, stdout } = await bench.run([command, 'bad.csv', '--json', ...yes])
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ totals: { errors: 1 } })
  }
})

test('no access: 4', async () => {
  const env = { SDRS_PROTECT_ENDPOINT: 'http://127.0.0.1:1' }
  for (const command of ['plan', 'verify', 'coverage']) {
    const operand = command === 'coverage' ? [] : ['servers.csv']
    const finished = await bench.run([command, ...operand, '--json', '--request-timeout', '2s'], {
      env,
    })
    expect(finished.code).toBe(4)
    expect(errorOf(finished).code).toBe('access')
  }
})

test('locked: 5', async () => {
  const gate = createGate()
  await bench.close()
  bench = await openWorkbench(makeFleet(2), {
    hooks: {
      before: ({ operation }) => (operation === 'createProtectedInstance' ? gate.pass() : 'pass'),
    },
  })
  const first = bench.startApply(['--json'])
  await gate.arrived(1)
  const second = await bench.run(['apply', 'servers.csv', '--yes', '--json'])
  expect(second.code).toBe(5)
  const { code, hint } = errorOf(second)
  expect(code).toBe('locked')
  expect(hint).toMatch(/\nNext: +sdrs-protect apply servers\.csv --yes --json$/)
  gate.open()
  parseReport((await first.ended).stdout)
})

test('the machine: 1', async () => {
  writeFileSync(join(bench.directory, 'reports'), 'a file')
  const finished = await bench.run(['apply', 'servers.csv', '--yes', '--json'])
  expect(finished.code).toBe(1)
  expect(errorOf(finished).code).toBe('machine')
})

test('a bug: 1', async () => {
  const gate = createGate()
  await bench.close()
  bench = await openWorkbench(makeFleet(1), { hooks: { before: () => gate.pass() } })
  const preload = join(bench.directory, 'bug.mjs')
  writeFileSync(preload, 'setTimeout(() => { throw new TypeError("a bug") }, 500)\n')
  const finished = await bench.run(['plan', 'servers.csv', '--json'], {
    node: ['--import', preload],
  })
  gate.open()
  expect(finished.code).toBe(1)
  expect(errorOf(finished)).toMatchObject({ code: 'bug', message: 'unexpected error: a bug' })
})

describe('a signal', () => {
  test.each([
    ['SIGINT', 130, 'interrupted'],
    ['SIGTERM', 143, 'terminated'],
    ['SIGQUIT', 131, 'quit'],
  ] as const)('%s, while nothing has been sent: %i', async (signal, exitCode, name) => {
    for (const line of [
      ['plan', 'servers.csv'],
      ['verify', 'servers.csv'],
      ['coverage'],
      ['apply', 'servers.csv', '--yes'],
    ]) {
      const gate = createGate()
      await bench.close()
      bench = await openWorkbench(makeFleet(1), { hooks: { before: () => gate.pass() } })
      const running = bench.start([...line, '--json'])
      await gate.arrived(1)
      running.child.kill(signal)
      const finished = await running.ended
      gate.open()
      expect([line[0], finished.code]).toEqual([line[0], exitCode])
      expect(errorOf(finished).code).toBe(name)
    }
  })

  test('the third ends a run at once, and says so', async () => {
    const gate = createGate()
    await bench.close()
    bench = await openWorkbench(makeFleet(1), {
      hooks: {
        before: ({ operation }) => (operation === 'createProtectedInstance' ? gate.pass() : 'pass'),
      },
    })
    const preload = join(bench.directory, 'stuck.mjs')
    // Whatever is still done at the second signal never ends.
    writeFileSync(
      preload,
      `import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
const rename = fs.promises.rename
fs.promises.rename = (from, to) => String(to).endsWith('report.json') ? new Promise((resolve) => setTimeout(resolve, 60_000)) : rename(from, to)
syncBuiltinESMExports()\n`,
    )
    const running = bench.startApply(['--json'], { node: ['--import', preload] })
    await gate.arrived(1)
    for (const said of [/Stopping:/, /Stopping at once/]) {
      running.child.kill('SIGINT')
      await running.said(said)
      await new Promise((resolve) => setTimeout(resolve, 700))
    }
    running.child.kill('SIGINT')
    const finished = await running.ended
    gate.open()
    expect(finished.code).toBe(130)
    expect(errorOf(finished).code).toBe('interrupted')
  })

  test('that ends a run in order: its report', async () => {
    const gate = createGate()
    await bench.close()
    bench = await openWorkbench(makeFleet(1), {
      hooks: {
        before: ({ operation }) => (operation === 'createProtectedInstance' ? gate.pass() : 'pass'),
      },
    })
    const running = bench.startApply(['--json'])
    await gate.arrived(1)
    running.child.kill('SIGINT')
    await running.said(/Stopping/)
    gate.open()
    const { code, stdout } = await running.ended
    expect(code).toBe(130)
    expect(parseReport(stdout).run.outcome).toBe('interrupted')
  })
})

test('a reader that is gone changes no exit code', async () => {
  for (const [line, code] of [
    [['apply', '--json'], 2],
    [['validate', 'servers.csv', '--json'], 0],
  ] as const) {
    const child = spawn(process.execPath, [CLI, ...line], {
      cwd: bench.directory,
      env: { PATH: process.env['PATH'] ?? '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.destroy()
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(code)
  }
})

test('a run that ends with open rows, or well: one report', async () => {
  parseReport((await bench.apply(['--json'])).stdout)
  const verified = await bench.run(['verify', 'servers.csv', '--json'])
  expect(verified.code).toBe(3)
  parseReport(verified.stdout)
  const { stdout } = await bench.run(['runs', '--json'])
  expect(JSON.parse(stdout)).toMatchObject({ runs: [{ state: 'done' }, { state: 'done' }] })
})
