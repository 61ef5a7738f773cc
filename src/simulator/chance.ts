import { seededRandom } from '../clock.ts'

/**
 * Chance without a running state: a draw depends on the seed and on what it is for, not on what was
 * drawn before. So one server meets the same luck whatever order concurrent requests arrive in.
 */
export function chance(seed: number, ...purpose: readonly (string | number)[]): number {
  return seededRandom(seed ^ hashText(purpose.join('\u0000')))()
}

/** A whole number of milliseconds in `range`, both ends included. */
export function chanceMs(
  range: { readonly min: number; readonly max: number },
  seed: number,
  ...purpose: readonly (string | number)[]
): number {
  return Math.floor(range.min + chance(seed, ...purpose) * (range.max - range.min + 1))
}

/** `length` hex digits. Two hashes take turns: one of 32 bits would repeat itself among 10,000 servers. */
export function chanceHex(
  length: number,
  seed: number,
  ...purpose: readonly (string | number)[]
): string {
  const text = purpose.join('\u0000')
  const left = seededRandom(seed ^ hashText(`left ${text}`))
  const right = seededRandom(seed ^ hashText(`right ${text}`))
  const digits: string[] = []
  for (let turn = 0; 8 * turn < length; turn++) {
    const value = Math.floor((turn % 2 === 0 ? left() : right()) * 2 ** 32)
    digits.push(value.toString(16).padStart(8, '0'))
  }
  return digits.join('').slice(0, length)
}

/** 32 hex digits that start with zeros, as the job IDs of this service do. */
export function chanceJobId(seed: number, ...purpose: readonly (string | number)[]): string {
  // Joined and not added, as in `chanceHex`: what is added keeps its parts.
  return ['00000000', chanceHex(24, seed, ...purpose)].join('')
}

/** A version 4 UUID. Serial numbers or names in `purpose` keep IDs of one world distinct. */
export function chanceUuid(seed: number, ...purpose: readonly (string | number)[]): string {
  const hex = chanceHex(32, seed, ...purpose)
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join('-')
}

/** FNV-1a: IDs and names spread well, and it is the same on every machine. */
function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  }
  return hash >>> 0
}
