import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Clock } from '../../src/clock.ts'
import { createRateGate, type Priority } from '../../src/cloud/rate.ts'
import { virtualClock } from '../support/virtual-clock.ts'

interface Arrival {
  /** ms after the start. */
  readonly at: number
  readonly priority: Priority
  /** Gives up so long after it came, ms; null: it waits as long as it takes. */
  readonly patienceMs: number | null
}

interface Passed {
  readonly arrival: Arrival
  /** ms after the start; null when it gave up. */
  readonly at: number | null
}

/** Sends all arrivals through one gate; a result for each, in their order. */
async function play(perSecond: number, arrivals: readonly Arrival[]): Promise<Passed[]> {
  const clock = virtualClock()
  const startedAt = clock.now()
  const gate = createRateGate(perSecond, clock)
  return clock.run(
    Promise.all(
      arrivals.map(async (arrival): Promise<Passed> => {
        await clock.sleep(arrival.at)
        const off = new AbortController()
        const { patienceMs } = arrival
        if (patienceMs !== null) void clock.sleep(patienceMs).then(() => off.abort())
        const passed = await gate.pass(arrival.priority, off.signal)
        return { arrival, at: passed ? clock.now() - startedAt : null }
      }),
    ),
  )
}

/** The most grants in any window of one second that begins with a grant. */
function mostInASecond(grants: readonly number[]): number {
  const sorted = grants.toSorted((one, other) => one - other)
  let most = 0
  let from = 0
  for (const [to, at] of sorted.entries()) {
    while (at - (sorted[from] ?? at) >= 1_000) from += 1
    most = Math.max(most, to - from + 1)
  }
  return most
}

const arrivals = fc.array(
  fc.record<Arrival>({
    // Crowded on purpose: many come at the same instant, others after a pause.
    at: fc.oneof(
      fc.constant(0),
      fc.integer({ min: 0, max: 50 }),
      fc.integer({ max: 4_000, min: 0 }),
    ),
    priority: fc.constantFrom('create', 'other'),
    patienceMs: fc.oneof(
      { weight: 3, arbitrary: fc.constant(null) },
      fc.integer({ min: 0, max: 2_000 }),
    ),
  }),
  { minLength: 1, maxLength: 120 },
)

describe('rate gate', () => {
  test('never lets more than its rate pass in any one second, and serves everyone who waits', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), arrivals, async (perSecond, all) => {
        const passed = await play(perSecond, all)
        const grants = passed.flatMap(({ at }) => at ?? [])
        expect(mostInASecond(grants)).toBeLessThanOrEqual(perSecond)
        for (const { arrival, at } of passed) {
          if (arrival.patienceMs === null) expect(at).not.toBeNull()
          if (at !== null) expect(at).toBeGreaterThanOrEqual(arrival.at)
        }
      }),
      { numRuns: 60 },
    )
  })

  test.for([1, 3, 20, 50, 333])('is near its rate of %d when enough wait', async (perSecond) => {
    const count = perSecond * 4
    const passed = await play(
      perSecond,
      Array.from({ length: count }, () => ({ at: 0, priority: 'other', patienceMs: null })),
    )
    const last = Math.max(...passed.map(({ at }) => at ?? Infinity))
    expect(last).toBeLessThanOrEqual(4_000 * 1.02)
    expect(last).toBeGreaterThanOrEqual(3_000)
  })

  test('timers that fire late do not lower the rate', async () => {
    const clock = virtualClock()
    const late: Clock = { now: clock.now, sleep: (ms, signal) => clock.sleep(ms + 30, signal) }
    const gate = createRateGate(50, late)
    const startedAt = clock.now()
    const all = Array.from({ length: 200 }, () => gate.pass('other'))
    await clock.run(Promise.all(all))
    expect(clock.now() - startedAt).toBeLessThanOrEqual(4_000 * 1.05)
  })

  test('creates that wait go before everything else that waits', async () => {
    const others = Array.from({ length: 12 }, (): Arrival => ({
      at: 0,
      priority: 'other',
      patienceMs: null,
    }))
    const creates = Array.from({ length: 6 }, (): Arrival => ({
      at: 1,
      priority: 'create',
      patienceMs: null,
    }))
    const passed = await play(10, [...others, ...creates])
    const order = passed
      .toSorted((one, other) => (one.at ?? 0) - (other.at ?? 0))
      .map(({ arrival }) => arrival.priority)
    const firstCreate = order.indexOf('create')
    // Some others have passed at once, before any create came; then come all creates.
    expect(firstCreate).toBeLessThan(6)
    expect(order.slice(firstCreate, firstCreate + 6)).toEqual(Array(6).fill('create'))
  })

  test('one who gives up gets no, takes no turn from the others, and is not waited for', async () => {
    const passed = await play(1, [
      { at: 0, priority: 'other', patienceMs: null },
      { at: 1, priority: 'create', patienceMs: 500 },
      { at: 2, priority: 'other', patienceMs: null },
    ])
    expect(passed.map(({ at }) => at)).toEqual([0, null, 1_000])
  })

  test('one who has given up before it came gets no at once', async () => {
    const clock = virtualClock()
    const gate = createRateGate(1, clock)
    expect(await gate.pass('create', AbortSignal.abort())).toBe(false)
    const startedAt = clock.now()
    expect(await clock.run(gate.pass('other'))).toBe(true)
    expect(clock.now()).toBe(startedAt)
  })

  test('a signal that aborts after the grant changes nothing', async () => {
    const clock = virtualClock()
    const gate = createRateGate(1, clock)
    const off = new AbortController()
    const first = gate.pass('other', off.signal)
    off.abort()
    expect(await first).toBe(true)
  })
})
