import { idKey } from '../inventory/row.ts'
import type { Drift, Outcome, OutcomeKind } from '../outcome.ts'
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
      return confirm(outcome, live)
    case 'unknown':
      return live.kind === 'absent'
        ? outcome
        : confirm({ ...cleared(outcome), kind: 'created' }, live)
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
function confirm(outcome: Outcome, live: LiveState): Outcome {
  const ours = outcome.kind === 'created'
  switch (live.kind) {
    case 'healthy':
      return withInstance(outcome, live.instance)
    case 'creating':
      return changed(withInstance(outcome, live.instance), 'in-progress', 'job-running', {
        message: 'the instance is still being created',
        advice: 'run apply again: it waits for the instance and sends nothing',
      })
    case 'broken':
      return changed(
        withInstance(outcome, live.instance),
        ours ? 'failed' : 'conflict',
        ours ? 'job-failed' : 'broken-instance',
        {
          message: `the instance is in status ${live.instance.status}`,
          advice: 'look at the instance in the console; delete or repair it, then run apply again',
        },
      )
    case 'deleting':
      return changed(withInstance(outcome, live.instance), 'conflict', 'being-deleted', {
        message: 'the instance is being deleted',
        advice: 'run apply again when it is gone, if the server shall be protected',
      })
    case 'elsewhere':
      return changed(withInstance(outcome, live.instance), 'conflict', 'other-group', {
        message: `the server is protected in group ${live.instance.serverGroupId ?? 'unknown'}`,
        advice: 'correct the group in the inventory, or delete that instance',
      })
    case 'absent':
      return changed(outcome, 'unknown', 'not-in-list', {
        message: 'believed to be protected, but the live list does not show it',
        advice: 'run apply again: it looks before it sends anything',
      })
  }
}

/** Nothing of ours did it, and yet the server is protected as wanted: somebody else was there meanwhile. */
function adopt(outcome: Outcome, row: Row, instance: ProtectedInstance, driftOf: DriftOf): Outcome {
  const adopted = { ...cleared(outcome), kind: 'already-protected' as const }
  return { ...withInstance(adopted, instance), drift: driftOf(row, instance) }
}

function cleared(outcome: Outcome): Outcome {
  return { ...outcome, reason: null, message: null, advice: null }
}

function withInstance(outcome: Outcome, instance: ProtectedInstance): Outcome {
  return {
    ...outcome,
    protectedInstanceId: instance.id,
    targetServerId: instance.targetServer ?? outcome.targetServerId,
  }
}

function changed(
  outcome: Outcome,
  kind: OutcomeKind,
  reason: NonNullable<Outcome['reason']>,
  said: { readonly message: string; readonly advice: string },
): Outcome {
  return { ...outcome, kind, reason, ...said }
}
