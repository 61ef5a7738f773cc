import { inspect } from 'node:util'
import type { RunEvent } from '../apply/events.ts'
import { EXIT, exitCodeFor } from '../exit-code.ts'
import type { Inventory } from '../inventory/read.ts'
import { createLogger, type Log } from '../log.ts'
import type { EnablingPlan } from '../plan/enabling-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { reportJson } from '../report/json.ts'
import { reportText } from '../report/terminal.ts'
import { briefWhere, whereText, type Where } from '../report/where.ts'
import type { RolledOut } from '../rollout/roll-out.ts'
import type { ApiError } from '../cloud/errors.ts'
import type { Settings } from '../settings.ts'
import { palette, wantsColour } from '../ui/colour.ts'
import type { Io } from '../ui/io.ts'
import type { SharedStderr } from '../ui/shared-stderr.ts'
import { pluralize, sanitize } from '../ui/text.ts'
import { createNarrator } from './narrate.ts'
import { nextAfterSuccess, nextText, type NextLine } from './next-run.ts'
import { createRunView, resolveMode } from './live/view.ts'
import { logEvent, logRequest } from './run-log.ts'
import type { Logging, Session } from './session.ts'

type Done = Extract<RolledOut, { kind: 'done' }>

/** What a run says while it goes on, and at its end: in run.log, on stderr, on stdout. */
export interface RunVoice {
  readonly onEvent: (event: RunEvent) => void
  /** The terminal has gone away. */
  readonly onHangUp: () => void
  /** Shows nothing any more: before its end, and where it comes to none. */
  close(): void
  /** Says how it ended, and returns the exit code. */
  end(done: Done, lost: ApiError | null, inventory: Inventory, next: NextLine): number
}

export async function createRunVoice(about: {
  readonly settings: Settings
  readonly io: Io
  /** Whatever else is written to stderr meanwhile. */
  readonly stderr: SharedStderr
  readonly session: Pick<Session, 'clock' | 'requests' | 'traces'>
  readonly logging: Logging
  readonly plan: Plan
  /** Of a run that creates nothing: its groups are what is counted. */
  readonly enabling: EnablingPlan | null
  readonly directory: string
  readonly runId: string
  readonly where: Where
}): Promise<RunVoice> {
  const { settings, io, session, logging, plan, enabling, directory, runId, where } = about
  const log = await createLogger({
    level: settings.logLevel,
    file: `${directory}/run.log`,
    secrets: logging.secrets,
  })
  log.info({ runId, rows: plan.rows.length, target: where.target }, settings.command)
  if (settings.logLevel === 'debug') session.traces.listen((trace) => logRequest(log, trace))
  const total = enabling === null ? plan.rows.length : enabling.groups.length
  const view = await createRunView(settings.quiet ? 'none' : resolveMode(settings.progress, io), {
    io,
    now: () => session.clock.now(),
    runId,
    where: briefWhere(where),
    requests: () => session.requests.total(),
    palette: palette(wantsColour(io, 'stderr', settings.colour)),
  })
  const close = (): void => {
    about.stderr.through(null)
    view.stop()
  }
  if (view.isDrawn) about.stderr.through((text) => view.note(text))
  view.note(
    enabling === null
      ? `Rolling out to ${whereText(where)}: ${pluralize(total, 'server')}`
      : `Switching protection on in ${whereText(where)}: ${pluralize(total, 'group')}`,
  )
  const narrate = createNarrator((line, isVital) => {
    if (isVital && settings.quiet) io.stderr.write(`${line}\n`)
    else view.note(line)
  })
  return {
    onEvent(event) {
      view.onEvent(event)
      logEvent(log, event)
      narrate(event)
    },
    onHangUp() {
      log.warn({}, 'the terminal is gone (SIGHUP): the run goes on without it')
      if (view.isDrawn) close()
    },
    close,
    end(done, lost, inventory, next) {
      close()
      tellTroubles(io, logging, log, done)
      if (lost !== null) io.stderr.write(`${accessLost(lost)}\n`)
      if (done.unwritten !== null) {
        // The report on stdout is then the only one: it must still come out.
        const why = sanitize(logging.secrets.redact(describeError(done.unwritten)))
        io.stderr.write(`The report could not be written whole: ${why}\n`)
      }
      const written = done.unwritten === null
      const exitCode = written ? exitCodeFor(done.report, done.end) : EXIT.bug
      const nextStep =
        exitCode === EXIT.done
          ? nextAfterSuccess(settings, io.env, done.report)
          : next({ settings, env: io.env }, done.report, inventory, written ? directory : null)
      const nextCommand = nextStep === null ? null : nextText(nextStep)
      view.ended({
        outcome: done.report.run.outcome,
        exitCode,
        totals: done.report.totals,
        directory: written ? directory : null,
        next: nextCommand,
      })
      if (settings.json) {
        io.stdout.write(reportJson(done.report))
        if (nextCommand !== null) io.stderr.write(`Next:   ${nextCommand}\n`)
      } else {
        const colours = palette(wantsColour(io, 'stdout', settings.colour))
        io.stdout.write(reportText(done.report, { palette: colours, nextCommand, directory }))
      }
      return exitCode
    },
  }
}

function tellTroubles(io: Io, logging: Logging, log: Log, { troubles }: Done): void {
  const said = new Set<string>()
  for (const trouble of troubles) {
    const stack = trouble instanceof Error ? (trouble.stack ?? null) : null
    log.error({ error: describeError(trouble), stack }, 'trouble')
    said.add(sanitize(logging.secrets.redact(describeError(trouble))))
  }
  // Every row that met a full disk says the same.
  for (const line of said) io.stderr.write(`${line}\n`)
}

function describeError(error: unknown): string {
  return error instanceof Error ? error.message : inspect(error)
}

/** The service's own words, with what its support asks for first. */
function accessLost({ operation, message, requestId, advice }: ApiError): string {
  const request = requestId === null ? '' : ` (request ${requestId})`
  return `Access lost: ${operation}: ${sanitize(message)}${request}. ${advice}`
}
