import type { OpenCreate, Memory } from '../journal/replay.ts'
import type { Drift, Reason } from '../outcome.ts'
import { groupBy } from '../group-by.ts'
import { idKey, type Row } from '../inventory/row.ts'
import { isBroken, type ProtectedInstance, type ServerGroup } from '../sdrs/schema.ts'
import { driftOf } from './drift.ts'
import type { Snapshot } from './snapshot.ts'

/**
 * What apply will do about one row:
 * - `create`: nothing of it is there
 * - `keep`: it is protected in its group already
 * - `conflict`, `blocked`: a person must decide; nothing is sent
 * - `resume`: a create is under way, ours or not: follow it to its end
 * - `look`: an earlier create of ours has an unknown fate: look for it, then perhaps send
 * - `replace`: delete what a failed create left, then create
 */
export type Action =
  | { readonly kind: 'create' }
  | {
      readonly kind: 'keep'
      readonly instance: ProtectedInstance
      readonly drift: readonly Drift[]
      /** Protected, yet in a state a person should know of. */
      readonly warning: string | null
    }
  | {
      readonly kind: 'conflict'
      readonly reason: Extract<Reason, 'other-group' | 'broken-instance' | 'being-deleted'>
      readonly instance: ProtectedInstance
      readonly message: string
      readonly advice: string
    }
  | {
      readonly kind: 'blocked'
      readonly reason: Extract<Reason, 'group-not-ready'>
      readonly message: string
      readonly advice: string
    }
  | {
      readonly kind: 'resume'
      readonly open: OpenCreate | null
      readonly instance: ProtectedInstance | null
    }
  | { readonly kind: 'look'; readonly open: OpenCreate }
  | { readonly kind: 'replace'; readonly instance: ProtectedInstance }

export type ActionKind = Action['kind']

export interface PlannedRow {
  readonly row: Row
  readonly group: ServerGroup
  readonly action: Action
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
  readonly memory: Memory
  readonly replaceFailed: boolean
}

/** Decides for every row, from data alone: the same input gives the same plan. Pure. */
export function makePlan(input: PlanInput): Plan {
  const facts = indexFacts(input)
  const rows = input.rows.map((row): PlannedRow => {
    const group = input.groups.get(row.row)
    if (group === undefined) throw new Error(`row ${row.row} has no protection group`)
    return { row, group, action: decide(factsOf(facts, row, group)) }
  })
  const named = new Set(input.rows.map((row) => idKey(row.serverId)))
  const carriedOver = [...input.memory.open].flatMap(([key, open]) =>
    named.has(key) ? [] : [open],
  )
  return { rows, carriedOver }
}

/** All that one decision needs. */
interface RowFacts {
  readonly row: Row
  readonly group: ServerGroup
  readonly instance: ProtectedInstance | null
  /** The server is the DR server of `instance`, not its production server. */
  readonly asTarget: boolean
  readonly inGroup: boolean
  readonly open: OpenCreate | null
  readonly mayReplace: boolean
  readonly groupName: (id: string | null) => string
}

type Rule = (facts: RowFacts) => Action | null

/** In this order; the first that has an answer decides. */
const RULES: readonly Rule[] = [
  followOpenCreate,
  refuseDrServer,
  refuseOtherGroup,
  refuseBeingDeleted,
  replaceFailedCreate,
  refuseBroken,
  followCreating,
  keepProtected,
  lookForLost,
  blockUnreadyGroup,
]

function decide(facts: RowFacts): Action {
  for (const rule of RULES) {
    const action = rule(facts)
    if (action !== null) return action
  }
  return { kind: 'create' }
}

/** An accepted job, or a lost create that has shown up: whatever the inventory says now, first see it to its end. */
function followOpenCreate({ open, instance, inGroup, asTarget }: RowFacts): Action | null {
  if (open === null || asTarget) return null
  if (open.fate.kind === 'accepted') return { kind: 'resume', open, instance }
  return instance !== null && inGroup ? { kind: 'resume', open, instance } : null
}

function refuseDrServer({ asTarget, instance, row }: RowFacts): Action | null {
  if (!asTarget || instance === null || isTurnedRound(instance)) return null
  return {
    kind: 'conflict',
    reason: 'other-group',
    instance,
    message: `${row.serverId} is the DR server of the protected instance "${instance.name}" (${instance.id})`,
    advice: 'Name the production server in this row, or remove the row.',
  }
}

function refuseOtherGroup({ instance, inGroup, groupName }: RowFacts): Action | null {
  if (instance === null || inGroup) return null
  return {
    kind: 'conflict',
    reason: 'other-group',
    instance,
    message: `the server is protected in the group ${groupName(instance.serverGroupId)} as "${instance.name}" (${instance.id}, ${instance.status})`,
    advice: 'Correct the group of this row, or remove that protected instance first.',
  }
}

function refuseBeingDeleted({ instance }: RowFacts): Action | null {
  if (instance?.status !== 'deleting') return null
  return {
    kind: 'conflict',
    reason: 'being-deleted',
    instance,
    message: `the protected instance "${instance.name}" (${instance.id}) is being deleted`,
    advice: 'If it should be protected anew, run again once it is gone.',
  }
}

function replaceFailedCreate({ instance, mayReplace }: RowFacts): Action | null {
  return instance !== null && mayReplace ? { kind: 'replace', instance } : null
}

function refuseBroken({ instance }: RowFacts): Action | null {
  if (instance === null || !isBroken(instance.status)) return null
  return {
    kind: 'conflict',
    reason: 'broken-instance',
    instance,
    message: `the protected instance "${instance.name}" (${instance.id}) is in ${instance.status}`,
    advice:
      instance.status === 'error'
        ? 'If a failed create left it, run again with --replace-failed; else mend or delete it in the console.'
        : 'Mend it in the console, or delete it and run again.',
  }
}

function followCreating({ instance, open }: RowFacts): Action | null {
  return instance?.status === 'creating' ? { kind: 'resume', open, instance } : null
}

function keepProtected({ instance, row }: RowFacts): Action | null {
  if (instance === null) return null
  return { kind: 'keep', instance, drift: driftOf(row, instance), warning: warningOf(instance) }
}

function lookForLost({ open }: RowFacts): Action | null {
  return open === null ? null : { kind: 'look', open }
}

function blockUnreadyGroup({ group }: RowFacts): Action | null {
  if (!neverReady(group.status)) return null
  return {
    kind: 'blocked',
    reason: 'group-not-ready',
    message: `the protection group "${group.name}" is in ${group.status}, in which no instance can be created`,
    advice: 'Bring the group back to available or protected in the console, then run again.',
  }
}

/** Group statuses that do not pass by waiting. The others (starting, reprotecting …) end by themselves. */
export function neverReady(status: string): boolean {
  return isBroken(status) || status === 'failed-over' || status === 'deleting'
}

const UNUSUAL = ['failing-over', 'failed-over', 'reversing', 'reprotecting']

function warningOf(instance: ProtectedInstance): string | null {
  return UNUSUAL.includes(instance.status)
    ? `the protected instance is in ${instance.status}: production may run on the DR side`
    : null
}

/** After a failover it is undocumented which of the two servers is called source. */
function isTurnedRound(instance: ProtectedInstance): boolean {
  return instance.priorityStation === 'target' || UNUSUAL.includes(instance.status)
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
      ...input.memory.failedInstances,
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
    open: indexed.input.memory.open.get(key) ?? null,
    mayReplace:
      indexed.input.replaceFailed &&
      instance?.status === 'error' &&
      instance.priorityStation !== 'target' &&
      indexed.failedCreates.has(instance.id),
    groupName: indexed.groupName,
  }
}
