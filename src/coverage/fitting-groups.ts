import type { Server } from '../cloud/ecs/ecs-schema.ts'
import type { ServerGroup } from '../cloud/sdrs/sdrs-schema.ts'
import { unifyId } from '../keys.ts'
import { isOtherVpc, isOtherZone, sitesOf } from '../plan/preflight/sites.ts'
import { neverReady } from '../plan/rules.ts'

/** The protection groups that a server could be put into. */
export interface FittingGroups {
  /** Those that take instances, and are not known to be in another zone or VPC. */
  readonly open: readonly ServerGroup[]
  /** The one to take: it alone may fit, and surely does; else null. */
  readonly one: ServerGroup | null
  /** Where only groups fit that take none (`error`, `failed-over`, `deleting`): the first of them. */
  readonly unready: ServerGroup | null
}

/** Finds them by the zone and VPC of each group's production side. Asked once for all servers of a place. Pure. */
export function groupFinder(
  groups: readonly ServerGroup[],
): (server: Pick<Server, 'availabilityZone' | 'vpcId'>) => FittingGroups {
  const known = new Map<string, FittingGroups>()
  return (server) => {
    const place = JSON.stringify([
      server.availabilityZone?.toLowerCase() ?? null,
      server.vpcId === null ? null : unifyId(server.vpcId),
    ])
    const found = known.get(place) ?? fittingGroups(server, groups)
    known.set(place, found)
    return found
  }
}

function fittingGroups(
  { availabilityZone: zone, vpcId: vpc }: Pick<Server, 'availabilityZone' | 'vpcId'>,
  groups: readonly ServerGroup[],
): FittingGroups {
  const mayFit = groups.filter((group) => {
    const { production } = sitesOf(group)
    return !isOtherZone(zone, production.zone) && !isOtherVpc(vpc, production.vpc)
  })
  const surelyFits = (group: ServerGroup): boolean => {
    const { production } = sitesOf(group)
    return [zone, vpc, production.zone, production.vpc].every((told) => told !== null)
  }
  const open = mayFit.filter(({ status }) => !neverReady(status))
  const [only] = open
  return {
    open,
    one: only !== undefined && open.length === 1 && surelyFits(only) ? only : null,
    unready: open.length > 0 ? null : (mayFit.find(surelyFits) ?? null),
  }
}
