import type { Dialect } from '../../src/inventory/row-schema.ts'
import type { Row } from '../../src/inventory/row.ts'
import type { Fate } from '../../src/journal/fate.ts'
import { NO_OPEN_WORK, type OpenCreate } from '../../src/journal/replay.ts'
import { makePlan, type Plan, type PlanInput } from '../../src/plan/plan.ts'
import type { PreflightFacts } from '../../src/plan/preflight/facts.ts'
import type {
  FailureJob,
  ProtectedInstance,
  ServerGroup,
} from '../../src/cloud/sdrs/sdrs-schema.ts'
import { group, GROUP, instance, OTHER_GROUP, row, serverId } from '../report/build.ts'

/** A cloud and a memory from which a plan is made: everything but what a test is about has a default. */
export interface Facts {
  readonly rows?: readonly Row[]
  readonly groupStatus?: string
  readonly groups?: ReadonlyMap<number, ServerGroup>
  readonly instances?: readonly ProtectedInstance[]
  readonly failureJobs?: readonly FailureJob[]
  readonly open?: readonly OpenCreate[]
  readonly failedInstances?: readonly string[]
  readonly replaceFailed?: boolean
  readonly takenAt?: number
  /** Null: --no-preflight. */
  readonly preflight?: PreflightFacts | null
  readonly dialect?: Dialect
  readonly group?: Partial<ServerGroup>
}

export function planOf(facts: Facts): Plan {
  const rows = facts.rows ?? [row(1)]
  const wanted = group(GROUP, { status: facts.groupStatus ?? 'available', ...facts.group })
  const input: PlanInput = {
    rows,
    groups: facts.groups ?? new Map(rows.map((each) => [each.row, wanted])),
    snapshot: {
      takenAt: facts.takenAt ?? 0,
      groups: [wanted, group(OTHER_GROUP)],
      instances: facts.instances ?? [],
      preflight: facts.preflight ?? null,
      failureJobs: facts.failureJobs ?? [],
    },
    openWork: {
      ...NO_OPEN_WORK,
      open: new Map((facts.open ?? []).map((each) => [each.serverId.replaceAll('-', ''), each])),
      failedInstances: new Set(facts.failedInstances ?? []),
    },
    replaceFailed: facts.replaceFailed ?? false,
    dialect: facts.dialect ?? 'otc',
  }
  return makePlan(input)
}

export const OPEN_FATES = {
  accepted: { kind: 'accepted', jobId: 'job-1', instanceId: null },
  unknown: { kind: 'unknown', jobId: null },
  intended: { kind: 'intended' },
} as const satisfies Record<string, Fate>

export function openCreate(number: number, kind: keyof typeof OPEN_FATES): OpenCreate {
  return {
    serverId: serverId(number),
    groupId: GROUP,
    name: `web-${number}`,
    runId: 'run-0',
    fate: OPEN_FATES[kind],
    jobId: kind === 'accepted' ? 'job-1' : null,
    instanceId: null,
    intendedAt: 0,
  }
}

/** An instance of which row 1 names the DR server. */
export function turned(over: Partial<ProtectedInstance>): ProtectedInstance {
  return instance(9, { targetServer: serverId(1), ...over })
}
