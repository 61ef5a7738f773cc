import { expect, test } from 'vitest'
import { countdownText, elapsedText, rangeText } from '../../../src/commands/live/words.ts'

const MINUTE = 60_000

test.each([
  [0, '0s'],
  [59_999, '59s'],
  [724_000, '12m04s'],
  [3_720_000, '1h02m'],
])('%i ms on a running clock is %s', (ms, text) => expect(elapsedText(ms)).toBe(text))

test.each([
  [-5, '0:00'],
  [11_001, '0:12'],
  [61_000, '1:01'],
])('%i ms to go is %s', (ms, text) => expect(countdownText(ms)).toBe(text))

test.each([
  [0.2, 0.9, 'under 1 min left'],
  [0.5, 2.1, 'up to 3 min left'],
  [18.4, 21.2, '18–22 min left'],
  [5, 5, 'about 5 min left'],
  [85, 95, '1–2 h left'],
  [118, 125, '1.5–2.5 h left'],
  [150, 150, 'about 2.5 h left'],
])('%f to %f min is rounded outwards: %s', (from, to, text) => {
  expect(rangeText({ fromMs: from * MINUTE, toMs: to * MINUTE })).toBe(text)
})
