import { describe, expect, it } from 'vitest'
import { createDispatcher } from '../../src/apply/dispatch.ts'
import { createSlots } from '../../src/apply/slots.ts'
import { createStopControl } from '../../src/apply/stop.ts'
import type { Clock } from '../../src/clock.ts'
import { virtualClock } from '../support/virtual-clock.ts'

describe('dispatcher', () => {
  it('is not stuck when a timer fires a moment early', async () => {
    const clock = virtualClock()
    const early: Clock = {
      now: clock.now,
      sleep: (ms, signal) => clock.sleep(ms > 1 ? ms - 0.5 : ms, signal),
    }
    const dispatcher = createDispatcher({
      slots: createSlots(10),
      maxJobs: 10,
      clock: early,
      stop: createStopControl(),
    })
    const notBefore = clock.now() + 5_000
    const turn = await clock.run(dispatcher.turn('g1', { notBefore, again: false }))
    expect(turn.kind).toBe('go')
    expect(clock.now()).toBe(notBefore)
  })

  it('lets no group wait for another that is busy', async () => {
    const clock = virtualClock()
    const dispatcher = createDispatcher({
      slots: createSlots(1),
      maxJobs: 10,
      clock,
      stop: createStopControl(),
    })
    const startedAt = clock.now()
    const options = { notBefore: startedAt, again: false }
    const first = await clock.run(dispatcher.turn('busy', options))
    if (first.kind === 'go') first.done()
    dispatcher.busy('busy', 60_000)
    const again = dispatcher.turn('busy', options)
    const other = await clock.run(dispatcher.turn('free', options))
    expect(clock.now()).toBe(startedAt)
    if (other.kind === 'go') other.done()
    await clock.run(again)
    expect(clock.now()).toBe(startedAt + 60_000)
  })
})
