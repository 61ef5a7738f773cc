import { describe, expect, test } from 'vitest'
import type { Outcome, OutcomeKind, Reason } from '../../src/outcome.ts'
import { openResult } from '../../src/outcome-sentences.ts'
import { indexInstances } from '../../src/plan/locate-instance.ts'
import { settle } from '../../src/report/verdict.ts'
import type { ProtectedInstance } from '../../src/cloud/sdrs/sdrs-schema.ts'
import { GROUP, instance, OTHER_GROUP, outcome, row, serverId } from './build.ts'

const DRIFT = [{ field: 'name', wanted: 'a', actual: 'b' }]

function verdict(believed: Outcome, instances: readonly ProtectedInstance[]): Outcome {
  const belief = { row: row(1), serverGroupId: GROUP, outcome: believed }
  return settle(belief, indexInstances(instances), () => DRIFT)
}

const turned = instance(9, { id: 'i', targetServer: serverId(1) })
/** What the list shows of the row's server. */
const SEEN = {
  available: [instance(1, { id: 'i' })],
  creating: [instance(1, { id: 'i', status: 'creating' })],
  error: [instance(1, { id: 'i', status: 'error' })],
  deleting: [instance(1, { id: 'i', status: 'deleting' })],
  elsewhere: [instance(1, { id: 'i', serverGroupId: OTHER_GROUP })],
  'as-DR': [turned],
  nothing: [],
} as const satisfies Record<string, readonly ProtectedInstance[]>

/** What is believed against what is seen; `-`: the belief stays as it was. */
const TABLE = `
                            available          creating     error            deleting       elsewhere    as-DR        nothing
  created                   created            job-running  job-failed       being-deleted  other-group  other-group  not-in-list
  already-protected         already-protected  job-running  broken-instance  being-deleted  other-group  other-group  not-in-list
  unknown/fate-unknown      created            job-running  job-failed       being-deleted  other-group  other-group  -
  unknown/not-in-list       created            job-running  job-failed       being-deleted  other-group  other-group  -
  unknown/not-in-list/theirs already-protected job-running broken-instance  being-deleted  other-group  other-group  -
  blocked/group-not-ready   already-protected  -            -                -              -            -            -
  not-attempted/interrupted already-protected  -            -                -              -            -            -
  failed/refused            already-protected  -            -                -              -            -            -
  failed/retries-exhausted  already-protected  -            -                -              -            -            -
  failed/job-failed         -                  -            -                -              -            -            -
  conflict/other-group      -                  -            -                -              -            -            -
  in-progress/job-running   -                  -            -                -              -            -            -`

/** The kind that each reason of the table belongs to. */
const KIND_OF: Readonly<Record<string, OutcomeKind>> = {
  'job-running': 'in-progress',
  'job-failed': 'failed',
  'broken-instance': 'conflict',
  'being-deleted': 'conflict',
  'other-group': 'conflict',
  'not-in-list': 'unknown',
}

const [header = [], ...lines] = TABLE.trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/))
const cases = lines.flatMap(([believed = '', ...cells]) =>
  cells.map((expected, at) => ({ believed, seen: header[at] ?? '', expected })),
)

describe('the last word', () => {
  test.for(cases)('$believed, seen $seen: $expected', ({ believed, seen, expected }) => {
    const [kind, reason = null, whose] = believed.split('/') as [OutcomeKind, Reason?, 'theirs'?]
    const belief = outcome(kind, { mayBeOurs: whose === undefined })
    const before = { ...belief, reason, attempts: 2, targetServerId: 'known' } as Outcome
    const after = verdict(before, SEEN[seen as keyof typeof SEEN])
    if (expected === '-') {
      expect(after).toBe(before)
      return
    }
    const kindOfReason = KIND_OF[expected]
    expect([after.kind, after.reason]).toEqual(
      kindOfReason === undefined ? [expected, null] : [kindOfReason, expected],
    )
    expect(after.attempts).toBe(2)
    expect(after.protectedInstanceId).toBe(seen === 'nothing' ? null : 'i')
  })

  test('all that can be seen is in the table', () => {
    expect(header).toEqual(Object.keys(SEEN))
  })
})

describe('what it tells', () => {
  const created = outcome('created', { targetServerId: 'known' })

  test('what made it and what it drifted by stay with a row that is confirmed', () => {
    const kept = outcome('already-protected', { message: 'a warning', drift: DRIFT })
    expect(verdict(kept, SEEN.available)).toMatchObject({ message: 'a warning', drift: DRIFT })
    expect(verdict(created, SEEN.available)).toMatchObject({ message: null, drift: [] })
  })

  test('a row that somebody else protected meanwhile says in what it differs', () => {
    expect(verdict(outcome('failed', { reason: 'refused' }), SEEN.available).drift).toEqual(DRIFT)
  })

  test('what was there before any create of ours says in what it differs', () => {
    const before = outcome('unknown', { reason: 'not-in-list', mayBeOurs: false })
    expect(verdict(before, SEEN.available)).toMatchObject({ message: null, drift: DRIFT })
  })

  test('a create that shows up had no message to keep', () => {
    expect(verdict(outcome('unknown'), SEEN.available)).toMatchObject({ message: null, drift: [] })
  })

  test('the DR server is that of the list, else the one known before', () => {
    expect(verdict(created, SEEN.available).targetServerId).toBe('dr-1')
    const unnamed = [instance(1, { targetServer: null })]
    expect(verdict(created, unnamed).targetServerId).toBe('known')
  })

  test('an instance that is not listed keeps the ID that the run knew', () => {
    const known = outcome('created', { protectedInstanceId: 'x' })
    expect(verdict(known, [])).toMatchObject({ kind: 'unknown', protectedInstanceId: 'x' })
  })

  test.for<{ kind: 'created' | 'already-protected'; ours: boolean }>([
    { kind: 'created', ours: true },
    { kind: 'already-protected', ours: false },
  ])('$kind, and not in the list: a create of ours may be out there? $ours', ({ kind, ours }) => {
    expect(verdict(outcome(kind), [])).toMatchObject({ kind: 'unknown', mayBeOurs: ours })
  })

  test.for<{ kind: 'created' | 'unknown'; blame: 'other' | 'unclear' }>([
    { kind: 'created', blame: 'other' },
    { kind: 'unknown', blame: 'unclear' },
  ])('$kind, and broken: what has broken it is $blame', ({ kind, blame }) => {
    const [left] = SEEN.error
    const about = {
      code: null,
      cause: `the instance is in ${left.status}`,
      left,
      blame,
      advice: '',
    }
    const { message, advice } = openResult('failed', 'job-failed', about)
    expect(verdict(outcome(kind), SEEN.error)).toMatchObject({ message, advice })
  })

  test.for<{ before: Outcome; wasProtected: boolean }>([
    { before: outcome('already-protected'), wasProtected: true },
    {
      before: outcome('unknown', { reason: 'not-in-list', mayBeOurs: false }),
      wasProtected: false,
    },
  ])('$before.kind, and broken: it was whole before? $wasProtected', ({ before, wasProtected }) => {
    const [broken] = SEEN.error
    const about = { why: 'found', instance: broken, wasProtected } as const
    const { message, advice } = openResult('conflict', 'broken-instance', about)
    expect(verdict(before, SEEN.error)).toMatchObject({ message, advice })
  })

  test.for<{ kind: OutcomeKind; seen: readonly ProtectedInstance[]; names: readonly string[] }>([
    { kind: 'created', seen: SEEN.error, names: ['is in error', '(it left the instance i)'] },
    { kind: 'already-protected', seen: SEEN.error, names: ['(i)', 'error'] },
    { kind: 'created', seen: SEEN.deleting, names: ['(i)', 'deleted'] },
    { kind: 'created', seen: SEEN.elsewhere, names: [OTHER_GROUP, 'i, available'] },
    {
      kind: 'created',
      seen: [instance(1, { id: 'i', serverGroupId: null })],
      names: ['does not tell', 'i, available'],
    },
    { kind: 'created', seen: SEEN['as-DR'], names: [`${serverId(1)} is the DR server`, '(i)'] },
    { kind: 'created', seen: SEEN.creating, names: [] },
    { kind: 'created', seen: [], names: [] },
  ])('$kind, seen $seen.0.status: names $names', ({ kind, seen, names }) => {
    const { message, advice } = verdict(outcome(kind), seen)
    for (const name of names) expect(message).toContain(name)
    // Nothing that the sentence needs is missing.
    expect(message).not.toMatch(/undefined|null|^$/)
    expect(advice).toBeTruthy()
  })
})
