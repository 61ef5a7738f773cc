import { serverKey, unifyId } from '../../keys.ts'
import { misplacedIn } from './cidr.ts'
import { addressKey, subnetOf, type CreateCase } from './create-case.ts'
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
  const address = create.row.primaryIpAddress
  const subnet = subnetOf(create)
  if (address === undefined || subnet === null) return null
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
  const { primaryIpAddress: address, primarySubnetId: network } = row
  if (address === undefined || network === undefined) return null
  const before = ahead.addresses.get(addressKey(network, address))
  if (before !== undefined) {
    const by = { kind: 'row', row: before.row, name: before.name } as const
    return finding('ip-taken', 'SDRS.1334', { address, by })
  }
  if (isFreedByReplacing(create, address)) return null
  const holder = dr.vpc === null ? undefined : holders.get(addressKey(dr.vpc, address))
  if (holder !== undefined) {
    const by = { kind: 'server', id: holder.id, name: holder.name } as const
    return finding('ip-taken', 'SDRS.1334', { address, by })
  }
  return facts.addresses?.get(unifyId(network))?.has(address) === true
    ? finding('ip-taken', 'SDRS.1334', { address, by: { kind: 'subnet' } })
    : null
}

/** The DR server of the instance that is replaced has it, or nobody tells who has. */
function isFreedByReplacing({ replaced, facts }: CreateCase, address: string): boolean {
  if (replaced === null) return false
  if (facts.servers === null) return true
  const { targetServer } = replaced
  const server = targetServer === null ? undefined : facts.servers.get(serverKey(targetServer))
  return server?.addresses.includes(address) ?? false
}
