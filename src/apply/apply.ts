import type { Clock, Random } from '../clock.ts'
import { groupBy } from '../group-by.ts'
import type { Journal, JournalFailure } from '../journal/journal.ts'
import type { OpenCreate } from '../journal/replay.ts'
import type { Plan, PlannedRow } from '../plan/plan.ts'
import type { SdrsClient } from '../cloud/sdrs/sdrs-client.ts'
import { newAccount, outcomeOf } from './account.ts'
import { singleFlight } from './single-flight.ts'
import type { RunContext } from './context.ts'
import { createDispatcher } from './dispatch.ts'
import * as ends from './ends.ts'
import { isOverLimit, limitText, type FailureLimit } from './failure-limit.ts'
import type { Outcome, RowResult } from '../outcome.ts'
import { unknownResult } from '../outcome-sentences.ts'
import type { OfRow, RunEvent } from './events.ts'
import { followCarriedOver } from './carried-over.ts'
import { protectRow } from './protect.ts'
import { createSlots } from './slots.ts'
import type { StopControl } from './stop.ts'
import { createTally } from './tally.ts'
import { createWatch } from './watch.ts'
import { wavesOf, type Wave } from './wave-gates.ts'

/** What a run of a plan needs; everything that touches the world is a port. */
export interface ApplyParts {
  /** Enters into `seenHealthy` what its answers show; see `noticingHealthy`. */
  readonly client: SdrsClient
  /** Instances that any answer of this run has shown healthy, by ID, each with its server's. */
  readonly seenHealthy: ReadonlyMap<string, string>
  /** Writes into the journal that they were seen healthy, of each once. Rejects with JournalFailure. */
  readonly noteHealthy: (seen: Plan['healthy']) => Promise<void>
  /** Instances that servers are known to have had, by `serverKey`; see `OpenWork`. */
  readonly knownInstances: ReadonlyMap<string, readonly string[]>
  readonly journal: Journal
  readonly clock: Clock
  readonly random: Random
  readonly stop: StopControl
  readonly limits: {
    readonly concurrency: number
    readonly maxJobs: number
    /** Null: adaptive. Times in ms. */
    readonly pollIntervalMs: number | null
    readonly jobTimeoutMs: number
    readonly settleWindowMs: number
    readonly maxFailures: FailureLimit
  }
  readonly onEvent: (event: RunEvent) => void
  /** Groups that show more instances together are not listed whole; left out: as it suits the service. For tests. */
  readonly wholeUpTo?: number
}

export interface Applied {
  /** By row number: exactly one for each row of the plan. */
  readonly outcomes: ReadonlyMap<number, Outcome>
  readonly carriedOver: readonly { readonly open: OpenCreate; readonly outcome: Outcome }[]
  /** Bugs, a full disk: what must not happen, and must be told. */
  readonly troubles: readonly unknown[]
}

/**
 * Carries a plan out. Decides nothing that the plan decided; never rejects: whatever happens to one
 * row, every row gets its outcome.
 */
export async function applyPlan(plan: Plan, parts: ApplyParts): Promise<Applied> {
  const { stop, clock, limits } = parts
  const outcomes = new Map<number, Outcome>()
  const carriedOver: { open: OpenCreate; outcome: Outcome }[] = []
  const troubles: unknown[] = []
  const tally = createTally(plan.rows.length)
  const startedAt = clock.now()

  function trouble(error: unknown): void {
    troubles.push(error)
    stop.stopSending('run-aborted')
  }

  const waves = wavesOf(plan.rows)
  /** By row: the place of its wave among the waves, from 0. */
  const places = new Map<PlannedRow, number>()
  for (const [at, { rows }] of waves.entries()) for (const planned of rows) places.set(planned, at)
  const groupNames = new Map(plan.rows.map(({ group }) => [group.id, group.name]))

  const context = createContext(parts, {
    startedAt,
    about: (planned) => rowFacts(planned, (places.get(planned) ?? 0) + 1),
    nameOfGroup: (groupId) => groupNames.get(groupId) ?? groupId,
    waveStarts: (planned) => waves[places.get(planned) ?? 0]?.opened ?? Promise.resolve(true),
    trouble,
    onAnswered: (planned) => tally.answered(planned.row.row),
    onFailing(planned) {
      tally.failing(planned.row.row)
      holdToLimit()
      context.dispatcher.failing(planned.group.id)
    },
    onProgress: () => parts.onEvent({ type: 'progress', ...tally.progress(context.watch.size()) }),
  })

  function record(planned: PlannedRow, outcome: Outcome): void {
    outcomes.set(planned.row.row, outcome)
    tally.ended(planned.row.row, outcome)
    context.onEvent({
      type: 'row-ended',
      ...context.about(planned),
      outcome: outcome.kind,
      reason: outcome.reason,
      errorCode: outcome.errorCode,
      wasSettled: isSettled(planned),
    })
    if (outcome.kind === 'failed') holdToLimit()
    context.onProgress()
  }

  function holdToLimit(): void {
    const counts = tally.counts()
    if (stop.sending.aborted || !isOverLimit(limits.maxFailures, counts)) return
    const limit = limitText(limits.maxFailures)
    parts.onEvent({ type: 'failure-limit', of: 'creates', ...counts, limit })
    const { failed, answered } = counts
    stop.stopSending('failure-limit', `${failed} of ${answered}, the limit is ${limit}`)
  }

  async function one(planned: PlannedRow): Promise<void> {
    try {
      record(planned, await protectRow(context, planned))
    } catch (error) {
      trouble(error)
      record(planned, outcomeOf(newAccount(), crashed(error), clock.now()))
    }
  }

  async function oneCarriedOver(open: OpenCreate): Promise<void> {
    try {
      carriedOver.push({ open, outcome: await followCarriedOver(context, open) })
    } catch (error) {
      trouble(error)
      carriedOver.push({ open, outcome: outcomeOf(newAccount(), crashed(error), clock.now()) })
    }
  }

  context.onEvent(runBegun(waves, limits.maxJobs))
  // What runs already is followed from the start, whatever its wave.
  const followed = new Map(
    plan.rows
      .filter(({ action }) => action.kind === 'resume')
      .map((planned) => [planned, one(planned)]),
  )
  const others = Promise.all(plan.carriedOver.map(oneCarriedOver))
  for (const [at, wave] of waves.entries()) {
    const mayGo = !isFailed(stop)
    if (!stop.sending.aborted) {
      const { name, rows } = wave
      const number = at + 1
      const of = waves.length
      context.onEvent({ type: 'wave-begun', wave: number, of, name, rows: rows.length })
    }
    wave.open(mayGo)
    // What the plan has settled is no matter of waves, and what was sent before is looked for in any.
    const stopped = mayGo ? [] : wave.rows.filter(isUntouched)
    for (const planned of stopped) record(planned, stoppedWave(clock.now()))
    const left = mayGo ? wave.rows : wave.rows.filter((planned) => !isUntouched(planned))
    await Promise.all(left.map((planned) => followed.get(planned) ?? one(planned)))
  }
  await Promise.all(followed.values())
  await others
  const lost = stop.accessError()
  if (lost !== null) {
    const { operation, message, httpStatus, code, requestId } = lost
    context.onEvent({
      type: 'access-lost',
      operation,
      message,
      status: httpStatus,
      code,
      requestId,
    })
  }
  return { outcomes, carriedOver, troubles }
}

function isFailed(stop: StopControl): boolean {
  return stop.reason() === 'failure-limit'
}

/** Nothing of it is out there yet, so that its wave may be stopped before it. */
function isUntouched({ action }: PlannedRow): boolean {
  return action.kind === 'create' || action.kind === 'replace'
}

/** The plan has said all there is to say: nothing is sent or followed for it. */
function isSettled({ action }: PlannedRow): boolean {
  return action.kind === 'keep' || action.kind === 'conflict' || action.kind === 'blocked'
}

function rowFacts({ row: { row, serverId, name }, group }: PlannedRow, wave: number): OfRow {
  return { row, serverId, name, groupId: group.id, group: group.name, wave }
}

function runBegun(
  waves: readonly Wave[],
  maxJobs: number,
): Extract<RunEvent, { type: 'run-begun' }> {
  const rows = waves.flatMap((wave) => wave.rows)
  const byGroup = (some: readonly PlannedRow[]) => [...groupBy(some, ({ group }) => group.id)]
  return {
    type: 'run-begun',
    rows: rows.length,
    maxJobs,
    waves: waves.map((wave) => ({ name: wave.name, rows: wave.rows.length })),
    groups: byGroup(rows).map(([groupId, own]) => ({
      groupId,
      group: own[0]?.group.name ?? groupId,
      rows: own.length,
    })),
    lots: waves.flatMap((wave, at) =>
      byGroup(wave.rows.filter((planned) => !isSettled(planned))).map(([groupId, own]) => ({
        wave: at + 1,
        groupId,
        rows: own.length,
      })),
    ),
  }
}

function stoppedWave(now: number): Outcome {
  return outcomeOf(newAccount(), ends.notAttempted('wave-stopped'), now)
}

/** A bug in a row's own code: whether its create went out is for the next run to find. */
function crashed(error: unknown): RowResult {
  // Its message may quote anything, a credential too; the log has it, without secrets.
  const name = error instanceof Error ? error.name : 'it threw no error'
  const cause = `the tool failed on this row: ${name}`
  return unknownResult('fate-unknown', true, { why: 'bug', cause })
}

function createContext(
  parts: ApplyParts,
  run: {
    readonly startedAt: number
    readonly about: RunContext['about']
    readonly nameOfGroup: (groupId: string) => string
    readonly trouble: (error: unknown) => void
    readonly waveStarts: RunContext['waveStarts']
    readonly onAnswered: RunContext['onAnswered']
    readonly onFailing: RunContext['onFailing']
    readonly onProgress: () => void
  },
): RunContext {
  const { client, clock, stop, limits } = parts
  const slots = createSlots(limits.concurrency)
  const dispatcher = createDispatcher({
    slots,
    maxJobs: limits.maxJobs,
    clock,
    stop,
    onLane: (groupId, facts) =>
      parts.onEvent({ type: 'lane', groupId, group: run.nameOfGroup(groupId), ...facts }),
  })
  const watch = createWatch({
    client,
    clock,
    stop,
    scarcity: (groupId) => dispatcher.scarcity(groupId),
    pollIntervalMs: limits.pollIntervalMs,
    jobTimeoutMs: limits.jobTimeoutMs,
    settleWindowMs: limits.settleWindowMs,
    onBug: run.trouble,
    ...(parts.wholeUpTo === undefined ? {} : { wholeUpTo: parts.wholeUpTo }),
  })
  return {
    client,
    seenHealthy: parts.seenHealthy,
    noteHealthy: parts.noteHealthy,
    knownInstances: parts.knownInstances,
    journal: parts.journal,
    dispatcher,
    slots,
    watch,
    stop,
    clock,
    random: parts.random,
    startedAt: run.startedAt,
    patienceMs: limits.jobTimeoutMs,
    settleWindowMs: limits.settleWindowMs,
    pollIntervalMs: limits.pollIntervalMs,
    allInstances: singleFlight(() => client.listProtectedInstances(null, stop.following)),
    onJournalFailure: (error: JournalFailure) => run.trouble(error),
    waveStarts: run.waveStarts,
    onAnswered: run.onAnswered,
    onFailing: run.onFailing,
    onProgress: run.onProgress,
    about: run.about,
    onEvent: parts.onEvent,
  }
}
