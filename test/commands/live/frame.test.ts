import { OrderedMap } from 'immutable'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { frameOf, type FrameInput } from '../../../src/commands/live/frame.ts'
import { NO_ESTIMATE } from '../../../src/live/eta.ts'
import { newRunState, type GroupState, type RunState } from '../../../src/live/run-state.ts'
import { palette } from '../../../src/ui/colour.ts'
import { displayWidth } from '../../../src/ui/text.ts'

const NOW = Date.UTC(2026, 0, 1)
const SECOND = 1_000
const MINUTE = 60 * SECOND
const OPEN = { limit: null, busySince: null, closedUntil: null }

function group(name: string, over: Partial<GroupState> = {}): GroupState {
  return {
    groupId: name,
    name,
    rows: 40,
    protected: 12,
    failed: 0,
    left: [28],
    running: new Map(),
    over: new Map(),
    mostRunning: 1,
    lane: OPEN,
    refusedWith: null,
    durations: [],
    enabling: null,
    ...over,
  }
}

const job = (agoMs: number, name = 'web-1') => ({ name, since: NOW - agoMs, wave: 1 })
const jobs = (count: number, agoMs = 190 * SECOND) =>
  new Map(Array.from({ length: count }, (_, at) => [`s-${at}`, job(agoMs)]))

function state(groups: readonly GroupState[], over: Partial<RunState> = {}): RunState {
  return {
    ...newRunState(NOW - 724 * SECOND),
    phase: 'creating',
    rows: 500,
    maxJobs: 100,
    wave: 1,
    waves: [1, 2, 3].map((name) => ({ name: String(name), rows: 1 })),
    ended: { created: 209, 'already-protected': 5, failed: 5 },
    groups: OrderedMap(groups.map((each) => [each.groupId, each])),
    running: groups.reduce((sum, each) => sum + each.running.size, 0),
    ...over,
  }
}

function frame(of: RunState, over: Partial<FrameInput> = {}): readonly string[] {
  return frameOf({
    state: of,
    estimate: NO_ESTIMATE,
    now: NOW,
    where: 'otc eu-de · prod-dr',
    requestsPerSecond: 41,
    columns: 80,
    rows: 24,
    palette: palette(false),
    ...over,
  })
}

const busy = { ...OPEN, busySince: NOW - MINUTE, closedUntil: NOW + 12 * SECOND }
const BATCH = group('batch', { running: jobs(1), lane: { ...OPEN, limit: 1 } })
const WEB = group('web', { rows: 60, protected: 22, lane: busy, refusedWith: 'SDRS.1018' })
const BIG = group('big', { rows: 400, protected: 180, running: jobs(95), mostRunning: 95 })
const estimate = {
  run: { fromMs: 118 * MINUTE, toMs: 125 * MINUTE },
  groups: new Map([
    ['batch', { fromMs: 118 * MINUTE, toMs: 125 * MINUTE }],
    ['web', { fromMs: 17 * MINUTE, toMs: 20 * MINUTE }],
  ]),
}
const WHOLE = state([BIG, BATCH, WEB], {
  hold: { until: NOW + 19 * SECOND, said: '503' },
  lastFailure: { name: 'crm-07', said: 'EVS.2024' },
})

test('80 columns: where and how far, counts and time, the groups that matter, the API', () => {
  expect(frame(WHOLE, { estimate })).toEqual([
    'otc eu-de · prod-dr             wave 1/3  ████████░░░░░░░░░░░░  214/500  12m04s',
    'created 209 · already created 5 · failed 5 · running 96/100 · waiting 185',
    '1.5–2.5 h left',
    '  web       ███░░░░░░░    22/60  busy (SDRS.1018), next try 0:12',
    '  batch     ███░░░░░░░    12/40  1 at a time · running 3m10s · 1.5–2.5 h left',
    '  big       ████░░░░░░  180/400  95 running, longest 3m10s',
    'API 41 req/s · slowed by 503, resumes 0:19         last: crm-07 failed EVS.2024',
  ])
})

test('where there is room, the group that ends last is named as that', () => {
  const line = frame(WHOLE, { estimate, columns: 100 }).find((each) => each.includes('batch'))
  expect(line).toMatch(/1 at a time · running 3m10s · 1\.5–2\.5 h left {2}← longest$/)
})

describe('whatever the width', () => {
  test.each([20, 40, 60, 80, 120, 200])(
    '%i columns: the count, the clock and the estimate stay',
    (columns) => {
      const lines = frame(WHOLE, { columns, estimate })
      const text = lines.join('\n')
      expect(text).toContain('214/500')
      expect(text).toContain('12m04s')
      expect(lines.slice(0, 8).join('\n')).toMatch(/1\.5–2\.5 h left/)
      for (const line of lines) expect(displayWidth(line)).toBeLessThan(columns)
    },
  )
})

test('nothing from outside steers the terminal, and no frame is larger than it', () => {
  const text = fc.string({ unit: 'binary', maxLength: 60 })
  const someGroup = fc.record({ name: text, said: text, running: fc.nat(3), failed: fc.nat(2) })
  fc.assert(
    fc.property(
      fc.array(someGroup, { maxLength: 30 }),
      fc.integer({ min: 12, max: 220 }),
      fc.integer({ min: 3, max: 60 }),
      text,
      (groups, columns, rows, failure) => {
        const made = groups.map(({ name, said, running, failed }, at) =>
          group(name, {
            groupId: String(at),
            failed,
            running: jobs(running),
            refusedWith: said,
            lane: running === 0 ? busy : OPEN,
          }),
        )
        const lines = frame(
          state(made, { lastFailure: { name: failure, said: failure }, stopping: 'interrupted' }),
          { columns, rows },
        )
        expect(lines.length).toBeLessThan(rows)
        for (const line of lines) {
          expect(displayWidth(line)).toBeLessThan(columns)
          expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u)
        }
      },
    ),
    { numRuns: 200 },
  )
})

test('the bar shows what is created: stopped with nothing created, it is empty', () => {
  const stopped = state([], { ended: { 'not-attempted': 460, 'in-progress': 40 }, rows: 500 })
  const [head = ''] = frame(stopped)
  expect(head).toContain('0/500')
  expect(head).not.toContain('█')
  expect(frame(state([], { ended: { created: 499 } }))[0]).toContain('░')
  expect(frame(state([], { ended: { created: 500 } }))[0]).not.toContain('░')
})

test('at most eight lines of groups, those in trouble first, and how many more', () => {
  const many = Array.from({ length: 20 }, (_, at) => group(`g${at}`, { running: jobs(1) }))
  const lines = frame(state([...many, WEB])).filter((line) => line.startsWith('  '))
  expect(lines).toHaveLength(8)
  expect(lines[0]).toContain('web')
  expect(lines.at(-1)).toBe('  + 14 more groups at work')
})

test('groups of a later wave, and those that are done, have nothing to say', () => {
  const later = group('later', { left: [0, 40], mostRunning: 0 })
  const done = group('done', { left: [0], protected: 40 })
  expect(frame(state([later, done])).join('\n')).not.toMatch(/later|done/)
})

test('switching protection on: groups are what is counted', () => {
  const on = group('erp', { enabling: 'enabled', left: [0] })
  const starting = group('web', {
    left: [1],
    running: new Map([['web', job(190 * SECOND, 'web')]]),
  })
  const waiting = group('crm', { left: [1], mostRunning: 0 })
  const counted = 'groups'
  const lines = frame(state([on, starting, waiting], { phase: 'switching-on', counted }))
  expect(lines[0]).toContain('1/3 groups')
  expect(lines[1]).toBe('on 1 · running 1/100 · waiting 1')
  expect(lines[2]).toBe('  web       starting 3m10s')
  const after = frame(state([on], { phase: 'looking', counted, rows: 0, ended: {} }))
  expect(after[0]).toContain('1/1 groups')
  expect(after[1]).toMatch(/^on 1 .*looking at the cloud once more$/)
})

test('no colour unless it is asked for', () => {
  expect(frame(WHOLE).join('')).not.toContain('\u001B')
  expect(frame(WHOLE, { palette: palette(true) }).join('')).toContain('\u001B[')
})
