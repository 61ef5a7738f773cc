import { describe, expect, test } from 'vitest'
import { createSlots, type Slots } from '../../src/apply/slots.ts'

/** A create that holds its slot until it is told to end. */
function hold(slots: Slots): () => Promise<void> {
  let end: () => void = () => {}
  const held = slots.limit(() => new Promise<void>((resolve) => (end = resolve)))
  return async () => {
    await Promise.resolve()
    end()
    await held
  }
}

function succeedTimes(slots: Slots, times: number): void {
  for (let n = 0; n < times; n += 1) slots.succeeded()
}

describe('slots', () => {
  test('have room for so many at once, and again when one ends', async () => {
    const slots = createSlots(2)
    const first = hold(slots)
    expect(slots.hasRoom()).toBe(true)
    const second = hold(slots)
    expect(slots.hasRoom()).toBe(false)
    await first()
    expect(slots.hasRoom()).toBe(true)
    await second()
  })

  test('have no room after a cut until enough have ended', async () => {
    const slots = createSlots(4)
    const ends = [1, 2, 3].map(() => hold(slots))
    slots.congested(0, 10)
    expect(slots.limit.concurrency).toBe(2)
    await ends[0]?.()
    expect(slots.hasRoom()).toBe(false)
    await ends[1]?.()
    expect(slots.hasRoom()).toBe(true)
    await ends[2]?.()
  })

  test('are cut once for each congestion, never below one', () => {
    const slots = createSlots(9)
    const after: number[] = []
    // What was sent before the last cut, or as it was made, tells of the same congestion.
    for (const [sentAt, now] of [
      [0, 100],
      [50, 120],
      [100, 130],
      [101, 200],
      [201, 300],
      [301, 400],
    ] as const) {
      slots.congested(sentAt, now)
      after.push(slots.limit.concurrency)
    }
    expect(after).toEqual([4, 4, 4, 2, 1, 1])
  })

  test('grow by one for each window of successes, up to what is allowed', () => {
    const slots = createSlots(4)
    for (const at of [10, 20, 30]) slots.congested(at, at)
    expect(slots.limit.concurrency).toBe(1)
    const seen = [1, 2, 3, 4, 100].map((times) => {
      succeedTimes(slots, times)
      return slots.limit.concurrency
    })
    expect(seen).toEqual([2, 3, 4, 4, 4])
  })

  test('a cut forgets the successes before it', () => {
    const slots = createSlots(8)
    slots.congested(0, 10)
    succeedTimes(slots, 3)
    slots.congested(11, 20)
    slots.succeeded()
    expect(slots.limit.concurrency).toBe(2)
    slots.succeeded()
    expect(slots.limit.concurrency).toBe(3)
  })

  test('have no room while some wait for a slot', async () => {
    const slots = createSlots(1)
    const ends = [hold(slots), hold(slots)]
    expect([slots.limit.activeCount, slots.limit.pendingCount]).toEqual([1, 1])
    expect(slots.hasRoom()).toBe(false)
    for (const end of ends) await end()
    expect(slots.hasRoom()).toBe(true)
  })
})
