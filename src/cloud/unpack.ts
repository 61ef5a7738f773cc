import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib'

type Unpacker = (packed: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>

const inflateAsync: Unpacker = promisify(inflate)
const inflateRawAsync: Unpacker = promisify(inflateRaw)
const gunzipAsync: Unpacker = promisify(gunzip)
const brotliAsync: Unpacker = promisify(brotliDecompress)

/** "deflate" means zlib's format (RFC 9110), but some servers send it without zlib's header. */
const deflate: Unpacker = (packed, options) =>
  ((packed[0] ?? 0) & 0x0f) === 8 ? inflateAsync(packed, options) : inflateRawAsync(packed, options)

const UNPACKERS: ReadonlyMap<string, Unpacker> = new Map([
  ['gzip', gunzipAsync],
  ['x-gzip', gunzipAsync],
  ['deflate', deflate],
  ['br', brotliAsync],
])

/** Asked for in each request: without it a proxy may pack as it likes. No signature covers it. */
export const READABLE_ENCODINGS = 'gzip, br, deflate'

/** Nobody packs a body more often than that for a good reason. */
const MOST_LAYERS = 3

/**
 * Undoes Content-Encoding, also one that was not asked for: some proxies do not look. The headers that
 * speak of the packed body go with it. What is packed in an unknown way is handed back as it came.
 * Rejects with zlib's error; its code is ERR_BUFFER_TOO_LARGE for more than `mostBytes` unpacked.
 */
export async function unpack(
  headers: Readonly<Record<string, string>>,
  bytes: Buffer,
  mostBytes: number,
): Promise<{ readonly headers: Readonly<Record<string, string>>; readonly body: Buffer }> {
  const layers = (headers['content-encoding'] ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  const unpackers = layers.toReversed().flatMap((name) => UNPACKERS.get(name) ?? [])
  const isKnown = unpackers.length === layers.length && layers.length <= MOST_LAYERS
  if (layers.length === 0 || bytes.length === 0 || !isKnown) return { headers, body: bytes }
  let body = bytes
  for (const each of unpackers) body = await each(body, { maxOutputLength: mostBytes })
  const { 'content-encoding': _, 'content-length': __, ...others } = headers
  return { headers: others, body }
}
