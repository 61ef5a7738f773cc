import { describe, expect, test } from 'vitest'
import { createStopControl } from '../../src/apply/stop.ts'
import { listen } from '../../src/commands/signals.ts'
import { EXIT } from '../../src/exit-code.ts'
import { testIo } from '../ui/support.ts'

function listening() {
  const process = testIo()
  const stop = createStopControl()
  const signals = listen(process.io, stop)
  const state = () => ({
    sending: stop.sending.aborted,
    inFlight: stop.inFlight.aborted,
    exited: process.exitedWith(),
  })
  return { process, signals, state }
}

const GOES_ON = { sending: false, inFlight: false, exited: null }
const STOPS = { sending: true, inFlight: false, exited: null }
const STOPS_NOW = { sending: true, inFlight: true, exited: null }

describe('signals that ask to stop', () => {
  test.each([
    ['SIGINT', EXIT.interrupted],
    ['SIGTERM', EXIT.terminated],
    ['SIGQUIT', EXIT.quit],
  ] as const)('%s: first, second and third', (signal, code) => {
    const { process, signals, state } = listening()
    process.signal(signal)
    expect(state()).toEqual(STOPS)
    process.pass(500)
    process.signal(signal)
    expect(state()).toEqual(STOPS_NOW)
    process.pass(500)
    process.signal('SIGINT')
    expect(state()).toEqual({ ...STOPS_NOW, exited: code })
    expect(signals.first()).toBe(signal)
  })

  test('within half a second they are one, whichever they are', () => {
    const { process, signals, state } = listening()
    process.signal('SIGINT')
    process.signal('SIGINT')
    process.pass(499)
    process.signal('SIGTERM')
    expect(state()).toEqual(STOPS)
    expect(signals.first()).toBe('SIGINT')
    process.pass(1)
    process.signal('SIGINT')
    expect(state()).toEqual(STOPS_NOW)
  })

  test('a clock that was set back hides none', () => {
    const { process, state } = listening()
    process.signal('SIGINT')
    process.pass(-3_600_000)
    process.signal('SIGINT')
    expect(state()).toEqual(STOPS_NOW)
  })
})

describe('SIGHUP', () => {
  test('stops nothing, and is told once, whoever asks when', () => {
    const { process, signals, state } = listening()
    let early = 0
    let late = 0
    signals.whenHungUp(() => (early += 1))
    process.signal('SIGHUP')
    process.signal('SIGHUP')
    signals.whenHungUp(() => (late += 1))
    expect(state()).toEqual(GOES_ON)
    expect([early, late]).toEqual([1, 1])
    expect(signals.first()).toBeNull()
    process.signal('SIGINT')
    expect(state()).toEqual(STOPS)
  })
})
