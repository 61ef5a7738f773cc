import { expect, test } from 'vitest'
import fc from 'fast-check'
import { learnLengths } from '../../src/apply/job-lengths.ts'

const length = fc.integer({ min: 1_000, max: 3_600_000 })
const lengths = fc.array(length, { maxLength: 60 })

test('chances and empty times are what they say, whatever has been seen', () => {
  fc.assert(
    fc.property(lengths, lengths, length, length, length, (ended, ages, from, more, yetMore) => {
      const learnt = learnLengths(ended, ages)
      const [to, later] = [from + more, from + more + yetMore]
      expect(learnt.endedBy(from, from)).toBe(0)
      expect(learnt.endedBy(from, to)).toBeGreaterThanOrEqual(0)
      expect(learnt.endedBy(from, later)).toBeLessThanOrEqual(1)
      expect(learnt.endedBy(from, later)).toBeGreaterThanOrEqual(learnt.endedBy(from, to) - 1e-9)
      // It has stood empty for a part of that time, by the chance that it has ended at most.
      expect(learnt.overFor(from, to)).toBeGreaterThanOrEqual(0)
      expect(learnt.overFor(from, to)).toBeLessThanOrEqual(more * learnt.endedBy(from, to) + 1)
    }),
    { seed: 1, numRuns: 300 },
  )
})

test('two kinds of jobs stay two kinds', () => {
  const ended = Array.from({ length: 100 }, (_, at) => (at % 5 === 0 ? 600_000 : 60_000) + 20 * at)
  const learnt = learnLengths(ended, [])
  expect(learnt.spread).toBeCloseTo(1, 1)
  expect(learnt.endedBy(0, 50_000)).toBeLessThan(0.01)
  expect(learnt.endedBy(0, 100_000)).toBeCloseTo(0.8, 1)
  expect(learnt.endedBy(100_000, 500_000)).toBeLessThan(0.01)
  expect(learnt.endedBy(100_000, 700_000)).toBeGreaterThan(0.9)
})

test('what varies is told from two kinds; what jobs take on average reckons in those that still run', () => {
  const even = Array.from({ length: 100 }, (_, at) => 60_000 + 11_400 * ((at * 37) % 100))
  expect(learnLengths(even, []).spread).toBeGreaterThan(1.7)
  const running = Array.from({ length: 20 }, () => 90_000)
  expect(learnLengths([60_000, 70_000], []).usualMs).toBeLessThan(80_000)
  expect(learnLengths([60_000, 70_000], running).usualMs).toBeGreaterThan(90_000)
  expect(learnLengths([], running).usualMs).toBeNull()
})

test('the longer others run on, the less they are about to end', () => {
  const ended = [60_000, 61_000, 62_000]
  const few = learnLengths(ended, [70_000])
  const many = learnLengths(
    ended,
    Array.from({ length: 15 }, () => 200_000),
  )
  expect(few.endedBy(200_000, 220_000)).toBeGreaterThan(0.15)
  expect(many.endedBy(200_000, 220_000)).toBeLessThan(0.03)
})

test('those that still run say that jobs take longer', () => {
  const short = [60_000, 61_000, 62_000]
  const alone = learnLengths(short, [])
  const beside = learnLengths(
    short,
    Array.from({ length: 20 }, () => 90_000),
  )
  expect(alone.endedBy(0, 70_000)).toBeGreaterThan(0.8)
  expect(beside.endedBy(0, 70_000)).toBeLessThan(0.4)
})

test('what ended lately counts more', () => {
  const drifted = [
    ...Array.from({ length: 100 }, () => 60_000),
    ...Array.from({ length: 100 }, () => 120_000),
  ]
  expect(learnLengths(drifted, []).endedBy(0, 90_000)).toBeLessThan(0.2)
  expect(learnLengths(drifted.toReversed(), []).endedBy(0, 90_000)).toBeGreaterThan(0.8)
})

test('while nothing is known an end is as likely in each share of the age', () => {
  const unknown = learnLengths([], [])
  expect(unknown.usualMs).toBeNull()
  expect(unknown.endedBy(10_000, 20_000)).toBeCloseTo(unknown.endedBy(300_000, 600_000), 6)
})
