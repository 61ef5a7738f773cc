import { seededRandom } from '../../src/clock.ts'
import type { Row } from '../../src/inventory/row.ts'
import { estimate, type Range } from '../../src/live/eta.ts'
import { newRunState, nextRunState } from '../../src/live/run-state.ts'
import { loadFaultPlan, type FaultPlanInput } from '../../src/simulator/fault-plan.ts'
import { seedWorld } from '../../src/simulator/seed.ts'
import { simulatorTransport } from '../../src/simulator/transport.ts'
import { makeRow, rollOut } from './rollout.ts'
import { virtualClock } from './virtual-clock.ts'

/** A rollout whose estimates are held against how long it really took, in virtual time. */
export interface EtaWorld {
  readonly rows: readonly Row[]
  readonly jobTimeMs: { readonly min: number; readonly max: number }
  readonly maxJobs: number
  readonly faults: FaultPlanInput
}

/** What was said at one moment, and what was true. */
export interface Sample {
  readonly said: Range | null
  readonly trueMs: number
  /** Of the whole run, from its begin to its end, ms. */
  readonly wholeMs: number
}

const PROJECT = '0123456789abcdef0123456789abcdef'
const EVERY_MS = 10_000
const SAMPLES_A_WORLD = 40

/** Groups that are serial, narrow and wide, waves, short and long jobs, refusals by chance and hold-backs. */
export function randomEtaWorld(seed: number): EtaWorld {
  const random = seededRandom(seed * 7919)
  const between = (from: number, to: number): number =>
    from + Math.floor(random() * (to - from + 1))
  const oneOf = <T>(first: T, ...others: readonly T[]): T =>
    [first, ...others][between(0, others.length)] ?? first
  const groups = between(1, 10)
  const waves = oneOf(1, 1, 2, 3)
  const rows = Array.from({ length: between(8, 140) }, (_, index) =>
    makeRow(index + 1, {
      serverId: `00000000-0000-4000-8000-${String(index + 1).padStart(12, '0')}`,
      name: `server-${index + 1}`,
      serverGroup: `g${between(1, groups)}`,
      ...(waves === 1 ? {} : { wave: String(between(1, waves)) }),
    }),
  )
  const min = between(60, 500) * 1_000
  const create = 'createProtectedInstance'
  return {
    rows,
    jobTimeMs: { min, max: Math.round(min * (1 + random() * 1.2)) },
    maxJobs: oneOf(100, 30, 10, 4),
    faults: {
      seed,
      groups: Array.from({ length: groups }, (_, index) => ({
        name: `g${index + 1}`,
        parallel: oneOf<number | null>(null, null, 1, 2, 4),
      })).filter(({ name }) => rows.some(({ serverGroup }) => serverGroup === name)),
      rules: oneOf<NonNullable<FaultPlanInput['rules']>>(
        [],
        [],
        [{ on: create, probability: 0.05, do: { status: 409 } }],
        [{ on: create, probability: 0.1, do: { status: 503, retryAfter: between(5, 40) } }],
      ),
      jobs: oneOf<NonNullable<FaultPlanInput['jobs']>>(
        [],
        [{ server: '*', probability: 0.05, errorCode: 'EVS.2024', failReason: 'no room' }],
      ),
    },
  }
}

export async function etaSamples(world: EtaWorld, seed = 1): Promise<readonly Sample[]> {
  const clock = virtualClock()
  const transport = simulatorTransport({
    initial: seedWorld({
      rows: world.rows,
      projectId: PROJECT,
      now: clock.now(),
      limits: { jobTimeMs: world.jobTimeMs },
    }),
    faults: loadFaultPlan(world.faults),
    clock,
    random: seededRandom(seed),
    latencyMs: 100,
  })
  const beganAt = clock.now()
  let state = newRunState(beganAt)
  let isOver = false
  const said: { at: number; range: Range | null }[] = []
  const look = async (): Promise<void> => {
    while (!isOver) {
      await clock.sleep(EVERY_MS)
      if (!isOver) said.push({ at: clock.now(), range: estimate(state, clock.now()).run })
    }
  }
  const run = async (): Promise<number> => {
    await rollOut({
      transport,
      clock,
      rows: world.rows,
      projectId: PROJECT,
      seed,
      limits: { maxJobs: world.maxJobs },
      onEvent: (event) => {
        state = nextRunState(state, event, clock.now())
      },
    })
    isOver = true
    return clock.now()
  }
  const [endedAt] = await clock.run(Promise.all([run(), look()]))
  const samples = said.map(({ at, range }) => ({
    said: range,
    trueMs: endedAt - at,
    wholeMs: endedAt - beganAt,
  }))
  // Of a long run no more than of a short one, evenly.
  const step = Math.max(1, samples.length / SAMPLES_A_WORLD)
  return samples.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step))
}

export interface Accuracy {
  readonly samples: number
  /** Share of the moments in which something was said. */
  readonly told: number
  /** Of the middle of the range, as a share of the truth. */
  readonly medianError: number
  readonly p90Error: number
  /** Share of the ranges that held the truth. */
  readonly held: number
  /** Truth over the range's middle, median: above 1, it was said too short. */
  readonly bias: number
}

/** Of moments with at least a minute left: below it every error is a share of next to nothing. */
export function accuracyOf(samples: readonly Sample[]): Accuracy {
  const late = samples.filter(({ trueMs }) => trueMs >= 60_000)
  const told = late.flatMap(({ said, trueMs }) => (said === null ? [] : [{ said, trueMs }]))
  const middle = ({ fromMs, toMs }: Range): number => (fromMs + toMs) / 2
  const errors = told
    .map(({ said, trueMs }) => Math.abs(middle(said) - trueMs) / trueMs)
    .toSorted((one, other) => one - other)
  const ratios = told
    .map(({ said, trueMs }) => trueMs / Math.max(1, middle(said)))
    .toSorted((one, other) => one - other)
  const at = (sorted: readonly number[], share: number): number =>
    sorted[Math.floor(sorted.length * share)] ?? Number.NaN
  const held = told.filter(({ said, trueMs }) => said.fromMs <= trueMs && trueMs <= said.toMs)
  return {
    samples: late.length,
    told: told.length / late.length,
    medianError: at(errors, 0.5),
    p90Error: at(errors, 0.9),
    held: held.length / told.length,
    bias: at(ratios, 0.5),
  }
}
