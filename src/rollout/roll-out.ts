import type { RunEvent } from '../apply/events.ts'
import type { OtherClients } from '../cloud/clients.ts'
import type { Inventory } from '../inventory/read.ts'
import type { Problem } from '../inventory/problem.ts'
import { noticingHealthy } from '../apply/noticed-healthy.ts'
import { openJournal } from '../journal/journal-file.ts'
import { keepLook } from '../journal/seen-healthy.ts'
import type { Journal } from '../journal/journal.ts'
import type { NextStep } from '../report/next-step.ts'
import { writeReportFiles } from '../report/write.ts'
import { pointToLatest } from './latest-run.ts'
import { acquireLock, type Lock } from './lock.ts'
import { readOpenWork } from './open-work.ts'
import { planRollout, type PlanRolloutInput, type PlannedRollout } from './plan-rollout.ts'
import type { RunFacts } from './report-of.ts'
import { forgetRunBegun, keepRunBegun, runBegun } from './run-begun.ts'
import { makeRunFolder } from './run-folder.ts'
import { CREATES_ONLY } from './work.ts'
import { runRollout, type RolloutResult, type RunRolloutParts } from './run-rollout.ts'

/** What is to be rolled out, and where its files are kept. */
export interface RollOutRequest extends Pick<
  PlanRolloutInput,
  'selection' | 'replaceFailed' | 'work'
> {
  /** Checked: without an error among its problems. */
  readonly inventory: Inventory
  /** Where runs are kept; the lock and the earlier runs' journals are there. */
  readonly reportsDir: string
  /** How long to wait for another run on the same folder to end, ms. */
  readonly lockTimeoutMs: number
  /** Takes a line for a person: why it waits for the lock. */
  readonly tell?: (line: string) => void
  readonly about: Omit<RunFacts, 'inventory' | 'selection'>
}

export type RollOutParts = Omit<
  RunRolloutParts,
  'journal' | 'onEvent' | 'about' | 'seenBefore' | 'work'
> &
  Pick<PlanRolloutInput, 'others'> & {
    /** To match rows without a server ID by name, also where the other services are not asked; left out: that of `others`. */
    readonly ecs?: OtherClients['ecs']
  }

/** What the caller has to say on the way. */
export interface RollOutHooks {
  /** The lock is ours. */
  readonly onLocked?: (lock: Lock) => void
  /** What is being read for the plan. */
  readonly onReading?: PlanRolloutInput['onReading']
  /** Called once, with what would be done; nothing is sent before it answers with true. */
  readonly approve: (planned: PlannedRollout) => Promise<boolean>
  /** The run's folder is there; whatever it returns hears of everything that happens. */
  readonly onBegin: (
    directory: string,
    planned: PlannedRollout,
  ) => Promise<(event: RunEvent) => void>
  /** What comes after the run, for its report; its files are about to be written there. */
  readonly nextStep?: (result: RolloutResult, directory: string) => Promise<NextStep | null>
}

export type RolledOut =
  | (RolloutResult & {
      readonly kind: 'done'
      readonly planned: PlannedRollout
      readonly directory: string
      /** Why the files could not be written whole; null when they could. */
      readonly unwritten: unknown
    })
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] }
  | { readonly kind: 'nothing-selected' }
  | { readonly kind: 'not-approved' }

/**
 * A whole rollout in the only order that keeps the promises: lock, earlier journals, plan, approval,
 * run folder, journal, run, report files, the journal's end. Rejects with Failure (another run holds the
 * lock; a journal cannot be trusted), ApiError (the cloud could not be read), JournalFailure or the
 * system's error (the run could not begin): in all of these nothing was sent.
 */
export async function rollOut(
  request: RollOutRequest,
  parts: RollOutParts,
  hooks: RollOutHooks,
): Promise<RolledOut> {
  const { inventory, reportsDir, about, selection, replaceFailed, work = CREATES_ONLY } = request
  const { others, clock, stop } = parts
  const seenBefore = new Map<string, string>()
  const client = noticingHealthy(parts.client, seenBefore)
  const lock = await acquireLock({
    reportsDir,
    runId: about.runId,
    command: about.command,
    since: new Date(about.startedAt),
    timeoutMs: request.lockTimeoutMs,
    signal: stop.sending,
    ...(request.tell === undefined ? {} : { tell: request.tell }),
  })
  /** Whoever comes to no run has looked all the same, and that is to be remembered. */
  let remember = (): Promise<void> => Promise.resolve()
  try {
    const onLost = (): void => stop.stopSending('run-aborted')
    lock.lost.addEventListener('abort', onLost, { once: true })
    hooks.onLocked?.(lock)
    const openWork = await readOpenWork(reportsDir, about.projectId, { remember: true })
    remember = () => {
      const { projectId } = about
      const at = clock.now()
      const { rows } = inventory
      return keepLook(reportsDir, { projectId, at, seenHealthy: seenBefore, openWork, rows })
    }
    const planned = await planRollout({
      rows: inventory.rows,
      resolution: { ecs: parts.ecs ?? others?.ecs ?? null, identify: inventory.identify },
      selection,
      openWork,
      client,
      others,
      clock,
      replaceFailed,
      dialect: inventory.dialect,
      work,
      signal: stop.following,
      ...(hooks.onReading === undefined ? {} : { onReading: hooks.onReading }),
    })
    if (planned.kind !== 'planned') return planned
    if (!(await hooks.approve(planned))) return { kind: 'not-approved' }
    // The question may have stood for hours, and the machine may have slept meanwhile.
    await lock.confirm()
    const directory = await makeRunFolder(reportsDir, about.runId)
    const { source, sha256, rows } = inventory
    const facts = { ...about, selection, inventory: { source, sha256, rows: rows.length } }
    await keepRunBegun(directory, runBegun(facts, inventory, planned))
    const journal = await openJournal(directory, { guard: () => lock.confirm() })
    remember = () => Promise.resolve()
    await pointToLatest(reportsDir, about.runId)
    const onEvent = await hooks.onBegin(directory, planned)
    const result = await runRollout(planned, {
      ...parts,
      work,
      seenBefore,
      journal,
      onEvent,
      about: facts,
    })
    const unwritten = await keep(result, {
      directory,
      inventory,
      planned,
      journal,
      now: clock.now(),
      next: (await hooks.nextStep?.(result, directory)) ?? null,
    })
    return { kind: 'done', ...result, planned, directory, unwritten }
  } finally {
    await remember()
    await lock.release()
  }
}

/** The report's files, and only then the journal's end. */
async function keep(
  { report }: RolloutResult,
  run: {
    readonly directory: string
    readonly inventory: Inventory
    readonly planned: PlannedRollout
    readonly journal: Journal
    readonly now: number
    readonly next: NextStep | null
  },
): Promise<unknown> {
  const { directory, inventory, planned, journal, now, next } = run
  const rows = planned.plan.rows.map(({ row }) => row)
  try {
    await writeReportFiles(directory, report, inventory, rows, { next })
    await journal.append({ type: 'end', at: now, outcome: report.run.outcome })
    await journal.close()
    await forgetRunBegun(directory)
    return null
  } catch (error) {
    return error
  }
}
