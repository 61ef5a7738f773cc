import type { Archive } from './zip.ts'
import { foreignFile, type WorkbookProblem } from './workbook-problem.ts'

const SAVE_AS = 'save its sheet as .xlsx or as CSV UTF-8'
const UNPACK = 'unpack it, and give the inventory that is in it'

interface ArchiveKind {
  /** A file that only such an archive has, in lower case. */
  readonly has: RegExp
  readonly what: string
  readonly remedy: string
}

/** Archives that are not workbooks of this format. The first match counts. */
const KINDS: readonly ArchiveKind[] = [
  { has: /^xl\/workbook\.bin$/, what: 'a binary Excel workbook (.xlsb)', remedy: SAVE_AS },
  { has: /^word\/document\.xml$/, what: 'a Word document (.docx)', remedy: SAVE_AS },
  { has: /^ppt\/presentation\.xml$/, what: 'a PowerPoint presentation (.pptx)', remedy: SAVE_AS },
  { has: /^visio\/document\.xml$/, what: 'a Visio drawing (.vsdx)', remedy: SAVE_AS },
  {
    has: /^index\/document\.iwa$|^index\.zip$/,
    what: 'an Apple Numbers or Pages document',
    remedy: SAVE_AS,
  },
  { has: /^androidmanifest\.xml$/, what: 'an Android app (.apk)', remedy: 'check the path' },
  { has: /^meta-inf\/manifest\.mf$/, what: 'a Java archive (.jar)', remedy: 'check the path' },
]

/** What the file `mimetype` says that OpenDocument and EPUB begin with. */
const MIME_TYPES: ReadonlyMap<string, string> = new Map([
  ['application/vnd.oasis.opendocument.spreadsheet', 'an OpenDocument spreadsheet (.ods)'],
  ['application/vnd.oasis.opendocument.spreadsheet-template', 'an OpenDocument template (.ots)'],
  ['application/vnd.oasis.opendocument.text', 'an OpenDocument text (.odt)'],
  ['application/vnd.oasis.opendocument.presentation', 'an OpenDocument presentation (.odp)'],
  ['application/epub+zip', 'an e-book (.epub)'],
])

/** What an archive is that holds no workbook, with what to do instead. */
export async function kindOfArchive(archive: Archive): Promise<WorkbookProblem> {
  const found = KINDS.find(({ has }) => archive.names.some((name) => has.test(name.toLowerCase())))
  if (found !== undefined) return foreignFile(found.what, found.remedy)
  const what = archive.has('mimetype')
    ? MIME_TYPES.get(await firstText(archive, 'mimetype'))
    : undefined
  if (what !== undefined) return foreignFile(what, SAVE_AS)
  const count = archive.names.filter((name) => !name.endsWith('/')).length
  return foreignFile(`a ZIP archive of ${count} ${count === 1 ? 'file' : 'files'}`, UNPACK)
}

async function firstText(archive: Archive, name: string): Promise<string> {
  for await (const chunk of archive.read(name)) {
    return Buffer.from(chunk.subarray(0, 200)).toString('latin1').trim()
  }
  return ''
}

/** Names of streams that tell what an OLE compound file is. */
const STREAMS: readonly (readonly [stream: string, what: string, remedy: string])[] = [
  [
    'EncryptedPackage',
    'a workbook or document that is encrypted with a password',
    `open it with its password, and ${SAVE_AS} without one`,
  ],
  ['Workbook', 'an old Excel workbook (.xls)', SAVE_AS],
  ['Book', 'an Excel 5.0 workbook (.xls)', SAVE_AS],
  ['WordDocument', 'an old Word document (.doc)', SAVE_AS],
  ['PowerPoint Document', 'an old PowerPoint presentation (.ppt)', SAVE_AS],
  ['__properties_version1.0', 'an Outlook message (.msg)', 'save the file that is attached to it'],
]

/** How an OLE compound file begins: Office's files before 2007, and encrypted ones to this day. */
export const OLE_MAGIC = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1] as const

/**
 * What an OLE compound file is, by the names in its directory: an entry begins with the name in UTF-16,
 * in 64 bytes.
 */
export function kindOfOle(bytes: Uint8Array): { readonly what: string; readonly remedy: string } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const found = STREAMS.find(([stream]) => {
    const name = Buffer.from(`${stream}\0`, 'utf16le')
    for (let at = buffer.indexOf(name); at >= 0; at = buffer.indexOf(name, at + 1)) {
      // Directory entries are 128 bytes long, in sectors of 512 or more.
      if (at % 128 === 0) return true
    }
    return false
  })
  const [, what = 'an old Office document', remedy = SAVE_AS] = found ?? []
  return { what, remedy }
}
