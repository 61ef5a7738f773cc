import type { Change } from './acts.ts'
import { addressKey } from './addresses.ts'
import { recoveryDiskId } from './dr-server.ts'
import { withGroup } from './group-table.ts'
import { isThereAt } from './lifecycle.ts'
import { sidesOf } from './sides.ts'
import { serverKey, type Disk, type Instance, type Server, type World } from './state.ts'

/**
 * Carries out what accepted acts come to, once their time has come, in the order of their ends. What somebody
 * else has deleted meanwhile stays deleted.
 */
export function applyChanges(world: World, now: number): World {
  if (!world.changes.some(({ at }) => at <= now)) return world
  const due = world.changes.filter(({ at }) => at <= now)
  const left = { ...world, changes: world.changes.filter(({ at }) => at > now) }
  return due.toSorted((one, other) => one.at - other.at).reduce(applied, left)
}

function applied(world: World, change: Change): World {
  switch (change.kind) {
    case 'resize':
      return resized(world, change)
    case 'add-nic': {
      const { serverId, subnetId, address } = change
      return withServer(world, serverId, (server) => ({
        ...server,
        addresses: [...server.addresses, { address, subnetId }],
      }))
    }
    case 'delete-nic':
      return withoutNic(world, change)
    case 'attach':
      return attached(world, change)
    case 'detach':
      return detached(world, change)
    case 'expand':
      return expanded(world, change)
    case 'delete-pair':
      return withoutPair(world, change)
  }
}

type Of<Kind extends Change['kind']> = Extract<Change, { kind: Kind }>

function resized(
  world: World,
  { at, instanceId, sourceFlavor, targetFlavor }: Of<'resize'>,
): World {
  const next = withInstance(world, instanceId, (instance) => ({
    ...instance,
    flavor: targetFlavor ?? instance.flavor,
    // Tried again and done: what a failed resize had left is mended.
    fixedStatus: instance.fixedStatus === 'error-resizing' ? null : instance.fixedStatus,
    updatedAt: at,
  }))
  const serverId = world.instances.get(instanceId)?.serverId
  if (serverId === undefined || sourceFlavor === null) return next
  return withServer(next, serverId, (server) => ({ ...server, flavor: sourceFlavor }))
}

function withoutNic(world: World, { serverId, subnetId, address }: Of<'delete-nic'>): World {
  const next = withServer(world, serverId, (server) => ({
    ...server,
    addresses: server.addresses.filter(
      (each) => each.subnetId !== subnetId || each.address !== address,
    ),
  }))
  return { ...next, addressUse: next.addressUse.delete(addressKey(subnetId, address)) }
}

function attached(world: World, { at, pairId, instanceId, device }: Of<'attach'>): World {
  const pair = world.loosePairs.get(pairId)
  const instance = world.instances.get(instanceId)
  if (pair === undefined || instance === undefined || !isThereAt(instance, at)) return world
  const volume = world.volumes.get(pair.diskId)
  const next = withInstance(world, instanceId, (each) => ({
    ...each,
    pairs: [...each.pairs, { id: pairId, device, diskId: pair.diskId }],
    updatedAt: at,
  }))
  const withDisk =
    volume === undefined
      ? next
      : withServer(next, instance.serverId, (server) => ({
          ...server,
          disks: [...server.disks, { ...volume.disk, device }],
        }))
  return {
    ...withDisk,
    loosePairs: withDisk.loosePairs.delete(pairId),
    volumes: withDisk.volumes.delete(pair.diskId),
  }
}

function detached(world: World, { at, pairId, instanceId }: Of<'detach'>): World {
  const instance = world.instances.get(instanceId)
  const pair = instance?.pairs.find(({ id }) => id === pairId)
  if (instance === undefined || pair === undefined || !isThereAt(instance, at)) return world
  const server = world.servers.get(serverKey(instance.serverId))
  const disk = server?.disks.find(({ id }) => id === pair.diskId)
  const details = world.pairDetails.get(pairId)
  const createdAt = details?.createdAt ?? instance.createdAt
  const next = withInstance(world, instanceId, (each) => ({
    ...each,
    pairs: each.pairs.filter(({ id }) => id !== pairId),
    updatedAt: at,
  }))
  const loose = {
    ...next,
    loosePairs: next.loosePairs.set(pairId, {
      id: pairId,
      groupId: instance.groupId,
      diskId: pair.diskId,
      createdAt,
      readyAt: Math.min(instance.readyAt, at),
      updatedAt: at,
      deletion: null,
    }),
    pairDetails: next.pairDetails.set(pairId, {
      name: details?.name ?? pairNameIn(instance, pair),
      description: details?.description ?? '',
      createdAt,
    }),
  }
  if (server === undefined || disk === undefined) return loose
  return {
    ...withServer(loose, server.id, (each) => ({
      ...each,
      disks: each.disks.filter(({ id }) => id !== disk.id),
    })),
    volumes: loose.volumes.set(disk.id, { disk, zone: server.availabilityZone }),
  }
}

/** Pairs that a create makes are named after its instance. */
export function pairNameIn({ name }: Instance, { device }: Instance['pairs'][number]): string {
  return `${name}-${device.slice(-3)}`
}

function expanded(world: World, { instanceId, diskId, size }: Of<'expand'>): World {
  const grown = (disk: Disk): Disk => (disk.id === diskId ? { ...disk, size } : disk)
  const instance = instanceId === null ? undefined : world.instances.get(instanceId)
  if (instance !== undefined) {
    return withServer(world, instance.serverId, (server) => ({
      ...server,
      disks: server.disks.map(grown),
    }))
  }
  const volume = world.volumes.get(diskId)
  if (volume === undefined) return world
  return { ...world, volumes: world.volumes.set(diskId, { ...volume, disk: grown(volume.disk) }) }
}

/** The record stays, so that a lagging list can still show it. */
function withoutPair(world: World, { at, pairId, keepsDisk }: Of<'delete-pair'>): World {
  const pair = world.loosePairs.get(pairId)
  const group = pair === undefined ? undefined : world.groups.get(pair.groupId)
  if (pair === undefined || group === undefined) return world
  const source = world.volumes.get(pair.diskId)?.disk
  const id = recoveryDiskId(pairId)
  return {
    ...withGroup(world, { ...group, pairCount: group.pairCount - 1 }),
    volumes:
      keepsDisk && source !== undefined
        ? world.volumes.set(id, {
            disk: { ...source, id },
            zone: sidesOf(group, at).recovery.zone,
          })
        : world.volumes,
  }
}

function withInstance(world: World, id: string, change: (instance: Instance) => Instance): World {
  const instance = world.instances.get(id)
  if (instance === undefined) return world
  return { ...world, instances: world.instances.set(id, change(instance)) }
}

function withServer(world: World, id: string, change: (server: Server) => Server): World {
  const key = serverKey(id)
  const server = world.servers.get(key)
  return server === undefined
    ? world
    : { ...world, servers: world.servers.set(key, change(server)) }
}
