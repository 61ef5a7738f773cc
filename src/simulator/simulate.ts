import type { Clock } from '../clock.ts'
import {
  DEFAULT_AUTH,
  DEFAULT_LIMITS,
  DEFAULT_PROJECT_ID,
  DEFAULT_REGION,
  emptyWorld,
} from './defaults.ts'
import { loadFaultPlan, noFaults, type FaultPlan } from './fault-plan.ts'
import { harshFaults, mildFaults } from './fault-profiles.ts'
import { readJson, readSavedWorld, readWorldFile } from './persist.ts'
import { seedWorld, type SeedRow } from './seed.ts'
import { serveSimulator, type ServedRequest, type ServedSimulator } from './serve.ts'
import type { Limits, MsRange, World } from './state.ts'

export interface SimulateOptions {
  /** 0 takes any free port. */
  readonly port: number
  readonly host?: string
  /** A world file to start from. */
  readonly worldFile?: string
  /** Where the world lasts: read when it is there (it then wins over `worldFile`), written on every change. */
  readonly stateFile?: string
  /** `mild`, `harsh`, or a fault plan's path. */
  readonly faults?: string
  /** For the profiles; a plan's file has its own. */
  readonly seed?: number
  /** How long jobs take; over the world's own and the fault plan's. */
  readonly jobTimeMs?: MsRange
  /** Servers and groups to make besides what the world has, from an inventory. */
  readonly rows?: readonly SeedRow[]
  readonly projectId?: string
  readonly clock: Clock
  readonly onRequest?: (request: ServedRequest) => void
}

/** Opens or makes a world and serves it. Throws SimulatorFileError for a wrong file, I/O errors as they are. */
export async function simulate(options: SimulateOptions): Promise<ServedSimulator> {
  const faults = withJobTime(openFaults(options.faults, options.seed), options.jobTimeMs)
  const saved = options.stateFile === undefined ? null : readSavedWorld(options.stateFile)
  return serveSimulator({
    port: options.port,
    world: openWorld(saved, options),
    faults,
    clock: options.clock,
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.stateFile === undefined ? {} : { stateFile: options.stateFile }),
    ...(options.onRequest === undefined ? {} : { onRequest: options.onRequest }),
  })
}

function openWorld(saved: World | null, options: SimulateOptions): World {
  const base =
    saved ??
    (options.worldFile === undefined
      ? emptyWorld({
          seed: options.seed ?? 1,
          projectId: options.projectId ?? DEFAULT_PROJECT_ID,
          projectName: DEFAULT_REGION,
          region: DEFAULT_REGION,
          limits: DEFAULT_LIMITS,
          auth: DEFAULT_AUTH,
        })
      : readWorldFile(options.worldFile))
  if (options.rows === undefined) return base
  const { rows, clock } = options
  return seedWorld({ rows, projectId: base.project.id, now: clock.now(), base })
}

/** `mild`, `harsh`, a path, or nothing. */
export function openFaults(faults: string | undefined, seed = 1): FaultPlan {
  if (faults === undefined) return noFaults
  if (faults === 'mild') return mildFaults(seed)
  if (faults === 'harsh') return harshFaults(seed)
  return loadFaultPlan(readJson(faults))
}

export function withJobTime(plan: FaultPlan, jobTimeMs: MsRange | undefined): FaultPlan {
  if (jobTimeMs === undefined) return plan
  const limits: Pick<Limits, 'jobTimeMs' | 'otherJobTimeMs'> = {
    jobTimeMs,
    otherJobTimeMs: jobTimeMs,
  }
  return { ...plan, limits: { ...plan.limits, ...limits } }
}
