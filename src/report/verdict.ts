import type { Drift, Outcome, OutcomeKind } from '../outcome.ts'
import type { Row } from '../inventory/row.ts'
import { liveStateFrom, type LiveState } from '../plan/live-state.ts'
import { locateInstance, type InstanceIndex, type Located } from '../plan/locate-instance.ts'
import { isBroken, type ProtectedInstance } from '../sdrs/schema.ts'

/** A row with what the run believes about it. `serverGroupId` is the wanted group, once its name is resolved. */
export interface RowOutcome {
  readonly row: Row
  readonly serverGroupId: string | null
  readonly outcome: Outcome
}

/** Compares a row with an instance that turned out to be its own. */
export type DriftOf = (row: Row, instance: ProtectedInstance) => readonly Drift[]

/** What the fresh list says of one row's server. */
type Standing = 'absent' | 'elsewhere' | 'broken' | 'deleting' | 'creating' | 'healthy'

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
  const located = locateInstance(index, { serverId: row.serverId, groupId: serverGroupId })
  const live = liveStateFrom(located?.instance ?? null, outcome.protectedInstanceId)
  const standing = standingOf(located)
  switch (outcome.kind) {
    case 'created':
    case 'already-protected':
      return confirm(outcome, live, standing)
    case 'unknown':
      return live.kind === 'seen'
        ? confirm({ ...cleared(outcome), kind: 'created' }, live, standing)
        : outcome
    case 'blocked':
    case 'not-attempted':
      return live.kind === 'seen' && standing === 'healthy'
        ? adopt(outcome, row, live.instance, driftOf)
        : outcome
    case 'failed':
      return live.kind === 'seen' && standing === 'healthy' && outcome.reason !== 'job-failed'
        ? adopt(outcome, row, live.instance, driftOf)
        : outcome
    case 'conflict':
    case 'in-progress':
      return outcome
  }
}

function standingOf(located: Located | null): Standing {
  if (located === null) return 'absent'
  if (located.asDrServer || !located.inGroup) return 'elsewhere'
  const { status } = located.instance
  if (isBroken(status)) return 'broken'
  return status === 'deleting' || status === 'creating' ? status : 'healthy'
}

/** For a row that is believed to be protected. */
function confirm(outcome: Outcome, live: LiveState, standing: Standing): Outcome {
  const ours = outcome.kind === 'created'
  if (live.kind !== 'seen' || standing === 'absent') {
    return changed(outcome, 'unknown', 'not-in-list', {
      message: 'believed to be protected, but the live list does not show it',
      advice: 'run apply again: it looks before it sends anything',
    })
  }
  switch (standing) {
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
