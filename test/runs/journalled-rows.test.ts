import { describe, expect, test } from 'vitest'
import type { JournalEvent } from '../../src/journal/journal.ts'
import { journalledGroups } from '../../src/runs/journalled-groups.ts'
import { journalledRows } from '../../src/runs/journalled-rows.ts'
import { runState } from '../../src/runs/run-state.ts'

const server = 'a'
const intent = { type: 'intent', at: 1, server, groupId: 'g', name: 'n', attempt: 1 } as const
const accepted = { type: 'accepted', at: 2, server, jobId: 'j' } as const
const refused = { type: 'refused', at: 2, server, status: 409, code: 'SDRS.1018' } as const
const lost = { type: 'lost', at: 2, server, status: null, code: null } as const
const settled = (outcome: string, reason: string | null): JournalEvent => ({
  type: 'settled',
  at: 3,
  server,
  outcome,
  reason,
  instanceId: 'i',
})

describe('a create, from outside', () => {
  const of = (...events: readonly JournalEvent[]) => journalledRows(events, false).get('a')?.outcome

  test.each<[string, readonly JournalEvent[], string, string | null]>([
    ['sent, perhaps', [intent], 'unknown', 'fate-unknown'],
    ['accepted', [intent, accepted], 'in-progress', 'job-running'],
    ['without an answer', [intent, lost], 'unknown', 'fate-unknown'],
    ['refused, its turn would have come again', [intent, refused], 'not-attempted', 'run-aborted'],
    ['refused, then accepted', [intent, refused, intent, accepted], 'in-progress', 'job-running'],
    [
      'refused, perhaps by its own echo',
      [intent, { ...refused, openSince: 1 }],
      'unknown',
      'fate-unknown',
    ],
    [
      'found',
      [intent, lost, { type: 'found', at: 3, server, instanceId: 'i' }],
      'in-progress',
      'job-running',
    ],
    ['settled', [intent, accepted, settled('created', null)], 'created', null],
    ['failed', [intent, accepted, settled('failed', 'job-failed')], 'failed', 'job-failed'],
    [
      'settled, and a last look has not shown it',
      [intent, accepted, settled('created', null), { type: 'missing', at: 4, server }],
      'unknown',
      'fate-unknown',
    ],
    ['of words that nobody knows', [intent, settled('melted', 'sun')], 'unknown', 'fate-unknown'],
    ['in an order that cannot be', [intent, intent], 'unknown', 'fate-unknown'],
  ])('%s', (_, events, kind, reason) => {
    expect(of(...events)).toMatchObject({ kind, reason })
  })

  test('the code of a refusal that was overcome is nobody’s cause', () => {
    expect(of(intent, refused)?.errorCode).toBe('SDRS.1018')
    expect(of(intent, refused, intent, accepted)).toMatchObject({
      errorCode: null,
      attempts: 2,
      jobId: 'j',
      submittedAt: new Date(1).toISOString(),
    })
  })

  test('what only an earlier run has sent is not told here', () => {
    expect(journalledRows([settled('created', null)], false).size).toBe(0)
  })
})

test('starts of groups, from outside', () => {
  const groupId = 'g'
  const start = {
    type: 'enable-intent',
    at: 1,
    groupId,
    name: 'n',
    attempt: 1,
    before: 'available',
  } as const
  const of = (...events: readonly JournalEvent[]) => {
    const found = journalledGroups(events).get('g')
    return [found?.kind, found?.reason]
  }
  const taken = { type: 'enable-accepted', at: 2, groupId, jobId: 'j' } as const
  expect(of(start)).toEqual(['unknown', 'fate-unknown'])
  expect(of(start, taken)).toEqual(['in-progress', 'job-running'])
  expect(of(start, taken, { type: 'enable-on', at: 3, groupId })).toEqual(['enabled', null])
  expect(
    of(start, taken, {
      type: 'enable-failed',
      at: 3,
      groupId,
      code: 'EVS.1',
      reason: 'job-failed',
    }),
  ).toEqual(['failed', 'job-failed'])
})

test('a run is at work only with a process; an audit has no journal, and ends with its report', () => {
  const end = { type: 'end', at: 9, outcome: 'complete' } as const
  const of = (events: readonly JournalEvent[] | null, reported: string | null, isAlive: boolean) =>
    runState({ events, reported, isAlive })
  expect(of([intent], null, true)).toBe('running')
  expect(of([intent], null, false)).toBe('killed')
  // The report came first, and the end of the journal never.
  expect(of([intent], 'complete', false)).toBe('killed')
  expect(of([intent, end], 'complete', false)).toBe('done')
  expect(of([intent, { ...end, outcome: 'interrupted' }], null, false)).toBe('interrupted')
  expect(of(null, 'partial', false)).toBe('done')
  expect(of(null, null, false)).toBe('killed')
})
