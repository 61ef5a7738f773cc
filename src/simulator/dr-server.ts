import { addressKey, addressText, blockOf, isReserved, subnetOf } from './addresses.ts'
import { chance } from './chance.ts'
import { PLAIN_DISK, PLAIN_SERVER } from './defaults.ts'
import { isThereAt } from './lifecycle.ts'
import { sidesOf } from './sides.ts'
import {
  serverKey,
  type Disk,
  type Group,
  type Instance,
  type Server,
  type World,
} from './state.ts'
import { hasTarget } from './wire.ts'

/** Whether the instance has a DR server at that moment. */
export function hasServerAt(instance: Instance, at: number): boolean {
  return isThereAt(instance, at) && hasTarget(instance, at)
}

/** The DR server of an instance: stopped, in the other zone, of the flavor and address that were asked for. */
export function targetOf(world: World, instanceId: string, now: number): Server | null {
  const instance = world.instances.get(instanceId)
  const group = instance === undefined ? undefined : world.groups.get(instance.groupId)
  if (instance === undefined || group === undefined) return null
  if (!hasServerAt(instance, now)) return null
  const source = world.servers.get(serverKey(instance.serverId))
  const { recovery } = sidesOf(group)
  return {
    ...PLAIN_SERVER,
    id: instance.targetServerId,
    name: source?.name ?? instance.name,
    status: 'SHUTOFF',
    availabilityZone: recovery.zone,
    vpcId: recovery.vpcId,
    flavor: instance.flavor,
    osType: source?.osType ?? PLAIN_SERVER.osType,
    keyName: source?.keyName ?? null,
    disks: recoveryDisks(world, instance),
    addresses: addressesOf(world, instance, group, source),
    tags: [],
    createFails: null,
    anomalies: null,
  }
}

/** What the production disks are copied to, one a pair. */
export function recoveryDisks(world: World, instance: Instance): readonly Disk[] {
  const sources = world.servers.get(serverKey(instance.serverId))?.disks ?? []
  return instance.pairs.map(({ id, device, diskId }, index) => ({
    ...(sources.find((disk) => disk.id === diskId) ?? { ...PLAIN_DISK, system: index === 0 }),
    id: recoveryDiskId(id),
    device,
  }))
}

/** The DR disk of a pair: like the pair's own ID, and cheap to tell. */
export function recoveryDiskId(pairId: string): string {
  return `${pairId.slice(0, 14)}5${pairId.slice(15)}`
}

function addressesOf(
  world: World,
  instance: Instance,
  group: Group,
  source: Server | undefined,
): Server['addresses'] {
  if (instance.subnetId !== null) {
    const address = instance.address ?? assignedAddress(world, instance, instance.subnetId)
    return address === null ? [] : [{ address, subnetId: instance.subnetId }]
  }
  // Within one VPC the DR server takes over its production server's address.
  const { production, recovery } = sidesOf(group)
  return production.vpcId === recovery.vpcId ? (source?.addresses ?? []) : []
}

/**
 * An address for a server that asked for none of its own. It is not held: were it, the order in which
 * creates arrive would decide whether another row gets the address that it wants.
 */
function assignedAddress(world: World, instance: Instance, subnetId: string): string | null {
  const subnet = subnetOf(world, subnetId)
  const block = subnet === undefined ? null : blockOf(subnet.cidr)
  if (subnet === undefined || block === null) return null
  const size = block.last - block.first + 1
  const start = Math.floor(chance(0, 'address', instance.id) * size)
  for (let turn = 0; turn < size; turn++) {
    const address = addressText(block.first + ((start + turn) % size))
    const isFree = !world.addressUse.has(addressKey(subnetId, address))
    if (isFree && !isReserved(address, subnet)) return address
  }
  return null
}
