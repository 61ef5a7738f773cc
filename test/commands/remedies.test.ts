import { describe, expect, test } from 'vitest'
import { leftToDo, NOTHING_LEFT } from '../../src/commands/remedies.ts'
import { REASONS, type OutcomeKind, type Reason } from '../../src/outcome.ts'

function row(
  outcome: OutcomeKind,
  reason: Reason | null,
  protectedInstanceId: string | null = null,
) {
  return { outcome, reason, protectedInstanceId, line: 7 }
}

const left = { replaceable: new Set(['broken']), odd: new Set(['odd']) }

describe('every reason of every outcome has either a command that changes something, or an edit', () => {
  const all = Object.entries(REASONS).flatMap(([outcome, reasons]) =>
    reasons.map((reason) => [outcome as OutcomeKind, reason] as const),
  )
  test.each(all)('%s/%s', (outcome, reason) => {
    const { again, edits } = leftToDo([row(outcome, reason)], NOTHING_LEFT, false)
    expect((again === null) !== (edits.length === 0)).toBe(true)
  })

  test.each(REASONS.blocked)(
    'blocked/%s: the same command again would change nothing',
    (reason) => {
      expect(leftToDo([row('blocked', reason)], NOTHING_LEFT, false).again).toBeNull()
    },
  )
})

test('what is protected leaves nothing to do', () => {
  const rows = [row('created', null), row('already-protected', null)]
  expect(leftToDo(rows, NOTHING_LEFT, false)).toEqual({ again: null, edits: [] })
})

describe('after a failed job', () => {
  const again = (id: string | null, isReplacing = false) =>
    leftToDo([row('failed', 'job-failed', id)], left, isReplacing)

  test('that left nothing: the same again', () => {
    expect(again(null)).toEqual({ again: {}, edits: [] })
    expect(again('gone')).toEqual({ again: {}, edits: [] })
  })

  test('that left an instance in error: with --replace-failed, once', () => {
    expect(again('broken').again).toEqual({ 'replace-failed': true })
    // It was given, and has deleted what an earlier one had left.
    expect(again('broken', true).again).toEqual({})
  })

  test('that left one in another status: a person looks', () => {
    expect(again('odd')).toEqual({ again: null, edits: [{ line: 7, in: 'cloud' }] })
  })
})

test('an instance in error that stands in the way is replaced only where a failed create has left it, and not in a circle', () => {
  const found = (id: string, isReplacing = false) =>
    leftToDo([row('conflict', 'broken-instance', id)], left, isReplacing)
  expect(found('broken').again).toEqual({ 'replace-failed': true })
  expect(found('broken', true).again).toBeNull()
  expect(found('somebody’s').again).toBeNull()
})

test('commands and edits stand side by side; the failure limit does not stand as it did', () => {
  const rows = [
    row('failed', 'refused'),
    row('blocked', 'server-missing'),
    row('not-attempted', 'failure-limit'),
  ]
  expect(leftToDo(rows, NOTHING_LEFT, false)).toEqual({
    again: { 'max-failures': '100%' },
    edits: [
      { line: 7, in: 'either' },
      { line: 7, in: 'inventory' },
    ],
  })
})
