import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nearest } from '../src/nearest.ts'

const OPTIONS = ['max-jobs', 'max-failures', 'rate', 'rows', 'settle-window', 'only']

test.each([
  ['max-job', 'max-jobs'],
  ['MAX-JOBS', 'max-jobs'],
  ['rat', 'rate'],
  ['setle-windwo', 'settle-window'],
  ['settle', 'settle-window'],
  ['max', null],
  ['o', null],
  ['', null],
  ['endpoint', null],
  ['x'.repeat(100_000), null],
])('%j is taken for %j', (word, meant) => {
  expect(nearest(word, OPTIONS)).toBe(meant)
})

test('any word of more than two letters is nearest to itself, whatever the others are', () => {
  const word = fc.stringMatching(/^[a-z-]{3,20}$/)
  fc.assert(
    fc.property(word, fc.array(word), (wanted, others) => {
      expect(nearest(wanted, [...others, wanted])).toBe(wanted)
    }),
  )
})
