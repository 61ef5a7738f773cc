import type { OpenCreate } from '../journal/replay.ts'
import type { Row } from '../inventory/row.ts'
import { GROUP_STATUS } from '../cloud/catalogue.ts'
import { isBroken, type ProtectedInstance, type ServerGroup } from '../cloud/sdrs/sdrs-schema.ts'
import { openResult } from '../outcome-sentences.ts'
import { driftOf } from './drift.ts'
import type { Action } from './action.ts'
import type { CreateCase } from './preflight/create-case.ts'
import { refusalOf } from './preflight/rules.ts'
import { isMoved, isUnsettled, isWhole } from '../instance-status.ts'

/** All that one decision needs. */
export interface RowFacts {
  readonly row: Row
  readonly group: ServerGroup
  readonly instance: ProtectedInstance | null
  /** The server is the DR server of `instance`, not its production server. */
  readonly asDrServer: boolean
  readonly inGroup: boolean
  readonly open: OpenCreate | null
  readonly mayReplace: boolean
  /** Its create, with what the other services tell; null: they are not asked about this row. */
  readonly create: CreateCase | null
  /** The instance has been seen healthy, as journals tell it. */
  readonly wasHealthy: boolean
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
  blockRefused,
]

export function decide(facts: RowFacts): Action {
  for (const rule of RULES) {
    const action = rule(facts)
    if (action !== null) return action
  }
  return CREATE
}

/** One for all rows of a fleet. */
const CREATE: Action = { kind: 'create' }

/** An accepted job, or a lost create that has shown up: whatever the inventory says now, first see it to its end. */
function followOpenCreate({ open, instance, inGroup, asDrServer }: RowFacts): Action | null {
  if (open === null || asDrServer) return null
  if (open.fate.kind === 'accepted') return { kind: 'resume', open, instance }
  return instance !== null && inGroup ? { kind: 'resume', open, instance } : null
}

function refuseDrServer({ asDrServer, instance, row }: RowFacts): Action | null {
  if (!asDrServer || instance === null) return null
  const { serverId } = row
  const result = openResult('conflict', 'other-group', { why: 'dr-server', serverId, instance })
  return { kind: 'conflict', instance, result }
}

function refuseOtherGroup({ instance, inGroup, groupName }: RowFacts): Action | null {
  if (instance === null || inGroup) return null
  const group = groupName(instance.serverGroupId)
  const result = openResult('conflict', 'other-group', { why: 'group', group, instance })
  return { kind: 'conflict', instance, result }
}

function refuseBeingDeleted({ instance }: RowFacts): Action | null {
  if (instance?.status !== 'deleting') return null
  const result = openResult('conflict', 'being-deleted', { why: 'found', instance })
  return { kind: 'conflict', instance, result }
}

/** Nothing is deleted for a create that would be refused. */
function replaceFailedCreate(facts: RowFacts): Action | null {
  const { instance, mayReplace } = facts
  if (instance === null || !mayReplace) return null
  return blockUnreadyGroup(facts) ?? blockRefused(facts) ?? { kind: 'replace', instance }
}

function refuseBroken({ instance, wasHealthy }: RowFacts): Action | null {
  if (instance === null || !isBroken(instance.status)) return null
  const result = openResult('conflict', 'broken-instance', {
    why: 'found',
    instance,
    wasProtected: wasHealthy,
  })
  return { kind: 'conflict', instance, result }
}

function followCreating({ instance, open }: RowFacts): Action | null {
  return instance !== null && isUnsettled(instance.status)
    ? { kind: 'resume', open, instance }
    : null
}

function keepProtected({ instance, row }: RowFacts): Action | null {
  if (instance === null) return null
  return { kind: 'keep', instance, drift: driftOf(row, instance), warning: statusWarning(instance) }
}

function lookForLost({ open }: RowFacts): Action | null {
  return open === null ? null : { kind: 'look', open }
}

function blockUnreadyGroup({ group }: RowFacts): Action | null {
  if (!neverReady(group.status)) return null
  const { name, status } = group
  return {
    kind: 'blocked',
    result: openResult('blocked', 'group-not-ready', { group: name, status }),
    errorCode: GROUP_STATUS,
  }
}

function blockRefused({ create }: RowFacts): Action | null {
  const refusal = create === null ? null : refusalOf(create)
  return refusal === null ? null : { kind: 'blocked', ...refusal }
}

/** Group statuses that do not pass by waiting. The others (starting, reprotecting …) end by themselves. */
export function neverReady(status: string): boolean {
  return isBroken(status) || status === 'failed-over' || status === 'deleting'
}

/** A protected instance whose status a person should know of; null: nothing is odd about it. */
export function statusWarning({ status }: ProtectedInstance): string | null {
  if (isMoved(status)) {
    return `the protected instance is in ${status}: production may run on the DR side`
  }
  return isWhole(status)
    ? null
    : `the protected instance is in "${status}", a status that is not documented: look at it`
}
