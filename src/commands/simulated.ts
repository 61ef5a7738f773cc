import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import type { Row } from '../inventory/row.ts'
import { SIMULATOR, type CloudTarget } from '../cloud/cloud-target.ts'
import type { Connection } from '../cloud/sign-in/authenticator.ts'
import { tokenAuthenticator } from '../cloud/sign-in/token.ts'
import type { Transport } from '../cloud/transport.ts'
import type { Settings } from '../settings.ts'
import { DEFAULT_PROJECT_ID, DEFAULT_REGION } from '../simulator/defaults.ts'
import { isMeddledWith, openWorldFile, type WorldFileHandle } from '../simulator/persist.ts'
import { seedWorld } from '../simulator/seed.ts'
import { openFaults, withJobTime } from '../simulator/simulate.ts'
import { simulatorTransport } from '../simulator/transport.ts'
import { seedRowsOf } from './seed-rows.ts'
import { SIMULATED_ENDPOINT } from './simulated-endpoint.ts'
import { simulatorFailure } from './simulator-failure.ts'

/** Nobody signs in there. */
const SIMULATED_TARGET: CloudTarget = {
  cloud: SIMULATOR,
  region: DEFAULT_REGION,
  projectId: DEFAULT_PROJECT_ID,
  projectName: null,
  identity: null,
}

/**
 * The simulator in this process, with the inventory's servers and groups in it. Its world lasts in the
 * reports folder, and is saved before the answer of whatever changed it.
 */
export function openSimulator(
  settings: Settings,
  clock: Clock,
  rows: readonly Row[],
): { readonly transport: Transport; readonly connection: Connection } {
  let opened: OpenedWorld | null = null
  return {
    // Opened by the first request, which comes when the lock is held: the world must not be read
    // while another run still changes it.
    transport: {
      send(request) {
        opened ??= openWorld(settings, clock, rows)
        return opened.transport.send(request)
      },
      close() {
        opened?.file.close()
        return Promise.resolve()
      },
    },
    connection: {
      authenticator: tokenAuthenticator('simulated', '--simulate'),
      endpoints: {
        sdrs: SIMULATED_ENDPOINT,
        ecs: SIMULATED_ENDPOINT,
        vpc: SIMULATED_ENDPOINT,
        evs: SIMULATED_ENDPOINT,
      },
      projectId: DEFAULT_PROJECT_ID,
      region: DEFAULT_REGION,
      target: SIMULATED_TARGET,
      assumedProject: null,
    },
  }
}

interface OpenedWorld {
  readonly transport: Transport
  readonly file: WorldFileHandle
}

function openWorld(settings: Settings, clock: Clock, rows: readonly Row[]): OpenedWorld {
  try {
    const file = openWorldFile(join(settings.reportsDir, 'simulator.json'), (saved) =>
      seedWorld({
        rows: seedRowsOf(rows),
        projectId: DEFAULT_PROJECT_ID,
        now: clock.now(),
        seed: settings.seed ?? 1,
        ...(saved === null ? {} : { base: saved }),
      }),
    )
    let saved = file.world
    const jobTime =
      settings.jobTime === null ? undefined : { min: settings.jobTime, max: settings.jobTime }
    const transport = simulatorTransport({
      initial: file.world,
      faults: withJobTime(openFaults(settings.faults ?? undefined, settings.seed ?? 1), jobTime),
      clock,
      onChange: (world, operation) => {
        // A read changes nothing but counters, unless by a fault somebody else changes something.
        if (isRead(operation) && !isMeddledWith(saved, world)) return
        file.save(world)
        saved = world
      },
    })
    return { transport, file }
  } catch (error) {
    throw simulatorFailure(error)
  }
}

function isRead(operation: string): boolean {
  return operation.startsWith('list') || operation.startsWith('show')
}
