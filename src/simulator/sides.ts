import { stationAt } from './lifecycle.ts'
import { serverKey, type Group, type Instance, type World } from './state.ts'

/** One end of a protection group. */
export interface Side {
  readonly zone: string
  readonly vpcId: string
}

export interface Sides {
  readonly production: Side
  readonly recovery: Side
}

/** Where a group's production servers stand, and where its DR servers are made: its priority station tells. */
export function sidesOf(group: Group, at: number): Sides {
  return sidesBy(group, stationAt(group, at))
}

function sidesBy(group: Group, station: 'source' | 'target'): Sides {
  const source = { zone: group.sourceAvailabilityZone, vpcId: group.sourceVpcId }
  const target = { zone: group.targetAvailabilityZone, vpcId: group.targetVpcId }
  return station === 'source'
    ? { production: source, recovery: target }
    : { production: target, recovery: source }
}

/**
 * The sides of one instance as its create found them: where its server stands is production. They stay
 * when the group changes its own, for no server moves.
 */
export function sidesOfInstance(world: World, { groupId, serverId }: Instance): Sides | null {
  const group = world.groups.get(groupId)
  if (group === undefined) return null
  const zone = world.servers.get(serverKey(serverId))?.availabilityZone
  if (zone === group.sourceAvailabilityZone) return sidesBy(group, 'source')
  if (zone === group.targetAvailabilityZone) return sidesBy(group, 'target')
  return sidesBy(group, group.priorityStation)
}

/** Whether production runs on what the instance's create made for recovery. */
export function isTurned(world: World, instance: Instance, at: number): boolean {
  const group = world.groups.get(instance.groupId)
  const made = sidesOfInstance(world, instance)
  if (group === undefined || made === null) return false
  return sidesOf(group, at).production.zone === made.recovery.zone
}
