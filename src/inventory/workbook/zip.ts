import { pipeline, type Readable } from 'node:stream'
import { createInflateRaw, crc32 } from 'node:zlib'
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl'
import { LIMITS } from './workbook-limits.ts'
import { damaged, tooLarge, WorkbookProblem } from './workbook-problem.ts'

/** The files of an archive, by their names. Nothing is ever written to disk, so that a name may be any. */
export interface Archive {
  /** As they are written, with `/` between folders. */
  readonly names: readonly string[]
  /** Without regard to case, as the parts of a workbook are named (ECMA-376 part 2, 6.2.2.3). */
  has(name: string): boolean
  /**
   * Unpacks one file, a chunk at a time. Its bytes are counted as they come, since what the archive says
   * of its sizes may be a lie, and held against its checksum.
   *
   * @throws WorkbookProblem
   */
  read(name: string): AsyncIterable<Uint8Array>
}

/** @throws WorkbookProblem when this is not an archive, or one that cannot be read. */
export async function openArchive(bytes: Uint8Array): Promise<Archive> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const entries = new Map<string, Entry[]>()
  const names: string[] = []
  let zip: ZipFile
  try {
    // Names are decoded here: the library would refuse an archive for a name that leads out of a folder.
    zip = await fromBufferPromise(buffer, { decodeStrings: false, lazyEntries: true })
    for await (const entry of zip.eachEntry()) {
      if (names.length >= LIMITS.entries) throw tooLarge(`${zip.entryCount} files`)
      const name = entry.fileNameRaw.toString('utf8').replaceAll('\\', '/')
      names.push(name)
      const same = entries.get(partKey(name))
      if (same === undefined) entries.set(partKey(name), [entry])
      else same.push(entry)
    }
  } catch (error) {
    throw asProblem(error)
  }

  let total = 0
  return {
    names,
    has: (name) => entries.has(partKey(name)),
    async *read(name) {
      const [entry, second] = entries.get(partKey(name)) ?? []
      if (entry === undefined) throw damaged(`its part ${name} is missing`)
      // Programs differ in which of them they take: what one person has seen is not what is read.
      if (second !== undefined) throw damaged(`its part ${name} is there twice`)
      if (entry.isEncrypted()) throw damaged('it is protected by a password')
      let size = 0
      let checksum = 0
      try {
        for await (const chunk of unpack(zip, entry)) {
          size += chunk.length
          total += chunk.length
          checksum = crc32(chunk, checksum)
          const isBomb = size > LIMITS.free && size > LIMITS.ratio * entry.compressedSize
          if (isBomb || size > LIMITS.part || total > LIMITS.total) {
            throw tooLarge(`more than ${Math.floor(size / 1024 / 1024)} MB in ${name}, unpacked`)
          }
          yield chunk
        }
      } catch (error) {
        throw asProblem(error)
      }
      if (checksum !== entry.crc32) throw damaged(`its part ${name} does not match its checksum`)
    },
  }
}

const STORED = 0
const DEFLATED = 8
/** Each chunk is a trip to another thread and back: larger ones than the library's are twice as fast. */
const CHUNK_BYTES = 256 * 1024

async function* unpack(zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array> {
  const { compressionMethod: method } = entry
  if (method !== STORED && method !== DEFLATED) throw damaged(`it is packed by method ${method}`)
  const raw = await zip.openReadStreamPromise(entry, { decodeFileData: false })
  const stream = method === STORED ? raw : inflated(raw)
  for await (const chunk of stream) if (chunk instanceof Uint8Array) yield chunk
}

/** What fails in one of the two streams is told to whoever reads the second. */
function inflated(packed: Readable): Readable {
  const inflate = createInflateRaw({ chunkSize: CHUNK_BYTES })
  pipeline(packed, inflate, () => undefined)
  return inflate
}

function partKey(name: string): string {
  return name.replace(/^\/+/, '').toLowerCase()
}

/** The library's and zlib's errors are plain ones; so are those of a bug here, which a test must not miss. */
function asProblem(error: unknown): unknown {
  if (error instanceof WorkbookProblem || error instanceof TypeError) return error
  return damaged(error instanceof Error ? lowerFirst(error.message) : String(error))
}

function lowerFirst(text: string): string {
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`
}
