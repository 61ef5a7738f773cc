import { instantOf } from '../cloud/instant.ts'
import type { Server } from '../cloud/ecs/ecs-schema.ts'
import type { ProtectedInstance, ServerGroup } from '../cloud/sdrs/sdrs-schema.ts'
import { isMoved, isUnsettled } from '../instance-status.ts'
import { groupKey } from '../keys.ts'
import { isOtherVpc, isOtherZone, sitesOf, type Site } from '../plan/preflight/sites.ts'

/** Clocks of two services may differ by so much. */
const SKEW_MS = 5 * 60_000
/** A create takes five to ten minutes, and up to thirty: long after it, no DR server of it is made any more. */
const LONGEST_CREATE_MS = 60 * 60_000

/**
 * An instance names its DR server only once that is whole: until then, and for good where its create has failed
 * half way, ECS lists a server of which nothing says what it is. It is somewhere in the DR zone and VPC of the
 * instance's group, and was made after the instance. Finds for a server the instances whose DR server it may be.
 * What is not told rules nothing out, but for an instance that is not in creation: else a service that tells no
 * times would hold back a whole zone for good. Pure.
 */
export function namelessSides(
  instances: readonly ProtectedInstance[],
  groups: readonly ServerGroup[],
): (server: Server) => readonly ProtectedInstance[] {
  const byId = new Map(groups.map((group) => [groupKey(group.id), group]))
  const nameless = instances
    .filter(({ targetServer }) => targetServer === null)
    .map((instance) => {
      const group = byId.get(groupKey(instance.serverGroupId ?? ''))
      return { instance, sites: group === undefined ? null : sitesWithout(instance, group) }
    })
  return (server) =>
    nameless
      .filter(({ instance, sites }) => mayBeIn(server, sites) && mayBeMadeFor(server, instance))
      .map(({ instance }) => instance)
}

/** After a failover it is undocumented which of the two servers is called target. */
function sitesWithout({ status, priorityStation }: ProtectedInstance, group: ServerGroup): Site[] {
  const { production, dr } = sitesOf(group)
  return isMoved(status) || priorityStation === 'target' ? [dr, production] : [dr]
}

/** `sites` null: nobody tells where its group is. */
function mayBeIn({ availabilityZone, vpcId }: Server, sites: readonly Site[] | null): boolean {
  if (sites === null) return true
  return sites.some(({ zone, vpc }) => !isOtherZone(availabilityZone, zone) && !isOtherVpc(vpcId, vpc))
}

function mayBeMadeFor({ createdAt: madeAt }: Server, instance: ProtectedInstance): boolean {
  const since = instantOf(instance.createdAt)
  const isInCreation = isUnsettled(instance.status)
  if (madeAt === null || since === null) return isInCreation
  return madeAt >= since - SKEW_MS && (isInCreation || madeAt <= since + LONGEST_CREATE_MS)
}

/** Instances that do not tell their production server: it may be any server, and seem to have none. Pure. */
export function withoutProduction(instances: readonly ProtectedInstance[]): number {
  return instances.filter(({ sourceServer }) => sourceServer === null).length
}
