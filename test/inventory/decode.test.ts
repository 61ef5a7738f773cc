import iconv from 'iconv-lite'
import { describe, expect, test } from 'vitest'
import { parseInventory, type Inventory, type InventoryOptions } from '../../src/inventory/read.ts'
import { codes, defaults, found, id, read } from './read-inventory.ts'

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))),
  )

const parse = (
  content: Uint8Array,
  options: Partial<InventoryOptions> = {},
  source = 'servers.csv',
): Promise<Inventory> => parseInventory(source, content, { ...defaults, ...options })

const GERMAN = `Bemerkung;server_id;name;server_group\r\nGröße für Müller;${id(1)};web-1;g\r\n`
const CHINESE = `云服务器ID,云服务器名称,保护组,备注\r\n${id(1)},web-1,g,生产环境\r\n`
const PLAIN = `server_id,name,server_group\n${id(1)},web-1,g\n`

describe('what is not text', () => {
  test.each([
    ['a workbook that is cut short', bytes([0x50, 0x4b, 3, 4], 'rest'), 'workbook-damaged'],
    ['NUL bytes', bytes('server_id\nä1\0'), '2:3 binary-file'],
    ['NUL bytes only', bytes('\0\0\0\0'), '1:1 binary-file'],
    ['NUL bytes among bytes of no text', bytes('a,', [0xff, 0], 'b'), '1:3 binary-file'],
    ['two encodings', bytes('server_id\r\nnäme,B', [0xfc], 'ro'), '2:7 invalid-utf8'],
    ['a cut character', bytes('a', [0xe4, 0xba]), '1:2 invalid-utf8'],
  ])('reports %s once, with its place', async (_, content, expected) => {
    const inventory = await parse(content)
    expect(found(inventory)).toEqual([expected])
    expect(inventory.problems[0]?.row).toBeNull()
    expect(inventory.rows).toEqual([])
  })

  test.each([
    ['a gzip archive', bytes([0x1f, 0x8b, 8, 0], 'rest')],
    ['an old Office document', bytes([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0])],
    ['a PDF', bytes('%PDF-1.7\n%', [0xe2, 0xe3])],
    ['a Parquet file', bytes('PAR1', [0x15, 0])],
    ['an SQLite database', bytes('SQLite format 3\0')],
    ['an HTML page', bytes('<html><table><tr><td>ID</td></tr></table></html>')],
    ['an HTML page', bytes([0xef, 0xbb, 0xbf], '\n<!DOCTYPE html>\n<p>Please sign in')],
    [
      'an XML workbook of Excel 2003',
      bytes(
        '<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
      ),
    ],
  ])('names %s as what it is', async (what, content) => {
    for (const source of ['servers.csv', 'servers.xlsx', '-']) {
      const inventory = await parse(content, {}, source)
      expect(codes(inventory)).toEqual(['foreign-file'])
      expect(inventory.problems[0]?.message).toContain(what)
      expect(inventory.problems[0]?.hint).not.toBeNull()
    }
  })
})

describe('encodings that the bytes tell', () => {
  const wide = (text: string, order: 'le' | 'be', mark: boolean): Uint8Array => {
    const encoded = Buffer.from(mark ? `\ufeff${text}` : text, 'utf16le')
    return order === 'be' ? encoded.swap16() : encoded
  }
  test.each([
    ['utf-8', false, Buffer.from(CHINESE)],
    ['utf-8', true, Buffer.from(`\ufeff${CHINESE}`)],
    ['utf-16le', true, wide(CHINESE, 'le', true)],
    ['utf-16be', true, wide(CHINESE, 'be', true)],
    ['utf-32le', true, iconv.encode(CHINESE, 'utf-32le', { addBOM: true })],
  ])('%s with a mark: %s', async (encoding, hasBom, content) => {
    const inventory = await parse(content)
    expect(inventory.totals).toEqual({ rows: 1, errors: 0, warnings: 0, infos: 1 })
    expect(inventory.rows[0]?.carried).toEqual({ 备注: '生产环境' })
    expect(inventory.written).toEqual({ encoding, hasBom, lineEnd: '\r\n' })
  })

  test.each([
    ['utf-16le', wide(CHINESE, 'le', false), { 备注: '生产环境' }],
    ['utf-16be', wide(CHINESE, 'be', false), { 备注: '生产环境' }],
    ['utf-16le', wide(GERMAN, 'le', false), { Bemerkung: 'Größe für Müller' }],
    ['gb18030', iconv.encode(CHINESE, 'gb18030'), { 备注: '生产环境' }],
    ['windows-1252', iconv.encode(GERMAN, 'windows-1252'), { Bemerkung: 'Größe für Müller' }],
    [
      'windows-1252',
      iconv.encode(GERMAN.replace('Größe', '“Größe” – 5 €'), 'windows-1252'),
      { Bemerkung: '“Größe” – 5 € für Müller' },
    ],
  ])('%s is assumed, and that is said', async (encoding, content, carried) => {
    const inventory = await parse(content)
    expect(inventory.totals.errors).toBe(0)
    expect(inventory.rows[0]?.carried).toEqual(carried)
    expect(inventory.written).toMatchObject({ encoding, hasBom: false })
    const notice = inventory.problems.find(({ code }) => code === 'encoding-assumed')
    expect(notice).toMatchObject({ severity: 'info', row: null })
    expect(notice?.message).toContain(encoding)
    expect(notice?.hint).toContain('--encoding')
  })

  test('a cell that may be either is not guessed at', async () => {
    // Two letters of the one, a usual character of the other.
    const content = bytes(
      'server_id,name,server_group,note\n',
      `${id(1)},a,g,GR`,
      [0xd6, 0xdf],
      'E\n',
    )
    const other = iconv.decode(Buffer.from('GRÖßE', 'latin1'), 'gb18030')
    const inventory = await parse(content)
    expect(found(inventory)).toEqual(['2:44 invalid-utf8'])
    expect(inventory.problems[0]?.message).toContain('"GRÖßE" in windows-1252')
    expect(inventory.problems[0]?.message).toContain(`"${other}" in gb18030`)
    expect(inventory.problems[0]?.hint).toContain('--encoding')
    const german = await parse(content, { encoding: 'Windows-1252' })
    expect(german.rows[0]?.carried).toEqual({ note: 'GRÖßE' })
    expect(codes(german)).not.toContain('encoding-assumed')
    const chinese = await parse(content, { encoding: 'GBK' })
    expect(chinese.rows[0]?.carried).toEqual({ note: other })
  })

  test.each(['Českolipská čtvrť', 'Łódź, Gdańsk', 'Größe 北京', 'Привет, мир'])(
    'other encodings are not taken for one of the two: %s',
    async (note) => {
      const encoding = /[а-я]/u.test(note) ? 'windows-1251' : 'windows-1250'
      const text = `server_id;name;server_group;note\n${id(1)};a;g;${note}\n`
      const inventory = await parse(iconv.encode(text, encoding))
      if (inventory.totals.errors > 0) expect(codes(inventory)).toEqual(['invalid-utf8'])
      else expect(codes(inventory)).toContain('encoding-assumed')
    },
  )
})

describe('--encoding', () => {
  test.each([
    ['gb2312', iconv.encode(CHINESE, 'gbk'), '生产环境'],
    ['Shift_JIS', iconv.encode(CHINESE.replace('生产环境', '本番'), 'shift_jis'), '本番'],
    ['big5', iconv.encode(CHINESE.replace('生产环境', '生產'), 'big5'), '生產'],
    ['utf16le', Buffer.from(CHINESE, 'utf16le'), '生产环境'],
    ['UTF-16', Buffer.from(`\ufeff${CHINESE}`, 'utf16le'), '生产环境'],
    ['UTF8', Buffer.from(`\ufeff${CHINESE}`), '生产环境'],
  ])('reads %s', async (encoding, content, note) => {
    const inventory = await parse(content, { encoding, map: { server_id: '云服务器ID' } })
    expect(Object.values(inventory.rows[0]?.carried ?? {})).toContain(note)
  })

  test('of a wrong one the first bad place is told', async () => {
    const german = iconv.encode(GERMAN, 'windows-1252')
    expect(found(await parse(german, { encoding: 'utf-8' }))).toEqual(['2:3 invalid-bytes'])
    const cut = bytes(PLAIN, [0xb1])
    expect(found(await parse(cut, { encoding: 'gbk' }))).toEqual(['3:1 invalid-bytes'])
    const control = bytes('server_id\nab', [0x81], '\n')
    expect(found(await parse(control, { encoding: 'windows-1252' }))).toEqual(['2:3 invalid-bytes'])
    const odd = Buffer.concat([Buffer.from(PLAIN, 'utf16le'), Buffer.from('x')])
    expect(found(await parse(odd, { encoding: 'utf-16le' }))).toEqual(['3:1 invalid-bytes'])
  })

  test('a character that an earlier program could not read is not a bad byte', async () => {
    const text = `server_id,name,server_group,note\n${id(1)},a,g,B\ufffdro\n`
    expect((await read(text)).totals.errors).toBe(0)
    expect((await parse(Buffer.from(text, 'utf16le'))).totals.errors).toBe(0)
    const broken = Buffer.concat([Buffer.from(text), Buffer.from([0xff])])
    expect(found(await parse(broken, { encoding: 'utf-8' }))).toEqual(['3:1 invalid-bytes'])
  })

  test('the mark in the file is certain: another name is refused', async () => {
    const inventory = await parse(Buffer.from(`\ufeff${PLAIN}`), { encoding: 'gbk' })
    expect(found(inventory)).toEqual(['1:1 encoding-contradicted'])
  })

  test.each(['klingon', 'base64', 'hex', 'utf7', '', '../../x', '__proto__', 'toString'])(
    'unknown: "%s"',
    async (encoding) => {
      expect(found(await read('x', { encoding }))).toEqual(['unknown-encoding'])
    },
  )

  test('an empty file is empty in any', async () => {
    for (const encoding of ['UTF8', 'gbk', 'utf-16le']) {
      expect(found(await read('', { encoding }))).toEqual(['empty-file'])
    }
    expect(found(await parse(bytes([0xff, 0xfe])))).toEqual(['empty-file'])
  })
})
