import { idKey } from '../inventory/row.ts'
import {
  protectedResult,
  type Drift,
  type Outcome,
  type OutcomeFacts,
  type ProtectedResult,
  type RowResult,
} from '../outcome.ts'
import { openResult } from '../outcome-sentences.ts'
import type { Row } from '../inventory/row.ts'
import { isBroken } from '../sdrs/schema.ts'
import type { ProtectedInstance } from '../sdrs/schema.ts'

/** A row with what the run believes about it. `serverGroupId` is the wanted group, once its name is resolved. */
export interface RowOutcome {
  readonly row: Row
  readonly serverGroupId: string | null
  readonly outcome: Outcome
}

/** Compares a row with an instance that turned out to be its own. */
export type DriftOf = (row: Row, instance: ProtectedInstance) => readonly Drift[]

/** What the fresh list says of one row's server. */
type LiveState =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'elsewhere' | 'broken' | 'deleting' | 'creating' | 'healthy'
      readonly instance: ProtectedInstance
    }

/** Instances by the servers they are about; after a failover it is open which of the two is which. */
export type InstanceIndex = ReadonlyMap<string, readonly ProtectedInstance[]>

export function indexInstances(instances: readonly ProtectedInstance[]): InstanceIndex {
  const index = new Map<string, ProtectedInstance[]>()
  for (const instance of instances) {
    const servers = [instance.sourceServer, instance.targetServer].filter((id) => id !== null)
    for (const key of new Set(servers.map(idKey))) {
      index.set(key, [...(index.get(key) ?? []), instance])
    }
  }
  return index
}

/**
 * The last word on a row: what the run believes, held against a list that was read after the run.
 * The cloud is the truth, so a belief that the list contradicts gives way:
 *
 * | believed            | seen healthy           | creating    | broken          | deleting       | elsewhere   | absent      |
 * | ------------------- | ---------------------- | ----------- | --------------- | -------------- | ----------- | ----------- |
 * | created             | created                | in-progress | failed          | being-deleted  | other-group | not-in-list |
 * | already-protected   | stays                  | in-progress | broken-instance | being-deleted  | other-group | not-in-list |
 * | unknown             | created                | in-progress | failed          | being-deleted  | other-group | stays       |
 * | blocked, n.-attempt.| already-protected      | stays       | stays           | stays          | stays       | stays       |
 * | failed              | as above, but after a job failed it stays: the instance is what that job left   |||||
 * | conflict, in-progr. | stays: a person, or the next run, decides                                       |||||
 */
export function settle(
  { row, serverGroupId, outcome }: RowOutcome,
  index: InstanceIndex,
  driftOf: DriftOf,
): Outcome {
  const live = look(row, serverGroupId, outcome, index)
  switch (outcome.kind) {
    case 'created':
    case 'already-protected':
      return confirm(outcome, outcome, live)
    case 'unknown':
      return live.kind === 'absent' ? outcome : confirm(outcome, protectedResult('created'), live)
    case 'blocked':
    case 'not-attempted':
      return live.kind === 'healthy' ? adopt(outcome, row, live.instance, driftOf) : outcome
    case 'failed':
      return live.kind === 'healthy' && outcome.reason !== 'job-failed'
        ? adopt(outcome, row, live.instance, driftOf)
        : outcome
    case 'conflict':
    case 'in-progress':
      return outcome
  }
}

function look(row: Row, group: string | null, outcome: Outcome, index: InstanceIndex): LiveState {
  const candidates = index.get(idKey(row.serverId)) ?? []
  const here = candidates.filter(
    (candidate) =>
      group !== null &&
      candidate.serverGroupId !== null &&
      idKey(candidate.serverGroupId) === idKey(group),
  )
  const instance = here.find(({ id }) => id === outcome.protectedInstanceId) ?? here[0]
  if (instance === undefined) {
    return candidates[0] === undefined
      ? { kind: 'absent' }
      : { kind: 'elsewhere', instance: candidates[0] }
  }
  if (isBroken(instance.status)) return { kind: 'broken', instance }
  if (instance.status === 'deleting' || instance.status === 'creating') {
    return { kind: instance.status, instance }
  }
  return { kind: 'healthy', instance }
}

/** For a row that is believed to be protected. */
function confirm(outcome: Outcome, believed: ProtectedResult, live: LiveState): Outcome {
  if (live.kind === 'absent') {
    return withResult(outcome, openResult('unknown', 'not-in-list', { what: 'believed' }))
  }
  const { instance } = live
  const seen = withInstance(outcome, instance)
  switch (live.kind) {
    case 'healthy':
      return withResult(seen, believed)
    case 'creating':
      return withResult(seen, openResult('in-progress', 'job-running', { cause: null }))
    case 'broken':
      return withResult(
        seen,
        believed.kind === 'created'
          ? openResult('failed', 'job-failed', {
              code: null,
              cause: `the instance is in ${instance.status}`,
              left: instance,
              advice: '',
            })
          : openResult('conflict', 'broken-instance', { why: 'found', instance }),
      )
    case 'deleting':
      return withResult(seen, openResult('conflict', 'being-deleted', { why: 'found', instance }))
    case 'elsewhere': {
      const group = instance.serverGroupId ?? '(unknown)'
      return withResult(
        seen,
        openResult('conflict', 'other-group', { why: 'group', group, instance }),
      )
    }
  }
}

/** Nothing of ours did it, and yet the server is protected as wanted: somebody else was there meanwhile. */
function adopt(outcome: Outcome, row: Row, instance: ProtectedInstance, driftOf: DriftOf): Outcome {
  const drift = driftOf(row, instance)
  return withResult(
    withInstance(outcome, instance),
    protectedResult('already-protected', { drift }),
  )
}

function withInstance(outcome: OutcomeFacts, instance: ProtectedInstance): OutcomeFacts {
  return {
    ...outcome,
    protectedInstanceId: instance.id,
    targetServerId: instance.targetServer ?? outcome.targetServerId,
  }
}

function withResult(facts: OutcomeFacts, result: RowResult): Outcome {
  return { ...facts, ...result }
}
