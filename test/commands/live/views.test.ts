import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { RunEvent } from '../../../src/apply/events.ts'
import { createRunView, resolveMode, type RunView } from '../../../src/commands/live/view.ts'
import { palette } from '../../../src/ui/colour.ts'
import { shareStderr } from '../../../src/ui/shared-stderr.ts'
import { testIo, type TestIo } from '../../ui/support.ts'

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) }))
afterEach(() => void vi.useRealTimers())

const GROUP = { groupId: 'g', group: 'erp' }
const BEGUN: readonly RunEvent[] = [
  {
    type: 'run-begun',
    rows: 3,
    maxJobs: 100,
    waves: [{ name: null, rows: 3 }],
    groups: [{ ...GROUP, rows: 3 }],
    lots: [{ wave: 1, groupId: 'g', rows: 3 }],
  },
  { type: 'wave-begun', wave: 1, of: 1, name: null, rows: 3 },
]
const ROW = { row: 1, serverId: 's-1', name: 'crm-07', wave: 1, ...GROUP }
const running = (): RunEvent => ({ type: 'job-running', ...ROW, jobId: 'j', since: Date.now() })

async function view(
  mode: Parameters<typeof createRunView>[0],
  over: Parameters<typeof testIo>[0] = {},
): Promise<TestIo & { readonly view: RunView }> {
  const test_ = testIo(over)
  const made = await createRunView(mode, {
    io: test_.io,
    now: () => Date.now(),
    runId: 'run-1',
    where: 'otc eu-de · prod-dr',
    requests: () => 7,
    palette: palette(false),
  })
  return { ...test_, view: made }
}

describe('which way it is shown', () => {
  const of = (mode: Parameters<typeof resolveMode>[0], terminal: boolean, env = {}) =>
    resolveMode(mode, testIo({ terminal, env }).io)
  test('auto: drawn where somebody looks at a terminal that can be drawn on', () => {
    expect(of('auto', true)).toBe('live')
    expect(of('auto', false)).toBe('plain')
    expect(of('auto', true, { CI: 'true' })).toBe('plain')
    expect(of('auto', true, { TERM: 'dumb' })).toBe('plain')
  })
  test('as asked, but that nothing is drawn where it cannot be', () => {
    expect(of('live', true, { CI: 'true' })).toBe('live')
    expect(of('live', false)).toBe('plain')
    expect(of('json', true)).toBe('json')
    expect(of('none', true)).toBe('none')
  })
})

describe('plain lines', () => {
  test('five minutes in which nothing changes: a line at least every 30 s, with what runs and for how long', async () => {
    const { view: shown, stderr } = await view('plain')
    for (const event of [...BEGUN, running()]) shown.onEvent(event)
    const times: number[] = []
    let length = 0
    for (let second = 0; second <= 300; second += 1) {
      if (stderr().length > length) times.push(second)
      length = stderr().length
      vi.advanceTimersByTime(1_000)
    }
    shown.stop()
    for (const [at, second] of times.entries()) {
      expect(second - (times[at - 1] ?? 0)).toBeLessThanOrEqual(30)
    }
    expect(times.at(-1)).toBeGreaterThan(270)
    expect(stderr()).toContain('longest: crm-07 in erp, 4m')
  })

  test('a wave is told once it goes', async () => {
    const waves = ['1', '2'].map((name) => ({ name, rows: 3 }))
    const { view: shown, stderr } = await view('plain')
    for (const event of BEGUN) {
      shown.onEvent(event.type === 'run-begun' ? { ...event, waves } : event)
    }
    vi.advanceTimersByTime(31_000)
    shown.stop()
    const [first, second] = stderr().split('\n')
    expect(first).toMatch(/^0s: 0 of 3 rows/)
    expect(second).toMatch(/^30s: wave 1\/2, 0 of 3 rows/)
  })

  test('news are told at most every ten seconds, and what was unsaid at the end, once', async () => {
    const { view: shown, stderr } = await view('plain')
    for (const event of BEGUN) shown.onEvent(event)
    vi.advanceTimersByTime(1_000)
    shown.onEvent(running())
    vi.advanceTimersByTime(5_000)
    expect(stderr().trimEnd().split('\n')).toHaveLength(1)
    vi.advanceTimersByTime(5_000)
    expect(stderr().trimEnd().split('\n')).toHaveLength(2)
    shown.onEvent({ type: 'stopping', reason: 'interrupted' })
    shown.stop()
    shown.stop()
    const lines = stderr().trimEnd().split('\n')
    expect(lines).toHaveLength(3)
    expect(lines.at(-1)).toMatch(
      /^11s: 0 of 3 rows; running 1\/100, waiting 2; .*stopping \(interrupted\)/,
    )
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('NDJSON', () => {
  test('every event is a line of its own, with version, time and run; secrets are in none', async () => {
    const { view: shown, stderr, io } = await view('json')
    io.secrets.add('hunter-2-canary')
    for (const event of BEGUN) shown.onEvent(event)
    shown.note('for people only')
    shown.onEvent({
      type: 'access-lost',
      operation: 'listProtectedInstances',
      message: 'no token hunter-2-canary \u202E',
      status: 401,
      code: null,
      requestId: null,
    })
    shown.stop()
    const lines = stderr().trimEnd().split('\n')
    const read = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(read.map(({ type }) => type)).toEqual(['run-begun', 'wave-begun', 'access-lost'])
    for (const line of read) {
      expect(line).toMatchObject({ v: 1, run: 'run-1', at: '2026-01-01T00:00:00.000Z' })
    }
    expect(stderr()).not.toContain('canary')
    expect(stderr()).not.toContain('\u202E')
    expect(vi.getTimerCount()).toBe(0)
  })

  test('a heartbeat says where it stands, and what is left', async () => {
    const { view: shown, stderr } = await view('json')
    for (const event of [...BEGUN, running()]) shown.onEvent(event)
    vi.advanceTimersByTime(10_000)
    shown.stop()
    expect(JSON.parse(stderr().trimEnd().split('\n').at(-1) ?? '')).toEqual({
      v: 1,
      at: '2026-01-01T00:00:10.000Z',
      run: 'run-1',
      type: 'heartbeat',
      phase: 'creating',
      elapsedMs: 10_000,
      rows: 3,
      ended: {},
      running: 1,
      waiting: 2,
      longestRunningMs: 10_000,
      heldUntil: null,
      left: null,
    })
  })
})

describe('drawn', () => {
  test('about once a second, a clock that moves while nothing else does', async () => {
    const { view: shown, stderr } = await view('live', { terminal: true })
    for (const event of [...BEGUN, running()]) shown.onEvent(event)
    vi.advanceTimersByTime(3_000)
    for (const clock of ['0s', '1s', '2s', '3s']) expect(stderr()).toContain(clock)
    const before = stderr().length
    // Many events do not make many frames.
    for (let count = 0; count < 500; count += 1) shown.onEvent(running())
    expect(stderr().length).toBe(before)
    shown.stop()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('the terminal is left as it was: no hidden cursor, no other screen', async () => {
    const { view: shown, stderr } = await view('live', { terminal: true })
    for (const event of BEGUN) shown.onEvent(event)
    shown.note('a note')
    shown.stop()
    shown.note('nobody hears')
    // Drawings are held together by a mode that each of them ends itself.
    const modes = stderr().replaceAll('\u001B[?2026h', '').replaceAll('\u001B[?2026l', '')
    expect(modes).not.toContain('\u001B[?')
    expect(stderr().split('\u001B[?2026h').length).toBe(stderr().split('\u001B[?2026l').length)
    expect(stderr()).not.toContain('nobody')
  })

  test('what others write to stderr meanwhile stands above it', async () => {
    const { view: shown, stderr, io } = await view('live', { terminal: true })
    const shared = shareStderr(io)
    shared.io.stderr.write('straight\n')
    shared.through((text) => shown.note(text))
    for (const event of BEGUN) shown.onEvent(event)
    shared.io.stderr.write('\nStopping: nothing new is sent.\n')
    expect(stderr()).toMatch(/Stopping: nothing new is sent\.\n[^]*0\/3/)
    shared.through(null)
    shown.stop()
    shared.io.stderr.write('straight again\n')
    expect(stderr()).toMatch(/^straight\n[^]*straight again\n$/)
  })
})

test('none says nothing at all', async () => {
  const { view: shown, stderr } = await view('none')
  for (const event of BEGUN) shown.onEvent(event)
  shown.note('x')
  vi.advanceTimersByTime(60_000)
  shown.stop()
  expect(stderr()).toBe('')
})
