/**
 * The package as a library: a rollout from a script of one's own, with the lock, journal and report of
 * the command. What is exported here is public and versioned; the rest of `dist` is not.
 */
import type { ApplyParts } from './apply/apply.ts'
import type { RunEvent } from './apply/events.ts'
import { createStopControl } from './apply/stop.ts'
import { steadyClock, systemClock, type Clock, type Random } from './clock.ts'
import type { Inventory, InventoryOptions } from './inventory/read.ts'
import type { Selection } from './inventory/select.ts'
import { ApiError } from './cloud/errors.ts'
import { Failure } from './failure.ts'
import { planDocument } from './plan/plan-document.ts'
import type { CoverageDocument } from './coverage/coverage-document.ts'
import { mayBeStarted, type PlannedEnabling } from './plan/enabling-plan.ts'
import type { PlanDocument } from './plan/plan-schema.ts'
import type { Coverage } from './rollout/coverage.ts'
import type { PlannedRollout } from './rollout/plan-rollout.ts'
import { rollOut, type RolledOut } from './rollout/roll-out.ts'
import type { Verified } from './rollout/verify.ts'
import type { Work } from './rollout/work.ts'
import type { Expectation } from './verify/verification.ts'
import { newRunId } from './rollout/run-folder.ts'
import { createClients, type OtherClients } from './cloud/clients.ts'
import { resolveEndpoint, type EndpointSources } from './cloud/endpoints.ts'
import type { SdrsClient } from './cloud/sdrs/sdrs-client.ts'
import { placeOfEndpoint, SIMULATOR, type CloudTarget } from './cloud/cloud-target.ts'
import { createRateGate } from './cloud/rate.ts'
import { createRequestLog, type RequestLog } from './cloud/request-log.ts'
import type { Connection } from './cloud/sign-in/authenticator.ts'
import { tokenAuthenticator } from './cloud/sign-in/token.ts'
import type { Transport } from './cloud/transport.ts'
import { tool } from './version.ts'

export type { RunEvent } from './apply/events.ts'
export type { CoverageDocument } from './coverage/coverage-document.ts'
export type { Inventory, InventoryOptions } from './inventory/read.ts'
export type { Problem } from './inventory/problem.ts'
export type { Row } from './inventory/row.ts'
export type { Selection } from './inventory/select.ts'
export type { PlanDocument } from './plan/plan-schema.ts'
export type { Report, ReportRow } from './report/schema.ts'
export type { RolledOut } from './rollout/roll-out.ts'
export type { Verified } from './rollout/verify.ts'
export type { RunEnd } from './run-end.ts'
export type { Expectation, Verdict } from './verify/verification.ts'
export type { CloudTarget } from './cloud/cloud-target.ts'
export { ApiError } from './cloud/errors.ts'
export { Failure } from './failure.ts'
export { unexpectedRows } from './report/verification.ts'

/** A cloud to roll out to. */
export interface Cloud {
  readonly client: SdrsClient
  /** What is asked beside SDRS before anything is created. Null: where that is reached is not known. */
  readonly others: OtherClients
  readonly requests: RequestLog
  readonly clock: Clock
  readonly random: Random
  readonly endpoint: string
  readonly projectId: string
  readonly region: string | null
  /** Where that is and who we are there, as the report says it. */
  readonly target: CloudTarget
  /** Ends its connections. */
  close(): Promise<void>
}

/** Requests a second, of all kinds together. */
const DEFAULT_RATE = 50
const DEFAULT_REQUEST_TIMEOUT_MS = 30_000

/** Reads and checks an inventory: a path, with all the options of the command's. Its problems are data. */
export async function readInventory(
  path: string,
  options: Partial<InventoryOptions> = {},
): Promise<Inventory> {
  const { readInventory: read } = await import('./inventory/read.ts')
  return read(path, { map: {}, set: {}, dialect: 'otc', ...options })
}

/**
 * A project of a real cloud, by a token from elsewhere. `endpoint` is SDRS's, https, without `/v1`. Those of the
 * other services are known beside it in the public clouds, and else are not asked. Rejects with Failure
 * (`usage`) for a URL that may not be used.
 */
export async function openCloud(where: {
  readonly endpoint: string
  readonly ecsEndpoint?: string
  readonly vpcEndpoint?: string
  readonly evsEndpoint?: string
  readonly projectId: string
  readonly token: string
  readonly region?: string
  /** At most so many requests in any one second; default 50. */
  readonly rate?: number
}): Promise<Cloud> {
  const { createTransport } = await import('./cloud/undici-transport.ts')
  const transport = createTransport({ env: {}, connections: 26 })
  const place = placeOfEndpoint(where.endpoint)
  const connection: Connection = {
    authenticator: tokenAuthenticator(where.token, 'the caller'),
    endpoints: endpointsOf(where),
    projectId: where.projectId,
    region: where.region ?? null,
    target: {
      cloud: place?.cloud ?? null,
      region: where.region ?? place?.region ?? null,
      projectId: where.projectId,
      projectName: null,
      identity: 'a token from the caller',
    },
    assumedProject: null,
  }
  return cloudOver(transport, connection, where.rate ?? DEFAULT_RATE)
}

function endpointsOf(
  where: Pick<
    Parameters<typeof openCloud>[0],
    'endpoint' | 'ecsEndpoint' | 'vpcEndpoint' | 'evsEndpoint'
  >,
): Connection['endpoints'] {
  const { endpoint, ecsEndpoint: ecs, vpcEndpoint: vpc, evsEndpoint: evs } = where
  const sources: EndpointSources = {
    given: {
      sdrs: { url: endpoint, from: 'endpoint' },
      ...(ecs === undefined ? {} : { ecs: { url: ecs, from: 'ecsEndpoint' } }),
      ...(vpc === undefined ? {} : { vpc: { url: vpc, from: 'vpcEndpoint' } }),
      ...(evs === undefined ? {} : { evs: { url: evs, from: 'evsEndpoint' } }),
    },
    catalogue: [],
    region: null,
  }
  return {
    sdrs: resolveEndpoint('sdrs', sources) ?? endpoint,
    ecs: resolveEndpoint('ecs', sources),
    vpc: resolveEndpoint('vpc', sources),
    evs: resolveEndpoint('evs', sources),
  }
}

/** The simulator in this process, with the servers and groups of an inventory in it; nothing is kept. */
export async function simulateCloud(
  { rows }: Pick<Inventory, 'rows'>,
  options: {
    /** How long a create's job takes, ms. */ readonly jobTimeMs?: number
    readonly seed?: number
  } = {},
): Promise<Cloud> {
  const { seedWorld } = await import('./simulator/seed.ts')
  const { seedRowsOf } = await import('./commands/seed-rows.ts')
  const { simulatorTransport } = await import('./simulator/transport.ts')
  const { DEFAULT_PROJECT_ID: projectId, DEFAULT_REGION: region } =
    await import('./simulator/defaults.ts')
  const { jobTimeMs = 2_000, seed = 1 } = options
  const simulated = 'https://sdrs.simulator.invalid'
  const limits = { jobTimeMs: { min: jobTimeMs, max: jobTimeMs } }
  const initial = seedWorld({
    rows: seedRowsOf(rows),
    projectId,
    now: systemClock.now(),
    seed,
    limits,
  })
  const connection: Connection = {
    authenticator: tokenAuthenticator('simulated', 'the simulator'),
    endpoints: { sdrs: simulated, ecs: simulated, vpc: simulated, evs: simulated },
    projectId,
    region,
    target: { cloud: SIMULATOR, region, projectId, projectName: null, identity: null },
    assumedProject: null,
  }
  return cloudOver(simulatorTransport({ initial, clock: systemClock }), connection, DEFAULT_RATE)
}

function cloudOver(transport: Transport, connection: Connection, rate: number): Cloud {
  const clock = steadyClock()
  const requests = createRequestLog()
  const { sdrs, ...others } = createClients({
    connection,
    transport,
    rate: createRateGate(rate, clock),
    requests,
    clock: systemClock,
    random: Math.random,
    requestTimeoutMs: DEFAULT_REQUEST_TIMEOUT_MS,
  })
  return {
    client: sdrs,
    others,
    requests,
    clock,
    random: Math.random,
    endpoint: connection.endpoints.sdrs,
    projectId: connection.projectId,
    region: connection.region,
    target: connection.target,
    close: async () => transport.close?.(),
  }
}

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

function runFacts({ endpoint, projectId, region, target, clock }: Cloud) {
  const startedAt = clock.now()
  const runId = newRunId(new Date(startedAt))
  const directory = process.cwd()
  return { endpoint, projectId, region, target, startedAt, runId, tool: tool(), directory }
}

/**
 * Audits an inventory: is every row protected, as written, and replicating? Sends reads alone and takes no lock.
 * The report is kept under `reportsDir` as the command keeps it; `report.rows[].verification` says it of each
 * row, `unexpectedRows(report)` are those that are not as `expect` wants them, and `unchecked` is what could not
 * be read. Aborting `signal` ends it without a report. Rejects with Failure (an earlier run's journal cannot be
 * trusted) and ApiError (SDRS cannot be read, or `signal` has aborted).
 */
export async function verifyFleet(
  inventory: Inventory,
  cloud: Cloud,
  options: {
    readonly reportsDir: string
    readonly selection?: Selection
    /** What a row must be; default `replicating`. */
    readonly expect?: Expectation
    readonly signal?: AbortSignal
  },
): Promise<Verified> {
  if (inventory.totals.errors > 0) return { kind: 'problems', problems: inventory.problems }
  const { verify } = await import('./rollout/verify.ts')
  const { client, others, clock, requests } = cloud
  const { reportsDir, selection = {}, expect = 'replicating', signal } = options
  const about = { ...runFacts(cloud), command: 'verify', options: { expect } }
  return verify(
    { inventory, selection, reportsDir, about },
    {
      client,
      others,
      clock,
      requests: () => requests.counts(),
      signal: signal ?? new AbortController().signal,
    },
  )
}

/** Which servers of a project are protected, and which could be. */
export interface ProjectCoverage {
  /** As `coverage --json` prints it: every server in exactly one class. */
  readonly document: CoverageDocument
  /** The protectable ones as an inventory, in CSV: what `coverage --out` writes. */
  readonly gap: string
  /** What could not be read: nothing speaks against a server for it. */
  readonly unchecked: Coverage['unchecked']
}

/**
 * Sorts every server of the project into its class, without an inventory. Sends reads alone, and keeps nothing.
 * Rejects with Failure (`access`) where the servers may not be listed, and ApiError where SDRS cannot be read or
 * `signal` has aborted.
 */
export async function coverProject(
  cloud: Cloud,
  options: {
    /** Globs over names and IDs of servers to leave out; one with a leading `!` leaves out all others. */
    readonly exclude?: readonly string[]
    /** Tags of servers to leave out. */
    readonly excludeTags?: readonly { readonly key: string; readonly value: string }[]
    /** Whose rules for names, flavors and hosts; default `otc`. */
    readonly dialect?: 'otc' | 'huawei'
    readonly signal?: AbortSignal
  } = {},
): Promise<ProjectCoverage> {
  const { readCoverage } = await import('./rollout/coverage.ts')
  const { coverageDocument } = await import('./coverage/coverage-document.ts')
  const { gapInventory } = await import('./coverage/gap-inventory.ts')
  const { client, others, clock, target } = cloud
  const { exclude: globs = [], excludeTags: tags = [], dialect = 'otc', signal } = options
  const { servers, groups, unchecked } = await readCoverage({
    client,
    others,
    clock,
    exclusion: { globs, tags },
    dialect,
    ...(signal === undefined ? {} : { signal }),
  })
  return {
    document: coverageDocument(servers, target),
    gap: await gapInventory(servers, groups, dialect),
    unchecked,
  }
}
