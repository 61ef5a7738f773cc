import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { FaultPlanInput } from '../../src/simulator/fault-plan.ts'
import type { Finished } from '../support/cli.ts'
import { fleetServerId, makeFleet } from '../support/fleet.ts'
import { openWorkbench, outcomesOf, QUICK, type Workbench } from '../support/workbench.ts'

/**
 * What every command prints to be typed next is typed, until nothing is printed any more: each line must change
 * something, or name the edit that a person has to make. No line may lead in a circle.
 */
let bench: Workbench
afterEach(() => bench.close())

/** More than any of these needs. */
const MOST_STEPS = 6

async function open(
  faults: FaultPlanInput = {},
  count = 3,
  groups: readonly string[] = ['g1'],
): Promise<void> {
  const time = { min: 50, max: 80 }
  bench = await openWorkbench(makeFleet(count, groups), {
    faults,
    limits: { jobTimeMs: time, otherJobTimeMs: time, syncTimeMs: time },
  })
}

/** What stands behind `Next:`; null: nothing is said. Behind a plan with holes `Then:` and `Or:` are a person's. */
function nextOf({ stdout, stderr }: Finished): string | null {
  return /^Next: +(.*)$/m.exec(`${stdout}\n${stderr}`)?.[1] ?? null
}

/** The words of a line that is a command, as a shell reads them; null: it is the edit to make. */
function wordsOf(line: string): readonly string[] | null {
  if (!/^(env .* )?sdrs-protect /.test(line)) return null
  const script = `sdrs-protect() { printf '%s\\n' "$@"; }; eval "$line"`
  const { stdout, status } = spawnSync('bash', ['-c', script], { env: { line }, encoding: 'utf8' })
  if (status !== 0) throw new Error(`no shell reads: ${line}`)
  return stdout.trimEnd().split('\n')
}

/** All that a command could have changed. */
function worldAndReport(): string {
  const { instances, jobs } = bench.cloud.world()
  const cloud = [[...instances.keys()], [...jobs.keys()]]
  const last = existsSync(join(bench.directory, 'reports')) ? bench.runs().at(-1) : undefined
  const hasReport = last !== undefined && existsSync(join(bench.directory, last, 'report.json'))
  const outcomes = hasReport ? outcomesOf(bench.report()) : null
  return JSON.stringify([cloud, outcomes, existsSync(join(bench.directory, 'gap.csv'))])
}

/** A person who opens the files of the last run is told what the screen said. */
function expectFilesToSayTheSame({ stdout }: Finished): void {
  const [, directory] = /^Report: (.*)$/m.exec(stdout) ?? []
  const [, line] = /^Next: +((?:env .* )?sdrs-protect .*)$/m.exec(stdout) ?? []
  if (directory === undefined) return
  const markdown = readFileSync(join(bench.directory, directory, 'report.md'), 'utf8')
  const [, told] = /^ {4}((?:env .* )?sdrs-protect .*)$/m.exec(markdown) ?? []
  expect(told).toBe(line)
}

/** The files of a run say the same as the terminal. */
function expectInFiles({ stdout }: Finished, line: string): void {
  const directory = /^Report: +(.*)$/m.exec(stdout)?.[1]
  if (directory === undefined) return
  const read = (file: string): string =>
    readFileSync(join(bench.directory, directory, file), 'utf8')
  expect(read('report.md')).toContain(`    ${line}\n`)
  const html = read('report.html')
  const shown = /<code id="command">(.*?)<\/code>/s.exec(html)?.[1] ?? ''
  expect(shown.replaceAll(/<[^>]*>/g, '').replaceAll('&#39;', "'")).toBe(line)
}

/** Types what is printed until no command is; returns what was said last. Fails where a line changes nothing. */
async function follow(first: Finished): Promise<Finished> {
  expectFilesToSayTheSame(first)
  let said = first
  let before = { line: '', state: '' }
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const line = nextOf(said)
    const words = line === null ? null : wordsOf(line)
    if (line === null || words === null) return said
    expectInFiles(said, line)
    const now = { line, state: worldAndReport() }
    expect(now, `a circle: ${line}`).not.toEqual(before)
    before = now
    said = await bench.run(words)
    // What has not been approved yet is asked for, and here is nobody but us.
    if (said.code === 2 && /wants an approval/.test(said.stderr)) {
      expect(words).not.toContain('--yes')
      said = await bench.run([...words, '--yes'])
    }
    expectFilesToSayTheSame(said)
    if (said.code === 2) return said
  }
  throw new Error(`no end: ${nextOf(said)}`)
}

/** In the eyes of the last run's last look. */
const allOn = (): void => {
  const { groups } = bench.report()
  expect(groups.map(({ protectionEnabled }) => protectionEnabled)).toEqual(groups.map(() => true))
}

/** One entry an outcome and reason: what brings it about, and how it goes on. */
const ENDS_WELL: Readonly<Record<string, readonly [FaultPlanInput, readonly string[]]>> = {
  created: [{}, []],
  'failed/job-failed, nothing left': [
    {
      jobs: [
        {
          server: 'server-2',
          errorCode: 'EVS.2024',
          failReason: 'x',
          leavesInstance: false,
          times: 1,
        },
      ],
    },
    [],
  ],
  'failed/job-failed, left in error': [
    {
      jobs: [
        {
          server: 'server-2',
          errorCode: 'EVS.2024',
          failReason: 'x',
          leavesInstance: true,
          times: 1,
        },
      ],
    },
    [],
  ],
  'in-progress/job-timeout': [
    { limits: { jobTimeMs: { min: 900, max: 900 } } },
    ['--job-timeout', '200ms'],
  ],
  'unknown/fate-unknown': [
    {
      rules: [
        { on: 'createProtectedInstance', times: 2, server: 'server-2', do: { reset: 'before' } },
        { on: 'listProtectedInstances', fromMs: 10, untilMs: 1500, do: { status: 503 } },
      ],
    },
    ['--settle-window', '100ms'],
  ],
  'not-attempted/failure-limit': [
    {
      rules: [
        {
          on: 'createProtectedInstance',
          server: 'server-1',
          times: 1,
          do: { status: 400, code: 'SDRS.1306' },
        },
      ],
    },
    ['--max-failures', '0', '--concurrency', '1'],
  ],
  'not-attempted/access-lost': [
    {
      rules: [{ on: 'createProtectedInstance', times: 1, do: { status: 403, code: 'SDRS.0003' } }],
    },
    ['--concurrency', '1'],
  ],
}

describe('every row is protected in the end, and its group is on', () => {
  test.each(Object.entries(ENDS_WELL))('%s', async (_, [faults, flags]) => {
    await open(faults)
    const last = await follow(await bench.apply(flags))
    expect(nextOf(last), last.stdout).toBeNull()
    expect(last.code).toBe(0)
    allOn()
    expect(Object.keys(bench.cloud.creates())).toHaveLength(3)
  })

  test('a run that was interrupted', async () => {
    await open()
    const running = bench.startApply(['--max-jobs', '1', '--poll-interval', '1s'])
    await running.said(/./)
    running.child.kill('SIGINT')
    const first = await running.ended
    expect(first.code).toBe(130)
    expect(nextOf(await follow(first))).toBeNull()
    allOn()
  })

  test('a plan, which is applied as it was saved', async () => {
    await open()
    const last = await follow(await bench.run(['plan', 'servers.csv', '--out', 'plan.json']))
    expect(Object.keys(bench.cloud.creates())).toHaveLength(3)
    expect(nextOf(last)).toBeNull()
    allOn()
  })

  test('a gap: written, planned', async () => {
    await open()
    const last = await follow(await bench.run(['coverage', '--out', 'gap.csv']))
    expect(existsSync(join(bench.directory, 'gap.csv'))).toBe(true)
    expect(last.stderr).not.toContain('error')
  })
})

describe('the edit is named, and no command that would change nothing', () => {
  test.each<[string, FaultPlanInput, readonly string[]]>([
    [
      'failed/refused',
      {
        rules: [
          {
            on: 'createProtectedInstance',
            server: 'server-2',
            do: { status: 400, code: 'SDRS.1334' },
          },
        ],
      },
      ['--no-preflight'],
    ],
    ['blocked', { groups: [{ name: 'g1', status: 'error' }] }, []],
    [
      'not-attempted/group-unusable',
      { groups: [{ name: 'g1', capacity: 0 }] },
      ['--no-preflight', '--concurrency', '1'],
    ],
    [
      'not-attempted/quota',
      { rules: [{ on: 'createProtectedInstance', do: { status: 400, code: 'SDRS.0306' } }] },
      ['--no-preflight', '--concurrency', '1', '--max-failures', '100%'],
    ],
  ])('%s', async (_, faults, flags) => {
    await open(faults)
    const last = await follow(await bench.apply(flags))
    expect(last.code).toBe(3)
    expect(nextOf(last)).toMatch(/^(mend|correct) .*/)
    // Told again, by `report`.
    const [run = ''] = bench.runs().slice(-1)
    expect(nextOf(await bench.run(['report', run]))).toBe(nextOf(last))
  })

  test('conflict/other-group, by its line', async () => {
    await open({}, 2, ['g1', 'g2'])
    expect((await bench.apply()).code).toBe(0)
    const [one, two] = [fleetServerId(1), fleetServerId(2)]
    bench.write(
      'moved.csv',
      `server_id,name,server_group\n${one},server-1,g1\n${two},server-2,g1\n`,
    )
    const last = await follow(await bench.run(['apply', 'moved.csv', '--yes', ...QUICK]))
    expect(last.code).toBe(3)
    expect(nextOf(last)).toBe(
      'correct 1 row of moved.csv (line 3), as the report says; then run again',
    )
  })

  test('an instance in error that no failed create of ours has left', async () => {
    await open({ instances: [{ server: 'server-2', turns: [{ afterMs: 300, status: 'error' }] }] })
    expect((await bench.apply()).code).toBe(0)
    await new Promise((resolve) => setTimeout(resolve, 400))
    const last = await follow(await bench.apply())
    expect(last.code).toBe(3)
    expect(nextOf(last)).toMatch(/^mend in the cloud what stands in the way of 1 server/)
    expect(last.stdout).not.toContain('Next:   sdrs-protect')
  })

  test('a start that has failed is tried again', async () => {
    const startFails = {
      errorCode: 'EVS.1',
      failReason: 'x',
      times: 1,
      leaves: 'error-starting',
    } as const
    await open({ groups: [{ name: 'g1', startFails }] })
    expect((await bench.apply()).code).toBe(0)
    const last = await follow(await bench.run(['enable', 'servers.csv', '--yes', ...QUICK]))
    expect(last.code).toBe(0)
    allOn()
  })

  test('a group that enable must not start', async () => {
    await open({ groups: [{ name: 'g1', status: 'failed-over' }] })
    const last = await follow(await bench.run(['enable', 'servers.csv', '--yes', ...QUICK]))
    expect(last.code).toBe(3)
    expect(nextOf(last)).toBe('look at 1 group in the console, as the report says')
  })

  test('enable of a part of a group leads to the whole of it', async () => {
    await open()
    const last = await follow(await bench.apply(['--rows', '1-2']))
    expect(nextOf(last)).toBeNull()
    expect(Object.keys(bench.cloud.creates())).toHaveLength(3)
    allOn()
  })
})
