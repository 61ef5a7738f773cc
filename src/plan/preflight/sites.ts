import { unifyId } from '../../keys.ts'
import type { ServerGroup } from '../../cloud/sdrs/sdrs-schema.ts'

/** Where one side of a group is; null: the service does not tell. */
export interface Site {
  readonly zone: string | null
  readonly vpc: string | null
}

export interface Sites {
  readonly production: Site
  readonly dr: Site
}

const UNTOLD: Site = { zone: null, vpc: null }

/**
 * Which side is production's: the source or the target, by the group's `priority_station` (API reference,
 * server groups). Where that is neither word, both sides are unknown: a guess would block what is right.
 */
export function sitesOf(group: ServerGroup): Sites {
  const source = { zone: group.sourceAvailabilityZone, vpc: group.sourceVpcId }
  const target = { zone: group.targetAvailabilityZone, vpc: group.targetVpcId }
  switch (group.priorityStation?.trim().toLowerCase() ?? '') {
    case 'source':
      return { production: source, dr: target }
    case 'target':
      return { production: target, dr: source }
    default:
      return { production: UNTOLD, dr: UNTOLD }
  }
}

/** True only where both are told and differ. */
export function isOtherZone(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && one.toLowerCase() !== other.toLowerCase()
}

/** True only where both are told and differ, in whatever spelling. */
export function isOtherVpc(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && unifyId(one) !== unifyId(other)
}
