import type { OpenCreate, OpenWork } from '../journal/replay.ts'
import type { Row } from '../inventory/row.ts'
import type { Dialect } from '../inventory/row-schema.ts'
import { groupKey, serverKey } from '../keys.ts'
import type { RowWarning } from '../outcome.ts'
import type { CreateProtectedInstance, ServerGroup } from '../cloud/sdrs/sdrs-schema.ts'
import type { Action } from './action.ts'
import { seenHealthy } from '../journal/left-behind.ts'
import { createRequest } from './create-request.ts'
import { mayBeDeleted } from './delete-guard.ts'
import { indexInstances, locateInstance, type InstanceIndex } from './locate-instance.ts'
import type { Unchecked } from './preflight/facts.ts'
import { openPreflight, type Preflight } from './preflight/preflight.ts'
import { warningsOf } from './preflight/warnings.ts'
import { decide, type RowFacts } from './rules.ts'
import { inSendingOrder } from './sending-order.ts'
import type { Snapshot } from './snapshot.ts'

export interface PlannedRow {
  readonly row: Row
  readonly group: ServerGroup
  readonly action: Action
  /** The create's body, sent as it is; null where nothing may be sent. */
  readonly request: CreateProtectedInstance | null
  /** What may stand in the way of a create that goes, and what to know of it. */
  readonly warnings: readonly RowWarning[]
}

/** What is to be said once, of all rows together. */
export interface PlanNote {
  /** ECS knows none of the rows' servers: they are another project's, or another world's. */
  readonly code: 'no-server-known'
  /** How many rows that are. */
  readonly count: number
}

export interface Plan {
  readonly rows: readonly PlannedRow[]
  /** Creates that earlier runs left open for servers that no row names: followed, never sent again. */
  readonly carriedOver: readonly OpenCreate[]
  /** Seen healthy for the first time, as far as the journals tell: to be written down before anything else. */
  readonly healthy: readonly { readonly server: string; readonly instanceId: string }[]
  readonly notes: readonly PlanNote[]
  /** The services that could not be asked: nothing is blocked for what they would have told. */
  readonly unchecked: readonly Unchecked[]
}

export interface PlanInput {
  readonly rows: readonly Row[]
  readonly groups: ReadonlyMap<number, ServerGroup>
  readonly snapshot: Snapshot
  readonly openWork: OpenWork
  readonly replaceFailed: boolean
  /** Whose rules for flavors and hosts. */
  readonly dialect: Dialect
}

/** Decides for every row, from data alone: the same input gives the same plan. Pure. */
export function makePlan(input: PlanInput): Plan {
  const indexed = indexFacts(input)
  const drafts = input.rows.map((row, at): Draft => {
    const group = input.groups.get(row.row)
    if (group === undefined) throw new Error(`row ${row.row} has no protection group`)
    const facts = factsOf(indexed, row, group)
    return { at, row, group, facts, action: decide(facts) }
  })
  const { preflight: facts } = input.snapshot
  const preflight = facts === null ? null : openPreflight({ facts, dialect: input.dialect, drafts })
  const rows: PlannedRow[] = []
  for (const draft of inSendingOrder(drafts)) rows[draft.at] = plannedRow(draft, preflight)
  const count = preflight?.noServerKnown ?? null
  const named = new Set<string>(input.rows.map((row) => serverKey(row.serverId)))
  const carriedOver = [...input.openWork.open].flatMap(([key, open]) =>
    named.has(key) ? [] : [open],
  )
  return {
    rows,
    carriedOver,
    healthy: newlyHealthy(input, named),
    notes: count === null ? [] : [{ code: 'no-server-known', count }],
    unchecked: facts?.unchecked ?? [],
  }
}

/** A row, and what SDRS and the journals alone say of it. */
interface Draft {
  /** Its place in the inventory. */
  readonly at: number
  readonly row: Row
  readonly group: ServerGroup
  readonly facts: RowFacts
  readonly action: Action
}

/** What the other services tell is asked for a create only: what journals and the live list say wins. */
function plannedRow(draft: Draft, preflight: Preflight | null): PlannedRow {
  const { row, group, facts } = draft
  const replaced = draft.action.kind === 'replace' ? draft.action.instance : null
  const create = preflight?.caseOf(draft, replaced) ?? null
  const isNew = draft.action.kind === 'create' || replaced !== null
  const action = isNew ? decide({ ...facts, create }) : draft.action
  preflight?.take(draft, action.kind, replaced)
  const warnings = create !== null && maySend(action) ? warningsOf(create) : NO_WARNINGS
  return {
    row,
    group,
    action,
    request: requestOf(row, group, action),
    warnings: warnings.length === 0 ? NO_WARNINGS : warnings,
  }
}

/** One for nearly all rows of a fleet. */
const NO_WARNINGS: readonly RowWarning[] = []

/** What runs has been sent: no warning would change it. */
function maySend({ kind }: Action): boolean {
  return kind === 'create' || kind === 'replace' || kind === 'look'
}

/**
 * Instances of the rows' servers, and what failed creates have left, that the snapshot shows healthy and
 * no journal does yet. The rows' own as well: that a create has failed may be known to another machine's
 * journals alone, or to the service's failed tasks.
 */
function newlyHealthy(
  { snapshot, openWork }: PlanInput,
  named: ReadonlySet<string>,
): Plan['healthy'] {
  const known = new Set(openWork.failedInstances)
  for (const { id, sourceServer } of snapshot.instances) {
    if (sourceServer !== null && named.has(serverKey(sourceServer))) known.add(id)
  }
  for (const id of openWork.healthyInstances) known.delete(id)
  return seenHealthy(known, snapshot.instances)
}

/** What is followed may come to nothing and is then sent anew, so it has a request as well. */
function requestOf(row: Row, group: ServerGroup, { kind }: Action): CreateProtectedInstance | null {
  const isSettled = kind === 'keep' || kind === 'conflict' || kind === 'blocked'
  return isSettled ? null : createRequest(row, group.id)
}

interface Indexed {
  readonly input: PlanInput
  readonly instances: InstanceIndex
  readonly groupName: (id: string | null) => string
  readonly failedCreates: ReadonlySet<string>
}

function indexFacts(input: PlanInput): Indexed {
  const { instances, groups } = input.snapshot
  const names = new Map(groups.map((group) => [groupKey(group.id), group.name]))
  return {
    input,
    instances: indexInstances(instances),
    groupName: (id) => (id === null ? '(unknown)' : `"${names.get(groupKey(id)) ?? id}"`),
    failedCreates: failedCreates(input),
  }
}

/** Left by a failed create, as journals or the service's failed tasks tell it, and not seen healthy since. */
function failedCreates({ snapshot, openWork }: PlanInput): Set<string> {
  const known = new Set(openWork.failedInstances)
  for (const { failureStatus, resourceId } of snapshot.failureJobs) {
    if (failureStatus === 'createFail' && resourceId !== null) known.add(resourceId)
  }
  for (const id of openWork.healthyInstances) known.delete(id)
  return known
}

function factsOf(indexed: Indexed, row: Row, group: ServerGroup): RowFacts {
  const located = locateInstance(indexed.instances, { serverId: row.serverId, groupId: group.id })
  const instance = located?.instance ?? null
  return {
    row,
    group,
    instance,
    asDrServer: located?.asDrServer ?? false,
    inGroup: located?.inGroup ?? false,
    open: indexed.input.openWork.open.get(serverKey(row.serverId)) ?? null,
    mayReplace:
      indexed.input.replaceFailed &&
      instance !== null &&
      mayBeDeleted({
        wanted: { serverId: row.serverId, groupId: group.id, instanceId: instance.id },
        leftByFailedCreate: indexed.failedCreates.has(instance.id),
        instance,
      }),
    create: null,
    wasHealthy: instance !== null && indexed.input.openWork.healthyInstances.has(instance.id),
    groupName: indexed.groupName,
  }
}
