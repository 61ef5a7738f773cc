import { isIPv4 } from 'node:net'
import type { Subnet, World } from './state.ts'

export function subnetOf(world: World, id: string): Subnet | undefined {
  return Object.hasOwn(world.subnets, id) ? world.subnets[id] : undefined
}

/** Under what an address of a subnet is looked up in `addressUse`. */
export function addressKey(subnetId: string, address: string): string {
  return `${subnetId}/${address}`
}

export function addressNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

export function addressText(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')
}

/** The first and the last address of a CIDR block, as numbers; null where it is none. */
export function blockOf(cidr: string): { readonly first: number; readonly last: number } | null {
  const [network = '', bits = '32'] = cidr.split('/')
  const length = Number(bits)
  if (!isIPv4(network) || !(length >= 0 && length <= 32)) return null
  const size = 2 ** (32 - length)
  const first = Math.floor(addressNumber(network) / size) * size
  return { first, last: first + size - 1 }
}

export function isInside(address: string, cidr: string): boolean {
  const block = blockOf(cidr)
  if (block === null || !isIPv4(address)) return false
  const number = addressNumber(address)
  return block.first <= number && number <= block.last
}

/** The network's own address, the broadcast address, and the gateway's: no server can have them. */
export function isReserved(address: string, { cidr, gatewayIp }: Subnet): boolean {
  const block = blockOf(cidr)
  const number = addressNumber(address)
  return address === gatewayIp || block?.first === number || block?.last === number
}

/** Where a gateway usually is: the first host that is not taken; null where there is none. */
export function firstHost(
  cidr: string,
  isTaken: (address: string) => boolean = () => false,
): string | null {
  const block = blockOf(cidr)
  if (block === null) return null
  for (let number = block.first + 1; number < block.last; number++) {
    const address = addressText(number)
    if (!isTaken(address)) return address
  }
  return null
}
