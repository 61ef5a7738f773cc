import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import { wantsColour } from '../../src/ui/colour.ts'
import { table } from '../../src/ui/table.ts'
import {
  displayWidth,
  formatDuration,
  labelled,
  sanitize,
  truncate,
  wrap,
} from '../../src/ui/text.ts'

const anyText = fc.string({ unit: 'grapheme', maxLength: 200 }).map(sanitize)

test('wrapped text keeps to its width and loses nothing but white space', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 10, max: 80 }), (text, width) => {
      const wrapped = wrap(text, '  ', width)
      for (const line of wrapped.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(width)
      expect(wrapped.replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''))
    }),
  )
})

test('truncated text fits, and is whole where it fits anyway', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 80 }), (text, width) => {
      const cut = truncate(text, width)
      expect(displayWidth(cut)).toBeLessThanOrEqual(width)
      if (displayWidth(text) <= width) expect(cut).toBe(text)
    }),
  )
})

test('plain text has nothing that a terminal would obey', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(sanitize(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u)
      expect(sanitize(sanitize(text))).toBe(sanitize(text))
    }),
  )
  expect(sanitize('\u001B[31mred\u001B[0m\nnext \u202Eevil')).toBe(
    String.raw`\u001b[31mred\u001b[0m next \u202eevil`,
  )
})

test.each([
  ['abc', 3],
  ['服务器', 6],
  ['e\u0301', 1],
  ['\u001B[1mb\u001B[0m', 1],
])('%j is %i columns wide', (text, width) => {
  expect(displayWidth(text)).toBe(width)
})

test('what is measured quickly is as wide as the library says', () => {
  const plain = fc.constantFrom(...'az09 ~-"…→×’一服务器鿿')
  fc.assert(
    fc.property(
      fc.array(plain).map((each) => each.join('')),
      (text) => {
        expect(displayWidth(text)).toBe(stringWidth(text))
      },
    ),
  )
})

test('a label stands beside its text, and the text below itself', () => {
  expect(labelled('Where', `${'x'.repeat(60)} ${'y'.repeat(20)}`)).toBe(
    `Where:  ${'x'.repeat(60)}\n        ${'y'.repeat(20)}`,
  )
  expect(labelled('', 'x')).toBe('        x')
})

test('columns of wide and of coloured text stand below each other', () => {
  const drawn = table(
    [{ header: 'name' }, { header: 'n', align: 'right' }, { header: 'x' }],
    [
      ['服务器', '1', 'a'],
      ['e\u0301', '1,000', ''],
    ],
    { paint: (text, _, column) => (column === 0 ? `\u001B[1m${text}\u001B[22m` : text) },
  )
  expect(drawn.split('\n').map((line) => displayWidth(line))).toEqual([16, 16, 13])
})

test('a table gives way in its flexible column and stays within 80 columns', () => {
  const drawn = table(
    [{ header: 'name', flexible: true }, { header: 'id' }, { header: 'n', align: 'right' }],
    [
      ['x'.repeat(70), 'i'.repeat(36), '1'],
      ['服务器'.repeat(20), 'short', '200'],
    ],
    { indent: '  ' },
  )
  const lines = drawn.split('\n')
  expect(lines).toHaveLength(3)
  for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(80)
  expect(lines[1]).toContain('i'.repeat(36))
})

test.each([
  [0, '0 s'],
  [59_400, '59 s'],
  [60_000, '1 min'],
  [200_000, '3 min 20 s'],
  [7_500_000, '2 h 5 min'],
])('%i ms is %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

describe('colour', () => {
  const wanted = (env: Record<string, string>, asked: boolean | null, terminal = true) =>
    wantsColour(
      { env, isTerminal: { stdin: terminal, stdout: terminal, stderr: terminal } },
      'stdout',
      asked,
    )

  test('what was asked for, then NO_COLOR, then FORCE_COLOR, then the terminal', () => {
    expect(wanted({}, null)).toBe(true)
    expect(wanted({}, null, false)).toBe(false)
    expect(wanted({ TERM: 'dumb' }, null)).toBe(false)
    expect(wanted({ NO_COLOR: '1', FORCE_COLOR: '1' }, null)).toBe(false)
    expect(wanted({ NO_COLOR: '' }, null)).toBe(true)
    expect(wanted({ FORCE_COLOR: '1' }, null, false)).toBe(true)
    expect(wanted({ NO_COLOR: '1' }, true)).toBe(true)
    expect(wanted({}, false)).toBe(false)
  })
})
