import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { displayWidth } from '../../src/ui/text.ts'
import { runCli } from '../support/cli.ts'
import { fleetCsv, makeFleet } from '../support/fleet.ts'
import { canOpenTerminals, openTerminal, type TerminalRun } from '../support/terminal.ts'

const ESC = '\u001B'
const canOpen = canOpenTerminals()
const why = canOpen ? '' : ' (needs a pseudo-terminal: @lydell/node-pty)'

let cwd: string
const opened: TerminalRun[] = []
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'sdrs-live-'))
})
afterEach(() => {
  for (const each of opened.splice(0)) each.kill()
  rmSync(cwd, { recursive: true, force: true })
})

/** Twelve servers in a serial group and a wide one, in the simulator of the process. */
function fleet(): void {
  writeFileSync(join(cwd, 'servers.csv'), fleetCsv(makeFleet(12, ['serial', 'wide'])))
  writeFileSync(
    join(cwd, 'faults.json'),
    JSON.stringify({ groups: [{ name: 'serial', parallel: 1 }] }),
  )
}

const APPLY = ['apply', 'servers.csv', '--simulate', '--yes', '--faults', 'faults.json'] as const

function start(columns: number, jobTime: string, more: readonly string[] = []): TerminalRun {
  const run = openTerminal([...APPLY, '--job-time', jobTime, ...more], { cwd, columns, rows: 30 })
  opened.push(run)
  return run
}

const HEAD = /\d+\/12 +\d+s$/
const headOf = (lines: readonly string[]): number => lines.findIndex((line) => HEAD.test(line))
const isDrawn = (lines: readonly string[]): boolean =>
  headOf(lines) >= 0 && lines.some((line) => line.includes('1 at a time'))
const report = (): { run: { outcome: string }; totals: Record<string, number> } => {
  const [run = ''] = readdirSync(join(cwd, 'reports')).filter((name) => /^\d{8}T/.test(name))
  return JSON.parse(readFileSync(join(cwd, 'reports', run, 'report.json'), 'utf8')) as ReturnType<
    typeof report
  >
}

describe.skipIf(!canOpen)(`at a terminal${why}`, () => {
  test.each([60, 80, 120, 200])(
    'of %i columns: frames that fit, and nothing torn',
    async (columns) => {
      fleet()
      const run = start(columns, '20s')
      const lines = await run.until(isDrawn)
      const frame = lines.slice(headOf(lines))
      for (const line of frame) expect(displayWidth(line)).toBeLessThan(columns)
      expect(frame.filter((line) => HEAD.test(line))).toHaveLength(1)
      const text = frame.join('\n')
      expect(text).toMatch(/running \d+\/100/)
      expect(text).toMatch(/serial .*\d\/6 +1 at a time · running \d+s/)
      expect(text).toMatch(/API \d+ req\/s/)
      // A clock that moves while nothing else does.
      const first = lines[headOf(lines)]
      await run.until((later) => headOf(later) >= 0 && later[headOf(later)] !== first)
    },
  )

  test('a window that shrinks and grows leaves one frame, and the notes above it', async () => {
    fleet()
    const run = start(120, '30s')
    await run.until(isDrawn)
    for (const columns of [70, 50, 100, 60]) {
      const before = run.raw().length
      await run.resize(columns, 30)
      const lines = await run.until(
        (later) => run.raw().length > before && isDrawn(later) && headOf(later) >= 0,
      )
      await run.until(() => run.raw().length > before)
      expect(
        lines.filter((line) => HEAD.test(line)),
        `${columns}\n${lines.join('\n')}`,
      ).toHaveLength(1)
      expect(lines.filter((line) => line.includes('1 at a time'))).toHaveLength(1)
    }
    const all = run.all().join('\n')
    expect(all).toContain('Rolling out to simulator')
    expect(all.match(/is busy/g)).toHaveLength(1)
  })

  test('Ctrl-C: said above the frame, which goes; then the summary; the bar was never full', async () => {
    fleet()
    const run = start(80, '30s')
    await run.until(isDrawn)
    run.type('\u0003')
    expect(await run.ended).toBe(130)
    const all = run.all()
    const text = all.join('\n')
    expect(text).toContain('Stopping: nothing new is sent')
    expect(text).toContain('in progress')
    // Nothing of the drawing is left, and nothing was ever drawn as done.
    expect(all.filter((line) => HEAD.test(line))).toEqual([])
    expect(run.raw()).not.toContain('█')
    expect(report()).toMatchObject({ run: { outcome: 'interrupted' }, totals: { created: 0 } })
    // The summary fits a screen of 24 lines.
    const from = all.findLastIndex((line) => line.startsWith('12 servers: '))
    const last = all.findLastIndex((line) => line !== '')
    expect(last - from).toBeLessThan(23)
  })

  test('to its end: the bar fills with what is created, what is left is told, and the terminal is as it was', async () => {
    fleet()
    const run = start(80, '2s', ['--poll-interval', '200ms'])
    await run.until((lines) => /min left/.test(lines.join('\n')))
    expect(await run.ended).toBe(0)
    expect(report().totals).toMatchObject({ created: 12 })
    const text = run.all().join('\n')
    expect(text).toContain('12 servers: 12 created')
    expect(text).toMatch(/^Next: +\S.* enable /m)
    // Neither a hidden cursor nor another screen.
    for (const mode of ['?25', '?1049']) expect(run.raw()).not.toContain(`${ESC}[${mode}`)
  })

  test.each([
    ['NO_COLOR', { NO_COLOR: '1' }, `${ESC}\\[[0-9;]*m`],
    ['TERM=dumb', { TERM: 'dumb' }, ESC],
    ['CI', { CI: 'true', NO_COLOR: '1' }, ESC],
  ] as const)('%s is honoured', async (_, env, never) => {
    fleet()
    const run = openTerminal([...APPLY, '--job-time', '1s'], { cwd, columns: 80, env })
    opened.push(run)
    expect(await run.ended).toBe(0)
    expect(run.raw()).not.toMatch(new RegExp(never))
  })
})

test('without a terminal: lines, and no code that steers one', async () => {
  fleet()
  const { code, stderr } = await runCli([...APPLY, '--job-time', '1s'], { cwd })
  expect(code).toBe(0)
  expect(stderr).not.toContain('\u001B')
  expect(stderr).toMatch(/^\d+s: 12 of 12 rows; created 12/m)
})

test('--progress json: NDJSON on stderr, the report on stdout', async () => {
  fleet()
  const { code, stdout, stderr } = await runCli(
    [...APPLY, '--job-time', '1s', '--progress', 'json', '--json'],
    { cwd },
  )
  expect(code).toBe(0)
  const events = stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { v: number; type: string; run: string })
  expect(new Set(events.map(({ v }) => v))).toEqual(new Set([1]))
  expect(events[0]?.type).toBe('run-begun')
  expect(events.filter(({ type }) => type === 'row-ended')).toHaveLength(12)
  expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'))).toEqual([
    expect.stringMatching(/^Next: /),
  ])
  expect(events.at(-1)).toMatchObject({ type: 'run-ended', outcome: 'complete', exitCode: 0 })
  const { run } = JSON.parse(stdout) as { run: { id: string } }
  expect(new Set(events.map((event) => event.run))).toEqual(new Set([run.id]))
})

test('run.log has names, groups and waves, and at debug each request with its ID', async () => {
  writeFileSync(
    join(cwd, 'servers.csv'),
    fleetCsv(makeFleet(2).map((server, at) => ({ ...server, wave: `w${at + 1}` }))),
  )
  const typed = ['apply', 'servers.csv', '--simulate', '--yes', '--job-time', '1s']
  const { code } = await runCli([...typed, '--log-level', 'debug', '--progress', 'none'], { cwd })
  expect(code).toBe(0)
  const [run = ''] = readdirSync(join(cwd, 'reports')).filter((name) => /^\d{8}T/.test(name))
  const lines = readFileSync(join(cwd, 'reports', run, 'run.log'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  const of = (message: string) => lines.filter(({ msg }) => msg === message)
  expect(of('wave begun')).toMatchObject([
    { wave: 1, of: 2, name: 'w1' },
    { wave: 2, of: 2, name: 'w2' },
  ])
  expect(of('row ended')).toMatchObject([
    { row: 1, name: 'server-1', group: 'g1', wave: 1, outcome: 'created' },
    { row: 2, name: 'server-2', group: 'g1', wave: 2, outcome: 'created' },
  ])
  const requests = of('request')
  const creates = requests.filter(({ operation }) => operation === 'createProtectedInstance')
  expect(creates).toHaveLength(2)
  expect(creates[0]).toMatchObject({ level: 'debug', method: 'POST', status: 200, service: 'sdrs' })
  // Those of the plan came before there was a log.
  expect(requests.some(({ operation }) => operation === 'listServers')).toBe(true)
  for (const { requestId } of requests) expect(requestId).toMatch(/./)
})
