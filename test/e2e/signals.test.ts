import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { CLI } from '../support/cli.ts'
import { makeFleet } from '../support/fleet.ts'
import { createGate, type Gate } from '../support/gate.ts'
import { onceEach } from '../support/served-cloud.ts'
import { openWorkbench, outcomesOf, type Workbench } from '../support/workbench.ts'

let bench: Workbench
afterEach(() => bench.close())

async function openHeld(held: string, jobTimeMs = { min: 150, max: 300 }): Promise<Gate> {
  const gate = createGate()
  bench = await openWorkbench(makeFleet(5), {
    limits: { jobTimeMs },
    hooks: { before: ({ operation }) => (operation === held ? gate.pass() : 'pass') },
  })
  return gate
}

/** Runs the line that the program said to type next, in a real shell. */
function typeNext(stdout: string): Promise<number> {
  const [, line = 'false'] = /^Next: +(.+)$/m.exec(stdout) ?? []
  const { PATH = '' } = process.env
  const env = { PATH, HOME: bench.directory, ...bench.cloud.env, NODE: process.execPath, CLI, line }
  const script = 'sdrs-protect() { "$NODE" "$CLI" "$@"; }; eval "$line"'
  return new Promise((resolve) => {
    const child = execFile('bash', ['-c', script], { cwd: bench.directory, env })
    child.on('close', (code) => resolve(code ?? -1))
  })
}

/** Signals within half a second are one. */
function longerThanOneSignal(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 700)
  })
}

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? ''

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGQUIT', 131],
] as const)(
  'first %s: requests in flight end, the report is written, exit %i; the next command finishes',
  async (signal, exitCode) => {
    const gate = await openHeld('createProtectedInstance')
    const running = bench.startApply(['--concurrency', '1'])
    await gate.arrived(1)
    running.child.kill(signal)
    await running.said(/Stopping/)
    gate.open()
    const { code, stdout } = await running.ended
    expect(code).toBe(exitCode)
    expect(bench.report().run.outcome).toBe('interrupted')
    expect(outcomesOf(bench.report())).toEqual({
      'server-1': 'in-progress/interrupted',
      'server-2': 'not-attempted/interrupted',
      'server-3': 'not-attempted/interrupted',
      'server-4': 'not-attempted/interrupted',
      'server-5': 'not-attempted/interrupted',
    })
    expect(bench.cloud.asked('createProtectedInstance')).toBe(1)
    expect(lastLine(stdout)).toMatch(/^Next: +sdrs-protect apply servers\.csv /)
    expect(await typeNext(stdout)).toBe(0)
    expect(bench.cloud.creates()).toEqual(onceEach(bench.serverIds))
  },
)

test('second SIGINT: a request that hangs is not waited for, and the report says what is unknown', async () => {
  const gate = await openHeld('createProtectedInstance')
  // Longer than this test may take: only the signal can end the wait.
  const running = bench.startApply(['--concurrency', '1', '--request-timeout', '10m'])
  await gate.arrived(1)
  running.child.kill('SIGINT')
  await running.said(/Stopping/)
  await longerThanOneSignal()
  running.child.kill('SIGINT')
  const { code, stdout } = await running.ended
  expect(code).toBe(130)
  expect(outcomesOf(bench.report())).toMatchObject({
    'server-1': 'unknown/fate-unknown',
    'server-5': 'not-attempted/interrupted',
  })
  gate.open()
  expect(await typeNext(stdout.replace('10m', '10s'))).toBe(0)
  expect(bench.cloud.creates()).toEqual(onceEach(bench.serverIds))
})

test('a signal while jobs run: they are in progress, and the next run sees them end', async () => {
  const gate = await openHeld('listProtectedInstances', { min: 5_000, max: 5_000 })
  gate.open()
  const running = bench.startApply()
  // The first list is the plan's, later ones show that jobs are being followed.
  await gate.arrived(3)
  running.child.kill('SIGINT')
  const { code, stdout } = await running.ended
  expect(code).toBe(130)
  const { totals } = bench.report()
  expect(totals.inProgress).toBeGreaterThan(0)
  expect(totals).toMatchObject({ rows: 5, created: 0, failed: 0, unknown: 0 })
  expect(await typeNext(stdout)).toBe(0)
  expect(bench.cloud.creates()).toEqual(onceEach(bench.serverIds))
})

test('a signal while the cloud is read: exit 130 at once, nothing sent', async () => {
  const gate = await openHeld('listProtectedInstances')
  const running = bench.startApply(['--request-timeout', '10m'])
  await gate.arrived(1)
  running.child.kill('SIGINT')
  expect((await running.ended).code).toBe(130)
  expect(bench.cloud.creates()).toEqual({})
})

test('one Ctrl-C that arrives twice, as under npx, is one: requests in flight end', async () => {
  const gate = await openHeld('createProtectedInstance')
  const running = bench.startApply(['--concurrency', '1'])
  await gate.arrived(1)
  running.child.kill('SIGINT')
  running.child.kill('SIGTERM')
  running.child.kill('SIGINT')
  await running.said(/Stopping/)
  gate.open()
  // Which of them the process hears first is up to the system.
  expect([130, 143]).toContain((await running.ended).code)
  expect(outcomesOf(bench.report())).toMatchObject({ 'server-1': 'in-progress/interrupted' })
})

test('a terminal that goes away: the run goes on without it, says so in run.log, and ends as ever', async () => {
  const gate = await openHeld('createProtectedInstance')
  const running = bench.startApply(['--concurrency', '1'])
  await gate.arrived(1)
  // The streams go first: whatever is written from now on fails.
  running.child.stdout?.destroy()
  running.child.stderr?.destroy()
  running.child.kill('SIGHUP')
  running.child.kill('SIGHUP')
  gate.open()
  expect((await running.ended).code).toBe(0)
  expect(bench.report()).toMatchObject({ run: { outcome: 'complete' }, totals: { created: 5 } })
  expect(bench.read(`${bench.runs()[0]}/run.log`)).toContain('SIGHUP')
  expect(bench.cloud.creates()).toEqual(onceEach(bench.serverIds))
})

test('nohup: a hang-up is no end', async () => {
  const gate = await openHeld('createProtectedInstance')
  const running = bench.startApply([], { under: ['nohup'] })
  await gate.arrived(1)
  running.child.kill('SIGHUP')
  gate.open()
  expect((await running.ended).code).toBe(0)
  expect(bench.cloud.creates()).toEqual(onceEach(bench.serverIds))
})

const canMakeTerminals = spawnSync('script', ['-qfc', 'true', '/dev/null']).status === 0
test.skipIf(!canMakeTerminals)(
  `a real terminal that is closed: the report and the exit code as ever${canMakeTerminals ? '' : ' (needs script of util-linux)'}`,
  async () => {
    const gate = await openHeld('createProtectedInstance')
    // The shell outlives the terminal, and keeps the exit code.
    const inTerminal = [
      'export LINE=$(printf "%q " "$@")',
      `exec script -qfc 'trap "" HUP; eval "$LINE"; echo $? > code.tmp; mv code.tmp code' /dev/null`,
    ].join('\n')
    const running = bench.startApply(['--concurrency', '1'], {
      under: ['bash', '-c', inTerminal, 'bash'],
      env: { SHELL: '/bin/bash', TERM: 'xterm' },
    })
    await gate.arrived(1)
    running.child.kill('SIGKILL')
    gate.open()
    while (!existsSync(join(bench.directory, 'code'))) {
      await new Promise((resolve) => {
        setTimeout(resolve, 100)
      })
    }
    expect(bench.read('code').trim()).toBe('0')
    expect(bench.report().run.outcome).toBe('complete')
    await running.ended
  },
)
