import { describe, expect, test } from 'vitest'
import type { JournalEvent } from '../../src/journal/journal.ts'
import { InconsistentJournal, replay } from '../../src/journal/replay.ts'
import { settledJournals } from '../../src/journal/settled.ts'
import { groupKey } from '../../src/keys.ts'

const WHERE = { projectId: 'p' }
const G = 'AAAAAAAA-0000-4000-8000-000000000001'

function journal(runId: string, resumes: string[] | null, events: JournalEvent[]): JournalEvent[] {
  const about = { at: 0, runId, command: 'enable', endpoint: 'e', source: '-', sha256: '' }
  return [{ type: 'run', ...about, ...WHERE, ...(resumes === null ? {} : { resumes }) }, ...events]
}

const intent = (at: number, groupId = G): JournalEvent => ({
  type: 'enable-intent',
  at,
  groupId,
  name: 'erp',
  attempt: 1,
  before: 'available',
})
const accepted = (jobId: string): JournalEvent => ({
  type: 'enable-accepted',
  at: 1,
  groupId: G,
  jobId,
})
const refused: JournalEvent = {
  type: 'enable-refused',
  at: 1,
  groupId: G,
  status: 400,
  code: null,
}
const lost: JournalEvent = { type: 'enable-lost', at: 1, groupId: G, status: null, code: null }
const absent: JournalEvent = { type: 'enable-absent', at: 2, groupId: G }
const found: JournalEvent = { type: 'enable-found', at: 2, groupId: G }
const on: JournalEvent = { type: 'enable-on', at: 3, groupId: G }
const failed: JournalEvent = {
  type: 'enable-failed',
  at: 3,
  groupId: G,
  code: null,
  reason: 'r',
}

function openOf(...runs: JournalEvent[][]) {
  return replay(runs, WHERE).openEnablings.get(groupKey(G.toLowerCase())) ?? null
}

describe('what earlier runs left of the start of a group', () => {
  test.for<{ name: string; events: JournalEvent[]; open: unknown }>([
    { name: 'intended is perhaps sent', events: [intent(1)], open: { kind: 'unknown' } },
    {
      name: 'accepted',
      events: [intent(1), accepted('j')],
      open: { kind: 'accepted', jobId: 'j' },
    },
    { name: 'lost', events: [intent(1), lost], open: { kind: 'unknown' } },
    {
      name: 'lost, and to be sent again',
      events: [intent(1), lost, absent],
      open: { kind: 'unknown' },
    },
    {
      name: 'sent again, and refused for it',
      events: [intent(1), lost, absent, intent(5), { ...refused, openSince: 1 }],
      open: { kind: 'unknown' },
    },
    { name: 'found', events: [intent(1), lost, found], open: { kind: 'accepted', jobId: null } },
    { name: 'refused', events: [intent(1), refused], open: null },
    { name: 'on', events: [intent(1), accepted('j'), on], open: null },
    { name: 'failed', events: [intent(1), accepted('j'), failed], open: null },
  ])('$name', ({ events, open }) => {
    const left = openOf(journal('r1', [], events))
    expect(left?.fate ?? null).toEqual(open)
    if (left !== null) expect(left).toMatchObject({ groupId: G, name: 'erp', intendedAt: 1 })
    const { openRuns, openRunsOf } = replay([journal('r1', [], events)], WHERE)
    expect(openRuns).toEqual(open === null ? [] : ['r1'])
    expect(openRunsOf).toEqual({ creates: [], enablings: openRuns })
  })

  test('is ended by a run that had read it, and by no other', () => {
    const first = journal('r1', [], [intent(1), lost])
    expect(openOf(first, journal('r2', ['r1'], [on]))).toBeNull()
    expect(openOf(first, journal('r2', [], [on]))).toMatchObject({ runId: 'r1' })
    expect(openOf(first, journal('r2', null, [failed]))).toBeNull()
    // A run that creates only has read it, and leaves it alone.
    expect(openOf(first, journal('r2', ['r1'], []))).toMatchObject({ runId: 'r1' })
  })

  test('is taken over with a new start of the run that had read it', () => {
    const first = journal('r1', [], [intent(1), lost])
    const second = journal('r2', ['r1'], [absent, intent(7), accepted('k')])
    expect(openOf(first, second)).toMatchObject({ runId: 'r2', jobId: 'k', intendedAt: 7 })
    // Sorted by knowledge, not by name.
    expect(openOf(second, first)).toMatchObject({ runId: 'r2', jobId: 'k' })
  })

  test('of several the one with a job to ask is told, else the last', () => {
    const one = journal('r1', [], [intent(1), accepted('j')])
    const other = journal('r2', [], [intent(9), lost])
    expect(openOf(one, other)).toMatchObject({ runId: 'r1', jobId: 'j' })
    expect(openOf(journal('r0', [], [intent(1), lost]), other)).toMatchObject({ runId: 'r2' })
  })

  test('a later run may say what does not follow: the one in between may be gone', () => {
    const first = journal('r1', [], [intent(1), accepted('j')])
    expect(openOf(first, journal('r2', ['r1'], [refused]))).toBeNull()
    expect(openOf(journal('r2', ['r1'], [on]))).toBeNull()
  })

  test('within one run it is damage', () => {
    const impossible = journal('r1', [], [intent(1), intent(2)])
    expect(() => replay([impossible], WHERE)).toThrow(InconsistentJournal)
    expect(() => replay([impossible], WHERE)).toThrow(/intended cannot become intent/)
  })

  test.for<[string, JournalEvent[], object | null]>([
    ['an intent', [intent(1), intent(1)], { kind: 'unknown' }],
    ['an intent, after its answer', [intent(1), accepted('j'), intent(1)], { kind: 'accepted' }],
    ['an answer', [intent(1), accepted('j'), accepted('j')], { kind: 'accepted' }],
    ['a loss', [intent(1), lost, lost], { kind: 'unknown' }],
    ['a look', [intent(1), lost, absent, absent], { kind: 'unknown' }],
    ['a refusal', [intent(1), refused, refused], null],
    [
      'all that an ended start said, once another is open',
      [intent(1), refused, intent(5), intent(1), refused],
      { kind: 'unknown' },
    ],
    ['an end', [intent(1), accepted('j'), on, on], null],
    ['a failure', [intent(1), accepted('j'), failed, intent(1), failed], null],
  ])('a line that was written twice says nothing more: %s', ([, events, open]) => {
    const fate = openOf(journal('r1', [], events))?.fate ?? null
    if (open === null) expect(fate).toBeNull()
    else expect(fate).toMatchObject(open)
  })

  test('of another project it says nothing', () => {
    expect(replay([journal('r1', [], [intent(1)])], { projectId: 'q' }).openEnablings.size).toBe(0)
  })

  test('a run with an open start is read again in each run, one that has ended is not', () => {
    const found_ = (events: JournalEvent[]) => [{ name: 'r1', size: 1, mtimeMs: 1, events }]
    const open = journal('r1', [], [intent(1), accepted('j')])
    expect(settledJournals(found_(open), new Set())).toEqual([])
    const ended = settledJournals(found_([...open, on]), new Set())
    expect(ended.map(({ runId }) => runId)).toEqual(['r1'])
    expect(ended[0]?.condensed).not.toContain('enable-')
  })
})
