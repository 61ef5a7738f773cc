import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPlaces } from '../../../src/inventory/documents/places.ts'

/** The plain way to count, from the start for each place. */
function counted(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, offset).split(/\r\n|\r(?!\n)|\n/)
  return { line: lines.length, column: Array.from(lines.at(-1) ?? '').length + 1 }
}

test('counts as an editor does, whatever ends the lines', () => {
  const place = createPlaces('a\r\n😀b\rc\n\nd')
  expect([0, 3, 5, 7, 9, 10].map(place)).toEqual([
    { line: 1, column: 1 },
    { line: 2, column: 1 },
    { line: 2, column: 2 },
    { line: 3, column: 1 },
    { line: 4, column: 1 },
    { line: 5, column: 1 },
  ])
})

test('is the same as counting from the start', () => {
  const piece = fc.constantFrom('a', 'ü', '😀', '\n', '\r\n', '\r', '"', '字')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), fc.nat(), (pieces, at) => {
      const text = pieces.join('')
      // Not within a character, nor between CR and LF.
      const offset = pieces.slice(0, at % (pieces.length + 1)).join('').length
      fc.pre(text.slice(offset - 1, offset + 1) !== '\r\n')
      expect(createPlaces(text)(offset)).toEqual(counted(text, offset))
    }),
    { numRuns: 1000 },
  )
})

test('also in a line longer than the blocks it counts by', () => {
  const text = `x\n${'a😀'.repeat(5000)}\n`
  const place = createPlaces(text)
  for (const offset of [2, 4097, 8192, 12_290, 15_002]) {
    expect(place(offset)).toEqual(counted(text, offset))
  }
})
