import { addressKey, addressText, blockOf, isReserved, subnetOf } from './addresses.ts'
import { chance } from './chance.ts'
import { PLAIN_DISK, PLAIN_SERVER } from './defaults.ts'
import type { DrServerDrift } from './group-acts.ts'
import { comesOrGoesAt, isDrServerGone, isThereAt } from './lifecycle.ts'
import { isTurned, sidesOfInstance, type Sides } from './sides.ts'
import { serverKey, type Disk, type Instance, type Server, type World } from './state.ts'
import { hasTarget, hasTargetFrom } from './wire.ts'

/** When an instance may get its DR server, or lose it, from then on, ms; `Infinity`: never. */
export function serverChangesAt(world: World, instance: Instance, at: number): number {
  const goneAfter =
    world.servers.get(serverKey(instance.serverId))?.drServer?.deletedAfterMs ?? null
  const changes = [
    hasTargetFrom(instance),
    goneAfter === null ? Infinity : instance.readyAt + goneAfter,
  ].filter((each) => each > at)
  return Math.min(comesOrGoesAt(instance, at), ...changes)
}

/** Whether the instance has a DR server at that moment. */
export function hasServerAt(world: World, instance: Instance, at: number): boolean {
  return isThereAt(instance, at) && hasTarget(instance, at) && !isDrServerGone(world, instance, at)
}

/**
 * The DR server of an instance: stopped unless production runs there, in the other zone, of the flavor
 * and address that were asked for, and otherwise like its production server; where it has drifted from
 * all that, as it has drifted.
 */
export function targetOf(world: World, instanceId: string, now: number): Server | null {
  const instance = world.instances.get(instanceId)
  const sides = instance === undefined ? null : sidesOfInstance(world, instance)
  if (instance === undefined || sides === null) return null
  if (!hasServerAt(world, instance, now)) return null
  const source = world.servers.get(serverKey(instance.serverId))
  const made: Server = {
    ...PLAIN_SERVER,
    id: instance.targetServerId,
    name: source?.name ?? instance.name,
    status: isTurned(world, instance, now) ? 'ACTIVE' : 'SHUTOFF',
    availabilityZone: sides.recovery.zone,
    vpcId: sides.recovery.vpcId,
    flavor: instance.flavor,
    osType: source?.osType ?? PLAIN_SERVER.osType,
    keyName: source?.keyName ?? null,
    hostName: source?.hostName ?? null,
    securityGroups: source?.securityGroups ?? PLAIN_SERVER.securityGroups,
    agency: source?.agency ?? null,
    createdAt: instance.createdAt,
    disks: recoveryDisks(world, instance),
    addresses: addressesOf(world, instance, sides, source),
    tags: source?.tags ?? [],
    createFails: null,
    anomalies: null,
  }
  const drift = driftAt(source, instance, now)
  return drift === null ? made : drifted(made, drift)
}

/** Its name alone: cheaper than all of it. */
export function targetNameOf(world: World, instance: Instance, now: number): string {
  const source = world.servers.get(serverKey(instance.serverId))
  return driftAt(source, instance, now)?.name ?? source?.name ?? instance.name
}

function driftAt(
  source: Server | undefined,
  { readyAt }: Instance,
  now: number,
): DrServerDrift | null {
  const drift = source?.drServer ?? null
  return drift === null || now < readyAt + drift.afterMs ? null : drift
}

function drifted(made: Server, drift: DrServerDrift): Server {
  const subnetId = made.addresses[0]?.subnetId ?? ''
  return {
    ...made,
    name: drift.name ?? made.name,
    status: drift.status ?? made.status,
    flavor: drift.flavor ?? made.flavor,
    availabilityZone: drift.availabilityZone ?? made.availabilityZone,
    vpcId: drift.vpcId ?? made.vpcId,
    addresses: drift.address === null ? made.addresses : [{ address: drift.address, subnetId }],
    tags: drift.tags ?? made.tags,
    hostName: drift.hostName ?? made.hostName,
    securityGroups: drift.securityGroups ?? made.securityGroups,
    agency: drift.agency ?? made.agency,
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
  { production, recovery }: Sides,
  source: Server | undefined,
): Server['addresses'] {
  if (instance.subnetId !== null) {
    const address = instance.address ?? assignedAddress(world, instance, instance.subnetId)
    return address === null ? [] : [{ address, subnetId: instance.subnetId }]
  }
  // Within one VPC the DR server takes over its production server's address.
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
