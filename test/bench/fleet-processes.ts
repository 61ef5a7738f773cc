import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { JOURNAL_FILE, renderEvent, type JournalEvent } from '../../src/journal/journal.ts'
import { makeRows } from '../support/rollout.ts'
import { PROJECT } from './measure.ts'
import { inTemporary } from './in-temporary.ts'
import { atMost, duration, held, milliseconds, type Figure, type Section } from './table.ts'

/** Whole processes on large fleets: what they cost a server, held against a fleet of a tenth, and their highest RSS. */

const CLI = 'dist/cli.js'
/** The most that the cost of a server may grow tenfold and still count as linear. */
const LINEAR = 1.5
const MOST_MIB = 1_024

interface Cost {
  readonly cpuMs: number
  readonly mostRssMib: number
}

const TELL = `data:text/javascript,${encodeURIComponent(
  `import { writeFileSync } from 'node:fs'
   process.on('exit', () => {
     const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
     writeFileSync(process.env.BENCH_COST_FILE, JSON.stringify({
       cpuMs: (userCPUTime + systemCPUTime) / 1000, mostRssMib: maxRSS / 1024 }))
   })`,
)}`

/** `code`: how it has to end. */
async function costOf(directory: string, args: readonly string[], code = 0): Promise<Cost> {
  const file = join(directory, 'cost.json')
  const child = spawn(process.execPath, ['--import', TELL, ...args], {
    env: { ...process.env, BENCH_COST_FILE: file },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [ended] = await once(child, 'exit')
  if (ended !== code) throw new Error(`node ${args.join(' ')} ended with ${String(ended)}`)
  return JSON.parse(await readFile(file, 'utf8')) as Cost
}

/** Of a command on a fleet, and on one of a tenth of it. */
async function linear(
  what: string,
  servers: number,
  run: (directory: string, servers: number) => Promise<Cost>,
): Promise<readonly Figure[]> {
  const few = await inTemporary((directory) => run(directory, servers / 10))
  const many = await inTemporary((directory) => run(directory, servers))
  const each = (cost: Cost, of: number): number => cost.cpuMs / of
  return [
    held(
      `${what}: CPU a server`,
      each(many, servers),
      each(few, servers / 10),
      LINEAR,
      milliseconds,
    ),
    atMost('  highest RSS', many.mostRssMib, MOST_MIB, (mib) => `${mib.toFixed(0)} MiB`),
  ]
}

export async function fleetProcesses(): Promise<Section> {
  return {
    title: 'Whole processes on large fleets; the bound is a fleet of a tenth',
    figures: [
      ...(await linear('plan --simulate, 100,000', 100_000, async (directory, servers) =>
        costOf(directory, [
          CLI,
          'plan',
          await inventoryOf(directory, servers),
          ...simulated(directory),
        ]),
      )),
      ...(await linear('apply --simulate, 10,000', 10_000, async (directory, servers) =>
        costOf(directory, [
          CLI,
          'apply',
          await inventoryOf(directory, servers),
          ...simulated(directory),
          ...'--yes --quiet --job-time 500ms --max-jobs 300'.split(' '),
        ]),
      )),
      ...(await linear('report of 100,000 rows', 100_000, async (directory, servers) =>
        costOf(
          directory,
          [
            CLI,
            'report',
            await runOf(directory, 0, servers),
            '--quiet',
            '--out',
            join(directory, 'out'),
          ],
          // Its run has no report of its own: nobody has seen how it ended.
          3,
        ),
      )),
      ...(await earlierRuns()),
    ],
  }
}

const RUNS = 3_000
const CREATES_A_RUN = 30

const PARSE_ALONE = `
  import { readdirSync, readFileSync } from 'node:fs'
  for (const name of readdirSync(process.env.BENCH_RUNS)) {
    const text = readFileSync(process.env.BENCH_RUNS + '/' + name + '/${JOURNAL_FILE}', 'utf8')
    for (const line of text.split('\\n')) if (line !== '') JSON.parse(line)
  }`

/** What a start costs beside so many earlier runs, none of them known to be settled yet. */
function earlierRuns(): Promise<readonly Figure[]> {
  return inTemporary(async (directory) => {
    const reports = join(directory, 'reports')
    for (let run = 0; run < RUNS; run += 1) await runOf(reports, run, CREATES_A_RUN)
    const inventory = await inventoryOf(directory, 10)
    const plan = (where: string): Promise<Cost> =>
      costOf(directory, [CLI, 'plan', inventory, '--no-preflight', ...simulated(where)])
    process.env['BENCH_RUNS'] = reports
    const alone = await costOf(directory, ['--input-type=module', '-e', PARSE_ALONE])
    const beside = await plan(reports)
    const without = await plan(join(directory, 'none'))
    const label = `CPU of ${RUNS.toLocaleString('en')} earlier runs`
    return [
      held(label, beside.cpuMs - without.cpuMs, alone.cpuMs, null, duration),
      { what: `  of ${CREATES_A_RUN} creates each; bound: JSON.parse`, measured: '' },
    ]
  })
}

function simulated(reports: string): readonly string[] {
  return ['--simulate', '--rate', '1000', '--reports-dir', reports]
}

async function inventoryOf(directory: string, servers: number): Promise<string> {
  const path = join(directory, 'servers.csv')
  const lines = makeRows(servers, Math.max(1, servers / 50)).map(
    ({ serverId, name, serverGroup }) => `${serverId},${name},${serverGroup},app=web;stage=prod`,
  )
  await writeFile(path, ['server_id,name,server_group,tags', ...lines, ''].join('\n'))
  return path
}

/** The folder of a run that has created so many servers, one after the other. */
async function runOf(reports: string, run: number, creates: number): Promise<string> {
  const at = Date.UTC(2026, 0, 1) + run * 3_600_000
  const runId = `${new Date(at).toISOString().replaceAll(/[-:.]/g, '')}-${String(run).padStart(6, '0')}`
  const directory = join(reports, runId)
  await mkdir(directory, { recursive: true })
  await writeFile(
    join(directory, JOURNAL_FILE),
    eventsOf(runId, at, run * creates, creates)
      .map(renderEvent)
      .join(''),
  )
  return directory
}

function eventsOf(runId: string, at: number, first: number, creates: number): JournalEvent[] {
  const header: JournalEvent = {
    type: 'run',
    at,
    runId,
    command: 'apply',
    endpoint: 'https://sdrs.simulator.invalid',
    projectId: PROJECT,
    source: 'servers.csv',
    sha256: '',
    resumes: [],
  }
  const events = Array.from({ length: creates }, (_, n): JournalEvent[] => {
    const number = String(first + n).padStart(12, '0')
    const server = `10000000-0000-4000-8000-${number}`
    const since = at + 100 * n
    const groupId = `aaaaaaaa-0000-4000-8000-${String(n % 100).padStart(12, '0')}`
    const instanceId = `bbbbbbbb-0000-4000-8000-${number}`
    return [
      { type: 'intent', at: since, server, groupId, name: `server-${number}`, attempt: 1 },
      { type: 'accepted', at: since + 30, server, jobId: number.padStart(32, '0') },
      {
        type: 'settled',
        at: since + 60,
        server,
        outcome: 'created',
        reason: null,
        instanceId,
        left: null,
      },
    ]
  })
  return [header, ...events.flat()]
}
