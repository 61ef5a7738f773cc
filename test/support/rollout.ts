import { applyPlan, type Applied, type ApplyParts } from '../../src/apply/apply.ts'
import { createStopControl, type StopControl } from '../../src/apply/stop.ts'
import { seededRandom, type Clock } from '../../src/clock.ts'
import type { Row } from '../../src/inventory/row.ts'
import type { Journal, JournalEvent } from '../../src/journal/journal.ts'
import { replay } from '../../src/journal/replay.ts'
import { resolveGroups } from '../../src/plan/groups.ts'
import { makePlan, type Plan } from '../../src/plan/plan.ts'
import { readSnapshot } from '../../src/plan/snapshot.ts'
import { reconcile } from '../../src/report/reconcile.ts'
import type { Report } from '../../src/report/schema.ts'
import { createClient, type SdrsClient } from '../../src/sdrs/client.ts'
import { ApiError } from '../../src/sdrs/errors.ts'
import { createRateGate } from '../../src/sdrs/rate.ts'
import { createRequestLog, type RequestCounts } from '../../src/sdrs/request-log.ts'
import type { Connection } from '../../src/sdrs/sign-in/authenticator.ts'
import { tokenAuthenticator } from '../../src/sdrs/sign-in/token.ts'
import type { Transport } from '../../src/sdrs/transport.ts'

/** One run of apply without a process: the same stages as the command, on ports that a test holds. */
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
  readonly limits?: Partial<ApplyParts['limits']>
  readonly stop?: StopControl
  /** Ports to spoil: what a test wants to break goes between. */
  readonly spoil?: {
    readonly client?: (client: SdrsClient) => SdrsClient
    readonly journal?: (journal: Journal) => Journal
  }
  readonly onProgress?: ApplyParts['onProgress']
}

export interface Rollout {
  readonly plan: Plan
  readonly applied: Applied
  readonly report: Report
  readonly requests: RequestCounts
  readonly journal: readonly JournalEvent[]
}

export const ENDPOINT = 'https://sdrs.simulator.invalid'

let runNumber = 0

export async function rollOut(options: RolloutOptions): Promise<Rollout> {
  const { clock, rows, projectId } = options
  const random = seededRandom(options.seed ?? 1)
  const connection: Connection = {
    authenticator: tokenAuthenticator('simulated', 'test'),
    endpoints: { sdrs: ENDPOINT, ecs: null, vpc: null },
    projectId,
    region: null,
  }
  const requests = createRequestLog()
  const bare = createClient({
    connection,
    transport: options.transport,
    rate: createRateGate(options.rate ?? 50, clock),
    requests,
    clock,
    random,
    requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
  })
  const client = options.spoil?.client?.(bare) ?? bare
  const runs = options.runs ?? []
  const openWork = replay(runs, { projectId })
  const snapshot = await readSnapshot(client, clock, {
    withFailures: options.replaceFailed ?? false,
  })
  const { byRow: groups, problems } = resolveGroups(rows, snapshot.groups)
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'))
  const replaceFailed = options.replaceFailed ?? false
  const plan = makePlan({ rows, groups, snapshot, openWork, replaceFailed })
  const events: JournalEvent[] = []
  runs.push(events)
  runNumber += 1
  const startedAt = clock.now()
  const runId = `run-${String(runNumber).padStart(6, '0')}`
  const plain = journalInto(events)
  const journal = options.spoil?.journal?.(plain) ?? plain
  await journal.append({
    type: 'run',
    at: startedAt,
    runId,
    command: 'apply',
    endpoint: ENDPOINT,
    projectId,
    source: 'test',
    sha256: '',
    resumes: [...openWork.openRuns],
  })
  const stop = options.stop ?? createStopControl()
  const applied = await applyPlan(plan, {
    client,
    journal,
    clock,
    random,
    stop,
    limits: {
      concurrency: 10,
      maxJobs: 100,
      pollIntervalMs: null,
      jobTimeoutMs: 30 * 60_000,
      settleWindowMs: 30_000,
      maxFailures: { kind: 'percent', value: 100 },
      ...options.limits,
    },
    onProgress: options.onProgress ?? (() => {}),
    note: () => {},
  })
  const fresh = stop.following.aborted
    ? null
    : await readSnapshot(client, clock, { withFailures: false, signal: stop.following }).catch(
        (error: unknown) => {
          if (error instanceof ApiError) return null
          throw error
        },
      )
  const report = reconcile({
    tool: { name: 'sdrs-protect', version: 'test' },
    run: {
      id: runId,
      command: 'apply',
      options: null,
      directory: null,
      startedAt: new Date(startedAt).toISOString(),
      finishedAt: new Date(clock.now()).toISOString(),
      endpoint: ENDPOINT,
      projectId,
      region: null,
      inventory: { source: 'test', sha256: '', rows: rows.length },
      selection: null,
      shard: null,
      resumedRuns: [],
    },
    end: { kind: 'ended' },
    rows: plan.rows.map(({ row, group }) => {
      const outcome = applied.outcomes.get(row.row)
      if (outcome === undefined) throw new Error(`row ${row.row} has no outcome`)
      return { row, serverGroupId: group.id, outcome }
    }),
    carriedOver: applied.carriedOver.map(({ open, outcome }) => ({
      row: makeRow(0, { serverId: open.serverId, name: open.name, serverGroupId: open.groupId }),
      serverGroupId: open.groupId,
      outcome,
    })),
    inventoryServers: rows.map(({ serverId }) => serverId),
    snapshot: fresh,
    requests: requests.counts(),
  })
  return { plan, applied, report, requests: requests.counts(), journal: events }
}

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
