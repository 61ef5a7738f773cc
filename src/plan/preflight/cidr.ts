import { isIPv4 } from 'node:net'

/** An IPv4 block as numbers, both ends included. */
export interface Block {
  readonly first: number
  readonly last: number
}

const LONGEST_PREFIX = 32
/** In a block of one or two addresses none is the network's own (RFC 3021). */
const LONGEST_WITH_NETWORK = 30

/** `10.0.0.0/24`; null: not an IPv4 block, so that nothing can be said about it. Pure. */
export function blockOf(cidr: string): Block | null {
  const [network = '', prefix = ''] = cidr.split('/')
  if (!isIPv4(network) || !/^\d{1,2}$/.test(prefix) || Number(prefix) > LONGEST_PREFIX) return null
  const size = 2 ** (LONGEST_PREFIX - Number(prefix))
  const first = Math.floor(numberOf(network) / size) * size
  return { first, last: first + size - 1 }
}

export type Misplaced = 'outside' | 'network' | 'broadcast'

/** Why no server of this block may have the address; null: it may, or one of the two cannot be read. Pure. */
export function misplacedIn(cidr: string, address: string): Misplaced | null {
  const block = blockOf(cidr)
  if (block === null || !isIPv4(address)) return null
  const number = numberOf(address)
  if (number < block.first || number > block.last) return 'outside'
  if (block.last - block.first + 1 < 2 ** (LONGEST_PREFIX - LONGEST_WITH_NETWORK)) return null
  if (number === block.first) return 'network'
  return number === block.last ? 'broadcast' : null
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}
