import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeRows } from '../support/rollout.ts'
import { sameOrderMs } from './bound.ts'
import { atMost, duration, held, milliseconds, type Section } from './table.ts'

/** Whole processes, from start to exit, as a user waits for them. Run from the project's root. */

const CLI = 'dist/cli.js'

interface Ended {
  readonly ms: number
  readonly mostRssMib: number
}

/** Writes the process's own highest RSS (KiB) when it ends. */
const TELL_RSS = `data:text/javascript,${encodeURIComponent(
  `import { writeFileSync } from 'node:fs'
   process.on('exit', () =>
     writeFileSync(process.env.BENCH_RSS_FILE, String(process.resourceUsage().maxRSS)))`,
)}`

async function runNode(directory: string, args: readonly string[]): Promise<Ended> {
  const rssFile = join(directory, 'rss')
  const startedAt = performance.now()
  const child = spawn(process.execPath, [...args], {
    env: { ...process.env, BENCH_RSS_FILE: rssFile },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = await once(child, 'exit')
  const ms = performance.now() - startedAt
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${String(code)}`)
  const told = args[0] === '--import' ? Number(await readFile(rssFile, 'utf8')) : 0
  return { ms, mostRssMib: told / 1_024 }
}

/** Taken in turns, so that a busy moment of the machine hits both. */
async function inTurns(
  times: number,
  runs: readonly (() => Promise<Ended>)[],
): Promise<{ readonly medianMs: number; readonly mostRssMib: number }[]> {
  const ended: Ended[][] = runs.map(() => [])
  for (let turn = 0; turn < times; turn += 1) {
    for (const [at, run] of runs.entries()) ended[at]?.push(await run())
  }
  return ended.map((all) => ({
    medianMs: all.map(({ ms }) => ms).toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0,
    mostRssMib: Math.max(...all.map(({ mostRssMib }) => mostRssMib)),
  }))
}

async function inTemporary<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'sdrs-protect-bench-'))
  try {
    return await work(directory)
  } finally {
    await rm(directory, { recursive: true })
  }
}

const PARSE_ALONE = `
  const { parse } = await import('csv-parse/sync')
  const { readFile } = await import('node:fs/promises')
  parse(await readFile(process.env.BENCH_CSV, 'utf8'), { columns: true })`

export function validation(): Promise<Section> {
  return inTemporary(async (directory) => {
    const inventory = join(directory, 'servers.csv')
    await writeFile(inventory, csvOf(100_000, 200))
    process.env['BENCH_CSV'] = inventory
    const [ours, alone] = await inTurns(3, [
      () => runNode(directory, ['--import', TELL_RSS, CLI, 'validate', inventory]),
      () => runNode(directory, ['--input-type=module', '-e', PARSE_ALONE]),
    ])
    return {
      title: 'validate, 100,000 rows; the bound is csv-parse alone on the same file',
      figures: [
        held('whole process, median of 3', ours?.medianMs ?? 0, alone?.medianMs ?? 0, 3, duration),
        atMost('highest RSS', ours?.mostRssMib ?? 0, 400, (mib) => `${mib.toFixed(0)} MiB`),
      ],
    }
  })
}

export function startUp(): Promise<Section> {
  return inTemporary(async (directory) => {
    const [version, bare] = await inTurns(11, [
      () => runNode(directory, [CLI, '--version']),
      () => runNode(directory, ['-e', '0']),
    ])
    return {
      title: 'sdrs-protect --version; the bound is node -e 0',
      figures: [
        held(
          'whole process, median of 11',
          version?.medianMs ?? 0,
          bare?.medianMs ?? 0,
          2.5,
          milliseconds,
        ),
      ],
    }
  })
}

const SCALED = { servers: 100, groups: 5, jobMs: 3_000, maxJobs: 20, rate: 500 }

/** The built program against a served simulator; jobs, looks and the spacing of requests are shortened together. */
export function overHttp(): Promise<Section> {
  return inTemporary(async (directory) => {
    const { servers, groups, jobMs, maxJobs, rate } = SCALED
    const inventory = join(directory, 'servers.csv')
    await writeFile(inventory, csvOf(servers, groups))
    const cloud = spawn(
      process.execPath,
      [CLI, 'simulate', inventory, '--port', '0', '--job-time', `${jobMs}ms`],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    try {
      const [greeting] = await once(cloud.stdout, 'data')
      const [, endpoint, project] = /(http:\S+), project (\w+)/.exec(String(greeting)) ?? []
      if (endpoint === undefined || project === undefined) throw new Error(String(greeting))
      process.env['OS_TOKEN'] = 'simulated'
      const options = `--yes --quiet --max-jobs ${maxJobs} --rate ${rate} --poll-interval 150ms`
      const where = ['--endpoint', endpoint, '--project-id', project, '--reports-dir', directory]
      const { ms } = await runNode(directory, [
        CLI,
        'apply',
        inventory,
        ...options.split(' '),
        ...where,
      ])
      const jobs = Array.from({ length: servers }, () => ({ groupId: 'any', durationMs: jobMs }))
      const boundMs = sameOrderMs(jobs, { rate, maxJobs, parallelOf: () => null })
      return {
        title: `Built program over http: ${servers} servers, jobs of 3 s, ${maxJobs} at once`,
        figures: [held('whole process: makespan', ms, boundMs, null, duration)],
      }
    } finally {
      cloud.kill('SIGTERM')
    }
  })
}

function csvOf(servers: number, groups: number): string {
  const lines = makeRows(servers, groups).map(
    ({ serverId, name, serverGroup }) => `${serverId},${name},${serverGroup},app=web;stage=prod`,
  )
  return ['server_id,name,server_group,tags', ...lines, ''].join('\n')
}
