import { open, stat } from 'node:fs/promises'
import { fstatSync, type Stats } from 'node:fs'
import { systemErrorCode } from '../system-error.ts'
import { binarySize, MOST_BYTES } from './limits.ts'
import type { Finding } from './problem.ts'

/** What a chunk of a source whose size is not known is read into first. */
const FIRST_BYTES = 256 * 1024

type Source = { readonly bytes: Uint8Array } | { readonly finding: Finding }

/**
 * The bytes of a file or a pipe, at most `MOST_BYTES` of them: whatever does not end, or grows while it is
 * read, costs no more memory. Never rejects over what the path names.
 */
export async function readSource(path: string): Promise<Source> {
  try {
    const found = await stat(path)
    const kind = strangeKind(found)
    if (kind !== null) return { finding: { code: 'not-a-file', args: { path, kind } } }
    if (found.size > MOST_BYTES) return tooLarge(path)
    const file = await open(path)
    try {
      return await readToEnd(path, found.size, async (into, at) => {
        const { bytesRead } = await file.read(into, at, into.length - at)
        return bytesRead
      })
    } finally {
      await file.close()
    }
  } catch (error) {
    return failed(path, error)
  }
}

/**
 * The same of standard input, which is left alone once it is too long. A folder in its place would be read
 * as nothing at all.
 */
export async function readStream(stream: AsyncIterable<Uint8Array | string>): Promise<Source> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    if (stream === process.stdin && fstatSync(0).isDirectory()) {
      const args = { path: named('-'), kind: 'a directory' }
      return { finding: { code: 'not-a-file', args } }
    }
    for await (const chunk of stream) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
      length += bytes.length
      if (length > MOST_BYTES) return tooLarge('-')
      chunks.push(bytes)
    }
  } catch (error) {
    return failed('-', error)
  }
  return { bytes: Buffer.concat(chunks) }
}

async function readToEnd(
  path: string,
  size: number,
  readInto: (into: Uint8Array, at: number) => Promise<number>,
): Promise<Source> {
  // One byte more than it should have: the end is known only by reading on.
  let buffer = Buffer.allocUnsafe(size > 0 ? size + 1 : FIRST_BYTES)
  for (let length = 0; ;) {
    if (length > MOST_BYTES) return tooLarge(path)
    if (length === buffer.length) {
      const larger = Buffer.allocUnsafe(Math.min(2 * buffer.length, MOST_BYTES + 1))
      buffer.copy(larger)
      buffer = larger
    }
    const read = await readInto(buffer, length)
    if (read === 0) return { bytes: buffer.subarray(0, length) }
    length += read
  }
}

/** What is there instead of a file or a pipe; devices may never end, or wait for somebody to type. */
function strangeKind(found: Stats): string | null {
  if (found.isDirectory()) return 'a directory'
  if (found.isCharacterDevice() || found.isBlockDevice()) return 'a device'
  return found.isSocket() ? 'a socket' : null
}

function tooLarge(path: string): Source {
  return {
    finding: { code: 'file-too-large', args: { path: named(path), most: binarySize(MOST_BYTES) } },
  }
}

function failed(path: string, error: unknown): Source {
  const code = systemErrorCode(error) ?? String(error)
  return {
    finding:
      code === 'ENOENT'
        ? { code: 'file-missing', args: { path } }
        : { code: 'file-unreadable', args: { path: named(path), reason: code } },
  }
}

function named(path: string): string {
  return path === '-' ? 'standard input' : path
}
