import { expect, test } from 'vitest'
import { lookTimes } from '../../src/apply/poll-schedule.ts'

test('look times double up to the end of the window', () => {
  expect(lookTimes(30_000)).toEqual([2_000, 4_000, 8_000, 16_000, 30_000])
})

test('look times are fewer and sooner in a short window', () => {
  expect(lookTimes(1_000)).toEqual([250, 500, 1_000])
})
