import { expect, test } from 'vitest'
import {
  createKnownInstances,
  foldKnownInstance,
  knownInstances,
} from '../../src/journal/known-instances.ts'
import type { JournalEvent } from '../../src/journal/journal.ts'

function told(...events: readonly JournalEvent[]) {
  const known = createKnownInstances()
  for (const event of events) foldKnownInstance(known, event)
  return [...knownInstances(known)]
}

const settled = (outcome: string, instanceId: string | null): JournalEvent => ({
  type: 'settled',
  at: 1,
  server: 'A-1',
  outcome,
  reason: null,
  instanceId,
})
const deleted: JournalEvent = { type: 'deleted', at: 2, server: 'a1', instanceId: 'i' }

test('however a create has ended, its instance is known, under any spelling of its server', () => {
  const healthy = { type: 'healthy', at: 1, server: 'a1', instanceId: 'j' } as const
  expect(told(settled('created', 'i'), settled('failed', 'i'), healthy)).toEqual([
    ['a1', ['i', 'j']],
  ])
  expect(told(settled('failed', null), { type: 'absent', at: 1, server: 'a1' })).toEqual([])
})

test('what we have deleted is not, in whichever order the journals are read', () => {
  for (const events of [
    [settled('failed', 'i'), deleted],
    [deleted, settled('failed', 'i')],
  ]) {
    expect(told(...events)).toEqual([])
    expect(told(...events, settled('created', 'j'))).toEqual([['a1', ['j']]])
  }
})
