import type { OpenWork } from '../journal/replay.ts'
import { mayBeDeleted } from './delete-guard.ts'
import type { Plan, PlannedRow } from './plan.ts'

/**
 * Rows that are in conflict with nothing but what a failed create of ours has left: `--replace-failed`
 * would delete that and create anew. The journals alone tell here, since a plan without that option does
 * not read the service's failed tasks. Pure.
 */
export function replaceable(plan: Plan, openWork: OpenWork): readonly PlannedRow[] {
  const { failedInstances, healthyInstances } = openWork
  return plan.rows.filter(({ row, group, action }) => {
    if (action.kind !== 'conflict') return false
    const { instance } = action
    return mayBeDeleted({
      wanted: { serverId: row.serverId, groupId: group.id, instanceId: instance.id },
      leftByFailedCreate: failedInstances.has(instance.id) && !healthyInstances.has(instance.id),
      instance,
    })
  })
}
