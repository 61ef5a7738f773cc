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
  const teller = tellReading({ quiet: options.quiet ?? false }, { ...io, stderr })
  teller.start()
  return { teller, lines }
}

test('in a line', () => {
  expect(readingLine([servers, volumes])).toBe('Reading ECS: servers 3,000; EVS: volumes …')
  expect(readingLine([])).toBe('Reading the cloud …')
})

describe('somebody hears what is being read', () => {
  test('after a moment, once where nobody sits', () => {
    const { teller, lines } = telling()
    teller.onReading(servers)
    vi.advanceTimersByTime(3_000)
    expect(lines).toEqual([])
    vi.advanceTimersByTime(3_000)
    teller.onReading({ ...servers, read: 9_000 })
    vi.advanceTimersByTime(600_000)
    expect(lines).toEqual(['Reading ECS: servers 3,000 …\n'])
  })

  test('again on a terminal, as long as it goes on and only when it has', () => {
    const { teller, lines } = telling({ terminal: true })
    teller.onReading(servers)
    vi.advanceTimersByTime(30_000)
    teller.onReading(volumes)
    teller.onReading({ ...servers, isDone: true })
    vi.advanceTimersByTime(30_000)
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
