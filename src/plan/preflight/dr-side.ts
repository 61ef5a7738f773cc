import type { ServerGroup } from '../../cloud/sdrs/sdrs-schema.ts'

/** The VPC that the DR servers of a group will be in: the target's, or after a switch of sides the source's. */
export function drVpcOf(group: ServerGroup): string | null {
  return group.priorityStation?.trim().toLowerCase() === 'target'
    ? group.sourceVpcId
    : group.targetVpcId
}
