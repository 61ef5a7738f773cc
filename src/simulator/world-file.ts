import * as z from 'zod'
import { firstHost } from './addresses.ts'
import {
  addGroup,
  addInstance,
  addJob,
  addLoosePair,
  addServer,
  addSubnet,
  findGroup,
} from './build.ts'
import { chanceUuid } from './chance.ts'
import {
  DEFAULT_AUTH,
  DEFAULT_LIMITS,
  DEFAULT_PROJECT_ID,
  DEFAULT_REGION,
  DEFAULT_VPC_ID,
  defaultDomain,
  emptyWorld,
  PLAIN_DISK,
} from './defaults.ts'
import { departingOf } from './departures.ts'
import { noFaultsYet } from './fault-state.ts'
import { flavorsInUse, withFlavors } from './flavors.ts'
import { groupsOf } from './groups.ts'
import { logItems, logOf } from './log.ts'
import { serverKey, type Group, type Instance, type Volume, type World } from './state.ts'
import { tableOf, type Table } from './table.ts'
import { worldFileSchema, type WorldFile } from './world-schema.ts'

/** A world or fault file that says something it must not; the message names every place. */
export class SimulatorFileError extends Error {
  override readonly name = 'SimulatorFileError'
}

/** Reads a world file's parsed JSON, short or saved. Throws SimulatorFileError with every fault in it. */
export function loadWorld(json: unknown): World {
  const parsed = worldFileSchema.safeParse(json)
  if (!parsed.success) {
    throw new SimulatorFileError(`not a world file:\n${z.prettifyError(parsed.error)}`)
  }
  return fill(parsed.data)
}

function fill(file: WorldFile): World {
  const region = file.region ?? DEFAULT_REGION
  let world: World = emptyWorld({
    seed: file.seed,
    projectId: file.project?.id ?? DEFAULT_PROJECT_ID,
    projectName: file.project?.name ?? region,
    region,
    limits: { ...DEFAULT_LIMITS, ...defined(file.limits) },
    auth: { ...DEFAULT_AUTH, ...defined(file.auth) },
  })
  const domain = file.domain ?? world.domain
  world = {
    ...world,
    domain,
    activeDomains: (file.activeDomains ?? [{}]).map((given) => ({
      ...defaultDomain(domain.id, region),
      ...defined(given),
    })),
    serial: file.serial,
    departures: tableOf(Object.fromEntries(file.departures.map((each) => [each.instanceId, each]))),
    acts: tableOf(file.acts),
    pairDetails: tableOf(file.pairDetails),
    volumes: tableOf(
      Object.fromEntries(file.volumes.map((given) => [given.id, volumeOf(given, region)])),
    ),
    drills: tableOf(byId(file.drills)),
    changes: file.changes,
    ledger: logOf(file.ledger),
    groupLedger: logOf(file.groupLedger),
    createsByServer: tableOf(file.createsByServer),
    counters: file.counters,
    faults: file.faults === undefined ? noFaultsYet : faultsOf(file.faults),
  }
  world = { ...world, departing: departingOf(world.departures.values()) }
  for (const group of file.groups) world = addGroup(world, defined(group))
  for (const subnet of file.subnets) {
    world = addSubnet(world, {
      id: subnet.id,
      cidr: subnet.cidr,
      gatewayIp: subnet.gatewayIp === undefined ? firstHost(subnet.cidr) : subnet.gatewayIp,
      name: subnet.name ?? `subnet-${subnet.id.slice(0, 8)}`,
      vpcId: subnet.vpcId ?? DEFAULT_VPC_ID,
    })
  }
  for (const [at, server] of file.servers.entries()) {
    if (server.group !== undefined && findGroup(world, server.group) === undefined) {
      throw new SimulatorFileError(`servers[${at}].group: there is no group ${server.group}`)
    }
    world = addServer(world, defined(server))
  }
  for (const [at, instance] of file.instances.entries()) {
    world = addInstance(world, 'ends' in instance ? instance : lengthen(world, instance, at))
  }
  for (const pair of file.loosePairs) world = addLoosePair(world, pair)
  for (const job of file.jobs) world = addJob(world, job)
  const flavors =
    file.flavors === undefined
      ? withFlavors(world.flavors, flavorsInUse(world))
      : tableOf(Object.fromEntries(file.flavors.map((flavor) => [flavor.id, flavor])))
  return { ...world, flavors }
}

function volumeOf({ zone, ...disk }: WorldFile['volumes'][number], region: string): Volume {
  return {
    disk: { ...PLAIN_DISK, device: '', ...defined(disk) },
    zone: zone ?? `${region}-01`,
  }
}

type ShortInstance = Exclude<WorldFile['instances'][number], { ends: unknown }>

function lengthen(world: World, short: ShortInstance, at: number): Instance {
  const group = findGroup(world, short.group)
  if (group === undefined) {
    throw new SimulatorFileError(`instances[${at}].group: there is no group ${short.group}`)
  }
  const key = serverKey(short.server)
  const server = world.servers.get(key)
  const status = short.status ?? null
  const followsGroup = status === null || status === 'available' || status === 'protected'
  return {
    id: chanceUuid(world.seed, 'instance of', key),
    name: short.name ?? server?.name ?? `server-${key.slice(0, 8)}`,
    description: '',
    groupId: group.id,
    serverId: server?.id ?? short.server,
    targetServerId: chanceUuid(world.seed, 'dr-server of', key),
    createdAt: 0,
    readyAt: 0,
    updatedAt: 0,
    jobId: null,
    ends: status === 'error' ? 'error' : 'ready',
    fixedStatus: followsGroup || status === 'error' ? null : status,
    anomalies: short.anomalies,
    tags: [],
    flavor: server?.flavor ?? '',
    subnetId: null,
    address: null,
    pairs: (server?.disks ?? []).map((disk) => ({
      id: chanceUuid(world.seed, 'pair of', disk.id),
      device: disk.device,
      diskId: disk.id,
    })),
    deletion: null,
  }
}

/** The whole world as a world file; `loadWorld` makes the same world of it again. */
export function saveWorld(world: World): WorldFile {
  return {
    version: 1,
    seed: world.seed,
    project: world.project,
    domain: world.domain,
    region: world.region,
    limits: {
      ...world.limits,
      jobTimeMix: [...world.limits.jobTimeMix],
      unsupportedFlavors:
        world.limits.unsupportedFlavors === null ? null : [...world.limits.unsupportedFlavors],
    },
    auth: structuredClone(world.auth) as WorldFile['auth'],
    serial: world.serial,
    groups: groupsOf(world).map(savedGroup),
    servers: listed(world.servers, logItems(world.serverOrder)) as unknown as WorldFile['servers'],
    subnets: Object.values(world.subnets),
    flavors: Object.values(recordOf(world.flavors)),
    activeDomains: [...world.activeDomains],
    departures: Object.values(recordOf(world.departures)),
    volumes: Object.values(recordOf(world.volumes)).map(savedVolume),
    loosePairs: Object.values(recordOf(world.loosePairs)),
    pairDetails: recordOf(world.pairDetails),
    drills: structuredClone(Object.values(recordOf(world.drills))) as WorldFile['drills'],
    acts: structuredClone(recordOf(world.acts)) as WorldFile['acts'],
    changes: [...world.changes],
    instances: listed(world.instances, logItems(world.instanceOrder)) as WorldFile['instances'],
    jobs: groupsOf(world).flatMap((group) =>
      listed(world.jobs, logItems(group.jobs)),
    ) as WorldFile['jobs'],
    ledger: [...logItems(world.ledger)],
    groupLedger: [...logItems(world.groupLedger)],
    createsByServer: recordOf(world.createsByServer),
    counters: world.counters,
    faults: {
      startedAt: world.faults.startedAt,
      seen: world.faults.seen,
      matched: recordOf(world.faults.matched),
      fired: [...world.faults.fired],
      firedByServer: recordOf(world.faults.firedByServer),
      createsSeen: recordOf(world.faults.createsSeen),
    },
  }
}

function byId<T extends { readonly id: string }>(list: readonly T[]): Record<string, T> {
  return Object.fromEntries(list.map((each) => [each.id, each]))
}

export function savedVolume({ disk, zone }: Volume): WorldFile['volumes'][number] {
  return { ...disk, zone }
}

/** Without what its instances and jobs tell. */
export function savedGroup({
  instances: _instances,
  jobs: _jobs,
  instanceCount: _count,
  pairCount: _pairs,
  ...group
}: Group): WorldFile['groups'][number] {
  return {
    ...group,
    moves: group.moves.map((each) => ({ ...each, failed: [...each.failed] })),
    running: [...group.running],
  }
}

function listed<T>(table: Table<T>, keys: readonly string[]): T[] {
  return keys.map((key) => table.get(key)).filter((value) => value !== undefined)
}

function faultsOf(saved: NonNullable<WorldFile['faults']>): World['faults'] {
  return {
    startedAt: saved.startedAt,
    seen: saved.seen,
    matched: tableOf(saved.matched),
    fired: saved.fired,
    firedByServer: tableOf(saved.firedByServer),
    createsSeen: tableOf(saved.createsSeen),
  }
}

/** In the order of the keys, so that one world always makes one file. */
export function recordOf<T>(table: Table<T>): Record<string, T> {
  return Object.fromEntries([...table].toSorted(byKey))
}

function byKey([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1
}

/** Without the keys whose value is undefined, so that a spread over defaults keeps those. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}
