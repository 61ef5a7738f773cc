import type { ApplyParts } from '../../src/apply/apply.ts'
import { seededRandom } from '../../src/clock.ts'
import type { Row } from '../../src/inventory/row.ts'
import { loadFaultPlan, type FaultPlanInput } from '../../src/simulator/fault-plan.ts'
import { logItems } from '../../src/simulator/log.ts'
import { seedWorld } from '../../src/simulator/seed.ts'
import type { Limits, World } from '../../src/simulator/state.ts'
import { simulatorTransport, type SimulatorTransport } from '../../src/simulator/transport.ts'
import { rollOut, type Rollout } from '../support/rollout.ts'
import { virtualClock, type VirtualClock } from '../support/virtual-clock.ts'
import { sameOrderMs, type ApiLimits, type BoundJob } from './bound.ts'
import { leastMs } from './least.ts'

/** A rollout in virtual time: the tool's own code, the simulator, and a clock that jumps. */
export interface Scenario {
  readonly rows: readonly Row[]
  /** Of the world, its latencies, and the tool's own chance; 1 when absent. */
  readonly seed?: number
  readonly latencyMs?: number
  readonly jobTimeMs?: Limits['jobTimeMs']
  readonly faults?: FaultPlanInput
  /** `--rate` and `--max-jobs`, at their defaults when absent. */
  readonly rate?: number
  readonly limits?: Partial<ApplyParts['limits']>
}

export const DEFAULT_RATE = 50
export const DEFAULT_MAX_JOBS = 100
/** Four and a half to five and a half minutes, as creates usually take. */
const FIVE_MINUTES: Limits['jobTimeMs'] = { min: 270_000, max: 330_000 }
/** A request there and back, give or take half of it. */
const LATENCY_MS = 100
export const PROJECT = '0123456789abcdef0123456789abcdef'

export interface Cloud {
  readonly clock: VirtualClock
  readonly transport: SimulatorTransport
}

export function openCloud(scenario: Scenario): Cloud {
  const clock = virtualClock()
  const jobTimeMs = scenario.jobTimeMs ?? FIVE_MINUTES
  const seed = scenario.seed ?? 1
  const transport = simulatorTransport({
    initial: seedWorld({
      rows: scenario.rows,
      projectId: PROJECT,
      now: clock.now(),
      limits: { jobTimeMs },
      seed,
    }),
    faults: loadFaultPlan(scenario.faults ?? {}),
    clock,
    random: seededRandom(seed),
    latencyMs: latencyOf(scenario),
  })
  return { clock, transport }
}

export function latencyOf({ latencyMs }: Scenario): number {
  return latencyMs ?? LATENCY_MS
}

export interface Measured {
  /** Of the virtual clock, ms. */
  readonly startedAt: number
  readonly makespanMs: number
  /** What no order could come below. */
  readonly boundMs: number
  /** What a perfect tool takes in the order in which this one sent. */
  readonly sameOrderMs: number
  /** Requests of every kind. */
  readonly requests: number
  readonly rollout: Rollout
  readonly world: World
}

export async function measure(
  scenario: Scenario,
  onEvent?: ApplyParts['onEvent'],
): Promise<Measured> {
  const { clock, transport } = openCloud(scenario)
  const startedAt = clock.now()
  const rollout = await clock.run(
    rollOut({
      transport,
      clock,
      rows: scenario.rows,
      projectId: PROJECT,
      keeps: false,
      seed: scenario.seed ?? 1,
      ...(onEvent === undefined ? {} : { onEvent }),
      ...(scenario.rate === undefined ? {} : { rate: scenario.rate }),
      ...(scenario.limits === undefined ? {} : { limits: scenario.limits }),
    }),
  )
  const world = transport.world()
  return {
    startedAt,
    makespanMs: clock.now() - startedAt,
    ...boundsOf(world, scenario),
    requests: rollout.requests.total,
    rollout,
    world,
  }
}

/** From the limits of the world and of the run, and from how long the jobs really took. */
function boundsOf(world: World, scenario: Scenario): Pick<Measured, 'boundMs' | 'sameOrderMs'> {
  const jobs = createJobs(world)
  const limits: ApiLimits = {
    rate: Math.min(scenario.rate ?? DEFAULT_RATE, world.limits.rateLimit ?? Infinity),
    maxJobs: scenario.limits?.maxJobs ?? DEFAULT_MAX_JOBS,
    parallelOf: (groupId) => world.groups.get(groupId)?.parallel ?? world.limits.groupParallel,
  }
  return { boundMs: leastMs(jobs, limits), sameOrderMs: sameOrderMs(jobs, limits) }
}

/** In the order in which the cloud accepted them. */
function createJobs(world: World): BoundJob[] {
  return logItems(world.ledger).flatMap(({ kind, jobId, serverGroupId: groupId }) => {
    const job = kind === 'create' ? world.jobs.get(jobId) : undefined
    return job === undefined ? [] : [{ groupId, durationMs: job.endsAt - job.startedAt }]
  })
}

/** Servers that the cloud's own ledger shows to have been created more than once. */
export function createdTwice(world: World): number {
  const creates = logItems(world.ledger).filter(({ kind }) => kind === 'create')
  return creates.length - new Set(creates.map(({ serverId }) => serverId)).size
}
