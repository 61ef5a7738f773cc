import { crc32, deflateRawSync } from 'node:zlib'
import {
  parseInventory,
  type Inventory,
  type InventoryOptions,
} from '../../../src/inventory/read.ts'
import { defaults } from '../read-inventory.ts'

/** Workbooks made by hand: in the forms that no library writes, and in broken ones. */

export interface ZipEntry {
  readonly name: string
  readonly data: string | Uint8Array
  /** Not compressed. */
  readonly isStored?: boolean
  /** What the directory says instead of the truth. */
  readonly lie?: {
    readonly size?: number
    readonly crc?: number
    readonly flags?: number
    readonly method?: number
  }
}

export function zip(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, data, isStored = false, lie = {} } of entries) {
    const raw = Buffer.from(data as string)
    const packed = isStored ? raw : deflateRawSync(raw)
    const header = Buffer.alloc(26)
    header.writeUInt16LE(20, 0)
    header.writeUInt16LE(lie.flags ?? 0, 2)
    header.writeUInt16LE(lie.method ?? (isStored ? 0 : 8), 4)
    header.writeUInt32LE(lie.crc ?? crc32(raw), 10)
    header.writeUInt32LE(packed.length, 14)
    header.writeUInt32LE(lie.size ?? raw.length, 18)
    header.writeUInt16LE(Buffer.byteLength(name), 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), header, Buffer.from(name), packed])
    const more = Buffer.alloc(14)
    more.writeUInt32LE(offset, 10)
    directory.push(
      Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), header, more, Buffer.from(name)]),
    )
    parts.push(local)
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(central.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...parts, central, Buffer.from('PK\x05\x06'), end])
}

export interface Sheet {
  readonly name?: string
  readonly state?: 'hidden' | 'veryHidden'
  /** What is between `<sheetData>` and its end. */
  readonly rows?: string
  /** After the rows: merged cells. */
  readonly after?: string
  /** All of the part, in place of the above. */
  readonly xml?: string
  readonly type?: string
}

export interface Book {
  readonly sheets: readonly Sheet[]
  /** What is between `<sst>` and its end. */
  readonly strings?: string
  /** What is between `<styleSheet>` and its end. */
  readonly styles?: string
  readonly properties?: string
  readonly isStrict?: boolean
}

const TRANSITIONAL = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const STRICT = 'http://purl.oclc.org/ooxml/officeDocument/relationships'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const STRICT_MAIN = 'http://purl.oclc.org/ooxml/spreadsheetml/main'
const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

/** The files of a workbook as Excel arranges them. */
export function bookEntries({
  sheets,
  strings,
  styles,
  properties = '',
  isStrict = false,
}: Book): ZipEntry[] {
  const types = isStrict ? STRICT : TRANSITIONAL
  const main = isStrict ? STRICT_MAIN : MAIN
  const relationship = (id: string, type: string, target: string): string =>
    `<Relationship Id="${id}" Type="${types}/${type}" Target="${target}"/>`
  const relationships = (content: string): string =>
    `${XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${content}</Relationships>`
  const listed = sheets.map(
    ({ name = `Sheet${sheets.length}`, state }, at) =>
      `<sheet name="${name}" sheetId="${at + 7}"${state === undefined ? '' : ` state="${state}"`} r:id="rId${at + 1}"/>`,
  )
  return [
    { name: '[Content_Types].xml', data: `${XML}<Types/>` },
    {
      name: '_rels/.rels',
      data: relationships(relationship('rId1', 'officeDocument', 'xl/workbook.xml')),
    },
    {
      name: 'xl/workbook.xml',
      data: `${XML}<workbook xmlns="${main}" xmlns:r="${types}">${properties}<sheets>${listed.join('')}</sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      data: relationships(
        [
          ...sheets.map(({ type = 'worksheet' }, at) =>
            relationship(`rId${at + 1}`, type, `worksheets/sheet${at + 1}.xml`),
          ),
          ...(strings === undefined
            ? []
            : [relationship('rIdS', 'sharedStrings', '/xl/sharedStrings.xml')]),
          ...(styles === undefined ? [] : [relationship('rIdT', 'styles', 'styles.xml')]),
          '<Relationship Id="rIdX" Type="x/externalLink" Target="http://example.com/a.xlsx" TargetMode="External"/>',
        ].join(''),
      ),
    },
    ...sheets.map(({ rows = '', after = '', xml }, at) => ({
      name: `xl/worksheets/sheet${at + 1}.xml`,
      data:
        xml ??
        `${XML}<worksheet xmlns="${main}"><dimension ref="A1:B2"/><sheetData>${rows}</sheetData>${after}</worksheet>`,
    })),
    ...(strings === undefined
      ? []
      : [{ name: 'xl/sharedStrings.xml', data: `${XML}<sst xmlns="${main}">${strings}</sst>` }]),
    ...(styles === undefined
      ? []
      : [
          {
            name: 'xl/styles.xml',
            data: `${XML}<styleSheet xmlns="${main}">${styles}</styleSheet>`,
          },
        ]),
  ]
}

export const book = (content: Book): Buffer => zip(bookEntries(content))

export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

/** Rows of inline strings; a cell that begins with `<c` stands as it is. */
export function rowsOf(rows: readonly (readonly string[])[]): string {
  return rows
    .map((cells) => {
      const all = cells.map((cell) =>
        cell.startsWith('<c') ? cell : `<c t="inlineStr"><is><t>${escapeXml(cell)}</t></is></c>`,
      )
      return `<row>${all.join('')}</row>`
    })
    .join('')
}

/** A workbook of one sheet. */
export const sheetOf = (
  rows: readonly (readonly string[])[],
  more: Partial<Book & Sheet> = {},
): Buffer => book({ sheets: [{ rows: rowsOf(rows), ...more }], ...more })

export function readBook(
  bytes: Uint8Array,
  options: Partial<InventoryOptions> = {},
): Promise<Inventory> {
  return parseInventory('servers.xlsx', bytes, { ...defaults, ...options })
}
