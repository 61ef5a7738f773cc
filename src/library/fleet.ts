import type { ApplyParts } from '../apply/apply.ts'
import type { RunEvent } from '../apply/events.ts'
import { createStopControl } from '../apply/stop.ts'
import { ApiError } from '../cloud/errors.ts'
import { Failure } from '../failure.ts'
import type { Inventory } from '../inventory/read.ts'
import type { Selection } from '../inventory/select.ts'
import { mayBeStarted, type PlannedEnabling } from '../plan/enabling-plan.ts'
import { planDocument } from '../plan/plan-document.ts'
import type { PlanDocument } from '../plan/plan-schema.ts'
import type { PlannedRollout } from '../rollout/plan-rollout.ts'
import { rollOut, type RolledOut } from '../rollout/roll-out.ts'
import type { Work } from '../rollout/work.ts'
import type { Cloud } from './cloud.ts'
import { runFacts } from './run-facts.ts'

/** The command's own defaults; times in ms, `pollIntervalMs: null` is adaptive. */
export const DEFAULT_LIMITS: ApplyParts['limits'] = {
  concurrency: 10,
  maxJobs: 100,
  pollIntervalMs: null,
  jobTimeoutMs: 30 * 60_000,
  settleWindowMs: 30_000,
  maxFailures: { kind: 'percent', value: 50 },
}

/** Throws Failure (`usage`) for a limit with which nothing could ever be sent or awaited. */
function requireLimits({
  maxFailures: _maxFailures,
  pollIntervalMs,
  ...numbers
}: Partial<ApplyParts['limits']>): void {
  const all = { ...numbers, ...(pollIntervalMs === null ? {} : { pollIntervalMs }) }
  for (const [name, value] of Object.entries(all)) {
    if (value === undefined || (Number.isFinite(value) && value >= 1)) continue
    throw new Failure('usage', `limits.${name} must be a number of at least 1, not ${value}`)
  }
}

/** What the calls that change the cloud have in common. */
interface FleetOptions {
  /** Where runs are kept: the lock, the journals of earlier runs, and this run's folder. */
  readonly reportsDir: string
  readonly onEvent?: (event: RunEvent) => void
  readonly selection?: Selection
  readonly limits?: Partial<ApplyParts['limits']>
  /** Aborting it interrupts: nothing new is sent, and the report is written. */
  readonly signal?: AbortSignal
}

/** What is done to a fleet, as `rollOut` takes it. */
interface FleetWork {
  readonly command: 'apply' | 'enable'
  readonly work: Work
  readonly replaceFailed: boolean
  readonly preflight: boolean
  readonly approve: (planned: PlannedRollout) => Promise<boolean>
}

/**
 * Rolls an inventory out, exactly once per server however often it is called with the same `reportsDir`.
 * `approve` sees the plan and says whether it may be carried out. Aborting `signal` interrupts: nothing new
 * is sent, and the report is written; before the run has begun there is none, and it is `not-approved`. Rejects with Failure (kind `locked`, …) or ApiError when the run could
 * not begin: then nothing was sent.
 */
export async function protectFleet(
  inventory: Inventory,
  cloud: Cloud,
  options: FleetOptions & {
    readonly approve: (plan: PlanDocument) => boolean | Promise<boolean>
    readonly replaceFailed?: boolean
    /** Read ECS, VPC and EVS before anything is created; default true. False: SDRS alone, and let the API refuse. */
    readonly preflight?: boolean
    /** Once every row is protected, switch protection on in their groups; default false. */
    readonly enableProtection?: boolean
  },
): Promise<RolledOut> {
  const { endpoint, projectId } = cloud
  const about = { endpoint, projectId, inventory }
  return rollOutFleet(inventory, cloud, options, {
    command: 'apply',
    work: { creates: true, enable: options.enableProtection === true ? { partial: false } : null },
    replaceFailed: options.replaceFailed ?? false,
    preflight: options.preflight ?? true,
    // Nothing but true approves: a script in JavaScript may return anything.
    approve: async ({ plan }) => (await options.approve(planDocument(plan, about))) === true,
  })
}

/** One protection group, as `enableFleet` shows it before anything is sent. */
export interface GroupToEnable {
  readonly id: string
  readonly name: string
  readonly status: string
  /** Rows of the whole inventory in it: a group is switched on as a whole. */
  readonly rows: number
  /** Those of them that are created and healthy. */
  readonly healthy: number
  /** Replication pairs in it, as the service counts them; null: it does not tell. */
  readonly pairs: number | null
  /** A start may be sent for it. Else it is on, on its way, or `refusal` says why it stays off. */
  readonly willStart: boolean
  readonly refusal: { readonly reason: string; readonly message: string } | null
}

/**
 * Switches protection on in the groups of an inventory, each once: what is on stays on, and a start that an
 * earlier call left open is taken up. `approve` sees every group and says whether those with `willStart` may
 * be started. What became of each group is `report.groups[].enabling`. Interrupted, and rejects, as
 * `protectFleet` does.
 */
export async function enableFleet(
  inventory: Inventory,
  cloud: Cloud,
  options: FleetOptions & {
    readonly approve: (groups: readonly GroupToEnable[]) => boolean | Promise<boolean>
    /** Also groups in which some rows are not created; default false. */
    readonly partial?: boolean
  },
): Promise<RolledOut> {
  return rollOutFleet(inventory, cloud, options, {
    command: 'enable',
    work: { creates: false, enable: { partial: options.partial ?? false } },
    replaceFailed: false,
    preflight: false,
    approve: async ({ enabling }) =>
      (await options.approve((enabling?.groups ?? []).map(groupToEnable))) === true,
  })
}

function groupToEnable(planned: PlannedEnabling): GroupToEnable {
  const { group, rows, healthy, pairs, action } = planned
  const refusal = action.kind === 'refuse' ? action.result : null
  return {
    id: group.id,
    name: group.name,
    status: group.status,
    rows,
    healthy,
    pairs,
    willStart: mayBeStarted(planned),
    refusal: refusal && { reason: refusal.reason, message: refusal.message },
  }
}

async function rollOutFleet(
  inventory: Inventory,
  cloud: Cloud,
  options: FleetOptions,
  { command, work, replaceFailed, preflight, approve }: FleetWork,
): Promise<RolledOut> {
  requireLimits(options.limits ?? {})
  if (inventory.totals.errors > 0) return { kind: 'problems', problems: inventory.problems }
  const { clock, client, others, random, requests } = cloud
  const stop = createStopControl()
  const interrupt = (): void => stop.interrupt()
  if (options.signal?.aborted === true) interrupt()
  options.signal?.addEventListener('abort', interrupt, { once: true })
  try {
    return await rollOut(
      {
        inventory,
        selection: options.selection ?? {},
        replaceFailed,
        work,
        reportsDir: options.reportsDir,
        lockTimeoutMs: 0,
        about: { ...runFacts(cloud), command, options: null },
      },
      {
        client,
        others: preflight ? others : null,
        ecs: others.ecs,
        clock,
        random,
        stop,
        limits: { ...DEFAULT_LIMITS, ...options.limits },
        requests: () => requests.counts(),
        interruptedBy: () => (stop.reason() === 'interrupted' ? 'SIGINT' : null),
      },
      { approve, onBegin: async () => options.onEvent ?? (() => {}) },
    )
  } catch (error) {
    // The first read was cut off, or the wait for the lock: nothing was sent, and nobody has approved it.
    if (stop.reason() === 'interrupted' && error instanceof ApiError)
      return { kind: 'not-approved' }
    throw error
  } finally {
    options.signal?.removeEventListener('abort', interrupt)
  }
}
