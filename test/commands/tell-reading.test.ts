import { Writable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { readingLine, tellReading } from '../../src/commands/tell-reading.ts'
import { testIo } from '../ui/support.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const servers = { service: 'ecs', what: 'servers', read: 3_000, isDone: false } as const
const volumes = { service: 'evs', what: 'volumes', read: null, isDone: false } as const

function telling(options: { readonly terminal?: boolean; readonly quiet?: boolean } = {}) {
  const lines: string[] = []
  const stderr = new Writable({
    write(chunk: Buffer, _, done) {
      lines.push(chunk.toString())
      done()
    },
  })
  const { io } = testIo({ terminal: options.terminal ?? false })
  const teller = tellReading(
    { quiet: options.quiet ?? false },
    { ...io, stderr, now: () => Date.now() },
  )
  teller.start()
  return { teller, lines }
}

test('in a line', () => {
  expect(readingLine([servers, volumes])).toBe('Reading ECS: servers 3,000; EVS: volumes …')
  expect(readingLine([])).toBe('Reading the cloud …')
})

describe('somebody hears what is being read', () => {
  test('after a moment, and where nobody sits at least every 30 s', () => {
    const { teller, lines } = telling()
    teller.onReading(servers)
    vi.advanceTimersByTime(3_000)
    expect(lines).toEqual([])
    vi.advanceTimersByTime(3_000)
    teller.onReading({ ...servers, read: 9_000 })
    vi.advanceTimersByTime(30_000)
    expect(lines).toHaveLength(2)
    vi.advanceTimersByTime(60_000)
    teller.stop()
    vi.advanceTimersByTime(600_000)
    expect(lines).toEqual([
      'Reading ECS: servers 3,000 …\n',
      'Reading ECS: servers 9,000 … (for 34 s)\n',
      'Reading ECS: servers 9,000 … (for 1 min 4 s)\n',
      'Reading ECS: servers 9,000 … (for 1 min 34 s)\n',
    ])
  })

  test('also of what is not read: signing in, waiting for the lock', () => {
    const { teller, lines } = telling()
    teller.start('Signing in')
    vi.advanceTimersByTime(4_000)
    teller.start('Waiting for the lock')
    vi.advanceTimersByTime(34_000)
    teller.stop()
    expect(lines).toEqual([
      'Signing in …\n',
      'Waiting for the lock …\n',
      'Waiting for the lock … (for 34 s)\n',
    ])
  })

  test('again on a terminal, whenever it has gone on', () => {
    const { teller, lines } = telling({ terminal: true })
    teller.onReading(servers)
    vi.advanceTimersByTime(20_000)
    teller.onReading(volumes)
    teller.onReading({ ...servers, isDone: true })
    vi.advanceTimersByTime(10_000)
    teller.stop()
    teller.onReading(servers)
    vi.advanceTimersByTime(600_000)
    expect(lines).toEqual(['Reading ECS: servers 3,000 …\n', 'Reading EVS: volumes …\n'])
  })

  test('but not when it is quick, or quiet', () => {
    const quick = telling()
    quick.teller.stop()
    const quiet = telling({ quiet: true })
    vi.advanceTimersByTime(60_000)
    expect([...quick.lines, ...quiet.lines]).toEqual([])
  })
})
