import { BlockList } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { blockOf, misplacedIn } from '../../../src/plan/preflight/cidr.ts'

const address = fc.ipV4()
const prefix = fc.integer({ min: 0, max: 32 })

test('what is inside agrees with Node’s own block list', () => {
  fc.assert(
    fc.property(address, prefix, address, fc.boolean(), (network, bits, other, isNear) => {
      const block = blockOf(`${network}/${bits}`)
      if (block === null) throw new Error('it is a block')
      const probe = isNear
        ? textOf(block.first + (numberOf(other) % (block.last - block.first + 1)))
        : other
      const list = new BlockList()
      list.addSubnet(network, bits, 'ipv4')
      expect(misplacedIn(`${network}/${bits}`, probe) === 'outside').toBe(
        !list.check(probe, 'ipv4'),
      )
    }),
    { numRuns: 2000 },
  )
})

test('the first address of a block is the network’s, the last is broadcast, and none else', () => {
  fc.assert(
    fc.property(address, fc.integer({ min: 0, max: 30 }), (network, bits) => {
      const cidr = `${network}/${bits}`
      const { first, last } = blockOf(cidr) ?? { first: 0, last: 0 }
      expect(last - first + 1).toBe(2 ** (32 - bits))
      expect(
        [first, first + 1, last - 1, last].map((each) => misplacedIn(cidr, textOf(each))),
      ).toEqual(['network', null, null, 'broadcast'])
      if (first > 0) expect(misplacedIn(cidr, textOf(first - 1))).toBe('outside')
      if (last < 2 ** 32 - 1) expect(misplacedIn(cidr, textOf(last + 1))).toBe('outside')
    }),
  )
})

test.for(['10.0.0.4/31', '10.0.0.5/31', '10.0.0.5/32'])('%s has no address of its own', (cidr) => {
  expect(misplacedIn(cidr, '10.0.0.5')).toBeNull()
  expect(misplacedIn(cidr, '10.0.0.6')).toBe('outside')
})

test.for([
  '',
  '10.0.0.0',
  '10.0.0.0/',
  '10.0.0.0/33',
  '10.0.0.0/x',
  '10.0.0/24',
  'fd00::/8',
  '10.0.0.0/-1',
  '10.0.0.0/ 8',
])('of %j nothing is said', (cidr) => {
  expect(blockOf(cidr)).toBeNull()
  expect(misplacedIn(cidr, '10.0.0.5')).toBeNull()
})

test.for(['', 'x', 'fd00::1', '10.0.0'])('nothing is said of the address %j', (text) => {
  expect(misplacedIn('10.0.0.0/8', text)).toBeNull()
})

function numberOf(text: string): number {
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

function textOf(number: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(number / 2 ** bits) % 256).join('.')
}
