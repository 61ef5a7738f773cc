import { systemClock } from '../clock.ts'
import { EXIT } from '../exit-code.ts'
import { Failure } from '../failure.ts'
import { formatProblem } from '../inventory/problem.ts'
import { readInventory } from '../inventory/read.ts'
import type { Row } from '../inventory/row.ts'
import type { ServedRequest, ServedSimulator } from '../simulator/serve.ts'
import type { Settings } from '../settings.ts'
import { shellQuote, shellWords } from '../settings/next-command.ts'
import type { Io } from '../ui/io.ts'
import { inventoryOptions } from './inventory-options.ts'
import { seedRowsOf } from './seed-rows.ts'

/** Serves a simulated cloud until it is interrupted, which is how it is meant to end: exit code 0. */
export async function run(settings: Settings, io: Io): Promise<number> {
  const rows = settings.inventory === null ? null : await readRows(settings.inventory, settings, io)
  const served = await open(settings, rows, io)
  const stopped = new Promise<void>((resolve) => {
    const forget = io.onSignal(() => {
      forget()
      resolve()
    })
  })
  io.stdout.write(instructions(served, settings))
  await stopped
  await served.close()
  return EXIT.done
}

/** An inventory to make the servers and groups of the world from. */
async function readRows(path: string, settings: Settings, io: Io): Promise<readonly Row[]> {
  const inventory = await readInventory(path, inventoryOptions(settings, io.env), io.stdin)
  if (inventory.totals.errors === 0) return inventory.rows
  const errors = inventory.problems.filter(({ severity }) => severity === 'error')
  throw new Failure(
    'usage',
    errors.map((problem) => formatProblem(inventory.source, problem)).join('\n'),
  )
}

async function open(
  settings: Settings,
  rows: readonly Row[] | null,
  io: Io,
): Promise<ServedSimulator> {
  const { world, state, faults, seed, jobTime, projectId } = settings
  const log = (request: ServedRequest): void => {
    io.stderr.write(`${request.n} ${request.operation} ${request.method} ${request.url}\n`)
  }
  const { simulate } = await import('../simulator/simulate.ts')
  try {
    return await simulate({
      port: settings.port,
      clock: systemClock,
      ...(world === null ? {} : { worldFile: world }),
      ...(state === null ? {} : { stateFile: state }),
      ...(faults === null ? {} : { faults }),
      ...(seed === null ? {} : { seed }),
      ...(jobTime === null ? {} : { jobTimeMs: { min: jobTime, max: jobTime } }),
      ...(rows === null ? {} : { rows: seedRowsOf(rows) }),
      ...(projectId === null ? {} : { projectId }),
      ...(settings.logLevel === 'debug' ? { onRequest: log } : {}),
    })
  } catch (error) {
    const { simulatorFailure } = await import('./simulator-failure.ts')
    throw simulatorFailure(error)
  }
}

/** Ready to be copied: a client needs the address, the project and any token. */
function instructions(
  served: ServedSimulator,
  { inventory, calledAs }: Pick<Settings, 'inventory' | 'calledAs'>,
): string {
  const path = inventory === null || inventory === '-' ? 'servers.csv' : shellQuote(inventory)
  const project = served.world().project.id
  return [
    `Simulated SDRS at ${served.url}, project ${project}. Ctrl-C ends it.`,
    'In another terminal:',
    `  export OS_TOKEN=simulated SDRS_PROTECT_ENDPOINT=${served.url} SDRS_PROTECT_PROJECT_ID=${project}`,
    `  ${shellWords(calledAs)} apply ${path}`,
    '',
  ].join('\n')
}
