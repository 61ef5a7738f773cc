import type { Server } from '../../cloud/ecs/ecs-schema.ts'
import { isSameServer, serverKey, unifyId } from '../../keys.ts'
import { misplacedIn } from './cidr.ts'
import { addressKey, subnetOf, wantedAddress, type CreateCase } from './create-case.ts'
import { finding, type PreflightRule } from './finding.ts'
import { isOtherVpc } from './sites.ts'

/** Not there is said only where all subnets of the DR VPC were read. */
export const subnetIsThere: PreflightRule = (create) => {
  const { row, dr, facts, group } = create
  const id = row.primarySubnetId
  if (id === undefined) return null
  const about = { subnet: id, vpc: dr.vpc, group: group.name }
  const subnet = subnetOf(create)
  if (subnet !== null) {
    return isOtherVpc(subnet.vpcId, dr.vpc)
      ? finding('subnet-missing', 'SDRS.1335', { ...about, isIn: subnet.vpcId })
      : null
  }
  const wasRead = facts.subnets !== null && dr.vpc !== null && facts.subnetVpcs.has(unifyId(dr.vpc))
  return wasRead ? finding('subnet-missing', 'SDRS.1335', { ...about, isIn: null }) : null
}

export const addressFitsSubnet: PreflightRule = (create) => {
  const wanted = wantedAddress(create.row)
  const subnet = subnetOf(create)
  if (wanted === null || subnet === null) return null
  const { address } = wanted
  const { name, cidr, gatewayIp } = subnet
  const misplaced = cidr === null ? null : misplacedIn(cidr, address)
  const why = misplaced ?? (address === gatewayIp ? 'gateway' : null)
  return why === null
    ? null
    : finding('ip-outside-subnet', 'SDRS.0219', { why, address, subnet: name, cidr })
}

/** By a row that is sent before, by a listed server of the DR VPC, or by whatever the subnet lists. */
export const addressIsFree: PreflightRule = (create) => {
  const { row, dr, facts, ahead, holders } = create
  const wanted = wantedAddress(row)
  if (wanted === null) return null
  const { address, network, key } = wanted
  const before = ahead.addresses.get(key)
  if (before !== undefined) {
    const by = { kind: 'row', row: before.row, name: before.name } as const
    return finding('ip-taken', 'SDRS.1334', { address, by })
  }
  const holder = dr.vpc === null ? undefined : holders.get(addressKey(dr.vpc, address))
  if (isFreedByReplacing(create, holder ?? null)) return null
  if (holder !== undefined) {
    const by = { kind: 'server', id: holder.id, name: holder.name } as const
    return finding('ip-taken', 'SDRS.1334', { address, by })
  }
  return facts.addresses?.get(unifyId(network))?.has(address) === true
    ? finding('ip-taken', 'SDRS.1334', { address, by: { kind: 'subnet' } })
    : null
}

/**
 * The DR server of the instance that is replaced has it, or may have: it is not listed yet, its instance does
 * not tell which it is, or its addresses are not told. Only a listed server that is another is in the way.
 */
function isFreedByReplacing({ replaced, facts, row }: CreateCase, holder: Server | null): boolean {
  if (replaced === null) return false
  const { targetServer } = replaced
  if (holder !== null) return targetServer === null || isSameServer(holder.id, targetServer)
  const target = targetServer === null ? undefined : facts.servers?.get(serverKey(targetServer))
  if (target === undefined || target.addresses.length === 0) return true
  return row.primaryIpAddress !== undefined && target.addresses.includes(row.primaryIpAddress)
}
