import { isIPv4 } from 'node:net'
import {
  addressKey,
  addressNumber,
  addressText,
  blockOf,
  firstHost,
  subnetOf,
} from './addresses.ts'
import { addGroup, addServer, addSubnet, findGroup } from './build.ts'
import {
  DEFAULT_AUTH,
  DEFAULT_LIMITS,
  DEFAULT_REGION,
  DEFAULT_VPC_ID,
  emptyWorld,
} from './defaults.ts'
import { withFlavors } from './flavors.ts'
import { sidesOf } from './sides.ts'
import type { Limits, Subnet, World } from './state.ts'

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
 * VPC, the group is `available`, the flavor is offered, the subnet is there, in the group's DR VPC, and
 * has the address to give.
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
  world = {
    ...world,
    flavors: withFlavors(
      world.flavors,
      rows.flatMap((row) => row.flavor ?? []),
    ),
  }
  world = addGroups(world, rows, options.now - 24 * 3_600_000)
  world = addSubnets(world, rows, options.now)
  for (const row of rows) {
    const group = groupTextOf(row)
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

function addSubnets(world: World, rows: readonly SeedRow[], now: number): World {
  const wanted = new Map<string, { readonly group: string; readonly addresses: string[] }>()
  for (const row of rows) {
    const { primarySubnetId: id, primaryIpAddress: address } = row
    if (id === undefined) continue
    const known = wanted.get(id) ?? { group: groupTextOf(row) ?? '', addresses: [] }
    if (address !== undefined && isIPv4(address)) known.addresses.push(address)
    wanted.set(id, known)
  }
  let next = world
  for (const [id, { group: groupText, addresses }] of wanted) {
    const known = subnetOf(next, id)
    const group = findGroup(next, groupText)
    const cidr = coveringBlock(known?.cidr, addresses)
    next = addSubnet(next, {
      id,
      name: known?.name ?? `subnet-${id.slice(0, 8)}`,
      vpcId:
        known?.vpcId ?? (group === undefined ? DEFAULT_VPC_ID : sidesOf(group, now).recovery.vpcId),
      cidr,
      gatewayIp: gatewayFor(next, id, cidr, known, new Set(addresses)),
    })
  }
  return next
}

/** Its own, unless a row wants that address. */
function gatewayFor(
  world: World,
  id: string,
  cidr: string,
  known: Subnet | undefined,
  wanted: ReadonlySet<string>,
): string | null {
  if (known !== undefined && (known.gatewayIp === null || !wanted.has(known.gatewayIp))) {
    return known.gatewayIp
  }
  return firstHost(
    cidr,
    (address) => wanted.has(address) || world.addressUse.has(addressKey(id, address)),
  )
}

const NARROWEST_BITS = 24

/**
 * The smallest IPv4 block, of a /24 at least, that holds the given block and has the addresses for
 * servers: none of them at its edges, where the network's own and the broadcast address are.
 */
function coveringBlock(cidr: string | undefined, addresses: readonly string[]): string {
  const [network, bits] = cidr?.split('/') ?? []
  const start = network ?? addresses[0]
  if (start === undefined) return '192.168.0.0/24'
  for (let length = Math.min(NARROWEST_BITS, Number(bits ?? NARROWEST_BITS)); ; length -= 1) {
    const block = blockOf(`${start}/${length}`)
    const isRightFor = (address: string): boolean => {
      const number = addressNumber(address)
      return block !== null && block.first < number && number < block.last
    }
    if (length === 0 || (block !== null && addresses.every(isRightFor))) {
      return `${addressText(block?.first ?? 0)}/${length}`
    }
  }
}

function groupTextOf({ serverGroupId, serverGroup }: SeedRow): string | undefined {
  return serverGroupId ?? serverGroup
}
