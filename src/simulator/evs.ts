import { ok, type Answer } from './answers.ts'
import { reading, type Handler } from './call.ts'
import { chanceHex } from './chance.ts'
import { PLAIN_DISK } from './defaults.ts'
import { hasServerAt, recoveryDiskId, recoveryDisks, serverChangesAt } from './dr-server.ts'
import { parseIdList } from './id-list.ts'
import { createKeptList } from './kept-list.ts'
import { logItems } from './log.ts'
import { isLooseThere, loosePairsOf } from './loose-pairs.ts'
import { sidesOf, sidesOfInstance } from './sides.ts'
import type { Disk, World } from './state.ts'

const MOST_PER_PAGE = 1000
const MOST_IDS = 60

interface Attached {
  readonly serverId: string
  readonly device: string
}

/** A disk on its way to the wire. A shared one is attached to several servers. */
interface Volume {
  readonly disk: Disk
  readonly zone: string
  /** None: it is free. */
  readonly attached: Attached[]
}

/** `GET cloudvolumes/detail`: by IDs (`['a','b']`, in quotes of either kind), else a page of all. */
export const listVolumes: Handler = reading((world, { query, now }) => {
  const ids = idsIn(query)
  if (ids !== null && ids.size > MOST_IDS) return BAD_REQUEST
  const limit = whole(query.get('limit'), MOST_PER_PAGE)
  const offset = whole(query.get('offset'), 0)
  if (!(limit >= 1 && limit <= MOST_PER_PAGE) || !(offset >= 0)) {
    return BAD_REQUEST
  }
  const { count, volumes } = volumesOf(world, now, {
    ids,
    marker: query.get('marker') ?? '',
    offset,
    limit,
  })
  return ok({ count, volumes: volumes.map((each) => volumeOnWire(each, world.project.id)) })
})

interface Wanted {
  readonly ids: ReadonlySet<string> | null
  /** The last ID seen; '' is none. It wins over the offset. */
  readonly marker: string
  readonly offset: number
  readonly limit: number
}

interface OwnVolumes {
  readonly list: readonly Volume[]
  readonly places: ReadonlyMap<string, number>
}

/** By the servers that they are of: whoever reads page after page must not look at all of them for each. */
const known = new WeakMap<World['servers'], OwnVolumes>()

/** The disks of the project's own servers. */
function ownVolumes(world: World): OwnVolumes {
  const before = known.get(world.servers)
  if (before !== undefined) return before
  const list: Volume[] = []
  const places = new Map<string, number>()
  for (const key of logItems(world.serverOrder)) {
    const server = world.servers.get(key)
    for (const disk of server?.disks ?? []) {
      const here = { serverId: server?.id ?? '', device: disk.device }
      const shared = disk.shared ? list[places.get(disk.id) ?? -1] : undefined
      if (shared !== undefined) {
        shared.attached.push(here)
        continue
      }
      places.set(disk.id, list.length)
      list.push({ disk, zone: server?.availabilityZone ?? '', attached: [here] })
    }
  }
  const own = { list, places }
  known.set(world.servers, own)
  return own
}

/** A DR disk, before it is built. */
interface RecoveryDisk {
  readonly id: string
  readonly instanceId: string
  /** Its place among the instance's pairs. */
  readonly index: number
}

/** The DR disks that are there: each with its place. */
const recoveryDisksThere = createKeptList({
  listed: (world, instance, at) => ({
    isIn: hasServerAt(world, instance, at),
    until: serverChangesAt(world, instance, at),
  }),
  make(_world, instances) {
    const list = instances.flatMap((instance) =>
      instance.pairs.map((pair, index): RecoveryDisk => ({
        id: recoveryDiskId(pair.id),
        instanceId: instance.id,
        index,
      })),
    )
    return { list, places: new Map(list.map(({ id }, place) => [id, place])) }
  },
})

function built(world: World, { id, instanceId, index }: RecoveryDisk): Volume | [] {
  const instance = world.instances.get(instanceId)
  const pair = instance?.pairs[index]
  if (instance === undefined || pair === undefined) return []
  const { device } = pair
  return {
    disk: recoveryDisks(world, instance)[index] ?? { ...PLAIN_DISK, id, device },
    zone: sidesOfInstance(world, instance)?.recovery.zone ?? '',
    attached: [{ serverId: instance.targetServerId, device }],
  }
}

/** A part of the list: so many, those of a stretch of it, and the place of one. */
interface Stretch {
  readonly length: number
  readonly slice: (from: number, to: number) => readonly Volume[]
  /** −1: it is none of these. */
  readonly placeOf: (id: string) => number
}

/** Those of a page, in the order of the list: of servers, then of DR servers, then free ones. */
function volumesOf(
  world: World,
  now: number,
  { ids, marker, offset, limit }: Wanted,
): { readonly count: number; readonly volumes: readonly Volume[] } {
  const own = ownVolumes(world)
  const recovery = recoveryDisksThere(world, now)
  const free = freeVolumes(world, now).map((each): Volume => ({ ...each, attached: [] }))
  const stretches = [
    stretchOf(
      own,
      ids,
      ({ disk }) => disk.id,
      (volume) => volume,
    ),
    stretchOf(
      recovery,
      ids,
      ({ id }) => id,
      (disk) => built(world, disk),
    ),
    stretchOf(
      { list: free, places: new Map(free.map(({ disk }, place) => [disk.id, place])) },
      ids,
      ({ disk }) => disk.id,
      (volume) => volume,
    ),
  ]
  let from = offset
  if (marker !== '') {
    from = Infinity
    let start = 0
    for (const { length, placeOf } of stretches) {
      const place = placeOf(marker)
      if (place >= 0) from = start + place + 1
      start += length
    }
  }
  const volumes: Volume[] = []
  let start = 0
  for (const { length, slice } of stretches) {
    volumes.push(...slice(Math.max(0, from - start), Math.max(0, from + limit - start)))
    start += length
  }
  return { count: start, volumes }
}

function stretchOf<T>(
  { list, places }: { readonly list: readonly T[]; readonly places: ReadonlyMap<string, number> },
  ids: ReadonlySet<string> | null,
  idOf: (item: T) => string,
  build: (item: T) => Volume | readonly [],
): Stretch {
  const chosen =
    ids === null
      ? list
      : [...ids]
          .flatMap((id) => places.get(id) ?? [])
          .toSorted((one, other) => one - other)
          .flatMap((place) => list[place] ?? [])
  return {
    length: chosen.length,
    slice: (from, to) => chosen.slice(from, to).flatMap(build),
    placeOf: (id) =>
      ids === null ? (places.get(id) ?? -1) : chosen.findIndex((item) => idOf(item) === id),
  }
}

/** Disks that no server has, and the DR disks of pairs that are attached to nothing. */
function freeVolumes(world: World, now: number): readonly Pick<Volume, 'disk' | 'zone'>[] {
  const own = [...world.volumes.values()].toSorted((one, other) =>
    one.disk.id < other.disk.id ? -1 : 1,
  )
  const recovery = loosePairsOf(world).flatMap((pair) => {
    const group = world.groups.get(pair.groupId)
    const source = world.volumes.get(pair.diskId)
    const isMade = isLooseThere(pair, now) && now >= pair.readyAt
    if (group === undefined || source === undefined || !isMade) return []
    const id = recoveryDiskId(pair.id)
    return [{ disk: { ...source.disk, id }, zone: sidesOf(group, now).recovery.zone }]
  })
  return [...own, ...recovery]
}

/** Of a disk's encryption and sharing only `metadata` and `multiattach` tell: the fields that sound like it do not. */
function volumeOnWire({ disk, zone, attached }: Volume, projectId: string): object {
  return {
    ...PLAIN_FIELDS,
    id: disk.id,
    name: `volume-${disk.id.slice(0, 4)}`,
    status: attached.length === 0 ? 'available' : 'in-use',
    size: disk.size,
    volume_type: disk.type,
    bootable: String(disk.system),
    multiattach: disk.shared,
    encrypted: false,
    shareable: 'false',
    metadata: disk.encrypted ? { __system__encrypted: '1' } : {},
    attachments: attached.map(({ serverId, device }) => ({
      id: disk.id,
      attachment_id: `${disk.id.slice(0, 24)}${serverId.slice(-12)}`,
      attached_at: LONG_AGO,
      volume_id: disk.id,
      server_id: serverId,
      host_name: null,
      device,
    })),
    availability_zone: zone,
    'os-vol-tenant-attr:tenant_id': projectId,
    wwn: disk.id.replaceAll('-', ''),
  }
}

const LONG_AGO = '2020-01-01T00:00:00.000000'
/** What "Querying Details About All Disks" names beside, the same of every disk here. */
const PLAIN_FIELDS = {
  description: null,
  links: [],
  snapshot_id: null,
  source_volid: null,
  consistencygroup_id: null,
  created_at: LONG_AGO,
  updated_at: LONG_AGO,
  user_id: chanceHex(32, 0, 'user'),
  service_type: 'EVS',
  replication_status: 'disabled',
  tags: {},
  volume_image_metadata: {},
  enterprise_project_id: '0',
  'os-vol-host-attr:host': null,
  'os-vol-mig-status-attr:migstat': null,
  'os-vol-mig-status-attr:name_id': null,
  'os-volume-replication:extended_status': null,
} as const

/** EVS takes them without quotes and brackets as well. */
function idsIn(query: URLSearchParams): ReadonlySet<string> | null {
  const text = query.get('ids')
  if (text === null || text === '') return null
  const plain = text.replace(/^\s*\[|\]\s*$/g, '').split(',')
  return new Set(parseIdList(text) ?? plain.map((id) => id.trim()))
}

/** NaN for anything but digits, so that every comparison refuses it. */
function whole(text: string | null, otherwise: number): number {
  if (text === null || text === '') return otherwise
  return /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN
}

const BAD_REQUEST: Answer = {
  status: 400,
  data: { badRequest: { message: 'Invalid input received.', code: 400 } },
}
