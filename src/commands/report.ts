import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { EXIT, exitCodeFor } from '../exit-code.ts'
import { Failure } from '../failure.ts'
import { growHeapSlowly } from '../heap-growth.ts'
import { FORMS, isFormName, textOf, type Form } from '../report/forms.ts'
import { mergeReports } from '../report/merge.ts'
import { readRemaining, readReport, runDirectory } from '../report/read.ts'
import type { NextStep } from '../report/next-step.ts'
import { mergeRemaining } from '../report/remaining.ts'
import type { Report } from '../report/schema.ts'
import { reportText } from '../report/terminal.ts'
import { isAudit } from '../report/verification.ts'
import { writeRendered } from '../report/write.ts'
import { processFacts } from '../process-facts.ts'
import { readLeftByCreates } from '../rollout/left-by-creates.ts'
import { lockFiles } from '../rollout/lock-files.ts'
import { findRunPath } from '../runs/find-run-path.ts'
import { readRunFiles } from '../runs/find-runs.ts'
import { livingHolder, type LivingHolder } from '../runs/living-holder.ts'
import { remainingOf, reportOfJournal } from '../runs/report-of-journal.ts'
import { atWorkText, stopText } from '../runs/runs-text.ts'
import { OPTIONS, variableOf } from '../settings/options.ts'
import { nextCommand } from '../settings/next-command.ts'
import type { Given } from '../settings/source.ts'
import type { Settings } from '../settings.ts'
import { palette, wantsColour } from '../ui/colour.ts'
import { writeAll, type Io } from '../ui/io.ts'
import { wrap } from '../ui/text.ts'
import { tool } from '../version.ts'
import {
  commandAfterRun,
  commandAfterSuccess,
  lookAtGroups,
  withoutGroupLimit,
} from './after-enable.ts'
import { NOT_OF_REMAINING, nextText, unapproved, withEdits } from './next-run.ts'
import { leftToDo, type LeftByCreates } from './remedies.ts'
import { SIMULATED_ENDPOINT } from './simulated-endpoint.ts'
import { verifyText } from './verify-text.ts'

interface SavedRun {
  readonly directory: string
  readonly report: Report
  readonly remaining: Uint8Array | null
  readonly left: LeftByCreates
  /** It has no report of its own, and this one is made from its journal: it was killed, or is at work. */
  readonly isMade: boolean
  /** The process that is at work on it; null: none. */
  readonly atWork: LivingHolder | null
}

/** Renders one run's report again, or those of several runs and shards of a rollout as one. */
export async function run(settings: Settings, io: Io): Promise<number> {
  growHeapSlowly(Infinity)
  const runs = await Promise.all(
    settings.runDirs.map((path) => readRun(path, settings.reportsDir, io)),
  )
  const report = oneOf(runs.map((each) => each.report))
  const remaining = await mergeRemaining(report, runs)
  const [only] = runs
  // A report that was made here stands nowhere but where `--out` says.
  const isKept = runs.length === 1 && only?.isMade === false
  const directory = settings.out ?? (isKept ? only.directory : null)
  const step = isAudit(report)
    ? null
    : next(settings, io.env, report, runs, remaining === null ? null : directory)
  const said = runs.flatMap(howItStands)
  const context = { next: step, notes: said }
  if (settings.out !== null) {
    await writeRendered(settings.out, report, remaining, context)
    if (remaining === null && !settings.quiet) {
      io.stderr.write(
        'No remaining.csv was written: those of the runs are missing or do not fit.\n',
      )
    }
  }
  const asked = settings.json ? 'json' : settings.format
  const form: Form | null = isFormName(asked) ? FORMS[asked] : null
  const colours = palette(wantsColour(io, 'stdout', settings.colour))
  const shown = { palette: colours, directory }
  if (form !== null) {
    for (const line of said) io.stderr.write(`${line}\n`)
    await writeAll(io.stdout, textOf(form, report, context))
  } else {
    io.stdout.write(said.map((line) => `${wrap(line, '')}\n\n`).join(''))
    io.stdout.write(
      isAudit(report)
        ? verifyText(report, { ...shown, verbose: false, unchecked: report.unchecked, next: null })
        : reportText(report, {
            ...shown,
            nextCommand: step === null ? null : nextText(step),
            isCounted: !runs.some(({ isMade }) => isMade),
          }),
    )
  }
  // What never came to its last look is not known to be done, whatever it had settled.
  if (runs.some(({ isMade }) => isMade)) return EXIT.notAllProtected
  return exitCodeFor(report, { kind: 'ended' })
}

async function readRun(given: string, reportsDir: string, io: Io): Promise<SavedRun> {
  const path = await findRunPath(given, reportsDir)
  const directory = runDirectory(path)
  const made = existsSync(join(directory, 'report.json')) ? null : await makeReport(directory, io)
  const report = made?.report ?? (await readReport(path))
  const { projectId } = report.run
  return {
    directory,
    report,
    remaining: made === null ? await readRemaining(path) : made.remaining,
    left: await readLeftByCreates(parentOf(directory), directory, projectId),
    isMade: made !== null,
    atWork: made?.atWork ?? null,
  }
}

/** The report of a run that has none, from its journal; null: there is none to make it from. Rejects with Failure. */
async function makeReport(
  directory: string,
  io: Io,
): Promise<Pick<SavedRun, 'report' | 'remaining' | 'atWork'> | null> {
  const parent = parentOf(directory)
  const living = await livingHolder(parent, lockFiles, processFacts, io.now())
  const { events, begun, problem } = await readRunFiles(directory)
  if (problem !== null) throw new Failure('machine', `${directory}: ${problem}`)
  if (events === null) return null
  const [header] = events
  const isItsOwn = header?.type === 'run' && living?.holder.runId === header.runId
  const atWork = isItsOwn ? living : null
  const report = reportOfJournal(events, begun, tool(), atWork !== null)
  if (report === null) return null
  return { report, remaining: await remainingOf(begun, report), atWork }
}

/** For a run without a report of its own: why that is, and how to stop one that is at work. */
function howItStands({ isMade, atWork, report: { run } }: SavedRun): string[] {
  if (!isMade) return []
  if (atWork === null) {
    return [
      `${run.id} was killed. This is what its journal tells; nobody has looked since, and its requests are not counted.`,
    ]
  }
  const { holder, isHere } = atWork
  const { pid, host } = holder
  return [
    `${run.id} is at work: ${atWorkText({ pid, host })}. This is how far its journal says it is; its requests are not counted.`,
    stopText({ pid, isHere }),
  ]
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
): NextStep | null {
  const { run: about, groups } = report
  const isComplete = about.outcome === 'complete'
  // A second one beside it would be refused.
  if (runs.some(({ atWork }) => atWork !== null)) return null
  const open = runs.find(({ report }) => report.run.outcome !== 'complete') ?? runs[0]
  if (open === undefined) return null
  const { options, directory, inventory } = open.report.run
  const command = isComplete ? commandAfterSuccess(report) : commandAfterRun(report)
  if (command === null) return isComplete ? null : lookAtGroups(groups)
  const { again, edits } =
    command === 'enable' || isComplete
      ? { again: {}, edits: [] }
      : leftToDo(report.rows, leftBy(runs), options?.['replace-failed'] === true)
  const isStdin = inventory.source === '-'
  // What remains of a run that left nothing open names no server.
  if (isStdin && (withRemaining === null || isComplete)) return null
  const reportsDir = parentOf(open.directory)
  const isDefault =
    reportsDir === OPTIONS['reports-dir'].default && !env[variableOf('reports-dir')]?.trim()
  // The flags are those of the run; those of `report` are about rendering.
  const line = nextCommand(
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
        ...(about.command === command ? unapproved(again ?? {}) : (['yes'] as const)),
      ],
      with: {
        ...options,
        ...again,
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
  return withEdits(line, edits, {
    source: inventory.source,
    remaining: isStdin ? join(withRemaining ?? '', 'remaining.csv') : null,
    isWorthwhile: again !== null,
  })
}

/** Of several runs, what any of them has left. */
function leftBy(runs: readonly SavedRun[]): LeftByCreates {
  return {
    replaceable: new Set(runs.flatMap(({ left }) => [...left.replaceable])),
    odd: new Set(runs.flatMap(({ left }) => [...left.odd])),
  }
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
