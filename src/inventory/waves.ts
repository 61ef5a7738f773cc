/**
 * The one spelling of a wave by which two are compared: without case, without zeros in front of a number
 * (`01` is `1`) or a bare `.0` behind it (a spreadsheet's way to write `1`), full-width digits as digits.
 */
export function waveKey(wave: string): string {
  return wave
    .normalize('NFKC')
    .toLowerCase()
    .replace(/^(\d+)\.0+$/, '$1')
    .replace(/\d+/g, (digits) => digits.replace(/^0+(?=\d)/, ''))
}

/**
 * The order of waves: as a person would count them, numbers within a text by their value (`Wave 2` before
 * `Wave 10`), the rest by code point, and rows without a wave last. Zero means the same wave.
 */
export function compareWaves(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  const [one, other] = [piecesOf(a), piecesOf(b)]
  for (const [at, piece] of one.entries()) {
    const order = comparePieces(piece, other[at])
    if (order !== 0) return order
  }
  return Math.sign(one.length - other.length)
}

/** Runs of digits, and what stands between them. */
function piecesOf(wave: string): readonly string[] {
  return waveKey(wave).match(/\d+|\D+/g) ?? []
}

/** Without zeros in front, the longer number is the greater one, however many digits it has. */
function comparePieces(one: string, other: string | undefined): number {
  if (other === undefined) return 1
  const [isNumber, isOtherNumber] = [/^\d/.test(one), /^\d/.test(other)]
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1
  if (isNumber && one.length !== other.length) return Math.sign(one.length - other.length)
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}
