import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { exitCodeFor } from '../exit-code.ts'
import { Failure } from '../failure.ts'
import type { CarriedColumns } from '../report/csv.ts'
import { FORMS, isFormName } from '../report/forms.ts'
import { mergeReports } from '../report/merge.ts'
import { readCarried, readRemaining, readReport, runDirectory } from '../report/read.ts'
import { mergeRemaining } from '../report/remaining.ts'
import type { Report } from '../report/schema.ts'
import { reportText } from '../report/terminal.ts'
import { isAudit } from '../report/verification.ts'
import { writeRendered } from '../report/write.ts'
import { OPTIONS, variableOf } from '../settings/options.ts'
import { nextCommand } from '../settings/next-command.ts'
import type { Given } from '../settings/source.ts'
import type { Settings } from '../settings.ts'
import { palette, wantsColour } from '../ui/colour.ts'
import type { Io } from '../ui/io.ts'
import { commandAfterRun, commandAfterSuccess, withoutGroupLimit } from './after-enable.ts'
import { NOT_OF_REMAINING, withoutLimit } from './next-run.ts'
import { SIMULATED_ENDPOINT } from './simulated-endpoint.ts'
import { verifyText } from './verify-text.ts'

interface SavedRun {
  readonly directory: string
  readonly report: Report
  readonly carried: CarriedColumns
  readonly remaining: string | null
}

/** Renders one run's report again, or those of several runs and shards of a rollout as one. */
export async function run(settings: Settings, io: Io): Promise<number> {
  const runs = await Promise.all(settings.runDirs.map(readRun))
  const report = oneOf(runs.map((each) => each.report))
  const carried: CarriedColumns = new Map(runs.flatMap((each) => [...each.carried]))
  const remaining = mergeRemaining(report, runs)
  if (settings.out !== null) {
    await writeRendered(settings.out, report, carried, remaining)
    if (remaining === null && !settings.quiet) {
      io.stderr.write(
        'No remaining.csv was written: those of the runs are missing or do not fit.\n',
      )
    }
  }
  const [only] = runs
  const directory = settings.out ?? (runs.length === 1 ? (only?.directory ?? null) : null)
  const asked = settings.json ? 'json' : settings.format
  const form = isFormName(asked) ? asked : undefined
  const colours = palette(wantsColour(io, 'stdout', settings.colour))
  const shown = { palette: colours, directory }
  io.stdout.write(
    form !== undefined
      ? FORMS[form].render(report, carried)
      : isAudit(report)
        ? verifyText(report, { ...shown, verbose: false, unchecked: report.unchecked, next: null })
        : reportText(report, {
            ...shown,
            nextCommand: next(
              settings,
              io.env,
              report,
              runs,
              remaining === null ? null : directory,
            ),
          }),
  )
  return exitCodeFor(report, { kind: 'ended' })
}

async function readRun(path: string): Promise<SavedRun> {
  const report = await readReport(path)
  return {
    directory: runDirectory(path),
    report,
    carried: await readCarried(path),
    remaining: await readRemaining(path),
  }
}

function oneOf(reports: readonly Report[]): Report {
  const [only] = reports
  if (only !== undefined && reports.length === 1) return only
  const merged = mergeReports(reports)
  if (merged.ok) return merged.report
  const [first, ...more] = merged.errors
  throw new Failure(
    'usage',
    `these reports cannot be merged: ${first}`,
    more.length === 0 ? null : more.join('\n'),
  )
}

/**
 * What carries the rollout on: as far as a report knows, which is where the run was and what it was
 * about; or, where all is created and not all of it replicates, what switches protection on. Null when
 * nothing is left, or when the inventory came through stdin and is nowhere.
 */
function next(
  settings: Settings,
  env: Io['env'],
  report: Report,
  runs: readonly SavedRun[],
  withRemaining: string | null,
): string | null {
  const { run: about, groups } = report
  const isComplete = about.outcome === 'complete'
  const command = isComplete ? commandAfterSuccess(report) : commandAfterRun(report)
  if (command === null) return null
  const open = runs.find(({ report }) => report.run.outcome !== 'complete') ?? runs[0]
  if (open === undefined) return null
  const { options, directory, inventory } = open.report.run
  const isStdin = inventory.source === '-'
  // What remains of a run that left nothing open names no server.
  if (isStdin && (withRemaining === null || isComplete)) return null
  const reportsDir = parentOf(open.directory)
  const isDefault =
    reportsDir === OPTIONS['reports-dir'].default && !env[variableOf('reports-dir')]?.trim()
  // The flags are those of the run; those of `report` are about rendering.
  return nextCommand(
    { ...settings, given: {} },
    {
      command,
      positionals: [
        isStdin
          ? join(withRemaining ?? '', 'remaining.csv')
          : fromHere(directory, inventory.source),
      ],
      env,
      without: [
        ...(isStdin ? NOT_OF_REMAINING : []),
        // What was approved of one command is not approved of another.
        ...(about.command === command ? [] : (['yes'] as const)),
      ],
      with: {
        ...options,
        ...withoutLimit(open.report.rows),
        ...(command === 'enable' ? withoutGroupLimit(groups) : {}),
        ...(typeof options?.['faults'] === 'string'
          ? { faults: fromHere(directory, options['faults']) }
          : {}),
        ...(about.endpoint === SIMULATED_ENDPOINT
          ? { simulate: true }
          : { endpoint: about.endpoint, 'project-id': about.projectId }),
        ...(isStdin ? {} : selected(about)),
        ...(isDefault ? {} : { 'reports-dir': reportsDir }),
      },
    },
  )
}

/** A path as it was typed in another directory; unchanged where nothing is there, on another machine. */
function fromHere(directory: string | null, path: string): string {
  if (directory === null || isAbsolute(path) || directory === process.cwd()) return path
  const there = resolve(directory, path)
  return existsSync(there) ? relative('', there) : path
}

/** The directory above, also of `.`. */
function parentOf(directory: string): string {
  return isAbsolute(directory) ? dirname(directory) : relative('', resolve(directory, '..')) || '.'
}

/** The flags that selected the rows of a run. */
function selected({ selection, shard }: Report['run']): Given {
  const { only = null, rows = null, waves = null, limit = null } = selection ?? {}
  return {
    ...(only === null ? {} : { only }),
    ...(rows === null ? {} : { rows }),
    ...(waves === null ? {} : { wave: waves.join(',') }),
    ...(limit === null ? {} : { limit: String(limit) }),
    ...(shard === null ? {} : { shard: `${shard.index}/${shard.count}` }),
  }
}
