import type { OpenCreate, OpenWork } from '../journal/replay.ts'
import { groupBy } from '../group-by.ts'
import { idKey, type Row } from '../inventory/row.ts'
import {
  isBroken,
  type CreateProtectedInstance,
  type ProtectedInstance,
  type ServerGroup,
} from '../sdrs/schema.ts'
import type { Action } from './action.ts'
import { createRequest } from './create-request.ts'
import { decide, type RowFacts } from './rules.ts'
import type { Snapshot } from './snapshot.ts'

export interface PlannedRow {
  readonly row: Row
  readonly group: ServerGroup
  readonly action: Action
  /** The create's body, sent as it is; null where nothing may be sent. */
  readonly request: CreateProtectedInstance | null
}

export interface Plan {
  readonly rows: readonly PlannedRow[]
  /** Creates that earlier runs left open for servers that no row names: followed, never sent again. */
  readonly carriedOver: readonly OpenCreate[]
}

export interface PlanInput {
  readonly rows: readonly Row[]
  readonly groups: ReadonlyMap<number, ServerGroup>
  readonly snapshot: Snapshot
  readonly openWork: OpenWork
  readonly replaceFailed: boolean
}

/** Decides for every row, from data alone: the same input gives the same plan. Pure. */
export function makePlan(input: PlanInput): Plan {
  const facts = indexFacts(input)
  const rows = input.rows.map((row): PlannedRow => {
    const group = input.groups.get(row.row)
    if (group === undefined) throw new Error(`row ${row.row} has no protection group`)
    const action = decide(factsOf(facts, row, group))
    return { row, group, action, request: requestOf(row, group, action) }
  })
  const named = new Set(input.rows.map((row) => idKey(row.serverId)))
  const carriedOver = [...input.openWork.open].flatMap(([key, open]) =>
    named.has(key) ? [] : [open],
  )
  return { rows, carriedOver }
}

/** What is followed may come to nothing and is then sent anew, so it has a request as well. */
function requestOf(row: Row, group: ServerGroup, { kind }: Action): CreateProtectedInstance | null {
  const isSettled = kind === 'keep' || kind === 'conflict' || kind === 'blocked'
  return isSettled ? null : createRequest(row, group.id)
}

interface Indexed {
  readonly input: PlanInput
  readonly bySource: ReadonlyMap<string, readonly ProtectedInstance[]>
  readonly byTarget: ReadonlyMap<string, readonly ProtectedInstance[]>
  readonly groupName: (id: string | null) => string
  readonly failedCreates: ReadonlySet<string>
}

function indexFacts(input: PlanInput): Indexed {
  const { instances, groups, failureJobs } = input.snapshot
  const names = new Map(groups.map((group) => [group.id, group.name]))
  return {
    input,
    bySource: groupBy(instances, (instance) => idKey(instance.sourceServer ?? '')),
    byTarget: groupBy(instances, (instance) => idKey(instance.targetServer ?? '')),
    groupName: (id) => (id === null ? '(unknown)' : `"${names.get(id) ?? id}"`),
    failedCreates: new Set([
      ...input.openWork.failedInstances,
      ...failureJobs
        .filter((job) => job.failureStatus === 'createFail' && job.resourceId !== null)
        .map((job) => job.resourceId ?? ''),
    ]),
  }
}

function factsOf(indexed: Indexed, row: Row, group: ServerGroup): RowFacts {
  const key = idKey(row.serverId)
  const asSource = indexed.bySource.get(key) ?? []
  const candidates = asSource.length > 0 ? asSource : (indexed.byTarget.get(key) ?? [])
  const inWantedGroup = candidates.filter(
    (instance) => idKey(instance.serverGroupId ?? '') === idKey(group.id),
  )
  const instance =
    inWantedGroup.find((candidate) => !isBroken(candidate.status)) ??
    inWantedGroup[0] ??
    candidates[0] ??
    null
  return {
    row,
    group,
    instance,
    asTarget: asSource.length === 0 && instance !== null,
    inGroup: inWantedGroup.length > 0,
    open: indexed.input.openWork.open.get(key) ?? null,
    mayReplace:
      indexed.input.replaceFailed &&
      instance?.status === 'error' &&
      instance.priorityStation !== 'target' &&
      indexed.failedCreates.has(instance.id),
    groupName: indexed.groupName,
  }
}
