import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fleetServerId, makeFleet } from '../support/fleet.ts'
import { QUICK, openWorkbench, type Workbench } from '../support/workbench.ts'

/** Row 2 fails in its job, and may be tried again. */
let bench: Workbench
beforeEach(async () => {
  bench = await openWorkbench(makeFleet(3), {
    faults: {
      jobs: [{ server: 'server-2', errorCode: 'EVS.2024', failReason: 'x', leavesInstance: false }],
    },
  })
  const inventory = bench.read('servers.csv').replace('name', 'Rechner').replaceAll(',', ';')
  mkdirSync(join(bench.directory, 'in'))
  mkdirSync(join(bench.directory, 'elsewhere'))
  bench.write('in/-servers.csv', inventory)
})
afterEach(() => bench.close())

/** The words that `report` prints as the next command, in the place where it was asked. */
async function nextOf(run: string, cwd: string): Promise<readonly string[]> {
  const { stdout } = await bench.run(['report', run], { cwd: join(bench.directory, cwd) })
  const line = /^Next: +(?:env .* )?sdrs-protect (.*)$/m.exec(stdout)?.[1] ?? ''
  return line.replaceAll("'", '').split(' ')
}

test.each([
  ['.', (run: string) => run],
  ['elsewhere', (run: string) => join('..', run)],
  ['reports', (run: string) => join('..', run, 'report.json')],
])(
  'what report prints works in %s, and without the environment of the run',
  async (cwd, pathOf) => {
    const typed = [
      'apply',
      'in/-servers.csv',
      '--yes',
      '--rows',
      '2-3',
      '--delimiter',
      ';',
      ...QUICK,
    ]
    const env = { SDRS_PROTECT_MAP: 'name=Rechner' }
    expect((await bench.run(typed, { env })).code).toBe(3)
    const [run = ''] = bench.runs()

    const words = await nextOf(pathOf(run), cwd)
    const again = await bench.run(words, { cwd: join(bench.directory, cwd) })
    expect(again.stderr).not.toContain('error')
    expect(again.code).toBe(3)
    expect(bench.runs()).toHaveLength(2)
    expect(bench.report().rows.map(({ row, attempts }) => [row, attempts])).toEqual([
      [2, 1],
      [3, 0],
    ])
    expect(bench.cloud.creates()).toEqual({ [fleetServerId(2)]: 2, [fleetServerId(3)]: 1 })
  },
)

test('of what came through stdin, report names the remaining rows and how to read them', async () => {
  const typed = ['apply', '-', '--yes', '--rows', '2-3', '--map', 'name=Rechner', ...QUICK]
  expect((await bench.run(typed, { stdin: bench.read('in/-servers.csv') })).code).toBe(3)
  const [run = ''] = bench.runs()
  const words = await nextOf(join('..', run), 'elsewhere')
  expect(words.slice(0, 2)).toEqual(['apply', join('..', run, 'remaining.csv')])
  expect((await bench.run(words, { cwd: join(bench.directory, 'elsewhere') })).code).toBe(3)
  expect(bench.cloud.creates()).toEqual({ [fleetServerId(2)]: 2, [fleetServerId(3)]: 1 })
})

test('report.json holds no option that the next run must not repeat', async () => {
  const typed = [
    'servers.csv',
    '--rows',
    '1',
    '--yes',
    '--json',
    '--set',
    'description=x',
    '--rate',
    '50',
    ...QUICK,
  ]
  expect((await bench.run(['apply', ...typed])).code).toBe(0)
  expect(bench.report().run).toMatchObject({ directory: bench.directory })
  expect(bench.report().run.options).toEqual({
    yes: true,
    set: ['description=x'],
    rate: '50',
    'settle-window': '1s',
    'poll-interval': '100ms',
  })
})
