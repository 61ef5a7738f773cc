import { systemClock } from '../../src/clock.ts'
import { DEFAULT_PROJECT_ID } from '../../src/simulator/defaults.ts'
import {
  loadFaultPlan,
  type FaultPlan,
  type FaultPlanInput,
} from '../../src/simulator/fault-plan.ts'
import { logItems } from '../../src/simulator/log.ts'
import { seedWorld, type SeedRow } from '../../src/simulator/seed.ts'
import { serveSimulator } from '../../src/simulator/serve.ts'
import type { Limits, World } from '../../src/simulator/state.ts'
import { openGateway, type GatewayHooks } from './gateway.ts'

/** A simulated cloud over HTTP in the test's own process, so that the test can look behind the scenes. */
export interface ServedCloud {
  readonly url: string
  /** Where it is and how to sign in, for the environment of the program under test. */
  readonly env: Readonly<Record<string, string>>
  world(): World
  /** Creates that were accepted, by server ID: what is billed. */
  creates(): Readonly<Record<string, number>>
  /** Requests of one operation that arrived, refused ones included. */
  asked(operation: string): number
  /** From now on no token is good. */
  revokeTokens(): Promise<void>
  close(): Promise<void>
}

export interface CloudOptions {
  readonly rows: readonly SeedRow[]
  readonly faults?: FaultPlanInput | FaultPlan
  readonly limits?: Partial<Limits>
  readonly hooks?: GatewayHooks
}

const TOKEN = 'token-of-a-test'
/** Long enough to be seen running, short enough to be waited for. */
const JOB_TIME = { min: 150, max: 300 }

export async function openCloud(options: CloudOptions): Promise<ServedCloud> {
  const seeded = seedWorld({
    rows: options.rows,
    projectId: DEFAULT_PROJECT_ID,
    now: Date.now(),
    limits: { jobTimeMs: JOB_TIME, otherJobTimeMs: JOB_TIME, ...options.limits },
  })
  const served = await serveSimulator({
    port: 0,
    world: seeded,
    faults: loadFaultPlan(options.faults ?? {}),
    clock: systemClock,
  })
  const gateway = options.hooks === undefined ? null : await openGateway(served.url, options.hooks)
  const url = gateway?.url ?? served.url
  return {
    url,
    env: {
      OS_TOKEN: TOKEN,
      SDRS_PROTECT_ENDPOINT: url,
      SDRS_PROTECT_PROJECT_ID: DEFAULT_PROJECT_ID,
    },
    world: served.world,
    creates: () => createsIn(served.world()),
    asked: (operation) => served.world().counters[operation] ?? 0,
    async revokeTokens() {
      const body = JSON.stringify({ token: TOKEN })
      const response = await fetch(`${served.url}/_simulator/tokens/revoke`, {
        method: 'POST',
        body,
      })
      if (!response.ok) throw new Error(`tokens were not revoked: ${response.status}`)
    },
    async close() {
      await gateway?.close()
      await served.close()
    },
  }
}

function createsIn(world: World): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { kind, serverId } of logItems(world.ledger)) {
    if (kind === 'create') counts[serverId] = (counts[serverId] ?? 0) + 1
  }
  return counts
}

/** Exactly one accepted create for each of these servers, and for no other. */
export function onceEach(serverIds: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(serverIds.map((id) => [id, 1]))
}
