import { tellReport } from '../ci/tell-report.ts'
import type { Inventory } from '../inventory/read.ts'
import { createStopControl } from '../apply/stop.ts'
import { ApiError } from '../cloud/errors.ts'
import { EXIT, exitCodeFor } from '../exit-code.ts'
import { Failure } from '../failure.ts'
import { createLogger } from '../log.ts'
import { reportJson } from '../report/json.ts'
import { verdictCounts } from '../report/verification.ts'
import { newRunId } from '../rollout/run-folder.ts'
import { verify, type Audited } from '../rollout/verify.ts'
import type { StopSignal } from '../run-end.ts'
import type { Settings } from '../settings.ts'
import { palette, wantsColour } from '../ui/colour.ts'
import type { Io } from '../ui/io.ts'
import { sanitize } from '../ui/text.ts'
import { tool } from '../version.ts'
import { readChecked } from './checked-inventory.ts'
import { refusePlan } from './prepare.ts'
import { recordedOptions } from './recorded-options.ts'
import { openLogging, openSession, readFailure, type Logging, type Session } from './session.ts'
import { tellReading } from './tell-reading.ts'
import { verifyNext, verifyStep } from './verify-next.ts'
import { verifyText } from './verify-text.ts'

/** Audits: is every row protected, as written, and replicating? Sends reads only, and takes no lock. */
export async function run(settings: Settings, io: Io): Promise<number> {
  const inventory = await readChecked(settings, io)
  if (typeof inventory === 'number') return inventory
  const startedAt = new Date(io.now())
  const logging = await openLogging(settings, io)
  const stop = createStopControl()
  const telling = tellReading(settings, io)
  let interruptedBy: StopSignal | null = null
  const forget = io.onSignal((signal) => {
    // A terminal that goes away ends nothing; anything else does, at once: there is nothing to finish.
    if (signal === 'SIGHUP') return
    interruptedBy ??= signal
    stop.cutOff()
  })
  let session: Session | null = null
  try {
    session = await openSession(settings, io, logging, inventory.rows, stop)
    const { connection, client, others, clock, requests } = session
    const { selection, reportsDir, expect } = settings
    telling.start()
    const audited = await verify(
      {
        inventory,
        selection,
        reportsDir,
        about: {
          runId: newRunId(startedAt),
          startedAt: startedAt.getTime(),
          tool: tool(),
          command: settings.command,
          endpoint: connection.endpoints.sdrs,
          projectId: connection.projectId,
          region: connection.region,
          target: connection.target,
          // Also where the environment said so: who renders the report later must judge as this run did.
          options: { ...recordedOptions(settings, inventory), expect },
          directory: process.cwd(),
        },
      },
      {
        client,
        others,
        clock,
        requests: () => requests.counts(),
        signal: stop.inFlight,
        onReading: telling.onReading,
        nextStep: (report) => verifyStep(report, settings, io.env),
      },
    )
    telling.stop()
    return audited.kind === 'done'
      ? await tell(audited, settings, io, logging, inventory)
      : refusePlan(audited, settings, io, inventory)
  } catch (error) {
    if (interruptedBy !== null && (error instanceof ApiError || error instanceof Failure)) {
      throw new Failure(interruptedBy, 'Interrupted: nothing was changed, and there is no report.')
    }
    throw readFailure(error, session?.taken ?? null)
  } finally {
    telling.stop()
    forget()
    await session?.close()
  }
}

/** Says what was found, and returns the exit code. */
async function tell(
  { report, unchecked, directory, unwritten }: Audited,
  settings: Settings,
  io: Io,
  logging: Logging,
  inventory: Inventory,
): Promise<number> {
  const written = unwritten === null && directory !== null
  if (written) {
    const { secrets } = logging
    const log = await createLogger({
      level: settings.logLevel,
      file: `${directory}/run.log`,
      secrets,
    })
    const { id: runId, target } = report.run
    const verdicts = Object.fromEntries(verdictCounts(report.rows))
    log.info({ runId, rows: report.rows.length, target, verdicts }, settings.command)
    for (const { service, reason } of unchecked) log.warn({ service, reason }, 'could not be read')
  } else {
    // The report on stdout is then the only one: it must still come out.
    const why = unwritten instanceof Error ? unwritten.message : String(unwritten)
    io.stderr.write(
      `The report could not be written whole: ${sanitize(logging.secrets.redact(why))}\n`,
    )
  }
  const next = verifyNext(report, settings, io.env)
  if (settings.json) {
    io.stdout.write(reportJson(report))
    if (next !== null) io.stderr.write(`${next}\n`)
  } else {
    io.stdout.write(
      verifyText(report, {
        palette: palette(wantsColour(io, 'stdout', settings.colour)),
        verbose: settings.verbose,
        unchecked,
        next,
        directory: written ? directory : null,
      }),
    )
  }
  await tellReport(io, settings.command, inventory, report, {
    directory: written ? directory : null,
    next: verifyStep(report, settings, io.env),
  })
  return written ? exitCodeFor(report, { kind: 'ended' }) : EXIT.bug
}
