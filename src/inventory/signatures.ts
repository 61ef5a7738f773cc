import type { Finding } from './problem.ts'
import { kindOfOle, OLE_MAGIC } from './workbook/file-kind.ts'

interface Signature {
  readonly name: string
  /** What to do to get an inventory out of it. */
  readonly remedy: string
  /** The first bytes, each a character. */
  readonly begins: string
}

const UNPACK = 'unpack it first'
const SAVE_AS_CSV = 'save the sheet as CSV UTF-8, or as XLSX'
const EXPORT = 'export the list as CSV or XLSX instead'

/**
 * What an inventory is sometimes taken for, by its first bytes. Sources: the formats' specifications, as
 * gathered in file(1)'s magic.
 */
const SIGNATURES: readonly Signature[] = [
  { name: 'a gzip archive', remedy: `${UNPACK}: gunzip`, begins: '\x1f\x8b' },
  { name: 'a bzip2 archive', remedy: `${UNPACK}: bunzip2`, begins: 'BZh' },
  { name: 'an xz archive', remedy: `${UNPACK}: unxz`, begins: '\xfd7zXZ\0' },
  { name: 'a Zstandard archive', remedy: `${UNPACK}: unzstd`, begins: '\x28\xb5\x2f\xfd' },
  { name: 'a 7-Zip archive', remedy: UNPACK, begins: '7z\xbc\xaf\x27\x1c' },
  { name: 'a RAR archive', remedy: UNPACK, begins: 'Rar!\x1a\x07' },
  { name: 'an empty ZIP archive', remedy: EXPORT, begins: 'PK\x05\x06' },
  {
    name: 'an old Excel workbook (XLS)',
    remedy: SAVE_AS_CSV,
    begins: '\x09\x08\x10\0\0\x06\x05\0',
  },
  { name: 'a PDF', remedy: EXPORT, begins: '%PDF-' },
  { name: 'an RTF document', remedy: EXPORT, begins: '{\\rtf' },
  { name: 'a PNG image', remedy: EXPORT, begins: '\x89PNG' },
  { name: 'a JPEG image', remedy: EXPORT, begins: '\xff\xd8\xff' },
  { name: 'a GIF image', remedy: EXPORT, begins: 'GIF8' },
  { name: 'an SQLite database', remedy: EXPORT, begins: 'SQLite format 3\0' },
  { name: 'a Parquet file', remedy: EXPORT, begins: 'PAR1' },
  { name: 'a program', remedy: EXPORT, begins: '\x7fELF' },
]

/** Names a file that is not text by what it is; null for all that may be text. */
export function foreignFile(bytes: Uint8Array): Finding | null {
  if (OLE_MAGIC.every((byte, at) => bytes[at] === byte)) {
    return { code: 'foreign-file', args: kindOfOle(bytes) }
  }
  const found = SIGNATURES.find(({ begins }) =>
    Array.from(begins).every((character, at) => bytes[at] === character.charCodeAt(0)),
  )
  if (found === undefined) return null
  return { code: 'foreign-file', args: { what: found.name, remedy: found.remedy } }
}

/** Markup that consoles and old tools export under the name of a table. */
const MARKUP: readonly (readonly [RegExp, string])[] = [
  [
    /^\s*<\?xml[^>]*>[\s\S]{0,500}urn:schemas-microsoft-com:office:spreadsheet/i,
    'an XML workbook of Excel 2003',
  ],
  [
    /^\s*(?:<!--[\s\S]{0,500}?-->\s*)?<(?:!doctype html|html|head|body|table|meta)\b/i,
    'an HTML page',
  ],
  [/^\s*<\?xml\b/i, 'an XML file'],
]

/** The same of text. */
export function foreignText(text: string): Finding | null {
  const start = text.slice(0, 2000)
  const found = MARKUP.find(([pattern]) => pattern.test(start))
  if (found === undefined) return null
  const remedy = 'open it in a spreadsheet and save it as CSV UTF-8, or export the list as CSV'
  return { code: 'foreign-file', args: { what: found[1], remedy } }
}
