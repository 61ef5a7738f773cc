import { isUtf8 } from 'node:buffer'
import { decodeAs, findEncoding, MARKS, type TextForm } from './encodings.ts'
import { guessEncoding } from './guess-encoding.ts'
import { positionIn, type Finding } from './problem.ts'
import { foreignFile, foreignText } from './signatures.ts'
import type { Unreadable } from './table.ts'

export interface Decoded extends Pick<TextForm, 'encoding' | 'hasBom'> {
  readonly text: string
  /** What was assumed about the bytes, to be told. */
  readonly findings: readonly Finding[]
}

/**
 * Bytes → text. First `--encoding`, then a byte order mark, then UTF-8; UTF-16 without a mark, GB18030 and
 * Windows-1252 only where the bytes leave no doubt, and with a notice. Bytes that mean nothing in the
 * encoding are an error at the first of them.
 */
export async function decode(bytes: Uint8Array, wanted?: string): Promise<Decoded | Unreadable> {
  const foreign = foreignFile(bytes)
  if (foreign !== null) return refuse(foreign)
  const given = wanted === undefined ? null : await findEncoding(wanted)
  if (wanted !== undefined && given === null) {
    return refuse({ code: 'unknown-encoding', args: { encoding: wanted } })
  }
  const marked = MARKS.find(({ mark }) => mark.every((byte, at) => bytes[at] === byte))
  if (marked !== undefined) {
    const { encoding, mark } = marked
    if (given !== null && given !== encoding && !isSameFamily(given, encoding)) {
      const args = { wanted: given, encoding }
      return refuse({ code: 'encoding-contradicted', args, position: { line: 1, column: 1 } })
    }
    return read(bytes.subarray(mark.length), encoding, true, [])
  }
  if (given !== null) return read(bytes, given, false, [])
  const wide = utf16ByNuls(bytes)
  if (wide !== null) return read(bytes, wide, false, [assumed(wide)])
  if (isUtf8(bytes) || bytes.includes(0)) return read(bytes, 'utf-8', false, [])
  const { encoding, readings } = await guessEncoding(bytes)
  if (encoding !== null) return read(bytes, encoding, false, [assumed(encoding)])
  const text = await decodeAs(bytes, 'utf-8')
  return refuse({
    code: 'invalid-utf8',
    args: { readings: readings === '' ? '' : `; it would read ${readings}` },
    position: positionIn(text, firstBad(bytes, text, 'utf-8')),
  })
}

async function read(
  bytes: Uint8Array,
  encoding: string,
  hasBom: boolean,
  findings: readonly Finding[],
): Promise<Decoded | Unreadable> {
  const text = await decodeAs(bytes, encoding)
  const nul = text.indexOf('\0')
  const bad = firstBad(bytes, text, encoding)
  if (bad >= 0 && (nul < 0 || bad < nul)) {
    const code = nul >= 0 ? 'binary-file' : 'invalid-bytes'
    return refuse({ code, args: { encoding }, position: positionIn(text, bad) })
  }
  if (nul >= 0) return refuse({ code: 'binary-file', position: positionIn(text, nul) })
  const foreign = foreignText(text)
  return foreign === null ? { text, encoding, hasBom, findings } : refuse(foreign)
}

/** Index in the text of the first bytes that mean nothing; -1 when all do. */
function firstBad(bytes: Uint8Array, text: string, encoding: string): number {
  let at = text.indexOf(REPLACED)
  if (at < 0 || !/^utf-(?:8|16)/.test(encoding)) return at
  // The character itself may stand in the file, as what an earlier program could not read.
  const own = Buffer.from(encoding === 'utf-8' ? [0xef, 0xbf, 0xbd] : [0xfd, 0xff])
  if (encoding === 'utf-16be') own.swap16()
  const sizeOf = (part: string): number =>
    encoding === 'utf-8' ? Buffer.byteLength(part) : 2 * part.length
  let counted = 0
  let offset = 0
  while (at >= 0) {
    offset += sizeOf(text.slice(counted, at))
    counted = at
    if (!own.equals(bytes.subarray(offset, offset + own.length))) return at
    at = text.indexOf(REPLACED, at + 1)
  }
  return -1
}

/** What decoders put in place of bytes that mean nothing. */
const REPLACED = '\ufffd'

function refuse(finding: Finding): Unreadable {
  return { unreadable: [finding] }
}

function assumed(encoding: string): Finding {
  return { code: 'encoding-assumed', args: { encoding } }
}

/** `--encoding utf-16` says nothing of the order; the mark does. */
function isSameFamily(one: string, other: string): boolean {
  return one.slice(0, 6) === other.slice(0, 6) && one.startsWith('utf-') && one !== 'utf-8'
}

/** So much of a file is enough to tell. */
const SAMPLE_BYTES = 64 * 1024

/**
 * UTF-16 without a mark: each letter and delimiter of an inventory has a NUL beside it, always on the same
 * side. Null for anything else, so also for what is not text at all.
 */
function utf16ByNuls(bytes: Uint8Array): string | null {
  if (bytes.length % 2 !== 0) return null
  const sample = bytes.subarray(0, SAMPLE_BYTES)
  let first = 0
  let second = 0
  for (let at = 0; at < sample.length; at += 2) {
    if (sample[at] === 0) first++
    if (sample[at + 1] === 0) second++
  }
  // A third of all characters at least; the IDs alone are as many.
  const least = sample.length / 6
  if (second > least && first * 20 < second) return 'utf-16le'
  return first > least && second * 20 < first ? 'utf-16be' : null
}
