import type { ApplyParts } from '../../src/apply/apply.ts'
import { noticingHealthy } from '../../src/apply/noticed-healthy.ts'
import type { RunEvent } from '../../src/apply/events.ts'
import { createStopControl, type StopControl } from '../../src/apply/stop.ts'
import { seededRandom, type Clock, type Random } from '../../src/clock.ts'
import type { Row } from '../../src/inventory/row.ts'
import type { Journal, JournalEvent } from '../../src/journal/journal.ts'
import { replay } from '../../src/journal/replay.ts'
import { worthKeeping } from '../../src/journal/seen-healthy.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { planRollout } from '../../src/rollout/plan-rollout.ts'
import { runRollout, type RolloutResult } from '../../src/rollout/run-rollout.ts'
import { CREATES_ONLY, type Work } from '../../src/rollout/work.ts'
import { createClients, type CloudClients } from '../../src/cloud/clients.ts'
import type { SdrsClient } from '../../src/cloud/sdrs/sdrs-client.ts'
import { createRateGate } from '../../src/cloud/rate.ts'
import {
  createRequestLog,
  type RequestCounts,
  type RequestLog,
} from '../../src/cloud/request-log.ts'
import type { Connection } from '../../src/cloud/sign-in/authenticator.ts'
import { tokenAuthenticator } from '../../src/cloud/sign-in/token.ts'
import type { Transport } from '../../src/cloud/transport.ts'

/** One run of apply without a process: the rollout call that ships, on ports that a test holds. */
export interface RolloutOptions {
  readonly transport: Transport
  readonly clock: Clock
  readonly rows: readonly Row[]
  readonly projectId: string
  /** Journals of earlier runs, oldest first; a run appends its own. */
  readonly runs?: JournalEvent[][]
  readonly seed?: number
  readonly rate?: number
  readonly requestTimeoutMs?: number
  readonly replaceFailed?: boolean
  /** Ask ECS, VPC and EVS as well, as the command does unless it is told `--no-preflight`; default false. */
  readonly preflight?: boolean
  /** Default: creates alone. */
  readonly work?: Work
  /** Default `otc`. */
  readonly dialect?: 'otc' | 'huawei'
  readonly limits?: Partial<ApplyParts['limits']>
  readonly stop?: StopControl
  /** What happened and what went into the journal is kept for the test; false: as in a run, whose journal is a file. */
  readonly keeps?: boolean
  /** Instances of groups that are still listed whole; default: as it ships. */
  readonly wholeUpTo?: number
  /** Ports to spoil: what a test wants to break goes between. */
  readonly spoil?: {
    readonly client?: (client: SdrsClient) => SdrsClient
    readonly journal?: (journal: Journal) => Journal
  }
  readonly onEvent?: ApplyParts['onEvent']
  /** What was seen healthy on the way to a plan that could not be made. */
  readonly onNoRun?: (seen: ReturnType<typeof worthKeeping>) => void
}

export interface Rollout extends RolloutResult {
  readonly plan: Plan
  readonly requests: RequestCounts
  readonly journal: readonly JournalEvent[]
  /** All but progress. */
  readonly events: readonly RunEvent[]
}

export const ENDPOINT = 'https://sdrs.simulator.invalid'

let runNumber = 0

/** The clients of a run, as a command makes them. */
export function clientsOf(
  options: Pick<
    RolloutOptions,
    'transport' | 'clock' | 'projectId' | 'rate' | 'requestTimeoutMs'
  > & { readonly random: Random },
): { readonly clients: CloudClients; readonly requests: RequestLog } {
  const { transport, clock, projectId } = options
  const connection: Connection = {
    authenticator: tokenAuthenticator('simulated', 'test'),
    endpoints: { sdrs: ENDPOINT, ecs: ENDPOINT, vpc: ENDPOINT, evs: ENDPOINT },
    projectId,
    region: null,
    target: { cloud: null, region: null, projectId, projectName: null, identity: null },
    assumedProject: null,
  }
  const requests = createRequestLog()
  const clients = createClients({
    connection,
    transport,
    rate: createRateGate(options.rate ?? 50, clock),
    requests,
    clock,
    random: options.random,
    requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
  })
  return { clients, requests }
}

/** Rejects as the command does when the cloud cannot be read or the journal not be begun. */
export async function rollOut(options: RolloutOptions): Promise<Rollout> {
  const { clock, rows, projectId } = options
  const random = seededRandom(options.seed ?? 1)
  const { requests, clients } = clientsOf({ ...options, random })
  const { sdrs: bare, ...others } = clients
  const seenBefore = new Map<string, string>()
  const client = noticingHealthy(options.spoil?.client?.(bare) ?? bare, seenBefore)
  const runs = options.runs ?? []
  const work = options.work ?? CREATES_ONLY
  const openWork = replay(runs, { projectId })
  const planned = await planRollout({
    rows,
    selection: {},
    openWork,
    client,
    others: options.preflight === true ? others : null,
    clock,
    replaceFailed: options.replaceFailed ?? false,
    dialect: options.dialect ?? 'otc',
    work,
  }).catch((error: unknown) => {
    const servers = rows.map(({ serverId }) => serverId)
    options.onNoRun?.(worthKeeping(seenBefore, openWork, servers))
    throw error
  })
  if (planned.kind === 'problems') {
    throw new Error(planned.problems.map(({ message }) => message).join('\n'))
  }
  if (planned.kind === 'nothing-selected') throw new Error('no row is selected')
  const events: JournalEvent[] = []
  runs.push(events)
  runNumber += 1
  const { keeps = true } = options
  const inMemory = keeps ? journalInto(events) : NO_JOURNAL
  const stop = options.stop ?? createStopControl()
  const happened: RunEvent[] = []
  const result = await runRollout(planned, {
    client,
    work,
    seenBefore,
    journal: options.spoil?.journal?.(inMemory) ?? inMemory,
    clock,
    random,
    stop,
    ...(options.wholeUpTo === undefined ? {} : { wholeUpTo: options.wholeUpTo }),
    limits: {
      concurrency: 10,
      maxJobs: 100,
      pollIntervalMs: null,
      jobTimeoutMs: 30 * 60_000,
      settleWindowMs: 30_000,
      maxFailures: { kind: 'percent', value: 100 },
      ...options.limits,
    },
    onEvent(event) {
      if (keeps && event.type !== 'progress' && event.type !== 'groups-progress') {
        happened.push(event)
      }
      options.onEvent?.(event)
    },
    about: {
      runId: `run-${String(runNumber).padStart(6, '0')}`,
      startedAt: clock.now(),
      tool: { name: 'sdrs-protect', version: 'test' },
      command: work.creates ? 'apply' : 'enable',
      endpoint: ENDPOINT,
      projectId,
      region: null,
      target: null,
      inventory: { source: 'test', sha256: '', rows: rows.length },
      selection: {},
      options: null,
      directory: null,
    },
    requests: requests.counts,
    interruptedBy: () => (stop.reason() === 'interrupted' ? 'SIGINT' : null),
  })
  return {
    ...result,
    plan: planned.plan,
    requests: requests.counts(),
    journal: events,
    events: happened,
  }
}

const NO_JOURNAL: Journal = { append: () => Promise.resolve(), close: () => Promise.resolve() }

export function journalInto(events: JournalEvent[]): Journal {
  return {
    append(event) {
      events.push(event)
      return Promise.resolve()
    },
    close: () => Promise.resolve(),
  }
}

/** A row as the inventory would give it. */
export function makeRow(
  row: number,
  fields: Partial<Row> & { readonly serverId: string; readonly name: string },
): Row {
  return { row, line: row + 1, tags: {}, carried: {}, source: [], ...fields }
}

/** `count` rows over `groups` groups named g1…, with IDs that depend on the number alone. */
export function makeRows(count: number, groups: number): Row[] {
  return Array.from({ length: count }, (_, index) =>
    makeRow(index + 1, {
      serverId: `00000000-0000-4000-8000-${String(index + 1).padStart(12, '0')}`,
      name: `server-${index + 1}`,
      serverGroup: `g${(index % groups) + 1}`,
    }),
  )
}
