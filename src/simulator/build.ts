import type { LoosePair } from './acts.ts'
import { chance, chanceUuid } from './chance.ts'
import { addressKey } from './addresses.ts'
import {
  DEFAULT_FLAVOR,
  DEFAULT_VPC_ID,
  groupIdFor,
  PLAIN_DISK,
  PLAIN_SERVER,
  PRODUCTION_SUBNET_ID,
} from './defaults.ts'
import { withGroup } from './group-table.ts'
import { emptyLog, logAppend } from './log.ts'
import { sidesOf } from './sides.ts'
import {
  serverKey,
  type Disk,
  type Group,
  type Instance,
  type Job,
  type Server,
  type Subnet,
  type World,
} from './state.ts'

/**
 * Adds records to a world and to all its indexes, filling in what a short description leaves out.
 * What is there already stays as it is.
 */

/** When all that a file says of a group has happened. */
const EVENTUALLY = Infinity

export type GroupSpec = { readonly name: string } & Partial<Omit<Group, 'instances' | 'jobs'>>

export function addGroup(world: World, spec: GroupSpec): World {
  const id = spec.id ?? groupIdFor(spec.name)
  if (world.groups.has(id)) return world
  const group: Group = {
    description: '',
    status: 'available',
    moves: [],
    sourceAvailabilityZone: `${world.region}-01`,
    targetAvailabilityZone: `${world.region}-02`,
    domainId: world.domain.id,
    sourceVpcId: DEFAULT_VPC_ID,
    targetVpcId: spec.sourceVpcId ?? DEFAULT_VPC_ID,
    priorityStation: 'source',
    capacity: null,
    parallel: null,
    createdAt: 0,
    updatedAt: 0,
    goneAt: null,
    startFails: null,
    syncTimeMs: null,
    instanceCount: 0,
    pairCount: 0,
    running: [],
    ...spec,
    id,
    instances: emptyLog(),
    jobs: emptyLog(),
  }
  return {
    ...withGroup(world, group),
    groupOrder: logAppend(world.groupOrder, id),
  }
}

/**
 * `group` (ID or name) says where the server stands, unless it says so itself; `disks` may be just their
 * number. The first disk is the system's, unless it says that it is not.
 */
export type ServerSpec = {
  readonly id: string
  readonly group?: string | undefined
  readonly disks?: number | readonly DiskSpec[] | undefined
} & Partial<Omit<Server, 'id' | 'disks'>>

type DiskSpec = { readonly [K in keyof Disk]?: Disk[K] | undefined }

export function addServer(world: World, spec: ServerSpec): World {
  const key = serverKey(spec.id)
  if (world.servers.has(key)) return world
  const group = spec.group === undefined ? undefined : findGroup(world, spec.group)
  const production = group === undefined ? null : sidesOf(group, EVENTUALLY).production
  const isOnHost = (spec.dedicatedHostId ?? null) !== null
  // Each field by its name: of a hundred thousand servers that are spread together each gets a shape of its own.
  const server: Server = {
    id: spec.id,
    name: spec.name ?? `server-${key.slice(0, 8)}`,
    status: spec.status ?? 'ACTIVE',
    availabilityZone: spec.availabilityZone ?? production?.zone ?? `${world.region}-01`,
    vpcId: spec.vpcId ?? production?.vpcId ?? DEFAULT_VPC_ID,
    flavor: spec.flavor ?? DEFAULT_FLAVOR,
    disks: makeDisks(key, spec.disks),
    addresses: spec.addresses ?? [productionAddress(world.serverOrder.length)],
    tags: spec.tags ?? NONE,
    locked: spec.locked ?? PLAIN_SERVER.locked,
    lockSource: spec.lockSource ?? PLAIN_SERVER.lockSource,
    lockScene: spec.lockScene ?? PLAIN_SERVER.lockScene,
    taskState: spec.taskState ?? PLAIN_SERVER.taskState,
    frozen: spec.frozen ?? PLAIN_SERVER.frozen,
    osType: spec.osType ?? PLAIN_SERVER.osType,
    keyName: spec.keyName ?? PLAIN_SERVER.keyName,
    tenancy: spec.tenancy === undefined ? (isOnHost ? 'dedicated' : null) : spec.tenancy,
    dedicatedHostId: spec.dedicatedHostId ?? PLAIN_SERVER.dedicatedHostId,
    hostName: spec.hostName ?? PLAIN_SERVER.hostName,
    securityGroups: spec.securityGroups ?? PLAIN_SERVER.securityGroups,
    agency: spec.agency ?? PLAIN_SERVER.agency,
    createdAt: spec.createdAt ?? PLAIN_SERVER.createdAt,
    createFails: spec.createFails ?? null,
    anomalies: spec.anomalies ?? null,
    pairFault: spec.pairFault ?? PLAIN_SERVER.pairFault,
    drServer: spec.drServer ?? PLAIN_SERVER.drServer,
  }
  let { addressUse } = world
  for (const { subnetId, address } of server.addresses) {
    addressUse = addressUse.set(addressKey(subnetId, address), server.id)
  }
  return {
    ...world,
    addressUse,
    servers: world.servers.set(key, server),
    serverOrder: logAppend(world.serverOrder, key),
  }
}

const NONE: readonly never[] = []

/** Left out: one to three, by chance. */
function makeDisks(key: string, given: ServerSpec['disks']): Disk[] {
  const specs: readonly DiskSpec[] =
    typeof given === 'object'
      ? given
      : Array.from({ length: given ?? 1 + Math.floor(3 * chance(0, 'disks', key)) }, () => ({}))
  return specs.map((spec, index) => ({
    id: spec.id ?? chanceUuid(0, 'disk', key, index),
    device: spec.device ?? DEVICES[index] ?? deviceAt(index),
    size: spec.size ?? PLAIN_DISK.size,
    type: spec.type ?? PLAIN_DISK.type,
    encrypted: spec.encrypted ?? false,
    shared: spec.shared ?? false,
    system: spec.system ?? index === 0,
  }))
}

function deviceAt(index: number): string {
  return `/dev/vd${String.fromCharCode('a'.charCodeAt(0) + index)}`
}

/** One text for all servers. */
const DEVICES = Array.from({ length: 26 }, (_, index) => deviceAt(index))

/** The n-th host of 10.0.0.0/8. */
function productionAddress(n: number): Server['addresses'][number] {
  const host = n + 10
  const address = `10.${(host >> 16) & 255}.${(host >> 8) & 255}.${host & 255}`
  return { address, subnetId: PRODUCTION_SUBNET_ID }
}

/** By ID, else by name. */
export function findGroup(world: World, idOrName: string): Group | undefined {
  return (
    world.groups.get(idOrName) ??
    world.groups.get(groupIdFor(idOrName)) ??
    world.groups.get(world.groupNames.get(idOrName) ?? '')
  )
}

export function addSubnet(world: World, subnet: Subnet): World {
  return { ...world, subnets: { ...world.subnets, [subnet.id]: subnet } }
}

export function addInstance(world: World, instance: Instance): World {
  const group = world.groups.get(instance.groupId)
  if (group === undefined || world.instances.has(instance.id)) return world
  const leaves = instance.ends === 'gone' || instance.deletion !== null
  const isHeld = !leaves || world.departures.has(instance.id)
  const listed = {
    ...world,
    instances: world.instances.set(instance.id, instance),
    instanceOrder: logAppend(world.instanceOrder, instance.id),
  }
  const entered = { ...group, instances: logAppend(group.instances, instance.id) }
  if (!isHeld) return withGroup(listed, entered)
  return {
    ...withGroup(listed, {
      ...entered,
      instanceCount: group.instanceCount + 1,
      pairCount: group.pairCount + instance.pairs.length,
    }),
    serverUse: world.serverUse
      .set(serverKey(instance.serverId), instance.id)
      .set(serverKey(instance.targetServerId), instance.id),
    addressUse:
      instance.subnetId === null || instance.address === null
        ? world.addressUse
        : world.addressUse.set(addressKey(instance.subnetId, instance.address), instance.id),
  }
}

export function addLoosePair(world: World, pair: LoosePair): World {
  const group = world.groups.get(pair.groupId)
  if (group === undefined || world.loosePairs.has(pair.id)) return world
  const isHeld =
    pair.deletion === null ||
    world.changes.some((each) => each.kind === 'delete-pair' && each.pairId === pair.id)
  return {
    ...withGroup(world, { ...group, pairCount: group.pairCount + (isHeld ? 1 : 0) }),
    loosePairs: world.loosePairs.set(pair.id, pair),
  }
}

export function addJob(world: World, job: Job): World {
  const group = job.groupId === null ? undefined : world.groups.get(job.groupId)
  return {
    ...world,
    jobs: world.jobs.set(job.id, job),
    groups:
      group === undefined
        ? world.groups
        : world.groups.set(group.id, { ...group, jobs: logAppend(group.jobs, job.id) }),
  }
}
