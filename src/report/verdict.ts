import {
  protectedResult,
  withoutOvercome,
  type Drift,
  type Outcome,
  type OutcomeFacts,
  type ProtectedResult,
  type RowResult,
} from '../outcome.ts'
import { openResult, unknownResult } from '../outcome-sentences.ts'
import type { Row } from '../inventory/row.ts'
import { locateInstance, type InstanceIndex, type Located } from '../plan/locate-instance.ts'
import { isUnsettled } from '../instance-status.ts'
import { isBroken, type ProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'

/** A row with what the run believes about it. `serverGroupId` is the wanted group, once its name is resolved. */
export interface RowOutcome {
  readonly row: Row
  readonly serverGroupId: string | null
  readonly outcome: Outcome
}

/** Compares a row with an instance that turned out to be its own. */
export type DriftOf = (row: Row, instance: ProtectedInstance) => readonly Drift[]

/** What the fresh list says of one row's server, where it shows an instance. */
type Standing = 'elsewhere' | 'as-dr-server' | 'broken' | 'deleting' | 'creating' | 'healthy'

/**
 * The last word on a row: what the run believes, held against a list that was read after the run.
 * The cloud is the truth, so a belief that the list contradicts gives way:
 *
 * | believed            | seen healthy           | creating    | broken          | deleting       | elsewhere   | absent      |
 * | ------------------- | ---------------------- | ----------- | --------------- | -------------- | ----------- | ----------- |
 * | created             | created                | in-progress | failed          | being-deleted  | other-group | not-in-list |
 * | already-protected   | stays                  | in-progress | broken-instance | being-deleted  | other-group | not-in-list |
 * | unknown             | created                | in-progress | failed          | being-deleted  | other-group | stays       |
 * | unknown, not ours   | already-protected      | in-progress | broken-instance | being-deleted  | other-group | stays       |
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
  switch (outcome.kind) {
    case 'created':
    case 'already-protected':
      return confirm(outcome, row, located, protectedResult(outcome.kind, outcome))
    case 'unknown':
      if (located === null) return outcome
      return confirm(
        outcome,
        row,
        located,
        outcome.mayBeOurs
          ? protectedResult('created')
          : protectedResult('already-protected', { drift: driftOf(row, located.instance) }),
      )
    case 'blocked':
    case 'not-attempted':
      return isHealthy(located) ? adopt(outcome, row, located.instance, driftOf) : outcome
    case 'failed':
      return isHealthy(located) && outcome.reason !== 'job-failed'
        ? adopt(outcome, row, located.instance, driftOf)
        : outcome
    case 'conflict':
    case 'in-progress':
      return outcome
  }
}

function isHealthy(located: Located | null): located is Located {
  return located !== null && standingOf(located) === 'healthy'
}

function standingOf(located: Located): Standing {
  if (located.asDrServer) return 'as-dr-server'
  if (!located.inGroup) return 'elsewhere'
  const { status } = located.instance
  if (isBroken(status)) return 'broken'
  if (isUnsettled(status)) return 'creating'
  return status === 'deleting' ? status : 'healthy'
}

/** For a row that is believed to be protected. */
function confirm(
  outcome: Outcome,
  row: Row,
  located: Located | null,
  believed: ProtectedResult,
): Outcome {
  if (located === null) {
    const mayBeOurs = believed.kind === 'created'
    return withResult(outcome, unknownResult('not-in-list', mayBeOurs, { what: 'believed' }))
  }
  const { instance } = located
  const seen = withInstance(outcome, instance)
  switch (standingOf(located)) {
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
              blame: outcome.kind === 'created' ? 'other' : 'unclear',
              advice: '',
            })
          : openResult('conflict', 'broken-instance', {
              why: 'found',
              instance,
              wasProtected: outcome.kind === 'already-protected',
            }),
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
    case 'as-dr-server':
      return withResult(
        seen,
        openResult('conflict', 'other-group', {
          why: 'dr-server',
          serverId: row.serverId,
          instance,
        }),
      )
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
  return withoutOvercome({ ...facts, ...result })
}
