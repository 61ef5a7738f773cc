const NUMBER = /^\d+(?:\.\d+)?$/

/**
 * The order of waves: numbers by value, then text by code point, and rows without a wave last. Zero
 * means the same wave, so that `1` and `01` go together.
 */
export function compareWaves(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  const aIsNumber = NUMBER.test(a)
  const bIsNumber = NUMBER.test(b)
  if (aIsNumber && bIsNumber) return Math.sign(Number(a) - Number(b))
  if (aIsNumber !== bIsNumber) return aIsNumber ? -1 : 1
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
