import { describe, expect, test } from 'vitest'
import { createProgress } from '../../src/ui/progress.ts'
import type { ProgressState } from '../../src/ui/progress.ts'
import { displayWidth } from '../../src/ui/text.ts'
import { testIo } from './support.ts'

const state = (created: number, over: Partial<ProgressState> = {}): ProgressState => ({
  counts: { created, failed: 0 },
  running: 3,
  waiting: 40 - created,
  etaMs: null,
  ...over,
})

/** What a terminal shows in the end: the last thing written after the line was cleared. */
function shown(written: string): string {
  return written.split('\r\u001B[K').at(-1) ?? ''
}

describe('without a terminal', () => {
  test('at most one line in ten seconds, and none when nothing has changed', () => {
    const { io, stderr, pass } = testIo()
    const progress = createProgress(io, { total: 40 })
    for (let second = 0; second < 30; second += 1) {
      progress.update(state(second < 15 ? second : 15, { etaMs: 1000 * (30 - second) }))
      pass(1000)
    }
    progress.stop()
    expect(stderr().trimEnd().split('\n')).toEqual([
      '0/40, 3 running, 40 waiting, about 30 s left',
      '10/40, 10 created, 3 running, 30 waiting, about 20 s left',
      '15/40, 15 created, 3 running, 25 waiting, about 10 s left',
    ])
  })

  test('what was still unsaid is said at the end, once', () => {
    const { io, stderr, pass } = testIo()
    const progress = createProgress(io, { total: 40 })
    progress.update(state(0))
    pass(1000)
    progress.update(state(40, { running: 0 }))
    progress.stop()
    progress.stop()
    expect(stderr().trimEnd().split('\n')).toEqual([
      '0/40, 3 running, 40 waiting',
      '40/40, 40 created',
    ])
  })

  test('a terminal that CI gives is none', () => {
    const { io, stderr } = testIo({ terminal: true, env: { CI: 'true' } })
    createProgress(io, { total: 1 }).update(state(0))
    expect(stderr()).not.toContain('\r')
  })
})

describe('at a terminal', () => {
  test('one line is drawn over and over, no wider than the terminal', () => {
    const { io, stderr, pass } = testIo({ terminal: true })
    const progress = createProgress(io, { total: 40 })
    for (const created of [10, 20]) {
      progress.update(state(created, { etaMs: 125_000 }))
      pass(1000)
    }
    expect(stderr()).not.toContain('\n')
    expect(shown(stderr())).toContain('20/40')
    expect(displayWidth(shown(stderr()))).toBeLessThan(80)
  })

  test('a note stands above the line', () => {
    const { io, stderr } = testIo({ terminal: true })
    const progress = createProgress(io, { total: 40 })
    progress.update(state(10))
    progress.note('group db is busy')
    expect(stderr()).toContain('\r\u001B[Kgroup db is busy\n')
    expect(shown(stderr())).toContain('10/40')
  })

  test('stop leaves the last state, though it came right after the one before', () => {
    const { io, stderr } = testIo({ terminal: true })
    const progress = createProgress(io, { total: 40 })
    progress.update(state(10))
    progress.update(state(40))
    progress.stop()
    expect(shown(stderr())).toContain('40/40')
    expect(stderr().endsWith('\n')).toBe(true)
  })
})

test('quiet says nothing at all', () => {
  const { io, stderr } = testIo()
  const progress = createProgress(io, { total: 1, quiet: true })
  progress.update(state(1))
  progress.note('x')
  progress.stop()
  expect(stderr()).toBe('')
})
