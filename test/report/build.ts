import {
  REASONS,
  type Drift,
  type Outcome,
  type OutcomeFacts,
  type OutcomeKind,
  type Reason,
} from '../../src/outcome.ts'
import type { Row } from '../../src/inventory/row.ts'
import { reconcile } from '../../src/report/reconcile.ts'
import type { ReconcileInput } from '../../src/report/reconcile.ts'
import type { Report } from '../../src/report/schema.ts'
import type { RowOutcome } from '../../src/report/verdict.ts'
import type { ProtectedInstance, ServerGroup } from '../../src/cloud/sdrs/sdrs-schema.ts'

export const GROUP = 'aaaaaaaa-0000-4000-8000-000000000001'
export const OTHER_GROUP = 'aaaaaaaa-0000-4000-8000-000000000002'

export function serverId(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}

export function row(number: number, over: Partial<Row> = {}): Row {
  return {
    row: number,
    line: number + 1,
    serverId: serverId(number),
    name: `web-${number}`,
    serverGroupId: GROUP,
    tags: {},
    carried: {},
    source: [],
    ...over,
  }
}

/** What a test may say of an outcome, also what no run may: a kind with another kind's reason. */
type Over = Partial<OutcomeFacts> & {
  readonly reason?: Reason | null
  readonly message?: string | null
  readonly advice?: string | null
  readonly drift?: readonly Drift[]
  readonly mayBeOurs?: boolean
}

export function outcome(kind: OutcomeKind, over: Over = {}): Outcome {
  return {
    kind,
    reason: REASONS[kind][0] ?? null,
    message: kind === 'created' || kind === 'already-protected' ? null : `message of ${kind}`,
    advice: kind === 'created' || kind === 'already-protected' ? null : `advice for ${kind}`,
    attempts: 0,
    protectedInstanceId: null,
    targetServerId: null,
    jobId: null,
    jobStatus: null,
    errorCode: null,
    httpStatus: null,
    drift: [],
    submittedAt: null,
    finishedAt: null,
    ...(kind === 'unknown' ? { mayBeOurs: true } : {}),
    ...over,
  } as Outcome
}

export function entry(number: number, kind: OutcomeKind, over: Over = {}): RowOutcome {
  return { row: row(number), serverGroupId: GROUP, outcome: outcome(kind, over) }
}

export function instance(number: number, over: Partial<ProtectedInstance> = {}): ProtectedInstance {
  return {
    id: `instance-${number}`,
    name: `web-${number}`,
    description: null,
    serverGroupId: GROUP,
    status: 'available',
    progress: null,
    sourceServer: serverId(number),
    targetServer: `dr-${number}`,
    createdAt: null,
    priorityStation: 'source',
    pairs: null,
    tags: null,
    ...over,
  }
}

export function group(id: string, over: Partial<ServerGroup> = {}): ServerGroup {
  return {
    id,
    name: `group ${id.slice(-1)}`,
    status: 'available',
    sourceAvailabilityZone: null,
    targetAvailabilityZone: null,
    domainId: null,
    sourceVpcId: null,
    targetVpcId: null,
    priorityStation: 'source',
    protectedInstanceNum: null,
    replicationNum: null,
    ...over,
  }
}

export function input(
  rows: readonly RowOutcome[],
  over: Partial<ReconcileInput> = {},
): ReconcileInput {
  return {
    tool: { name: 'sdrs-protect', version: '0.0.0' },
    run: {
      id: 'run-1',
      command: 'apply',
      options: null,
      directory: null,
      startedAt: '2026-01-02T03:00:00.000Z',
      finishedAt: '2026-01-02T03:10:00.000Z',
      endpoint: 'https://sdrs.example.com',
      projectId: '0123456789abcdef0123456789abcdef',
      region: 'eu-de',
      target: {
        cloud: 'otc',
        region: 'eu-de',
        projectId: '0123456789abcdef0123456789abcdef',
        projectName: 'prod-dr',
        identity: 'user jane (domain OTC1), by password from OS_USERNAME, OS_PASSWORD',
      },
      inventory: { source: 'servers.csv', sha256: 'ab'.repeat(32), rows: rows.length },
      selection: null,
      shard: null,
      resumedRuns: [],
    },
    end: { kind: 'ended' },
    rows,
    carriedOver: [],
    inventoryServers: rows.map((each) => each.row.serverId),
    snapshot: null,
    requests: {
      total: 3,
      byOperation: { listProtectedInstances: 3 },
      byStatus: { '200': 2, network: 1 },
      retries: 1,
      throttled: 0,
    },
    ...over,
  }
}

export function report(rows: readonly RowOutcome[], over: Partial<ReconcileInput> = {}): Report {
  return reconcile(input(rows, over))
}
