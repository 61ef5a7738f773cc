import { createStopControl } from '../../src/apply/stop.ts'
import { JournalFailure, type Journal } from '../../src/journal/journal.ts'
import { NO_OPEN_WORK, type OpenWork } from '../../src/journal/replay.ts'
import type { Report } from '../../src/report/schema.ts'
import type { SdrsClient } from '../../src/cloud/sdrs/sdrs-client.ts'
import { ApiError } from '../../src/cloud/errors.ts'
import { Failure } from '../../src/failure.ts'
import type { Row } from '../../src/inventory/row.ts'
import type { acquireLock, Lock } from '../../src/rollout/lock.ts'
import { loadFaultPlan } from '../../src/simulator/fault-plan.ts'
import type { World } from '../../src/simulator/state.ts'
import { rollOut, type Rollout, type RolloutOptions } from '../support/rollout.ts'
import { virtualClock } from '../support/virtual-clock.ts'
import { FAIR, openCloud, type Sighting } from './cloud.ts'
import type { CrowdPlan, History, RunPlan } from './history.ts'
import { emptyJournal, ENDLESS, live, type JournalText } from './life.ts'
import { eventsIn, newFolder, openWorkOf } from './reports-folder.ts'
import { sharedFolder, type Tenure } from './shared-folder.ts'
import { inventoryOf, PROJECT, worldOf } from './world.ts'

/** How a run came to its end. */
export type RunEnd =
  | { readonly kind: 'report'; readonly report: Report; readonly troubles: readonly unknown[] }
  | { readonly kind: 'died'; readonly where: string }
  /** It could not begin: the cloud could not be read, or the journal not be opened. */
  | {
      readonly kind: 'refused'
      readonly why: string
      /** By the lock; by the cloud. */
      readonly by: 'lock' | 'cloud' | 'disk'
    }
  | { readonly kind: 'bug'; readonly error: unknown }

export interface PlayedRun {
  readonly run: number
  /** Null for the last runs, in fair weather and with the whole inventory. */
  readonly plan: RunPlan | null
  readonly rows: readonly Row[]
  readonly startedAt: number
  readonly endedAt: number
  readonly before: World
  readonly after: World
  readonly end: RunEnd
  readonly journal: JournalText
  /** The earlier runs whose journals it could read. */
  readonly read: readonly number[]
  /** What the journals told this run, and what they tell the next one. */
  readonly remembered: OpenWork
  readonly left: OpenWork
}

export interface Played {
  readonly history: History
  readonly startedAt: number
  readonly sightings: readonly Sighting[]
  readonly runs: readonly PlayedRun[]
  /** Creates that were sent although no intent of theirs was on disk. */
  readonly uncovered: readonly Sighting[]
  /** Of creates and deletes: when the run set about writing down that it would send them. */
  readonly intendedAt: ReadonlyMap<Sighting, number>
  /** Who held the lock, where locks are taken. */
  readonly tenures: readonly Tenure[]
  /** Journal lines that cannot be read back, or tell an impossible story. */
  readonly unreadable: readonly string[]
}

/** Deliberate defects, put between the engine and its ports. */
export interface Spoil {
  readonly client?: (client: SdrsClient) => SdrsClient
  readonly journal?: (journal: Journal) => Journal
  readonly report?: (report: Report) => Report
  readonly acquire?: typeof acquireLock
}

/** Longer than any job, lag or deletion of any history, and than a lost create may have echoes. */
const LONG_MS = 3 * 60 * 60_000
const FINAL_RUNS = 2

/** Plays a history to its end and then twice more in fair weather. Rejects only if the harness is broken. */
export async function play(history: History, spoil: Spoil = {}): Promise<Played> {
  const clock = virtualClock()
  const startedAt = clock.now()
  const { cloud: plan } = history
  const cloud = openCloud({
    world: worldOf(history, startedAt),
    clock,
    latencyMs: plan.latencyMs,
    forgetful: plan.forgetful,
  })
  const uncovered: Sighting[] = []
  const intendedAt = new Map<Sighting, number>()
  const shared = sharedFolder(clock, spoil.acquire)
  const unreadable: string[] = []
  const runs: PlayedRun[] = []
  /** By host: the reports folder there. */
  const folders = { here: newFolder(), elsewhere: newFolder() }

  async function oneRun(run: number, current: RunPlan | null, stuck: Promise<RunEnd>) {
    const rows = inventoryOf(history, current)
    const folder = folders[current?.host ?? 'here']
    const file = emptyJournal()
    const stop = createStopControl()
    let lock: Lock | null = null
    const life = live({
      run,
      destiny: destinyOf(current, rows.length),
      cloud,
      clock,
      clockOffMs: current?.clockOffMs ?? 0,
      stop,
      journalMs: current?.journalMs ?? 1,
      guard: async () => lock?.confirm(),
      onSent(sighting) {
        const { operation, server, subject } = sighting
        const isDelete = operation === 'deleteProtectedInstance'
        if (server === null && !isDelete) return
        const begunAt = file.intendedAt.get(server ?? subject)
        if (begunAt !== undefined) intendedAt.set(sighting, begunAt)
        if (server !== null && file.last.get(server) !== 'intent') uncovered.push(sighting)
      },
    })
    const startedAtRun = clock.now()
    let before = cloud.world()
    let read: number[] = []
    let remembered = NO_OPEN_WORK

    async function work(): Promise<RunEnd> {
      try {
        if (history.takesLocks) {
          lock = await shared.acquire(life, current?.crowd ?? ALONE, stop)
          lock.lost.addEventListener('abort', () => stop.stopSending('run-aborted'))
        }
        before = cloud.world()
        read = [...folder.journals.keys()]
        const earlier = eventsIn(folder)
        remembered = openWorkOf(folder)
        folder.journals.set(run, file)
        const rollout = await rollOut({
          transport: life.transport,
          clock: life.clock,
          rows,
          projectId: PROJECT,
          runs: earlier,
          seed: history.seed + run,
          // As the command does, and as it does with `--no-preflight`.
          preflight: (history.seed + run) % 2 === 0,
          ...wholeUpToOf(history.seed + run),
          replaceFailed: current?.replaceFailed ?? false,
          stop,
          limits: current === null ? {} : limitsOf(current),
          onNoRun(seen) {
            const about = { v: 1, at: life.clock.now(), projectId: PROJECT }
            for (const each of seen) {
              folder.seenHealthy += `${JSON.stringify({ ...about, ...each })}\n`
            }
          },
          spoil: {
            ...(spoil.client === undefined ? {} : { client: spoil.client }),
            journal() {
              const recording = life.journal(file)
              return spoil.journal?.(recording) ?? recording
            },
          },
        })
        return toEnd(rollout, spoil)
      } catch (error) {
        return failureToEnd(error)
      } finally {
        await lock?.release()
      }
    }

    const end = await Promise.race([
      work(),
      stuck,
      life.death.then((where): RunEnd =>
        where === ENDLESS ? { kind: 'bug', error: where } : { kind: 'died', where },
      ),
    ])
    shared.ended(life)
    let left = remembered
    try {
      left = openWorkOf(folder)
    } catch (error) {
      unreadable.push(`run ${run}: ${String(error)}`)
      folder.journals.delete(run)
    }
    runs.push({
      run,
      plan: current,
      rows,
      startedAt: startedAtRun,
      endedAt: clock.now(),
      before,
      after: cloud.world(),
      end,
      journal: file,
      read,
      remembered,
      left,
    })
    if (current?.journals === 'deleted') {
      folder.journals.clear()
      folder.seenHealthy = ''
    }
  }

  /** Runs of which each begins, if not after the one before, then so long after that began. */
  async function together(plans: readonly (readonly [number, RunPlan | null])[]): Promise<void> {
    let giveUp: (end: RunEnd) => void = () => {}
    const stuck = new Promise<RunEnd>((resolve) => {
      giveUp = resolve
    })
    const all: Promise<void>[] = []
    async function begin(): Promise<void> {
      for (const [run, plan] of plans) {
        all.push(oneRun(run, plan, stuck))
        await clock.sleep(plan?.crowd.nextAfterMs ?? 0)
      }
      await Promise.all(all)
    }
    // A run that waits for nothing that can come.
    await clock.run(begin()).catch((error: unknown) => giveUp({ kind: 'bug', error }))
    await Promise.all(all)
    await clock.run(clock.sleep(plans.at(-1)?.[1]?.pauseMs ?? 0))
  }

  cloud.weather({
    faults: loadFaultPlan({ seed: history.seed, rules: plan.rules }),
    unreachable: plan.unreachable,
  })
  for (const plans of overlapping(history)) await together(plans)
  cloud.weather(FAIR)
  await clock.run(clock.sleep(LONG_MS))
  for (let final = 1; final <= FINAL_RUNS; final += 1) {
    await together([[history.runs.length + final, null]])
    await clock.run(clock.sleep(LONG_MS))
  }
  runs.sort((one, other) => one.run - other.run)
  const { tenures } = shared
  const { sightings } = cloud
  return { history, startedAt, sightings, runs, uncovered, intendedAt, tenures, unreadable }
}

/** With their numbers, from 1; a run that does not wait for the end of the one before is with it. */
function overlapping({ runs, takesLocks }: History): (readonly [number, RunPlan])[][] {
  const groups: (readonly [number, RunPlan])[][] = []
  for (const [index, plan] of runs.entries()) {
    const before = runs[index - 1]
    const overlaps = takesLocks && (before?.crowd.nextAfterMs ?? null) !== null
    const group = overlaps ? groups.at(-1) : undefined
    if (group === undefined) groups.push([[index + 1, plan]])
    else group.push([index + 1, plan])
  }
  return groups
}

/** Groups of a history are small: two runs of three take them for large ones, which are not listed whole. */
function wholeUpToOf(number: number): Pick<RolloutOptions, 'wholeUpTo'> {
  const wholeUpTo = [null, 0, 3][number % 3] ?? null
  return wholeUpTo === null ? {} : { wholeUpTo }
}

const ALONE: CrowdPlan = {
  namespace: 'one',
  nextAfterMs: null,
  lockTimeoutMs: 0,
  suspended: null,
}

function limitsOf(plan: RunPlan): NonNullable<RolloutOptions['limits']> {
  const { concurrency, maxJobs, settleWindowMs, jobTimeoutMs, pollIntervalMs } = plan
  return { concurrency, maxJobs, settleWindowMs, jobTimeoutMs, pollIntervalMs }
}

function toEnd({ report, troubles }: Rollout, spoil: Spoil): RunEnd {
  return { kind: 'report', report: spoil.report?.(report) ?? report, troubles }
}

function failureToEnd(error: unknown): RunEnd {
  if (error instanceof Failure && error.kind === 'locked') {
    return { kind: 'refused', why: error.message, by: 'lock' }
  }
  if (error instanceof ApiError) return { kind: 'refused', why: error.message, by: 'cloud' }
  if (error instanceof JournalFailure) return { kind: 'refused', why: error.message, by: 'disk' }
  return { kind: 'bug', error }
}

/** The points of a plan are per mille of about as many steps as a run of so many rows takes. */
function destinyOf(plan: RunPlan | null, rows: number): Parameters<typeof live>[0]['destiny'] {
  const about = 12 + 16 * rows
  const suspended = plan?.crowd.suspended ?? null
  const at = (point: number | null | undefined): number | null =>
    point === null || point === undefined ? null : 1 + Math.floor((point / 1_000) * about)
  return {
    diesAt: at(plan?.dies),
    interruptedAt: at(plan?.interrupted),
    cutOffAt: at(plan?.cutOff),
    diskFullAt: at(plan?.diskFull),
    suspended: suspended === null ? null : { at: at(suspended.at) ?? 0, forMs: suspended.forMs },
  }
}
