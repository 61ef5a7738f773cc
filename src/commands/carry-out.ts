import { applyPlan, type Applied } from '../apply/apply.ts'
import type { StopControl } from '../apply/stop.ts'
import { EXIT, exitCodeFor, type RunEnd } from '../exit-code.ts'
import type { Inventory } from '../inventory/read.ts'
import { openJournal } from '../journal/journal-file.ts'
import type { Journal } from '../journal/journal.ts'
import { createLogger } from '../log.ts'
import { readSnapshot, type Snapshot } from '../plan/snapshot.ts'
import { reportJson } from '../report/json.ts'
import type { Report } from '../report/schema.ts'
import { reportText } from '../report/terminal.ts'
import { writeReportFiles } from '../report/write.ts'
import type { Lock } from '../rollout/lock.ts'
import { makeRunFolder } from '../rollout/run-folder.ts'
import { ApiError } from '../sdrs/errors.ts'
import type { Settings } from '../settings.ts'
import { palette, wantsColour } from '../ui/colour.ts'
import type { Io } from '../ui/io.ts'
import { sanitize } from '../ui/text.ts'
import { createProgress } from '../ui/progress.ts'
import { createNarrator } from './narrate.ts'
import { nextAfterRun } from './next-run.ts'
import type { Prepared } from './prepare.ts'
import { makeReport, settleLate } from './reconciled.ts'
import type { Session, Logging } from './session.ts'
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
  readonly lock: Lock
}

/** Carries the plan out, reports it in every form, and returns the exit code. */
export async function carryOut(run: Run, prepared: Prepared): Promise<number> {
  const { settings, io, session, stop, logging } = run
  const { inventory, plan } = prepared
  const directory = await makeRunFolder(settings.reportsDir, run.runId)
  const journal = await openJournal(directory, { guard: () => run.lock.confirm() })
  await journal.append({
    type: 'run',
    at: io.now(),
    runId: run.runId,
    command: 'apply',
    endpoint: session.connection.endpoints.sdrs,
    projectId: session.connection.projectId,
    source: inventory.source,
    sha256: inventory.sha256,
    resumes: [...prepared.openWork.openRuns],
  })
  const log = await createLogger({
    level: settings.logLevel,
    file: `${directory}/run.log`,
    secrets: logging.secrets,
  })
  log.info({ runId: run.runId, rows: plan.rows.length }, 'apply')
  run.signals.whenHungUp(() =>
    log.warn({}, 'the terminal is gone (SIGHUP): the run goes on without it'),
  )
  const progress = createProgress(io, { total: plan.rows.length, quiet: settings.quiet })
  const narrate = createNarrator(plan, (line) => progress.note(line))
  const applied = await applyPlan(plan, {
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
    onProgress({ rows, ended, running, etaMs }) {
      const done = Object.values(ended).reduce((sum, count) => sum + count, 0)
      progress.update({ counts: ended, running, waiting: rows - done - running, etaMs })
    },
    note(message, facts) {
      log.info(facts, message)
      narrate(message, facts)
    },
  })
  progress.stop()
  for (const trouble of applied.troubles) {
    log.error(
      { error: String(trouble), stack: trouble instanceof Error ? trouble.stack : null },
      'trouble',
    )
    io.stderr.write(
      `${sanitize(logging.secrets.redact(trouble instanceof Error ? trouble.message : String(trouble)))}\n`,
    )
  }
  const lost = stop.accessError()
  if (lost !== null) io.stderr.write(`${accessLost(lost)}\n`)
  const fresh = await lookAgain(run)
  const end = endOf(run, applied)
  const report = makeReport({
    prepared,
    applied,
    fresh,
    end,
    runId: run.runId,
    startedAt: run.startedAt,
    finishedAt: new Date(io.now()),
    connection: session.connection,
    requests: session.requests.counts(),
    settings,
  })
  await settleLate(journal, applied, report, io.now())
  return finish(run, { report, directory, inventory, prepared, journal, end })
}

/** The service's own words, with what its support asks for first. */
function accessLost({ operation, message, requestId, advice }: ApiError): string {
  const request = requestId === null ? '' : ` (request ${requestId})`
  return `Access lost: ${operation}: ${sanitize(message)}${request}. ${advice}`
}

/** The cloud after the run, unless the run ends because it may not or shall not ask any more. */
async function lookAgain({ session, stop }: Run): Promise<Snapshot | null> {
  if (stop.following.aborted) return null
  try {
    return await readSnapshot(session.client, session.clock, {
      withFailures: false,
      signal: stop.following,
    })
  } catch (error) {
    if (error instanceof ApiError) return null
    throw error
  }
}

function endOf({ signals, stop }: Run, applied: Applied): RunEnd {
  if (applied.troubles.length > 0) return { kind: 'aborted', cause: 'crash' }
  const signal = signals.first()
  if (signal !== null) return { kind: 'interrupted', signal }
  const reason = stop.reason()
  if (reason === 'access-lost') return { kind: 'aborted', cause: 'access' }
  if (reason === 'failure-limit') return { kind: 'aborted', cause: 'failure-limit' }
  return { kind: 'ended' }
}

async function finish(
  { settings, io, logging }: Run,
  result: {
    readonly report: Report
    readonly directory: string
    readonly inventory: Inventory
    readonly prepared: Prepared
    readonly journal: Journal
    readonly end: RunEnd
  },
): Promise<number> {
  const { report, directory, inventory, prepared, journal, end } = result
  let exitCode = exitCodeFor(report, end)
  let written: string | null = directory
  const rows = prepared.plan.rows.map(({ row }) => row)
  try {
    await writeReportFiles(directory, report, inventory, rows)
    await journal.append({ type: 'end', at: io.now(), outcome: report.run.outcome })
    await journal.close()
  } catch (error) {
    // The report on stdout is then the only one: it must still come out.
    io.stderr.write(
      `The report could not be written whole: ${sanitize(logging.secrets.redact(String(error)))}\n`,
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
