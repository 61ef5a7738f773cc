import { isSameGroup, isSameServer, serverKey, type ServerKey } from '../keys.ts'
import { isMoved } from '../instance-status.ts'
import { isBroken, type ProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'

/** Instances by the servers that they are about. */
export type InstanceIndex = ReadonlyMap<ServerKey, readonly ProtectedInstance[]>

/** Whose instance is looked for, and where it should be; a null group is in no group. */
export interface Wanted {
  readonly serverId: string
  readonly groupId: string | null
}

export interface Located {
  readonly instance: ProtectedInstance
  /** The server is only its DR server: somebody else's protection, and not this server's. */
  readonly asDrServer: boolean
  /** It is said to be in the wanted group; false as well where the list does not tell its group. */
  readonly inGroup: boolean
}

/** By both servers of each: after a failover it is undocumented which of the two is called source. */
export function indexInstances(instances: readonly ProtectedInstance[]): InstanceIndex {
  const index = new Map<ServerKey, ProtectedInstance[]>()
  for (const instance of instances) {
    const servers = [instance.sourceServer, instance.targetServer].filter((id) => id !== null)
    for (const key of new Set(servers.map(serverKey))) {
      const known = index.get(key)
      if (known === undefined) index.set(key, [instance])
      else known.push(instance)
    }
  }
  return index
}

/**
 * Which instance is this server's: the one answer that plan, watch, search and verdict share. Its own
 * comes before one of which it is the DR server; then one in the wanted group before one in another, then a
 * sound one before one that is broken, and one that is being deleted last; else as listed. One whose group
 * the list does not tell may be in the wanted one: a sound one of these is no reason to see only what is
 * broken there, which may be deleted. Pure.
 */
export function locateInstance(index: InstanceIndex, wanted: Wanted): Located | null {
  let best: Located | null = null
  let bestRank = Number.POSITIVE_INFINITY
  for (const instance of index.get(serverKey(wanted.serverId)) ?? []) {
    const isSource = isSameServer(instance.sourceServer, wanted.serverId)
    const located: Located = {
      instance,
      asDrServer: !isSource && !isTurnedRound(instance),
      inGroup: isSameGroup(instance.serverGroupId, wanted.groupId),
    }
    const rank = rankOf(located, isSource)
    if (rank < bestRank) [best, bestRank] = [located, rank]
  }
  return best
}

/** What counts more stands before what counts less, digit by digit. */
function rankOf({ instance, asDrServer, inGroup }: Located, isSource: boolean): number {
  const soundness = instance.status === 'deleting' ? 2 : isBroken(instance.status) ? 1 : 0
  const isUntold = instance.serverGroupId === null
  return [asDrServer, !inGroup && !isUntold, !isSource, soundness, isUntold].reduce<number>(
    (rank, digit) => rank * 10 + Number(digit),
    0,
  )
}

/** After a failover it is undocumented which of the two servers is called source. */
export function isTurnedRound(
  instance: Pick<ProtectedInstance, 'priorityStation' | 'status'>,
): boolean {
  return instance.priorityStation === 'target' || isMoved(instance.status)
}
