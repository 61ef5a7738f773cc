import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reportSchema, type Report } from '../../src/report/schema.ts'
import { runCli, startCli, type CliOptions, type Finished, type RunningCli } from './cli.ts'
import { fleetCsv, fleetRows, fleetServerId, type FleetServer } from './fleet.ts'
import { openCloud, type CloudOptions, type ServedCloud } from './served-cloud.ts'

/** A folder of its own with an inventory in it, a cloud, and the program run there. */
export interface Workbench {
  readonly directory: string
  readonly cloud: ServedCloud
  readonly serverIds: readonly string[]
  write(name: string, content: string): string
  read(name: string): string
  start(typed: readonly string[], options?: Partial<CliOptions>): RunningCli
  run(typed: readonly string[], options?: Partial<CliOptions>): Promise<Finished>
  /** `apply servers.csv --yes` with short waits, and what else is given. */
  apply(more?: readonly string[], options?: Partial<CliOptions>): Promise<Finished>
  startApply(more?: readonly string[], options?: Partial<CliOptions>): RunningCli
  /** Run folders, oldest first. */
  runs(reportsDir?: string): readonly string[]
  /** The last run's report.json, checked against its schema. */
  report(reportsDir?: string): Report
  close(): Promise<void>
}

/** Quick looks, so that a test waits for jobs and not for polls. */
export const QUICK = ['--settle-window', '1s', '--poll-interval', '100ms'] as const

/** `QUICK` for a command line that goes on with `more`: what is given twice is refused. */
export function quickUnless(more: readonly string[]): readonly string[] {
  const [settle, window, poll, interval] = QUICK
  return [
    ...(more.includes(settle) ? [] : [settle, window]),
    ...(more.includes(poll) ? [] : [poll, interval]),
    ...more,
  ]
}

export async function openWorkbench(
  fleet: readonly FleetServer[],
  options: Omit<CloudOptions, 'rows'> = {},
): Promise<Workbench> {
  const directory = mkdtempSync(join(tmpdir(), 'sdrs-e2e-'))
  const cloud = await openCloud({ ...options, rows: fleetRows(fleet) })
  writeFileSync(join(directory, 'servers.csv'), fleetCsv(fleet))
  const started = new Set<RunningCli>()

  function withDefaults(given: Partial<CliOptions> = {}): CliOptions {
    return { cwd: directory, ...given, env: { ...cloud.env, ...given.env } }
  }
  function start(typed: readonly string[], given?: Partial<CliOptions>): RunningCli {
    const running = startCli(typed, withDefaults(given))
    started.add(running)
    return running
  }
  const applyLine = (more: readonly string[]): readonly string[] => [
    'apply',
    'servers.csv',
    '--yes',
    ...quickUnless(more),
  ]
  const runs = (reportsDir = 'reports'): readonly string[] =>
    readdirSync(join(directory, reportsDir), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => join(reportsDir, name))
      .toSorted()

  return {
    directory,
    cloud,
    serverIds: fleet.map(({ n }) => fleetServerId(n)),
    write(name, content) {
      writeFileSync(join(directory, name), content)
      return name
    },
    read: (name) => readFileSync(join(directory, name), 'utf8'),
    start,
    run: (typed, given) => runCli(typed, withDefaults(given)),
    apply: (more = [], given) => runCli(applyLine(more), withDefaults(given)),
    startApply: (more = [], given) => start(applyLine(more), given),
    runs,
    report(reportsDir) {
      const last = runs(reportsDir).at(-1) ?? ''
      return parseReport(readFileSync(join(directory, last, 'report.json'), 'utf8'))
    },
    async close() {
      // A test that failed in the middle may have left one at work.
      for (const { child } of started) if (child.exitCode === null) child.kill('SIGKILL')
      await cloud.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** Exactly one document of the published schema, whose counts add up; throws when it is anything else. */
export function parseReport(text: string): Report {
  const report = reportSchema.parse(JSON.parse(text))
  const { rows, ...counts } = report.totals
  const sum = Object.values(counts).reduce((all, count) => all + count, 0)
  if (sum !== rows || report.rows.length !== rows) {
    throw new Error(`${rows} rows, ${report.rows.length} listed, ${sum} counted`)
  }
  const byStatus = Object.values(report.requests.byStatus).reduce((all, count) => all + count, 0)
  if (byStatus !== report.requests.total) {
    throw new Error(`${report.requests.total} requests, ${byStatus} by status`)
  }
  return report
}

/** Outcome and reason of each row, by its name. */
export function outcomesOf(report: Report): Readonly<Record<string, string>> {
  return Object.fromEntries(
    report.rows.map(({ name, outcome, reason }) => [
      name,
      reason === null ? outcome : `${outcome}/${reason}`,
    ]),
  )
}
