import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { linkSignals } from '../src/linked-signal.ts'

test('it aborts with the first of the others, and for its reason', () => {
  const [one, other] = [new AbortController(), new AbortController()]
  const { signal } = linkSignals([one.signal, undefined, other.signal])
  expect(signal.aborted).toBe(false)
  other.abort('enough')
  expect(signal.aborted).toBe(true)
  expect(signal.reason).toBe('enough')
  one.abort('later')
  expect(signal.reason).toBe('enough')
})

test('of what has aborted before, it is aborted at once', () => {
  const { signal } = linkSignals([new AbortController().signal, AbortSignal.abort('before')])
  expect(signal.aborted).toBe(true)
  expect(signal.reason).toBe('before')
})

test('once released, it leaves nothing behind in the others, and hears nothing of them', () => {
  const shared = new AbortController()
  const linked = Array.from({ length: 1_000 }, () => linkSignals([shared.signal, shared.signal]))
  expect(getEventListeners(shared.signal, 'abort')).toHaveLength(1_000)
  for (const { release } of linked) release()
  expect(getEventListeners(shared.signal, 'abort')).toHaveLength(0)
  // What Node keeps of signals that AbortSignal.any has made of this one.
  const kept = Object.getOwnPropertySymbols(shared.signal).flatMap((symbol) => {
    const value: unknown = Reflect.get(shared.signal, symbol)
    return value instanceof Set ? [value.size] : []
  })
  expect(kept.filter((size) => size > 0)).toEqual([])
  shared.abort()
  expect(linked.some(({ signal }) => signal.aborted)).toBe(false)
})
