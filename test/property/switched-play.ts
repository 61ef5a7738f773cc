import { createStopControl } from '../../src/apply/stop.ts'
import { ApiError } from '../../src/cloud/errors.ts'
import { Failure } from '../../src/failure.ts'
import type { SdrsClient } from '../../src/cloud/sdrs/sdrs-client.ts'
import type { Clock } from '../../src/clock.ts'
import type { Row } from '../../src/inventory/row.ts'
import { JournalFailure, type Journal } from '../../src/journal/journal.ts'
import type { Report } from '../../src/report/schema.ts'
import type { Lock } from '../../src/rollout/lock.ts'
import type { Work } from '../../src/rollout/work.ts'
import { loadFaultPlan } from '../../src/simulator/fault-plan.ts'
import { noFaultsYet } from '../../src/simulator/fault-state.ts'
import type { World } from '../../src/simulator/state.ts'
import type { VerifiedRow } from '../../src/verify/verify-rows.ts'
import type { Transport } from '../../src/cloud/transport.ts'
import { rollOut } from '../support/rollout.ts'
import { virtualClock } from '../support/virtual-clock.ts'
import { FAIR, openCloud, type Sighting } from './cloud.ts'
import { emptyJournal, ENDLESS, live, type Life } from './life.ts'
import { eventsIn, newFolder, openWorkOf } from './reports-folder.ts'
import { sharedFolder } from './shared-folder.ts'
import { auditedRows } from './switched-audit.ts'
import type { Command, Meddling, RunStep, SwitchedHistory } from './switched-history.ts'
import { lastStartLine, startLines } from './switched-journal.ts'
import { groupIdAt, meddle, switchedRows, switchedWorld } from './switched-world.ts'
import { PROJECT } from './world.ts'

/** How a run came to its end. */
export type SwitchedEnd =
  | { readonly kind: 'report'; readonly report: Report; readonly troubles: readonly unknown[] }
  | { readonly kind: 'verified'; readonly rows: readonly VerifiedRow[] }
  | { readonly kind: 'died'; readonly where: string }
  /** The cloud could not be read. */
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'bug'; readonly error: unknown }

/** Two reports folders that know nothing of each other. */
export type Place = 'here' | 'elsewhere'

export interface SwitchedRun {
  readonly run: number
  /** Where its reports folder is. */
  readonly place: Place
  readonly step: RunStep
  /** In fair weather, once all is at rest. */
  readonly isFinal: boolean
  readonly rows: readonly Row[]
  readonly startedAt: number
  readonly endedAt: number
  readonly end: SwitchedEnd
  /** Groups, by `groupKey`, of whose starts its journal holds an intent. */
  readonly intended: ReadonlySet<string>
}

export interface SwitchedPlay {
  readonly history: SwitchedHistory
  readonly startedAt: number
  readonly sightings: readonly Sighting[]
  readonly runs: readonly SwitchedRun[]
  /** As it is at the end; it tells of every instant before. */
  readonly world: World
  /** Whatever somebody else did that the service took. */
  readonly meddled: readonly { readonly at: number; readonly by: Meddling }[]
  /** Starts that were sent although no intent of theirs was on disk. */
  readonly uncovered: readonly Sighting[]
  /** Journals that cannot be read back, or tell an impossible story. */
  readonly unreadable: readonly string[]
}

/** Deliberate defects, put between the engine and its ports. */
export interface SwitchedSpoil {
  readonly client?: (client: SdrsClient, clock: Clock) => SdrsClient
  readonly journal?: (journal: Journal) => Journal
  readonly report?: (report: Report) => Report
  readonly work?: (work: Work) => Work
  readonly settleWindowMs?: number
  /** False: nobody asks for the lock. */
  readonly locks?: boolean
}

const WORK = {
  apply: { creates: true, enable: null },
  enable: { creates: false, enable: { partial: false } },
  partial: { creates: false, enable: { partial: true } },
  both: { creates: true, enable: { partial: false } },
} as const satisfies Record<Exclude<Command, 'verify'>, Work>

/** Longer than any job, lag, copy or deletion of any history. */
const LONG_MS = 60 * 60_000
/** A start whose earlier one somebody else undid is called failed, and is tried again by the next run. */
const FINAL: readonly Command[] = ['apply', 'enable', 'enable', 'verify']

function fairly(command: Command): RunStep {
  return {
    kind: 'run',
    command,
    rows: null,
    replaceFailed: true,
    dies: null,
    interrupted: null,
    diskFull: null,
    clockOffMs: 0,
    beside: null,
    rules: [],
    meddled: null,
    settleWindowMs: 30_000,
    jobTimeoutMs: 30 * 60_000,
  }
}

/** Plays a history to its end, and then in fair weather once more. Rejects only if the harness is broken. */
export async function playSwitched(
  history: SwitchedHistory,
  spoil: SwitchedSpoil = {},
): Promise<SwitchedPlay> {
  const clock = virtualClock()
  const startedAt = clock.now()
  const { latencyMs, forgetful, listLagMs, otherJobTimeMs } = history.cloud
  const world = switchedWorld(history, startedAt)
  const cloud = openCloud({ world, clock, latencyMs, forgetful })
  const folders = { here: newFolder(), elsewhere: newFolder() }
  const locks = { here: sharedFolder(clock), elsewhere: sharedFolder(clock) }
  const runs: SwitchedRun[] = []
  const meddled: { at: number; by: Meddling }[] = []
  const uncovered: Sighting[] = []
  const unreadable: string[] = []

  function act(by: Meddling): void {
    const before = cloud.world()
    cloud.change((current) => meddle(current, history, by, clock.now()))
    if (cloud.world() !== before) meddled.push({ at: clock.now(), by })
  }

  /** What happens in these milliseconds nobody can rule out. */
  function isBetweenLookAndStart(by: Meddling): boolean {
    if (by.kind !== 'seize') return false
    const id = groupIdAt(history, by.group)
    const justNow = clock.now() - 2 * latencyMs - 10
    return cloud.sightings.some(
      ({ operation, subject, sentAt }) =>
        operation === 'showServerGroup' && subject === id && sentAt >= justNow,
    )
  }

  /** Somebody else acts as the nth request leaves. */
  function watched({ transport }: Life, { meddled: planned }: RunStep): Transport {
    let sent = 0
    return {
      send(request) {
        sent += 1
        if (sent === planned?.at && !isBetweenLookAndStart(planned.by)) act(planned.by)
        return transport.send(request)
      },
    }
  }

  const takesLocks = history.steps.some(
    (step) => step.kind === 'run' && step.beside?.sharesFolder === true,
  )
  let begun = 0

  /** One run in the folder of that place, from its start to its end. */
  async function oneRun(about: {
    readonly step: RunStep
    readonly isFinal: boolean
    readonly place: Place
    readonly stuck: Promise<SwitchedEnd>
  }): Promise<void> {
    const { step, isFinal, place, stuck } = about
    const run = (begun += 1)
    const rows = switchedRows(history, step.rows)
    const folder = folders[place]
    const file = emptyJournal()
    const stop = createStopControl()
    const isApply = step.command === 'apply' || step.command === 'both'
    const steps = 12 + (isApply ? 16 * rows.length : 14 * history.groups.length)
    const stepAt = (point: number | null): number | null =>
      point === null ? null : 1 + Math.floor((point / 1_000) * steps)
    let lock: Lock | null = null
    const life = live({
      run,
      destiny: {
        diesAt: stepAt(step.dies),
        interruptedAt: stepAt(step.interrupted),
        cutOffAt: null,
        diskFullAt: stepAt(step.diskFull),
        suspended: null,
      },
      cloud,
      clock,
      clockOffMs: step.clockOffMs,
      stop,
      journalMs: 1,
      guard: async () => lock?.confirm(),
      onSent(sighting) {
        if (sighting.operation !== 'startServerGroup') return
        if (lastStartLine(file, sighting.subject) !== 'enable-intent') uncovered.push(sighting)
      },
    })
    const transport = watched(life, step)
    const startedAtRun = clock.now()
    const client =
      spoil.client === undefined
        ? undefined
        : (bare: SdrsClient) => spoil.client?.(bare, life.clock) ?? bare

    async function work(): Promise<SwitchedEnd> {
      const options = {
        transport,
        clock: life.clock,
        rows,
        projectId: PROJECT,
        seed: history.seed + run,
      }
      if (step.command === 'verify') {
        const healthy = openWorkOf(folder).healthyInstances
        return { kind: 'verified', rows: await auditedRows(options, healthy, client) }
      }
      try {
        if (takesLocks && spoil.locks !== false) {
          lock = await locks[place].acquire(life, { ...ALONE }, stop)
          lock.lost.addEventListener('abort', () => stop.stopSending('run-aborted'))
        }
        const earlier = eventsIn(folder)
        folder.journals.set(run, file)
        const wanted = WORK[step.command]
        const { report, troubles } = await rollOut({
          ...options,
          runs: earlier,
          work: spoil.work?.(wanted) ?? wanted,
          replaceFailed: step.replaceFailed,
          stop,
          limits: {
            settleWindowMs: spoil.settleWindowMs ?? step.settleWindowMs,
            jobTimeoutMs: step.jobTimeoutMs,
          },
          spoil: {
            ...(client === undefined ? {} : { client }),
            journal() {
              const recording = life.journal(file)
              return spoil.journal?.(recording) ?? recording
            },
          },
        })
        return { kind: 'report', report: spoil.report?.(report) ?? report, troubles }
      } finally {
        await lock?.release()
      }
    }

    const end = await Promise.race([
      work().catch(endOf),
      stuck,
      life.death.then((where): SwitchedEnd =>
        where === ENDLESS ? { kind: 'bug', error: where } : { kind: 'died', where },
      ),
    ])
    locks[place].ended(life)
    try {
      openWorkOf(folder)
    } catch (error) {
      unreadable.push(`run ${run}: ${String(error)}`)
      folder.journals.delete(run)
    }
    const intended = new Set(
      startLines(file).flatMap(({ type, key }) => (type === 'enable-intent' ? [key] : [])),
    )
    const endedAt = clock.now()
    runs.push({ run, place, step, isFinal, rows, startedAt: startedAtRun, endedAt, end, intended })
  }

  /** A run, and the one that begins beside it. */
  async function together(step: RunStep, isFinal: boolean): Promise<void> {
    cloud.weather({
      ...FAIR,
      faults: loadFaultPlan({ seed: history.seed, rules: [...step.rules] }),
    })
    cloud.change((current) => ({ ...current, faults: noFaultsYet }))
    let giveUp: (error: unknown) => void = () => {}
    const stuck = new Promise<SwitchedEnd>((resolve) => {
      giveUp = (error) => resolve({ kind: 'bug', error })
    })
    const { beside } = step
    const all = [oneRun({ step, isFinal, place: 'here', stuck })]
    async function begin(): Promise<void> {
      if (beside !== null) {
        await clock.sleep(beside.afterMs)
        const { command, sharesFolder } = beside
        const other = { ...fairly(command), settleWindowMs: step.settleWindowMs }
        const place = sharesFolder ? 'here' : 'elsewhere'
        all.push(oneRun({ step: other, isFinal: false, place, stuck }))
      }
      await Promise.all(all)
    }
    // A run that waits for nothing that can come.
    await clock.run(begin()).catch(giveUp)
    await Promise.all(all)
    runs.sort((one, other) => one.run - other.run)
  }

  const wait = (ms: number): Promise<void> => clock.run(clock.sleep(ms))

  if (history.begun) await together(fairly('apply'), false)
  for (const step of history.steps) {
    if (step.kind === 'run') await together(step, false)
    else if (step.kind === 'wait') await wait(step.ms)
    else {
      act(step.by)
      // Several acts within the time that a look is behind are more than any look can tell.
      await wait(listLagMs + otherJobTimeMs.max)
    }
  }
  for (const command of FINAL) {
    await wait(LONG_MS)
    await together(fairly(command), true)
  }
  const { sightings } = cloud
  const told = { history, startedAt, sightings, runs, meddled, uncovered, unreadable }
  return { ...told, world: cloud.world() }
}

const ALONE = { namespace: 'one', nextAfterMs: null, lockTimeoutMs: 0, suspended: null } as const

function endOf(error: unknown): SwitchedEnd {
  if (error instanceof Failure) return { kind: 'refused', why: error.message }
  if (error instanceof ApiError) return { kind: 'refused', why: error.message }
  if (error instanceof JournalFailure) return { kind: 'refused', why: error.message }
  return { kind: 'bug', error }
}
