import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLineStarts } from '../../src/inventory/line-starts.ts'

/** The plain way: the start of every line. */
function allStarts(text: string): readonly number[] {
  return [0, ...Array.from(text.matchAll(/\r\n|\r|\n/g), (end) => end.index + end[0].length)]
}

test('each line starts where the plain way says', () => {
  const pieces = fc.array(fc.constantFrom('\n', '\r', '\r\n', 'a', '😀', ''), { maxLength: 300 })
  fc.assert(
    fc.property(pieces, fc.boolean(), (parts, hasReturns) => {
      const text = parts.join('').replaceAll('\r', hasReturns ? '\r' : '\n')
      const startOf = createLineStarts(text)
      const starts = allStarts(text)
      expect(starts.map((_, at) => startOf(at + 1))).toEqual(starts)
      expect(startOf(starts.length + 1)).toBe(text.length)
      expect(startOf(Number.POSITIVE_INFINITY)).toBe(text.length)
    }),
    { numRuns: 500 },
  )
})
