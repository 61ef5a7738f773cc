import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
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

const ESC = '\u001B'

/** The lines a terminal shows in the end: carriage moves and line clearing carried out. */
function shown(written: string): readonly string[] {
  const lines = ['']
  let column = 0
  for (const [token] of written.matchAll(
    new RegExp(`${ESC}\\[(\\d*)[GK]|\\n|[^${ESC}\\n]+`, 'g'),
  )) {
    const line = lines.at(-1) ?? ''
    if (token === '\n') {
      lines.push('')
      column = 0
    } else if (token === `${ESC}[1G`) {
      column = 0
    } else if (token === `${ESC}[2K`) {
      lines[lines.length - 1] = ' '.repeat(line.length)
    } else if (token === `${ESC}[0K`) {
      lines[lines.length - 1] = line.slice(0, column)
    } else {
      lines[lines.length - 1] = line.slice(0, column) + token + line.slice(column + token.length)
      column += token.length
    }
  }
  return lines.map((line) => line.trimEnd())
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
    expect(stderr()).not.toContain(ESC)
  })
})

describe('at a terminal', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('one line is drawn over and over, no wider than the terminal', () => {
    const { io, stderr } = testIo({ terminal: true })
    const progress = createProgress(io, { total: 40 })
    for (const created of [10, 20]) {
      progress.update(state(created, { etaMs: 125_000, counts: { created, 'not-attempted': 3 } }))
      vi.advanceTimersByTime(1000)
    }
    const lines = shown(stderr())
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('23/40')
    expect(displayWidth(lines[0] ?? '')).toBeLessThan(80)
    progress.stop()
  })

  test('a line that has not changed is not drawn again, and one that changes all the time not always', () => {
    const { io, stderr } = testIo({ terminal: true })
    const progress = createProgress(io, { total: 1000 })
    progress.update(state(0))
    vi.advanceTimersByTime(1000)
    const once = stderr()
    vi.advanceTimersByTime(60_000)
    expect(stderr().split('/1000').length).toBe(once.split('/1000').length)
    for (let created = 0; created < 1000; created += 1) {
      progress.update(state(created))
      vi.advanceTimersByTime(1)
    }
    expect(stderr().split('/1000').length).toBeLessThan(20)
    progress.stop()
  })

  test('a note stands above the line, which is whole again below it', () => {
    const { io, stderr } = testIo({ terminal: true })
    const progress = createProgress(io, { total: 40 })
    progress.note('before anything')
    progress.update(state(10))
    vi.advanceTimersByTime(1000)
    progress.note('group db is busy')
    const [first, note, line, ...more] = shown(stderr())
    expect([first, note, more]).toEqual(['before anything', 'group db is busy', []])
    expect(line).toContain('10/40')
    progress.stop()
  })

  test('stop leaves the last state, though it came right after the one before, and no timer', () => {
    const { io, stderr } = testIo({ terminal: true })
    const progress = createProgress(io, { total: 40 })
    progress.update(state(10))
    progress.update(state(40))
    progress.stop()
    progress.stop()
    const lines = shown(stderr())
    expect(lines).toHaveLength(2)
    expect(lines[0]).toContain('40/40')
    expect(lines[1]).toBe('')
    expect(vi.getTimerCount()).toBe(0)
  })

  test('the terminal is left as it was', () => {
    const { io, stderr } = testIo({ terminal: true })
    const progress = createProgress(io, { total: 40 })
    progress.update(state(10))
    progress.stop()
    // Private modes: a hidden cursor, lines that do not wrap.
    expect(stderr()).not.toContain(`${ESC}[?`)
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
