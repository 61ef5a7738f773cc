import { isIPv4 } from 'node:net'
import { matchesGlob } from './glob.ts'
import { addGroup, addServer, addSubnet, findGroup } from './build.ts'
import { addressNumber } from './create-rules.ts'
import {
  DEFAULT_AUTH,
  DEFAULT_LIMITS,
  DEFAULT_REGION,
  DEFAULT_VPC_ID,
  emptyWorld,
} from './defaults.ts'
import type { Limits, World } from './state.ts'

/** What seeding needs of an inventory row; rows as the inventory reads them fit. */
export interface SeedRow {
  readonly serverId: string
  readonly name: string
  readonly serverGroupId?: string
  readonly serverGroup?: string
  readonly primarySubnetId?: string
  readonly primaryIpAddress?: string
  readonly flavor?: string
}

export interface SeedOptions {
  readonly rows: readonly SeedRow[]
  readonly projectId: string
  /** Groups and servers date from a day before this (ms since the epoch). */
  readonly now: number
  readonly seed?: number
  readonly region?: string
  readonly limits?: Partial<Limits>
  /** A world to add to: only what it lacks is made, and its own limits stay. */
  readonly base?: World
}

/**
 * A cloud in which a create of every row would be accepted: its server runs in the group's zone and
 * VPC, the group is `available`, the subnet is there and holds the address.
 */
export function seedWorld(options: SeedOptions): World {
  const { rows } = options
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  let world =
    options.base ??
    emptyWorld({
      seed: options.seed ?? 1,
      projectId: options.projectId,
      projectName: options.region ?? DEFAULT_REGION,
      region: options.region ?? DEFAULT_REGION,
      limits,
      auth: DEFAULT_AUTH,
    })
  const flavors = rows.flatMap((row) => row.flavor ?? [])
  const unsupportedFlavors = world.limits.unsupportedFlavors.filter(
    (glob) => !flavors.some((flavor) => matchesGlob(glob, flavor)),
  )
  world = { ...world, limits: { ...world.limits, unsupportedFlavors } }
  world = addGroups(world, rows, options.now - 24 * 3_600_000)
  world = addSubnets(world, rows)
  for (const row of rows) {
    const group = row.serverGroupId ?? row.serverGroup
    world = addServer(world, {
      id: row.serverId,
      name: row.name,
      ...(group === undefined ? {} : { group }),
    })
  }
  return world
}

/** Named groups first: an ID may turn out to be that of a group that another row names. */
function addGroups(world: World, rows: readonly SeedRow[], createdAt: number): World {
  const times = { createdAt, updatedAt: createdAt }
  let next = world
  for (const { serverGroup: name, serverGroupId: id } of rows) {
    if (name === undefined || (id === undefined && findGroup(next, name) !== undefined)) continue
    next = addGroup(next, { name, ...times, ...(id === undefined ? {} : { id }) })
  }
  for (const { serverGroupId: id } of rows) {
    if (id !== undefined) next = addGroup(next, { name: `group-${id.slice(0, 8)}`, id, ...times })
  }
  return next
}

function addSubnets(world: World, rows: readonly SeedRow[]): World {
  const addresses = new Map<string, string[]>()
  for (const { primarySubnetId: id, primaryIpAddress: address } of rows) {
    if (id === undefined) continue
    const known = addresses.get(id) ?? []
    if (address !== undefined && isIPv4(address)) known.push(address)
    addresses.set(id, known)
  }
  let next = world
  for (const [id, wanted] of addresses) {
    const known = next.subnets[id]
    next = addSubnet(next, {
      id,
      name: known?.name ?? `subnet-${id.slice(0, 8)}`,
      vpcId: known?.vpcId ?? DEFAULT_VPC_ID,
      cidr: coveringBlock(known?.cidr, wanted),
    })
  }
  return next
}

const NARROWEST_BITS = 24

/** The smallest IPv4 block, of a /24 at least, that holds the given block and addresses. */
function coveringBlock(cidr: string | undefined, addresses: readonly string[]): string {
  const [network, bits] = cidr?.split('/') ?? []
  const all = [...(network === undefined ? [] : [network]), ...addresses].map(addressNumber)
  const first = all[0]
  if (first === undefined) return '192.168.0.0/24'
  let length = Math.min(NARROWEST_BITS, Number(bits ?? NARROWEST_BITS))
  const start = (address: number): number => {
    const size = 2 ** (32 - length)
    return Math.floor(address / size) * size
  }
  while (length > 0 && all.some((address) => start(address) !== start(first))) length -= 1
  const base = start(first)
  return `${[24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256).join('.')}/${length}`
}
