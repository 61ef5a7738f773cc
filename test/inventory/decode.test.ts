import { describe, expect, test } from 'vitest'
import { parseInventory } from '../../src/inventory/read.ts'
import { defaults, found, read } from './read-inventory.ts'

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))),
  )

describe('what is no UTF-8 text', () => {
  test.each([
    ['a workbook that is cut short', bytes([0x50, 0x4b, 3, 4], 'rest'), 'workbook-damaged'],
    ['an old workbook', bytes([0xd0, 0xcf, 0x11, 0xe0, 0xa1]), 'unsupported-workbook'],
    ['UTF-16 LE', bytes([0xff, 0xfe], 's\0e\0'), 'unsupported-encoding'],
    ['UTF-16 BE', bytes([0xfe, 0xff], '\0s\0e'), 'unsupported-encoding'],
    ['NUL bytes', bytes('server_id\nä1\0'), '2:3 binary-file'],
    ['Latin-1', bytes('server_id\r\nnäme,B', [0xfc], 'ro'), '2:7 invalid-utf8'],
    ['a cut character', bytes('a', [0xe4, 0xba]), '1:2 invalid-utf8'],
  ])('reports %s once, with its place where it has one', async (_, content, expected) => {
    const inventory = await parseInventory('servers.csv', content, defaults)
    expect(found(inventory)).toEqual([expected])
    expect(inventory.problems[0]?.row).toBeNull()
    expect(inventory.rows).toEqual([])
  })

  test('knows --encoding utf-8 only', async () => {
    expect(found(await read('x', { encoding: 'klingon' }))).toEqual(['unknown-encoding'])
    expect(found(await read('', { encoding: 'UTF8' }))).toEqual(['empty-file'])
  })
})
