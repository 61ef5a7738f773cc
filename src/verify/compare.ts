import { isIPv4 } from 'node:net'
import type { Server } from '../cloud/ecs/ecs-schema.ts'
import type { ProtectedInstance, ServerGroup } from '../cloud/sdrs/sdrs-schema.ts'
import type { Subnet } from '../cloud/vpc/vpc-schema.ts'
import type { Row, RowField } from '../inventory/row.ts'
import { unifyId } from '../keys.ts'
import type { Drift } from '../outcome.ts'
import { driftOf } from '../plan/drift.ts'
import { blockOf, misplacedIn } from '../plan/preflight/cidr.ts'
import { drVpcOf, type Look } from './look.ts'

/** What a row is held against. */
interface Compared {
  readonly row: Row
  readonly group: ServerGroup
  readonly instance: ProtectedInstance
  /** Null: it could not be read. */
  readonly drServer: Server | null
  readonly subnets: Look['subnets']
}

/** `same`, a difference, or a field that could not be compared. */
type Finding = 'same' | Drift | { readonly unverifiable: string }

type Compare = (compared: Compared) => readonly Finding[]

/** How each field that SDRS does not return is compared; null: the instance's own (`driftOf`), or nothing of the cloud's. */
const COMPARED = {
  serverId: null,
  serverGroupId: null,
  serverGroup: null,
  name: null,
  description: ({ row, instance }) =>
    row.description !== undefined && instance.description === null
      ? [{ unverifiable: 'description' }]
      : [],
  // A list that returns no tags at all tells nothing about them.
  tags: ({ row, instance }) =>
    instance.tags === null
      ? Object.keys(row.tags).map((key) => ({ unverifiable: `tag:${key}` }))
      : [],
  flavor: ({ row: { flavor }, drServer }) =>
    flavor === undefined ? [] : [flavorFinding(flavor, drServer?.flavor ?? null)],
  primarySubnetId: (compared) => [subnetFinding(compared)],
  primaryIpAddress: ({ row: { primaryIpAddress: wanted }, drServer }) =>
    wanted === undefined ? [] : [addressFinding(wanted, drServer)],
  // Neither service shows what the DR server was created with.
  clusterId: ({ row }) => unreadable('cluster_id', row.clusterId),
  tenancy: ({ row }) => unreadable('tenancy', row.tenancy),
  dedicatedHostId: ({ row }) => unreadable('dedicated_host_id', row.dedicatedHostId),
  wave: null,
} as const satisfies Record<RowField, Compare | null>

/**
 * Where a protected server differs from its row, and which filled fields nobody could compare: those of the
 * instance with SDRS, those of the DR server with ECS and VPC. Fields by their names in the inventory. Pure.
 */
export function compareRow(compared: Compared): {
  readonly drift: readonly Drift[]
  readonly unverifiable: readonly string[]
} {
  const found = Object.values<Compare | null>(COMPARED).flatMap(
    (compare) => compare?.(compared) ?? [],
  )
  const drift = found.flatMap((each) => (typeof each === 'object' && 'wanted' in each ? each : []))
  const unverifiable = found.flatMap((each) =>
    typeof each === 'object' && 'unverifiable' in each ? each.unverifiable : [],
  )
  return { drift: [...driftOf(compared.row, compared.instance), ...drift], unverifiable }
}

/** ECS finds a flavor by its ID in whatever case, and shows it as it has written it itself. */
function flavorFinding(wanted: string, actual: string | null): Finding {
  const field = 'flavor'
  if (actual === null) return { unverifiable: field }
  const isSame = wanted.trim().toLowerCase() === actual.trim().toLowerCase()
  return isSame ? 'same' : { field, wanted, actual }
}

function addressFinding(wanted: string, drServer: Server | null): Finding {
  const field = 'primary_ip_address'
  const addresses = drServer?.addresses ?? []
  if (addresses.length === 0) return { unverifiable: field }
  return addresses.includes(wanted) ? 'same' : { field, wanted, actual: addresses.join(', ') }
}

/** ECS shows no subnet: an address of the DR server must lie in the wanted one, and that in the server's VPC. */
function subnetFinding({ row, group, drServer, subnets }: Compared): Finding {
  const field = 'primary_subnet_id'
  const wanted = row.primarySubnetId
  if (wanted === undefined) return 'same'
  const vpc = drServer === null ? null : drVpcOf(drServer, group)
  const known = vpc === null ? undefined : subnets.get(unifyId(vpc))
  const addresses = drServer?.addresses ?? []
  if (known === undefined || addresses.length === 0) return { unverifiable: field }
  const subnet = known.find(({ networkId }) => unifyId(networkId) === unifyId(wanted))
  if (subnet !== undefined) {
    if (subnet.cidr === null || blockOf(subnet.cidr) === null) return { unverifiable: field }
    if (addresses.some((address) => liesIn(subnet, address))) return 'same'
  }
  const actual = known.find((each) => addresses.some((address) => liesIn(each, address)))
  // It must be in some subnet: where neither that nor the wanted one is listed, the list is not whole.
  if (subnet === undefined && actual === undefined) return { unverifiable: field }
  return { field, wanted, actual: actual?.networkId ?? null }
}

function liesIn({ cidr }: Subnet, address: string): boolean {
  return (
    cidr !== null &&
    blockOf(cidr) !== null &&
    isIPv4(address) &&
    misplacedIn(cidr, address) !== 'outside'
  )
}

function unreadable(field: string, value: string | undefined): readonly Finding[] {
  return value === undefined ? [] : [{ unverifiable: field }]
}
