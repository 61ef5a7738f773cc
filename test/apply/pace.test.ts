import { expect, test } from 'vitest'
import { createTook } from '../../src/apply/pace.ts'

test('the middle of the last jobs, once there are enough', () => {
  const took = createTook(3)
  took.add(9)
  took.add(1)
  expect(took.median()).toBeNull()
  took.add(5)
  expect(took.median()).toBe(5)
})

test('what is long past counts no more', () => {
  const took = createTook(1)
  for (let n = 0; n < 30; n += 1) took.add(1_000)
  for (let n = 0; n < 25; n += 1) took.add(10)
  expect(took.median()).toBe(10)
})
