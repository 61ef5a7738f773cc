import { groupKey } from '../keys.ts'
import type { ProtectedInstance, ServerGroup } from '../cloud/sdrs/sdrs-schema.ts'

/** Of a group, and of the instances in it, once switching its protection on has failed. */
export const FAILED_START = 'error-starting'

/**
 * The instances as they count for their rows: in a group whose start has failed, those that share its
 * status are what they were before it, whole and not replicating. The group tells of the failure. Pure.
 */
export function asBeforeFailedStart(
  groups: readonly Pick<ServerGroup, 'id' | 'status'>[],
  instances: readonly ProtectedInstance[],
): readonly ProtectedInstance[] {
  const failed = new Set(
    groups.flatMap(({ id, status }) => (status === FAILED_START ? groupKey(id) : [])),
  )
  if (failed.size === 0) return instances
  return instances.map((instance) =>
    instance.status === FAILED_START &&
    instance.serverGroupId !== null &&
    failed.has(groupKey(instance.serverGroupId))
      ? { ...instance, status: 'available' }
      : instance,
  )
}
