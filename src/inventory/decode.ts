import { isUtf8 } from 'node:buffer'
import { countCodePoints, type Finding, type Position } from './problem.ts'
import type { Unreadable } from './table.ts'

/**
 * Bytes → text. UTF-8 with or without a byte order mark is read; everything else is recognised where
 * that is certain, and refused with what to do. Further encodings belong here.
 */
export function decode(bytes: Uint8Array, encoding?: string): { text: string } | Unreadable {
  if (encoding !== undefined && !/^utf-?8$/i.test(encoding.trim())) {
    return { unreadable: [{ code: 'unknown-encoding', args: { encoding } }] }
  }
  const refusal = recognise(bytes)
  if (refusal !== undefined) return { unreadable: [refusal] }
  return { text: new TextDecoder('utf-8').decode(bytes) }
}

function recognise(bytes: Uint8Array): Finding | undefined {
  if (startsWith(bytes, [0x50, 0x4b, 0x03, 0x04]) || startsWith(bytes, [0xd0, 0xcf, 0x11, 0xe0])) {
    return { code: 'unsupported-workbook' }
  }
  if (startsWith(bytes, [0xff, 0xfe]) || startsWith(bytes, [0xfe, 0xff])) {
    return { code: 'unsupported-encoding', args: { encoding: 'UTF-16' } }
  }
  const nul = bytes.indexOf(0)
  if (nul >= 0) return { code: 'binary-file', position: positionAt(bytes, nul) }
  if (!isUtf8(bytes)) {
    return { code: 'invalid-utf8', position: positionAt(bytes, firstInvalidByte(bytes)) }
  }
  return undefined
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte)
}

/** The longest valid prefix, by bisection: prefixes are valid up to one point and never after it. */
function firstInvalidByte(bytes: Uint8Array): number {
  let valid = 0
  let invalid = bytes.length + 1
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >>> 1
    if (isUtf8Prefix(bytes.subarray(0, middle))) valid = middle
    else invalid = middle
  }
  return valid
}

/** A prefix may end within a character. */
function isUtf8Prefix(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}

function positionAt(bytes: Uint8Array, offset: number): Position {
  const before = new TextDecoder('utf-8').decode(bytes.subarray(0, offset), { stream: true })
  const lines = before.split(/\r\n|\r|\n/)
  return { line: lines.length, column: countCodePoints(lines.at(-1) ?? '') + 1 }
}
