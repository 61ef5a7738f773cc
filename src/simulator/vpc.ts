import { addressKey, addressNumber, addressText, subnetOf } from './addresses.ts'
import { ok, type Answer } from './answers.ts'
import { reading, type Handler } from './call.ts'
import { chanceUuid } from './chance.ts'
import { sidesOfInstance } from './sides.ts'
import { serverKey, type Subnet, type World } from './state.ts'

const MOST_PER_PAGE = 2000

/** A subnet's ID here is its network ID, the one a create takes. */
export const showSubnet: Handler = reading((world, { id }) => {
  const subnet = subnetOf(world, id)
  return subnet === undefined ? NOT_FOUND : ok({ subnet: subnetOnWire(subnet, world.project.id) })
})

/** Pages by marker: the last ID seen. */
export const listSubnets: Handler = reading((world, { query }) => {
  const vpcId = query.get('vpc_id') ?? ''
  const subnets = Object.values(world.subnets).filter(
    (subnet) => vpcId === '' || subnet.vpcId === vpcId,
  )
  const page = pageBy(query, subnets, (subnet) => subnet.id)
  return page === null
    ? BAD_LIMIT
    : ok({ subnets: page.map((each) => subnetOnWire(each, world.project.id)) })
})

/** The addresses that are held in each subnet, in their order: whoever reads page after page must not sort them for each. */
const held = new WeakMap<World['addressUse'], Map<string, readonly string[]>>()

function heldIn(world: World, subnetId: string): readonly string[] {
  let bySubnet = held.get(world.addressUse)
  if (bySubnet === undefined) {
    const numbers = new Map<string, number[]>()
    for (const key of world.addressUse.keys()) {
      const end = key.lastIndexOf('/')
      const own = numbers.get(key.slice(0, end)) ?? []
      own.push(addressNumber(key.slice(end + 1)))
      numbers.set(key.slice(0, end), own)
    }
    bySubnet = new Map(
      [...numbers].map(([id, own]) => [
        id,
        own.toSorted((left, right) => left - right).map(addressText),
      ]),
    )
    held.set(world.addressUse, bySubnet)
  }
  return bySubnet.get(subnetId) ?? []
}

/** The addresses of servers; what the network itself takes, the gateway's among them, is not shown. */
export const listPrivateIps: Handler = reading((world, { id, query }) => {
  if (subnetOf(world, id) === undefined) return NOT_FOUND
  const page = pageBy(query, heldIn(world, id), (address) => privateIpId(id, address))
  if (page === null) return BAD_LIMIT
  return ok({
    privateips: page.map((address) => ({
      id: privateIpId(id, address),
      status: 'ACTIVE',
      tenant_id: world.project.id,
      subnet_id: id,
      ip_address: address,
      device_owner: `compute:${zoneOf(world, world.addressUse.get(addressKey(id, address)) ?? '')}`,
    })),
  })
})

function privateIpId(subnetId: string, address: string): string {
  return chanceUuid(0, 'private-ip', subnetId, address)
}

/** Of a server, or of the DR server of an instance. */
function zoneOf(world: World, holder: string): string {
  const server = world.servers.get(serverKey(holder))
  if (server !== undefined) return server.availabilityZone
  const instance = world.instances.get(holder)
  return (instance === undefined ? null : sidesOfInstance(world, instance))?.recovery.zone ?? ''
}

/** By the list that they are places in. */
const places = new WeakMap<readonly unknown[], ReadonlyMap<string, number>>()

function placesOf<T>(items: readonly T[], idOf: (item: T) => string): ReadonlyMap<string, number> {
  const known = places.get(items) ?? new Map(items.map((item, at) => [idOf(item), at]))
  places.set(items, known)
  return known
}

/** Those after the marker; null: the limit is not one. An unknown marker starts at the beginning. */
function pageBy<T>(
  query: URLSearchParams,
  items: readonly T[],
  idOf: (item: T) => string,
): readonly T[] | null {
  const text = query.get('limit') ?? ''
  const limit = text === '' ? MOST_PER_PAGE : Number(text)
  if (!Number.isInteger(limit) || limit < 0 || limit > MOST_PER_PAGE) return null
  const marker = query.get('marker') ?? ''
  const from = marker === '' ? 0 : (placesOf(items, idOf).get(marker) ?? -1) + 1
  return items.slice(from, from + limit)
}

const NOT_FOUND: Answer = {
  status: 404,
  data: { code: 'VPC.0202', message: 'Subnet could not be found.' },
}
const BAD_LIMIT: Answer = {
  status: 400,
  data: { code: 'VPC.0003', message: 'Invalid input for limit.' },
}

/** With all that "Querying VPC Subnets" names; without IPv6. */
function subnetOnWire(subnet: Subnet, projectId: string): object {
  return {
    id: subnet.id,
    name: subnet.name,
    description: '',
    cidr: subnet.cidr,
    gateway_ip: subnet.gatewayIp,
    dhcp_enable: true,
    primary_dns: '100.125.4.25',
    secondary_dns: '100.125.129.199',
    dnsList: ['100.125.4.25', '100.125.129.199'],
    ipv6_enable: false,
    cidr_v6: null,
    gateway_ip_v6: null,
    extra_dhcp_opts: [],
    tenant_id: projectId,
    created_at: '2020-01-01T00:00:00',
    updated_at: '2020-01-01T00:00:00',
    status: 'ACTIVE',
    vpc_id: subnet.vpcId,
    availability_zone: '',
    neutron_network_id: subnet.id,
    neutron_subnet_id: chanceUuid(0, 'neutron-subnet', subnet.id),
    neutron_subnet_id_v6: null,
  }
}
