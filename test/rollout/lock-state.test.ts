import { describe, expect, test } from 'vitest'
import {
  BEAT_MS,
  contend,
  GIVE_UP_MS,
  SILENT_MS,
  step,
  WATCH_MS,
  type Ask,
  type LockState,
  type Seen,
  type Sight,
} from '../../src/rollout/lock-state.ts'

const NOW = 1_000_000
const LATER = NOW + 30_000
const free: Sight = { kind: 'free' }
const unreadable: Sight = { kind: 'unreadable' }
const held = (change: Partial<Extract<Sight, { kind: 'held' }>> = {}): Sight => ({
  kind: 'held',
  entry: 'a.json',
  beat: '1',
  life: 'foreign',
  silentMs: 0,
  ...change,
})
const silent = held({ silentMs: SILENT_MS })
const look = (sight: Sight, now = NOW): Seen => ({ type: 'look', sight, now })
const sleep = (ms: number): Ask => ({ type: 'sleep', ms })

const patient = { until: LATER, tries: 0 }
const hasty = { until: NOW, tries: 0 }
const looking: LockState = { kind: 'looking', ...hasty }
const watching = (since: number, contending = hasty): LockState => ({
  kind: 'watching',
  held: silent as Extract<Sight, { kind: 'held' }>,
  since,
  ...contending,
})
const refused = (sight: Sight): LockState => ({ kind: 'refused', sight })
const NOTHING: Ask = { type: 'nothing' }

/** Every edge of the diagram: from, what is seen, to, and what is asked. */
const EDGES: readonly (readonly [string, LockState, Seen, LockState, Ask])[] = [
  ['free', looking, look(free), { kind: 'claiming', ...hasty }, { type: 'claim' }],
  [
    'free, after claims without end',
    { kind: 'looking', until: LATER, tries: 60 },
    look(free),
    refused(free),
    NOTHING,
  ],
  [
    'free, one claim before the last',
    { kind: 'looking', until: NOW, tries: 59 },
    look(free),
    { kind: 'claiming', until: NOW, tries: 59 },
    { type: 'claim' },
  ],
  [
    'dead',
    looking,
    look(held({ life: 'dead' })),
    { kind: 'clearing', entry: 'a.json', ...hasty },
    { type: 'clear', entry: 'a.json' },
  ],
  [
    'alive, no time left',
    looking,
    look(held({ life: 'alive', silentMs: SILENT_MS * 2 })),
    refused(held({ life: 'alive', silentMs: SILENT_MS * 2 })),
    NOTHING,
  ],
  [
    'alive, time left',
    { kind: 'looking', ...patient },
    look(held({ life: 'alive' })),
    { kind: 'waiting', ...patient },
    sleep(1_000),
  ],
  [
    'alive, hardly any time left',
    { kind: 'looking', until: NOW + 1, tries: 0 },
    look(held({ life: 'alive' })),
    { kind: 'waiting', until: NOW + 1, tries: 0 },
    sleep(1),
  ],
  [
    'foreign and young',
    looking,
    look(held({ silentMs: SILENT_MS - 1 })),
    refused(held({ silentMs: SILENT_MS - 1 })),
    NOTHING,
  ],
  ['foreign and silent', looking, look(silent), watching(NOW), sleep(1_000)],
  ['unreadable, no time left', looking, look(unreadable), refused(unreadable), NOTHING],
  [
    'unreadable, time left',
    { kind: 'looking', ...patient },
    look(unreadable),
    { kind: 'waiting', ...patient },
    sleep(1_000),
  ],
  [
    'slept',
    { kind: 'waiting', until: NOW, tries: 3 },
    { type: 'slept' },
    { kind: 'looking', until: NOW, tries: 3 },
    { type: 'look' },
  ],
  ['watching, slept', watching(NOW), { type: 'slept' }, watching(NOW), { type: 'look' }],
  [
    'still silent, not for long enough',
    watching(NOW),
    look(silent, NOW + WATCH_MS - 1),
    watching(NOW),
    sleep(1),
  ],
  ['still silent, at first', watching(NOW), look(silent, NOW), watching(NOW), sleep(1_000)],
  [
    'still silent through the watch',
    watching(NOW),
    look(silent, NOW + WATCH_MS),
    { kind: 'clearing', entry: 'a.json', ...hasty },
    { type: 'clear', entry: 'a.json' },
  ],
  [
    'it has moved, though its age says otherwise',
    watching(NOW),
    look(held({ beat: '2', silentMs: SILENT_MS * 9 }), NOW + WATCH_MS),
    refused(held({ beat: '2', silentMs: 0 })),
    NOTHING,
  ],
  [
    'it has moved, time left',
    watching(NOW, patient),
    look(held({ beat: '2', silentMs: SILENT_MS }), NOW + 5),
    { kind: 'waiting', ...patient },
    sleep(1_000),
  ],
  [
    'another came meanwhile',
    watching(NOW),
    look(held({ entry: 'b.json', silentMs: SILENT_MS }), NOW + WATCH_MS),
    refused(held({ entry: 'b.json', silentMs: 0 })),
    NOTHING,
  ],
  [
    'it was released meanwhile',
    watching(NOW),
    look(free),
    { kind: 'claiming', ...hasty },
    { type: 'claim' },
  ],
  [
    'one that can be asked came meanwhile',
    watching(NOW),
    look(held({ life: 'dead' })),
    { kind: 'clearing', entry: 'a.json', ...hasty },
    { type: 'clear', entry: 'a.json' },
  ],
  [
    'cleared',
    { kind: 'clearing', entry: 'a.json', ...hasty },
    { type: 'cleared' },
    { kind: 'claiming', ...hasty },
    { type: 'claim' },
  ],
  [
    'claimed',
    { kind: 'claiming', ...hasty },
    { type: 'claimed', now: NOW },
    { kind: 'held', touchedAt: NOW },
    sleep(BEAT_MS),
  ],
  [
    'occupied',
    { kind: 'claiming', ...hasty },
    { type: 'occupied' },
    { kind: 'waiting', until: NOW, tries: 1 },
    sleep(200),
  ],
  [
    'occupied again and again',
    { kind: 'claiming', until: NOW, tries: 20 },
    { type: 'occupied' },
    { kind: 'waiting', until: NOW, tries: 21 },
    sleep(2_000),
  ],
  [
    'time to touch',
    { kind: 'held', touchedAt: NOW },
    { type: 'slept' },
    { kind: 'held', touchedAt: NOW },
    { type: 'touch' },
  ],
  [
    'touched',
    { kind: 'held', touchedAt: NOW },
    { type: 'touched', now: LATER },
    { kind: 'held', touchedAt: LATER },
    sleep(BEAT_MS),
  ],
  [
    'not touched, for a while',
    { kind: 'held', touchedAt: NOW },
    { type: 'untouched', now: NOW + GIVE_UP_MS - 1 },
    { kind: 'held', touchedAt: NOW },
    sleep(BEAT_MS),
  ],
  [
    'not touched for too long',
    { kind: 'held', touchedAt: NOW },
    { type: 'untouched', now: NOW + GIVE_UP_MS },
    { kind: 'lost' },
    NOTHING,
  ],
  ['gone', { kind: 'held', touchedAt: NOW }, { type: 'gone' }, { kind: 'lost' }, NOTHING],
  [
    'released',
    { kind: 'held', touchedAt: NOW },
    { type: 'release' },
    { kind: 'released' },
    { type: 'remove' },
  ],
  ['lost, then released', { kind: 'lost' }, { type: 'release' }, { kind: 'lost' }, NOTHING],
  [
    'released while a touch was under way',
    { kind: 'released' },
    { type: 'gone' },
    { kind: 'released' },
    NOTHING,
  ],
]

test.each(EDGES)('%s', (_, from, seen, to, ask) => {
  expect(step(from, seen)).toEqual([to, ask])
})

test('it begins with a look', () => {
  expect(contend(LATER)).toEqual([{ kind: 'looking', ...patient }, { type: 'look' }])
})

describe('what cannot be', () => {
  test.each<[LockState, Seen]>([
    [looking, { type: 'claimed', now: NOW }],
    [looking, { type: 'slept' }],
    [{ kind: 'waiting', ...hasty }, look(free)],
    [watching(NOW), { type: 'cleared' }],
    [
      { kind: 'clearing', entry: 'a', ...hasty },
      { type: 'claimed', now: NOW },
    ],
    [{ kind: 'claiming', ...hasty }, { type: 'cleared' }],
    [refused(free), { type: 'slept' }],
    [
      { kind: 'held', touchedAt: NOW },
      { type: 'claimed', now: NOW },
    ],
    [{ kind: 'held', touchedAt: NOW }, look(free)],
    [{ kind: 'held', touchedAt: NOW }, { type: 'cleared' }],
    [{ kind: 'held', touchedAt: NOW }, { type: 'occupied' }],
  ])('%j does not see %j', (from, seen) => {
    expect(() => step(from, seen)).toThrow(/cannot see/)
  })
})

test('a holder gives up well before others take it over', () => {
  expect(GIVE_UP_MS).toBeLessThan(SILENT_MS)
  expect(BEAT_MS * 2).toBeLessThanOrEqual(WATCH_MS)
})
