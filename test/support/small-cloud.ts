import type { Row } from '../../src/inventory/row.ts'
import type { JournalEvent } from '../../src/journal/journal.ts'
import type { SdrsClient } from '../../src/cloud/sdrs/sdrs-client.ts'
import { ApiError, type ErrorClass } from '../../src/cloud/errors.ts'
import type { ProtectedInstance } from '../../src/cloud/sdrs/sdrs-schema.ts'
import { loadFaultPlan, type FaultPlanInput } from '../../src/simulator/fault-plan.ts'
import { logItems } from '../../src/simulator/log.ts'
import { seedWorld } from '../../src/simulator/seed.ts'
import type { Limits, World } from '../../src/simulator/state.ts'
import { simulatorTransport } from '../../src/simulator/transport.ts'
import { rollOut, type Rollout, type RolloutOptions } from './rollout.ts'
import { virtualClock } from './virtual-clock.ts'

export const PROJECT = '0123456789abcdef0123456789abcdef'
export const MINUTE = 60_000

/** A cloud for these rows whose runs remember each other; `spoil` comes between a run and the cloud. */
export function smallCloud(
  rows: readonly Row[],
  options: { readonly faults?: FaultPlanInput; readonly limits?: Partial<Limits> } = {},
) {
  const clock = virtualClock()
  const jobTimeMs = { min: MINUTE, max: MINUTE }
  const transport = simulatorTransport({
    initial: seedWorld({
      rows,
      projectId: PROJECT,
      now: clock.now(),
      limits: { jobTimeMs, ...options.limits },
    }),
    faults: loadFaultPlan(options.faults ?? {}),
    clock,
    latencyMs: 100,
  })
  const runs: JournalEvent[][] = []
  const ledger = (kind: 'create' | 'delete') =>
    logItems(transport.world().ledger)
      .filter((entry) => entry.kind === kind)
      .map(({ name }) => name)
  return {
    clock,
    runs,
    run: (more: Partial<RolloutOptions> = {}) =>
      clock.run(rollOut({ transport, clock, rows, projectId: PROJECT, runs, ...more })),
    /** Servers of what the cloud has carried out, in its order. */
    creates: () => ledger('create'),
    deletes: () => ledger('delete'),
    /** Names of the groups whose start the cloud has carried out, in its order. */
    starts: () =>
      startsIn(transport.world()).map((id) => transport.world().groups.get(id)?.name ?? ''),
  }
}

/** IDs of the groups whose start was accepted, as often as it was. */
export function startsIn(world: World): readonly string[] {
  return [...world.groups.values()].flatMap(({ id, jobs }) =>
    logItems(jobs).flatMap((jobId) =>
      world.jobs.get(jobId)?.type === 'startProtectionGroupNoCG' ? [id] : [],
    ),
  )
}

/** `created` or `failed/refused`: what became of each row, in their order. */
export function fates({ report }: Rollout): string[] {
  return report.rows.map(({ outcome, reason }) =>
    reason === null ? outcome : `${outcome}/${reason}`,
  )
}

export function apiError(
  errorClass: ErrorClass,
  httpStatus: number | null,
  code: string | null,
): ApiError {
  return new ApiError({
    class: errorClass,
    operation: 'test',
    message: `${httpStatus ?? 'no answer'} ${code ?? ''}`,
    httpStatus,
    code,
    answeredBy: code?.startsWith('SDRS.') === true ? 'service' : 'gateway',
  })
}

/** What the cloud shows of its instances, in lists and one by one, as a test wants it seen. */
export function showing(
  change: (instance: ProtectedInstance) => ProtectedInstance | null,
): (client: SdrsClient) => SdrsClient {
  return (client) => ({
    ...client,
    async listProtectedInstances(groupIds, signal) {
      const all = await client.listProtectedInstances(groupIds, signal)
      return all.map(change).filter((each) => each !== null)
    },
    async showProtectedInstance(id, signal) {
      const shown = change(await client.showProtectedInstance(id, signal))
      if (shown === null) throw apiError('row', 404, 'SDRS.1320')
      return shown
    },
  })
}

/** The nth create of each server, from 1, is answered with this, and does not arrive. */
export function refusing(nth: number, error: ApiError): (client: SdrsClient) => SdrsClient {
  return (client) => {
    const sent = new Map<string, number>()
    return {
      ...client,
      async createProtectedInstance(body, options) {
        const count = (sent.get(body.server_id) ?? 0) + 1
        sent.set(body.server_id, count)
        if (count !== nth) return client.createProtectedInstance(body, options)
        await options.beforeSend?.()
        options.onSend?.()
        throw error
      },
    }
  }
}
