import iconv from 'iconv-lite'
import { describe, expect, test } from 'vitest'
import { encodeText } from '../../src/inventory/encodings.ts'
import { parseInventory, type Inventory, type InventoryOptions } from '../../src/inventory/read.ts'
import { remainingFile } from '../../src/inventory/write.ts'
import { defaults, id, readYaml } from './read-inventory.ts'

const parse = (bytes: Uint8Array, options: Partial<InventoryOptions> = {}): Promise<Inventory> =>
  parseInventory('servers.csv', bytes, { ...defaults, ...options })

const NOTES = { zh: '生产环境', de: 'Größe für Müller' }
const text = (delimiter: string, lineEnd: string, note: string): string =>
  [
    ['server_id', 'name', 'server_group', 'note'],
    [id(1), 'a', 'g', note],
    [id(2), 'b', 'g', `"x${delimiter}y"`],
    [],
  ]
    .map((cells) => cells.join(delimiter))
    .join(lineEnd)

describe('remaining.csv is written as the inventory was: byte for byte, where all of it remains', () => {
  test.each([
    ['utf-8', ',', '\n', 'zh', false],
    ['utf-8', ';', '\r\n', 'de', true],
    ['utf-8', '|', '\r', 'zh', true],
    ['utf-16le', '\t', '\r\n', 'zh', true],
    ['utf-16be', ';', '\r\n', 'de', true],
    ['utf-16le', ',', '\n', 'zh', false],
    ['gb18030', ',', '\r\n', 'zh', false],
    ['windows-1252', ';', '\r\n', 'de', false],
  ] as const)('%s with %j and %j', async (encoding, delimiter, lineEnd, note, hasBom) => {
    const own = text(delimiter, lineEnd, NOTES[note])
    const bytes = iconv.encode(hasBom ? `\ufeff${own}` : own, encoding)
    const inventory = await parse(bytes)
    expect(inventory.totals).toMatchObject({ rows: 2, errors: 0 })
    const file = await remainingFile(inventory, inventory.rows)
    expect(Buffer.from(file).equals(bytes)).toBe(true)
    const header = await remainingFile(inventory, [])
    expect(Buffer.from(header)).toEqual(bytes.subarray(0, header.length))
  })

  test('with --encoding and --delimiter, it needs them again only for the encoding', async () => {
    const bytes = iconv.encode(text('^', '\n', 'ÖÜ'), 'windows-1252')
    const given = { encoding: 'windows-1252', delimiter: '^' }
    const inventory = await parse(bytes, given)
    const file = await remainingFile(inventory, inventory.rows)
    expect(Buffer.from(file).toString('latin1')).toBe(`sep=^\n${bytes.toString('latin1')}`)
    const again = await parse(file, { encoding: 'windows-1252' })
    expect(again.rows.map(({ carried }) => carried)).toEqual(
      inventory.rows.map(({ carried }) => carried),
    )
    expect((await parse(file, given)).totals).toMatchObject({ rows: 2, errors: 0 })
  })

  test('the line end is that between records, not one in a quoted cell', async () => {
    const own = `server_id,name,server_group,"no\nte"\r\n${id(1)},a,g,"x\ny"\r\n`
    const inventory = await parse(Buffer.from(own))
    expect(Buffer.from(await remainingFile(inventory, inventory.rows)).toString()).toBe(own)
  })

  test('of YAML it is what programs read', async () => {
    const inventory = await readYaml(`- {server_id: ${id(1)}, name: a, server_group: 保护}`)
    expect(Buffer.from(await remainingFile(inventory, inventory.rows)).toString()).toBe(
      `server_id,name,server_group\n${id(1)},a,保护\n`,
    )
  })

  test('what an encoding cannot hold is written in UTF-8 with its mark', async () => {
    const file = await encodeText('a,保护\n', { encoding: 'windows-1252', hasBom: false })
    expect(Buffer.from(file).toString()).toBe('\ufeffa,保护\n')
  })
})
