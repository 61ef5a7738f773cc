import { createStopControl } from '../apply/stop.ts'
import { EXIT, EXIT_BY_SIGNAL } from '../exit-code.ts'
import { Failure } from '../failure.ts'
import { planText } from '../plan/text.ts'
import { acquireLock, type Lock } from '../rollout/lock.ts'
import { newRunId } from '../rollout/run-folder.ts'
import { ApiError } from '../sdrs/errors.ts'
import type { Settings } from '../settings.ts'
import { palette, wantsColour } from '../ui/colour.ts'
import type { Io } from '../ui/io.ts'
import { sanitize } from '../ui/text.ts'
import { approve, requireApproval } from './approval.ts'
import { carryOut } from './carry-out.ts'
import { readChecked } from './checked-inventory.ts'
import { prepare } from './prepare.ts'
import { openSession, openLogging } from './session.ts'
import { listen, type Signals } from './signals.ts'

/** Does it: create, poll, reconcile, report. */
export async function run(settings: Settings, io: Io): Promise<number> {
  const approval = await requireApproval(settings, io)
  const inventory = await readChecked(settings, io)
  if (typeof inventory === 'number') return inventory
  const startedAt = new Date(io.now())
  const runId = newRunId(startedAt)
  const logging = await openLogging(settings, io)
  const session = await openSession(settings, io, logging, inventory.rows)
  const stop = createStopControl()
  const signals = listen(io, stop)
  let lock: Lock | null = null
  try {
    const { endpoints, projectId } = session.connection
    lock = await acquireLock({
      reportsDir: settings.reportsDir,
      runId,
      command: 'apply',
      since: startedAt,
      timeoutMs: 0,
      signal: stop.following,
      tell: (line) => io.stderr.write(`${line}\n`),
    })
    lock.lost.addEventListener('abort', () => stop.stopSending('run-aborted'), { once: true })
    if (lock.tookOverFrom !== null) {
      io.stderr.write(
        `Took the lock over from the dead run ${sanitize(lock.tookOverFrom.runId)}.\n`,
      )
    }
    const prepared = await prepare(settings, io, session, inventory, stop.following)
    if (typeof prepared === 'number') return prepared
    if (!settings.json && !settings.quiet) {
      const colours = palette(wantsColour(io, 'stderr', settings.colour))
      io.stderr.write(`${planText(prepared.plan, colours)}\n`)
    }
    const about = {
      endpoint: endpoints.sdrs,
      projectId,
      inventory: { source: inventory.source, sha256: inventory.sha256 },
    }
    if (!(await approve(prepared.plan, approval, io, about, stop.sending))) {
      if (stop.sending.aborted) interruptedBeforeStart(signals)
      io.stderr.write('Not approved. Nothing was sent.\n')
      return EXIT.usage
    }
    return await carryOut(
      { settings, io, runId, startedAt, session, stop, signals, logging, lock },
      prepared,
    )
  } catch (error) {
    if (stop.following.aborted && isExpected(error)) interruptedBeforeStart(signals)
    throw error
  } finally {
    await lock?.release()
    signals.forget()
    await session.close()
  }
}

/** What a read that was cut off by the signal ends in. */
function isExpected(error: unknown): boolean {
  return error instanceof ApiError || error instanceof Failure
}

function interruptedBeforeStart(signals: Signals): never {
  throw new Failure(
    EXIT_BY_SIGNAL[signals.first() ?? 'SIGINT'],
    'Interrupted before anything was sent.',
  )
}
