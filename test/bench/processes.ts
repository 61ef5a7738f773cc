import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeRows } from '../support/rollout.ts'
import { sameOrderMs } from './bound.ts'
import { inTemporary } from './in-temporary.ts'
import { inlineStringsBook, sharedStringsBook } from './workbook.ts'
import { atMost, duration, held, milliseconds, type Figure, type Section } from './table.ts'

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

async function runNode(
  directory: string,
  args: readonly string[],
  wanted: readonly number[] = [0],
): Promise<Ended> {
  const rssFile = join(directory, 'rss')
  const startedAt = performance.now()
  const child = spawn(process.execPath, [...args], {
    env: { ...process.env, BENCH_RSS_FILE: rssFile },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = await once(child, 'exit')
  const ms = performance.now() - startedAt
  if (!wanted.includes(Number(code)))
    throw new Error(`node ${args.join(' ')} ended with ${String(code)}`)
  const told = args[0] === '--import' ? Number(await readFile(rssFile, 'utf8')) : 0
  return { ms, mostRssMib: told / 1_024 }
}

interface Taken {
  readonly medianMs: number
  readonly mostRssMib: number
}

/** Taken in turns, so that a busy moment of the machine hits both. */
async function inTurns(times: number, runs: readonly (() => Promise<Ended>)[]): Promise<Taken[]> {
  const ended: Ended[][] = runs.map(() => [])
  for (let turn = 0; turn < times; turn += 1) {
    for (const [at, run] of runs.entries()) ended[at]?.push(await run())
  }
  return ended.map((all) => ({
    medianMs: all.map(({ ms }) => ms).toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0,
    mostRssMib: Math.max(...all.map(({ mostRssMib }) => mostRssMib)),
  }))
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
        held('whole process, median of 3', ours?.medianMs ?? 0, alone?.medianMs ?? 0, 2, duration),
        atMost('highest RSS', ours?.mostRssMib ?? 0, 200, (mib) => `${mib.toFixed(0)} MiB`),
      ],
    }
  })
}

export function startUp(): Promise<Section> {
  return inTemporary(async (directory) => {
    const inventory = join(directory, 'servers.csv')
    await writeFile(inventory, csvOf(40, 4))
    const [bare, version, help, small] = await inTurns(11, [
      () => runNode(directory, ['-e', '0']),
      () => runNode(directory, [CLI, '--version']),
      () => runNode(directory, [CLI, '--help']),
      () => runNode(directory, [CLI, 'validate', inventory]),
    ])
    const ratio = (label: string, taken: Taken | undefined, target: number | null): Figure =>
      held(label, taken?.medianMs ?? 0, bare?.medianMs ?? 0, target, milliseconds)
    return {
      title: 'Start-up, medians of 11 whole processes; the bound is node -e 0',
      figures: [
        ratio('--version', version, 1.2),
        ratio('--help', help, null),
        ratio('validate, 40 rows', small, 2.5),
      ],
    }
  })
}

/** Workbooks as programs write them: texts in a table of their own (Excel), or in the cells (openpyxl, exceljs streaming). */
export function workbooks(): Promise<Section> {
  return inTemporary(async (directory) => {
    const lines = csvOf(20_000, 40).trimEnd().split('\n')
    const [csv, shared, inline] = ['csv', 'shared.xlsx', 'inline.xlsx'].map((name) =>
      join(directory, name),
    )
    const rows = lines.map((line) => line.split(','))
    await writeFile(csv ?? '', `${lines.join('\n')}\n`)
    await writeFile(shared ?? '', sharedStringsBook(rows))
    await writeFile(inline ?? '', inlineStringsBook(rows))
    const [ofCsv, ofShared, ofInline] = await inTurns(
      5,
      [csv, shared, inline].map(
        (file = '') =>
          () =>
            runNode(directory, ['--import', TELL_RSS, CLI, 'validate', file]),
      ),
    )
    const figures = [
      ['shared strings', ofShared],
      ['strings in the cells', ofInline],
    ] as const
    return {
      title: 'validate, XLSX of 20,000 rows; the bound is a CSV of the same rows',
      figures: figures.flatMap(([label, taken]) => [
        held(label, taken?.medianMs ?? 0, ofCsv?.medianMs ?? 0, 5, duration),
        atMost('  highest RSS', taken?.mostRssMib ?? 0, 200, (mib) => `${mib.toFixed(0)} MiB`),
      ]),
    }
  })
}

const WIDE_HEADERS = {
  'unknown columns': (at) => `column ${at}`,
  'columns of tags': (at) => `tag:key${at}`,
  'headers nearly ours': (at) => `server_gr${at}up`,
} as const satisfies Record<string, (at: number) => string>

/** A file may have thousands of columns: what each costs does not depend on how many there are. */
export function wide(): Promise<Section> {
  return inTemporary(async (directory) => {
    const figures: Figure[] = []
    for (const [label, header] of Object.entries(WIDE_HEADERS)) {
      const files = [2_000, 20_000].map((columns) => join(directory, `${columns}.csv`))
      await writeFile(files[0] ?? '', wideCsv(2_000, header))
      await writeFile(files[1] ?? '', wideCsv(20_000, header))
      const [few, many] = await inTurns(3, [
        // More tags than a server may have are an error.
        () => runNode(directory, [CLI, 'validate', files[0] ?? ''], [0, 2]),
        () => runNode(directory, [CLI, 'validate', files[1] ?? ''], [0, 2]),
      ])
      const bound = 10 * (few?.medianMs ?? 0)
      figures.push(held(`20,000 ${label}`, many?.medianMs ?? 0, bound, 1, duration))
    }
    const short = join(directory, 'short.csv')
    await writeFile(short, shortRowsCsv(32_000, 2_000))
    const [taken] = await inTurns(3, [
      () => runNode(directory, ['--import', TELL_RSS, CLI, 'validate', short]),
    ])
    const mib = (value: number): string => `${value.toFixed(0)} MiB`
    figures.push(atMost('2,000 short rows, 32,000 columns', taken?.mostRssMib ?? 0, 200, mib))
    return {
      title: 'validate, 5 wide rows; the bound is ten times what 2,000 columns take',
      figures,
    }
  })
}

function wideCsv(columns: number, header: (at: number) => string): string {
  const [head = '', ...rows] = csvOf(5, 1).trimEnd().split('\n')
  const cells = Array.from({ length: columns }, (_, at) => at)
  const lines = [
    [head.replace(',tags', ''), ...cells.map(header)],
    ...rows.map((row) => [row.slice(0, row.lastIndexOf(',')), ...cells.map((at) => `v${at}`)]),
  ]
  return `${lines.map((line) => line.join(',')).join('\n')}\n`
}

/** Rows that end after a few cells: what is not there must not take room. */
function shortRowsCsv(columns: number, rows: number): string {
  const [head = '', ...lines] = csvOf(rows, 1).trimEnd().split('\n')
  const headers = Array.from({ length: columns }, (_, at) => `column ${at}`)
  return `${[[head, ...headers].join(','), ...lines].join('\n')}\n`
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
