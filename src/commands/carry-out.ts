import type { RunEvent } from '../apply/events.ts'
import type { StopControl } from '../apply/stop.ts'
import { EXIT, exitCodeFor } from '../exit-code.ts'
import type { Inventory } from '../inventory/read.ts'
import { openJournal } from '../journal/journal-file.ts'
import type { Journal } from '../journal/journal.ts'
import { createLogger, type Log } from '../log.ts'
import { reportJson } from '../report/json.ts'
import { reportText } from '../report/terminal.ts'
import { writeReportFiles } from '../report/write.ts'
import type { PlannedRollout } from '../rollout/plan-rollout.ts'
import { runRollout, type RolloutResult } from '../rollout/run-rollout.ts'
import type { ApiError } from '../sdrs/errors.ts'
import type { Settings } from '../settings.ts'
import { palette, wantsColour } from '../ui/colour.ts'
import type { Io } from '../ui/io.ts'
import { sanitize } from '../ui/text.ts'
import { createProgress } from '../ui/progress.ts'
import { tool } from '../version.ts'
import { createNarrator } from './narrate.ts'
import { nextAfterRun } from './next-run.ts'
import { recordedOptions } from './recorded-options.ts'
import { makeRunFolder } from './run-folder.ts'
import { logEvent } from './run-log.ts'
import type { Logging, Session } from './session.ts'
import type { Signals } from './signals.ts'

/** An approved run. */
export interface Run {
  readonly settings: Settings
  readonly io: Io
  readonly runId: string
  readonly startedAt: Date
  readonly session: Session
  readonly stop: StopControl
  readonly signals: Signals
  readonly logging: Logging
  readonly inventory: Inventory
}

/** Carries the plan out, reports it in every form, and returns the exit code. */
export async function carryOut(run: Run, planned: PlannedRollout): Promise<number> {
  const { settings, io, session, stop, logging, inventory } = run
  const { connection } = session
  const { selection } = settings
  const directory = await makeRunFolder(settings.reportsDir, run.runId)
  const journal = await openJournal(directory)
  const log = await createLogger({
    level: settings.logLevel,
    file: `${directory}/run.log`,
    secrets: logging.secrets,
  })
  log.info({ runId: run.runId, rows: planned.plan.rows.length }, 'apply')
  const progress = createProgress(io, { total: planned.plan.rows.length, quiet: settings.quiet })
  const narrate = createNarrator(planned.plan, (line) => progress.note(line))
  const result = await runRollout(planned, {
    client: session.client,
    journal,
    clock: session.clock,
    random: session.random,
    stop,
    limits: {
      concurrency: settings.concurrency,
      maxJobs: settings.maxJobs,
      pollIntervalMs: settings.pollInterval,
      jobTimeoutMs: settings.jobTimeout,
      settleWindowMs: settings.settleWindow,
      maxFailures: settings.maxFailures,
    },
    onEvent(event) {
      if (event.type === 'progress') progress.update(counts(event))
      logEvent(log, event)
      narrate(event)
    },
    about: {
      runId: run.runId,
      startedAt: run.startedAt.getTime(),
      tool: tool(),
      command: settings.command,
      endpoint: connection.endpoints.sdrs,
      projectId: connection.projectId,
      region: connection.region,
      inventory: {
        source: inventory.source,
        sha256: inventory.sha256,
        rows: inventory.rows.length,
      },
      selection,
      options: recordedOptions(settings, inventory),
      directory: process.cwd(),
    },
    requests: () => session.requests.counts(),
    interruptedBy: () => run.signals.first(),
  }).finally(() => progress.stop())
  tellTroubles(run, log, result)
  const lost = stop.accessError()
  if (lost !== null) io.stderr.write(`${accessLost(lost)}\n`)
  return finish(run, { ...result, directory, planned, journal })
}

function counts(event: Extract<RunEvent, { type: 'progress' }>) {
  const { rows, ended, running, etaMs } = event
  const done = Object.values(ended).reduce((sum, count) => sum + count, 0)
  return { counts: ended, running, waiting: rows - done - running, etaMs }
}

function tellTroubles({ io, logging }: Run, log: Log, { troubles }: RolloutResult): void {
  for (const trouble of troubles) {
    const stack = trouble instanceof Error ? (trouble.stack ?? null) : null
    log.error({ error: String(trouble), stack }, 'trouble')
    const message = trouble instanceof Error ? trouble.message : String(trouble)
    io.stderr.write(`${logging.secrets.redact(message)}\n`)
  }
}

/** The service's own words, with what its support asks for first. */
function accessLost({ operation, message, requestId, advice }: ApiError): string {
  const request = requestId === null ? '' : ` (request ${requestId})`
  return `Access lost: ${operation}: ${sanitize(message)}${request}. ${advice}`
}

async function finish(
  { settings, io, logging, inventory }: Run,
  result: RolloutResult & {
    readonly directory: string
    readonly planned: PlannedRollout
    readonly journal: Journal
  },
): Promise<number> {
  const { report, directory, planned, journal, end } = result
  let exitCode = exitCodeFor(report, end)
  let written: string | null = directory
  const rows = planned.plan.rows.map(({ row }) => row)
  try {
    await writeReportFiles(directory, report, inventory, rows)
    await journal.append({ type: 'end', at: io.now(), outcome: report.run.outcome })
    await journal.close()
  } catch (error) {
    // The report on stdout is then the only one: it must still come out.
    io.stderr.write(
      `The report could not be written whole: ${logging.secrets.redact(String(error))}\n`,
    )
    exitCode = EXIT.bug
    written = null
  }
  const nextCommand =
    exitCode === EXIT.done ? null : nextAfterRun(settings, io.env, inventory, written)
  if (settings.json) {
    io.stdout.write(reportJson(report))
    if (nextCommand !== null) io.stderr.write(`Next:   ${nextCommand}\n`)
  } else {
    const options = {
      palette: palette(wantsColour(io, 'stdout', settings.colour)),
      nextCommand,
      directory,
    }
    io.stdout.write(reportText(report, options))
  }
  return exitCode
}
