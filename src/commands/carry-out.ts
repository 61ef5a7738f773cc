import { createStopControl } from '../apply/stop.ts'
import { EXIT, exitCodeFor } from '../exit-code.ts'
import { Failure } from '../failure.ts'
import { tellReport } from '../ci/tell-report.ts'
import { readLeftByCreates } from '../rollout/left-by-creates.ts'
import type { NextStep } from '../report/next-step.ts'
import type { PlannedRollout } from '../rollout/plan-rollout.ts'
import { rollOut } from '../rollout/roll-out.ts'
import type { RolloutResult } from '../rollout/run-rollout.ts'
import { newRunId } from '../rollout/run-folder.ts'
import type { Work } from '../rollout/work.ts'
import { ApiError } from '../cloud/errors.ts'
import type { Settings } from '../settings.ts'
import { palette, wantsColour } from '../ui/colour.ts'
import type { Io } from '../ui/io.ts'
import { shareStderr } from '../ui/shared-stderr.ts'
import { tool } from '../version.ts'
import { sanitize } from '../ui/text.ts'
import { approve, requireApproval } from './approval.ts'
import { readChecked } from './checked-inventory.ts'
import type { PlanTextOptions } from './plan-text/plan-text.ts'
import { whereOf, type PlanWhere } from './plan-text/where-lines.ts'
import { nextAfterSuccess, type AfterRun } from './next-run.ts'
import { refusePlan } from './prepare.ts'
import { recordedOptions } from './recorded-options.ts'
import { createRunVoice, type RunVoice } from './run-voice.ts'
import { openLogging, openSession, readFailure, type Session } from './session.ts'
import { listen, type Signals } from './signals.ts'
import { tellReading } from './tell-reading.ts'

/** What differs between the commands that change the cloud. */
export interface Change {
  readonly work: Work
  /** What is shown before it asks. */
  readonly planText: (planned: PlannedRollout, where: PlanWhere, options: PlanTextOptions) => string
  /** What it asks; null: nothing would be sent that wants an approval. */
  readonly question: (planned: PlannedRollout, where: PlanWhere) => string | null
  /** What to do after a run that did not end well; null: nothing would change anything. */
  readonly next: AfterRun
}

/** The one shell of `apply` and `enable`: sign in, roll out with questions and signals, report, exit code. */
export async function carryOut(settings: Settings, io: Io, change: Change): Promise<number> {
  const approval = await requireApproval(settings, io)
  const inventory = await readChecked(settings, io)
  if (typeof inventory === 'number') return inventory
  const startedAt = new Date(io.now())
  // What is written while the run is drawn must not tear the drawing.
  const stderr = shareStderr(io)
  const logging = await openLogging(settings, stderr.io)
  const stop = createStopControl()
  const signals = listen(stderr.io, stop)
  const telling = tellReading(settings, io)
  let session: Session | null = null
  let voice: RunVoice | null = null
  try {
    telling.start('Signing in')
    const opened = await openSession(settings, io, logging, inventory.rows, stop)
    session = opened
    const { connection, client, others, clock, random, requests } = opened
    const where = whereOf(connection)
    const about = {
      runId: newRunId(startedAt),
      startedAt: startedAt.getTime(),
      tool: tool(),
      command: settings.command,
      endpoint: connection.endpoints.sdrs,
      projectId: connection.projectId,
      region: connection.region,
      target: connection.target,
      options: recordedOptions(settings, inventory),
      directory: process.cwd(),
    }
    telling.start('Waiting for the lock')
    /** The same in the files, on the screen and in CI. `directory`: of the run's files; null: there are none. */
    const nextStep = async (
      { report, end }: Pick<RolloutResult, 'report' | 'end'>,
      directory: string,
      hasFiles = true,
    ): Promise<NextStep | null> => {
      if (hasFiles && exitCodeFor(report, end) === EXIT.done) {
        return nextAfterSuccess(settings, io.env, report)
      }
      const left = await readLeftByCreates(reportsDir, directory, report.run.projectId)
      const about = { settings, env: io.env, left }
      return change.next(about, report, inventory, hasFiles ? directory : null)
    }
    const { selection, replaceFailed, reportsDir } = settings
    const rolledOut = await rollOut(
      {
        inventory,
        selection,
        replaceFailed,
        work: change.work,
        reportsDir,
        lockTimeoutMs: settings.lockTimeout,
        tell: (line) => void io.stderr.write(`${line}\n`),
        about,
      },
      {
        client,
        others: settings.preflight ? others : null,
        ecs: others.ecs,
        clock,
        random,
        stop,
        limits: {
          concurrency: settings.concurrency,
          maxJobs: settings.maxJobs,
          pollIntervalMs: settings.pollInterval,
          jobTimeoutMs: settings.jobTimeout,
          settleWindowMs: settings.settleWindow,
          maxFailures: settings.maxFailures,
        },
        requests: () => requests.counts(),
        interruptedBy: () => signals.first(),
      },
      {
        onLocked({ tookOverFrom }) {
          if (tookOverFrom !== null) {
            io.stderr.write(
              `Took the lock over from the dead run ${sanitize(tookOverFrom.runId)}.\n`,
            )
          }
          telling.start()
        },
        onReading: telling.onReading,
        async approve(planned) {
          telling.stop()
          if (!settings.json && !settings.quiet && settings.progress !== 'json') {
            const colours = palette(wantsColour(io, 'stderr', settings.colour))
            const text = change.planText(planned, where, {
              palette: colours,
              verbose: false,
              asked: settings.preflight,
            })
            io.stderr.write(`${text}\n`)
          }
          return approve(
            planned,
            approval,
            io,
            { ...about, inventory, where, question: change.question(planned, where) },
            stop.sending,
          )
        },
        async onBegin(directory, { plan, enabling }) {
          voice = await createRunVoice({
            settings,
            io,
            stderr,
            session: opened,
            logging,
            plan,
            enabling: change.work.creates ? null : enabling,
            directory,
            runId: about.runId,
            where,
          })
          signals.whenHungUp(voice.onHangUp)
          return voice.onEvent
        },
        nextStep,
      },
    )
    if (rolledOut.kind === 'not-approved') {
      if (stop.sending.aborted) interruptedBeforeStart(signals)
      throw new Failure('usage', 'Not approved. Nothing was sent.')
    }
    if (rolledOut.kind !== 'done') return refusePlan(rolledOut, settings, io, inventory)
    const { report, directory, unwritten } = rolledOut
    const next = await nextStep(rolledOut, directory, unwritten === null)
    const ended = (voice as RunVoice | null)?.end(rolledOut, stop.accessError(), next)
    const kept = unwritten === null ? directory : null
    await tellReport(io, settings.command, inventory, report, { directory: kept, next })
    return ended ?? EXIT.bug
  } catch (error) {
    if (stop.following.aborted && isExpected(error)) interruptedBeforeStart(signals)
    throw readFailure(error, session?.taken ?? null)
  } finally {
    telling.stop()
    ;(voice as RunVoice | null)?.close()
    signals.forget()
    await session?.close()
  }
}

/** What a read that was cut off by the signal ends in. */
function isExpected(error: unknown): boolean {
  return error instanceof ApiError || error instanceof Failure
}

function interruptedBeforeStart(signals: Signals): never {
  throw new Failure(signals.first() ?? 'SIGINT', 'Interrupted before anything was sent.')
}
