import { describe, expect, test } from 'vitest'
import { codes, id } from '../read-inventory.ts'
import { kindOfOle } from '../../../src/inventory/workbook/file-kind.ts'
import { LIMITS } from '../../../src/inventory/workbook/workbook-limits.ts'
import { book, bookEntries, readBook, rowsOf, sheetOf, zip, type ZipEntry } from './forge.ts'

const HEADER = ['server_id', 'name', 'server_group']
const ROWS = rowsOf([HEADER, [id(1), 'a', 'g']])
const SHEET = 'xl/worksheets/sheet1.xml'
const good = bookEntries({ sheets: [{ rows: ROWS }] })
const withPart = (name: string, change: Partial<ZipEntry>): Buffer =>
  zip(good.map((entry) => (entry.name === name ? { ...entry, ...change } : entry)))

async function only(bytes: Uint8Array): Promise<string> {
  const { problems, rows } = await readBook(bytes)
  expect(rows).toEqual([])
  expect(problems.length).toBe(1)
  return `${problems[0]?.code}: ${problems[0]?.message}`
}

describe('archives that are something else are named', () => {
  test.each([
    ['a Word document', [{ name: 'word/document.xml', data: '<w/>' }], 'Word'],
    [
      'a Word document that says where its text is',
      [
        {
          name: '_rels/.rels',
          data: '<Relationships><Relationship Id="a" Type="x/officeDocument" Target="word/document.xml"/></Relationships>',
        },
        { name: 'word/document.xml', data: `<w:document>${'<w:p>'.repeat(100)}` },
      ],
      'Word',
    ],
    ['a presentation', [{ name: 'ppt/presentation.xml', data: '<w/>' }], 'PowerPoint'],
    ['a binary workbook', [{ name: 'xl/workbook.bin', data: 'x' }], '.xlsb'],
    ['a Java archive', [{ name: 'META-INF/MANIFEST.MF', data: 'x' }], '.jar'],
    [
      'an OpenDocument spreadsheet',
      [
        {
          name: 'mimetype',
          data: 'application/vnd.oasis.opendocument.spreadsheet',
          isStored: true,
        },
        { name: 'content.xml', data: '<x/>' },
      ],
      '.ods',
    ],
    ['an e-book', [{ name: 'mimetype', data: 'application/epub+zip', isStored: true }], '.epub'],
    [
      'a plain archive',
      [
        { name: 'a/', data: '' },
        { name: '../../etc/passwd', data: 'x' },
      ],
      'a ZIP archive of 1 file,',
    ],
    [
      'a workbook.xml that is another thing',
      [{ name: 'xl/workbook.xml', data: '<project/>' }],
      'a ZIP archive of 1 file,',
    ],
  ])('%s', async (_, entries, named) => {
    const text = await only(zip(entries))
    expect(text).toContain('foreign-file')
    expect(text).toContain(named)
  })

  test.each([
    ['EncryptedPackage', 'password'],
    ['Workbook', '.xls'],
    ['Book', '.xls'],
    ['WordDocument', '.doc'],
    ['Nothing', 'old Office document'],
  ])('an OLE file with the stream %s', (stream, named) => {
    const bytes = Buffer.alloc(2048)
    bytes.write(`${stream}\0`, 1024 + 128, 'utf16le')
    expect(kindOfOle(bytes).what).toContain(named)
  })
})

describe('damaged ones are refused, each with one reason', () => {
  test('cut short anywhere', async () => {
    const bytes = zip(good)
    for (let length = 4; length < bytes.length; length += 97) {
      expect(await only(bytes.subarray(0, length))).toContain('workbook-damaged')
    }
  })

  test.each([
    [
      'a part that is there twice',
      zip([...good, { name: SHEET.toUpperCase(), data: '<worksheet/>' }]),
      'twice',
    ],
    ['a part that is missing', zip(good.filter(({ name }) => name !== SHEET)), 'missing'],
    ['a wrong checksum', withPart(SHEET, { lie: { crc: 1 } }), 'checksum'],
    ['a password', withPart(SHEET, { lie: { flags: 1 } }), 'password'],
    ['another method', withPart(SHEET, { lie: { method: 14 } }), 'method 14'],
    ['broken XML', withPart(SHEET, { data: '<worksheet><a></worksheet>' }), 'XML'],
    ['XML that ends too soon', withPart(SHEET, { data: '<worksheet><sheetData>' }), 'XML'],
    ['no XML', withPart(SHEET, { data: '' }), 'is empty'],
    [
      'bytes that are not UTF-8',
      withPart(SHEET, { data: Buffer.from([0x3c, 0x61, 0xff, 0x2f, 0x3e]) }),
      'UTF-8',
    ],
    [
      'a document type',
      withPart(SHEET, { data: '<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>' }),
      'document type',
    ],
    [
      'an entity that nobody declares',
      withPart(SHEET, { data: '<worksheet>&b;</worksheet>' }),
      'XML',
    ],
  ])('%s', async (_, bytes, reason) => {
    const text = await only(bytes)
    expect(text).toContain('workbook-damaged')
    expect(text).toContain(reason)
  })
})

describe('what is too large is refused before it takes memory', () => {
  const sheet = (rows: string): Buffer => book({ sheets: [{ rows }] })
  const MIB = 1024 * 1024

  test.each([
    ['a bomb', () => withPart(SHEET, { data: Buffer.alloc(LIMITS.free + MIB, 0x20) })],
    [
      'a bomb that lies of its size',
      () => withPart(SHEET, { data: Buffer.alloc(LIMITS.free + MIB, 0x20), lie: { size: 10 } }),
    ],
    ['elements within each other', () => sheet('<a>'.repeat(10_000))],
    [
      'endless attributes',
      () => sheet(`<row ${Array.from({ length: 1000 }, (_, at) => `a${at}=""`).join(' ')}/>`),
    ],
    [
      'an endless cell',
      () => sheet(`<row><c t="inlineStr"><is><t>${'x'.repeat(70_000)}</t></is></c></row>`),
    ],
    ['an endless value', () => sheet(`<row><c><v>${'1'.repeat(70_000)}</v></c></row>`)],
    [
      'endless files',
      () =>
        zip(
          Array.from({ length: LIMITS.entries + 1 }, (_, at) => ({
            name: `${at}`,
            data: '',
            isStored: true,
          })),
        ),
    ],
    [
      'endless sheets',
      () => book({ sheets: Array.from({ length: LIMITS.sheets + 1 }, () => ({})) }),
    ],
    [
      'a far cell in each row',
      () =>
        sheet(
          Array.from(
            { length: 300 },
            (_, at) => `<row r="${at + 1}"><c r="XFD${at + 1}"><v>1</v></c></row>`,
          ).join(''),
        ),
    ],
  ])('%s', async (_, bytes) => {
    expect(await only(bytes())).toContain('workbook-too-large')
  })

  test.each([
    ['a comment', `<!--${'x'.repeat(1_200_000)}-->`],
    ['an attribute', `<row a="${'x'.repeat(1_200_000)}"/>`],
    ['a name', `<${'x'.repeat(1_200_000)}/>`],
  ])('%s without an end', async (_, rows) => {
    expect(await only(sheet(rows))).toContain('workbook-damaged')
  })

  test('a wide header over many rows', async () => {
    const wide = Array.from({ length: 2000 }, (_, at) => (at === 0 ? 'server_id' : `h${at}`))
    const rows = Array.from({ length: 2100 }, (_, at) => [id(at)])
    expect(await only(sheetOf([wide, ...rows]))).toContain('workbook-too-large')
  })

  test('a workbook of Excel with macros and links is read without them', async () => {
    const bytes = zip([
      ...good,
      { name: 'xl/vbaProject.bin', data: 'x' },
      { name: 'xl/externalLinks/externalLink1.xml', data: '<broken' },
    ])
    expect(codes(await readBook(bytes))).toEqual([])
  })
})
