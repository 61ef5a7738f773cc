import type { Group } from './state.ts'

/** One end of a protection group. */
export interface Side {
  readonly zone: string
  readonly vpcId: string
}

/** Where a group's production servers stand, and where its DR servers are made: its priority station tells. */
export function sidesOf(group: Group): { readonly production: Side; readonly recovery: Side } {
  const source = { zone: group.sourceAvailabilityZone, vpcId: group.sourceVpcId }
  const target = { zone: group.targetAvailabilityZone, vpcId: group.targetVpcId }
  return group.priorityStation === 'source'
    ? { production: source, recovery: target }
    : { production: target, recovery: source }
}
