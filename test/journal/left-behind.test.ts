import { describe, expect, test } from 'vitest'
import { foldLeftBehind, nothingLeftBehind, seenHealthy } from '../../src/journal/left-behind.ts'
import { parseJournal, renderEvent, type JournalEvent } from '../../src/journal/journal.ts'
import { hasBeenHealthy, isWhole } from '../../src/instance-status.ts'

type Settled = Extract<JournalEvent, { type: 'settled' }>

function settled(over: Partial<Settled>): JournalEvent {
  const event = { type: 'settled', at: 1, server: 's', instanceId: 'i', reason: null } as const
  return { ...event, outcome: 'failed', ...over }
}
const left = settled({ left: 'error' })
const healthy: JournalEvent = { type: 'healthy', at: 2, server: 's', instanceId: 'i' }
const deleted: JournalEvent = { type: 'deleted', at: 2, server: 's', instanceId: 'i' }
const created = settled({ outcome: 'created', left: null })

/** What says nothing of an instance that a failed create left. */
const OTHERS: readonly JournalEvent[] = [
  { type: 'intent', at: 3, server: 's', groupId: 'g', name: 'n', attempt: 1 },
  { type: 'accepted', at: 3, server: 's', jobId: 'j' },
  { type: 'refused', at: 3, server: 's', status: 400, code: null },
  { type: 'lost', at: 3, server: 's', status: null, code: null },
  { type: 'found', at: 3, server: 's', instanceId: 'i' },
  { type: 'missing', at: 3, server: 's' },
  { type: 'absent', at: 3, server: 's' },
  { type: 'delete-intent', at: 3, server: 's', instanceId: 'i' },
  { type: 'delete-accepted', at: 3, server: 's', instanceId: 'i', jobId: 'j' },
  { type: 'delete-refused', at: 3, server: 's', instanceId: 'i' },
  { type: 'end', at: 3, outcome: 'partial' },
]

function told(...events: readonly JournalEvent[]) {
  const knowledge = nothingLeftBehind()
  for (const event of events) foldLeftBehind(knowledge, event)
  return { failed: [...knowledge.failed], healthy: [...knowledge.healthy] }
}

describe('what a failed create has left', () => {
  test.for<{ name: string; events: JournalEvent[]; failed: string[]; healthy: string[] }>([
    { name: 'in error', events: [left], failed: ['i'], healthy: [] },
    { name: 'deleted since', events: [left, deleted], failed: [], healthy: [] },
    { name: 'seen healthy since', events: [left, healthy], failed: [], healthy: ['i'] },
    {
      name: 'seen healthy by a run before it',
      events: [healthy, left],
      failed: [],
      healthy: ['i'],
    },
    { name: 'and again in error', events: [left, healthy, left], failed: [], healthy: ['i'] },
    { name: 'called created', events: [left, created], failed: [], healthy: ['i'] },
    {
      name: 'called protected',
      events: [left, settled({ outcome: 'already-protected', left: null })],
      failed: [],
      healthy: ['i'],
    },
    {
      name: 'healthy, by a late sub-job',
      events: [settled({ left: 'available' })],
      failed: [],
      healthy: ['i'],
    },
    {
      name: 'first in error, then healthy',
      events: [left, settled({ left: 'available' })],
      failed: [],
      healthy: ['i'],
    },
    { name: 'in creating', events: [settled({ left: 'creating' })], failed: [], healthy: [] },
    { name: 'nothing', events: [settled({ left: null })], failed: [], healthy: [] },
    { name: 'in a status nobody wrote down', events: [settled({})], failed: [], healthy: [] },
    {
      name: 'no instance',
      events: [settled({ instanceId: null, left: 'error' })],
      failed: [],
      healthy: [],
    },
    {
      name: 'by a row that is in conflict',
      events: [settled({ outcome: 'conflict', left: 'error' })],
      failed: [],
      healthy: [],
    },
  ])('$name', ({ events, failed, healthy: seen }) => {
    expect(told(...events)).toEqual({ failed, healthy: seen })
  })

  test('of others stays', () => {
    expect(told(left, { ...healthy, instanceId: 'x' }, { ...deleted, instanceId: 'y' })).toEqual({
      failed: ['i'],
      healthy: ['x'],
    })
  })

  test.for(OTHERS)('$type tells nothing of it', (event) => {
    expect(told(event)).toEqual({ failed: [], healthy: [] })
    expect(told(left, { ...healthy, instanceId: 'x' }, event)).toEqual({
      failed: ['i'],
      healthy: ['x'],
    })
  })

  test('is read back as written', () => {
    const run: JournalEvent = {
      type: 'run',
      at: 0,
      runId: 'r',
      command: 'apply',
      endpoint: 'e',
      projectId: 'p',
      source: 's',
      sha256: '',
    }
    const events = [run, left, settled({}), healthy]
    expect(parseJournal(events.map(renderEvent).join(''))).toEqual(events)
  })
})

test.for<[string, boolean, boolean]>([
  ['available', true, true],
  ['protected', true, true],
  ['starting', true, true],
  ['failed-over', false, true],
  ['fault', false, true],
  ['invalid', false, true],
  ['error-starting', false, true],
  ['error', false, false],
  ['creating', false, false],
  ['deleting', false, false],
  ['error-deleting', false, false],
  ['unknown', false, false],
])('%s: whole %s, has been healthy %s', ([status, whole, been]) => {
  expect([isWhole(status), hasBeenHealthy(status)]).toEqual([whole, been])
})

test('only what is known and healthy is to be written down', () => {
  const shown = (id: string, status: string) => ({ id, status, sourceServer: `server of ${id}` })
  const known = new Set(['a', 'b'])
  expect(seenHealthy(known, [shown('a', 'available'), shown('b', 'error')])).toEqual([
    { server: 'server of a', instanceId: 'a' },
  ])
  expect(seenHealthy(known, [shown('c', 'available')])).toEqual([])
  expect(seenHealthy(known, [{ ...shown('a', 'available'), sourceServer: null }])).toEqual([
    { server: 'a', instanceId: 'a' },
  ])
})
