import { isSameGroup, isSameServer } from '../keys.ts'
import type { ProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'

/** An instance as a look has just shown it, and which one may be deleted at all. */
export interface DeleteFacts {
  readonly wanted: {
    readonly serverId: string
    readonly groupId: string
    readonly instanceId: string
  }
  /** Journals or the failed tasks say so, and no run has seen it healthy since. */
  readonly leftByFailedCreate: boolean
  readonly instance: ProtectedInstance
}

/**
 * What must hold for an instance to be deleted: every one, to the letter. What is missing, empty or
 * spelt otherwise does not hold, since a delete takes the DR server along and cannot be undone.
 * Not `as const`: mutation tests leave out what is, and each of these must be seen to bite.
 */
const CONDITIONS = {
  'that very instance': ({ instance, wanted }) => instance.id === wanted.instanceId,
  'in error': ({ instance }) => instance.status === 'error',
  'on its source station': ({ instance }) => instance.priorityStation === 'source',
  'of the same server': ({ instance, wanted }) =>
    isSameServer(instance.sourceServer, wanted.serverId),
  'in the same group': ({ instance, wanted }) =>
    isSameGroup(instance.serverGroupId, wanted.groupId),
  'left by a failed create': ({ leftByFailedCreate }) => leftByFailedCreate,
} satisfies Record<string, (facts: DeleteFacts) => boolean>

export type DeleteCondition = keyof typeof CONDITIONS

/** The conditions that do not hold; none: it may be deleted, now. Pure. */
export function unmetConditions(facts: DeleteFacts): DeleteCondition[] {
  const names = Object.keys(CONDITIONS) as DeleteCondition[]
  return names.filter((name) => !CONDITIONS[name](facts))
}

export function mayBeDeleted(facts: DeleteFacts): boolean {
  return unmetConditions(facts).length === 0
}
