import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLaneQueue } from '../../src/apply/lane-queue.ts'

const ANY_TIME = Number.NEGATIVE_INFINITY

function queueOf(...names: readonly string[]) {
  const queue = createLaneQueue<{ readonly name: string; readonly notBefore: number }>()
  for (const name of names) queue.add({ name, notBefore: ANY_TIME }, 0, false)
  return queue
}

test('first come, first served', () => {
  const queue = queueOf('a', 'b', 'c')
  expect([0, 0, 0, 0].map((now) => queue.take(now)?.name)).toEqual(['a', 'b', 'c', undefined])
})

test('one that comes again goes first; one that has to wait lets others pass until its time', () => {
  const queue = queueOf('a', 'b', 'c')
  queue.add({ name: 'late', notBefore: 10 }, 0, false)
  queue.add({ name: 'again', notBefore: 5 }, 0, true)
  const names = [0, 7, 7, 10, 10].map((now) => queue.take(now)?.name)
  expect(names).toEqual(['a', 'again', 'b', 'late', 'c'])
})

test('says when the first of them may go', () => {
  const queue = queueOf()
  expect(queue.opensAt()).toBe(Infinity)
  queue.add({ name: 'late', notBefore: 10 }, 0, false)
  queue.add({ name: 'later', notBefore: 20 }, 0, true)
  expect(queue.opensAt()).toBe(10)
  expect(queue.take(9)).toBeUndefined()
  queue.add({ name: 'now', notBefore: ANY_TIME }, 0, false)
  expect(queue.opensAt()).toBe(ANY_TIME)
})

test('none is lost and none comes twice, however many went before', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3_000), { maxLength: 6 }), (lots) => {
      const queue = createLaneQueue<{ readonly at: number; readonly notBefore: number }>()
      const taken: number[] = []
      let at = 0
      for (const lot of lots) {
        for (let n = 0; n < lot; n += 1) queue.add({ at: at++, notBefore: ANY_TIME }, 0, false)
        for (let n = 0; n < lot * 0.7; n += 1) taken.push(queue.take(0)?.at ?? -1)
        expect(queue.size()).toBe(at - taken.length)
      }
      taken.push(...queue.clear().map((item) => item.at))
      expect(taken).toEqual(Array.from({ length: at }, (_, n) => n))
      expect(queue.size()).toBe(0)
    }),
    { numRuns: 30 },
  )
})
