import { addressKey } from './addresses.ts'
import { applyChanges } from './changes.ts'
import { takeDepartures } from './departures.ts'
import { targetOf } from './dr-server.ts'
import { withGroup } from './group-table.ts'
import { logAppend } from './log.ts'
import { serverKey, type Instance, type World } from './state.ts'

/**
 * Carries out what accepted acts come to, and frees what departed instances held (their servers, address, place in the group, pairs) once their
 * time has come. Their records stay, so that a lagging list can still show them.
 */
export function settle(before: World, now: number): World {
  const world = applyChanges(before, now)
  if (world.departing === null || world.departing.first.at > now) return world
  const [left, due] = takeDepartures(world, now)
  let settled: World = left
  for (const { at, instanceId } of due) {
    const instance = world.instances.get(instanceId)
    if (instance !== undefined) settled = keepTarget(release(settled, instance), instance, at)
  }
  return settled
}

/** A DR server that was not deleted with its instance becomes a server like any other, and keeps its address. */
function keepTarget(world: World, instance: Instance, at: number): World {
  if (instance.deletion === null || instance.deletion.deletesTarget) return world
  const target = targetOf(world, instance.id, at - 1)
  if (target === null || isUnfinished(instance, at)) return world
  const key = serverKey(target.id)
  const held = instance.subnetId === null ? [] : target.addresses
  return {
    ...world,
    addressUse: held.reduce(
      (use, { subnetId, address }) => use.set(addressKey(subnetId, address), target.id),
      world.addressUse,
    ),
    servers: world.servers.set(key, target),
    serverOrder: logAppend(world.serverOrder, key),
  }
}

/** What a failed create left has no DR server worth keeping, unless it was repaired since. */
function isUnfinished({ ends, anomalies }: Instance, at: number): boolean {
  return ends !== 'ready' && !(anomalies?.turns.some((turn) => turn.at <= at) ?? false)
}

function release(world: World, instance: Instance): World {
  const group = world.groups.get(instance.groupId)
  const withoutServers = world.serverUse
    .delete(serverKey(instance.serverId))
    .delete(serverKey(instance.targetServerId))
  const released = {
    ...world,
    serverUse: withoutServers,
    addressUse:
      instance.subnetId === null || instance.address === null
        ? world.addressUse
        : world.addressUse.delete(addressKey(instance.subnetId, instance.address)),
  }
  if (group === undefined) return released
  return withGroup(released, {
    ...group,
    instanceCount: group.instanceCount - 1,
    pairCount: group.pairCount - instance.pairs.length,
  })
}
