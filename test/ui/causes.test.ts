import { expect, test } from 'vitest'
import { foldByCause, type Finding } from '../../src/ui/causes.ts'
import type { PlannedRow } from '../../src/plan/plan.ts'
import { group, GROUP, row } from '../report/build.ts'

function planned(number: number): PlannedRow {
  const action = { kind: 'create' } as const
  return { row: row(number), group: group(GROUP), action, request: null, warnings: [] }
}

function finding(
  number: number,
  message: string,
  over: Partial<Finding<PlannedRow>> = {},
): Finding<PlannedRow> {
  return { planned: planned(number), label: 'x', message, advice: null, ...over }
}

test('sentences that differ in names, IDs and numbers are one; what is the same stays', () => {
  const [cause, ...others] = foldByCause([
    finding(1, 'the instance "a" (id-1, error) of the group "erp" in eu-de-01'),
    finding(2, 'the instance "b" (id-2, error) of the group "erp" in eu-de-01'),
  ])
  expect(others).toEqual([])
  expect(cause?.message).toBe('the instance "…" (…, error) of the group "erp" in eu-de-01')
  expect(cause?.rows.map((each) => each.row.row)).toEqual([1, 2])
})

test.each<[string, Finding<PlannedRow>]>([
  ['another sentence', finding(2, 'the server is in BUILD')],
  ['another label', finding(2, 'the server is in ERROR', { label: 'y' })],
  ['other advice', finding(2, 'the server is in ERROR', { advice: 'Wait.' })],
])('%s is another cause', (_, other) => {
  expect(foldByCause([finding(1, 'the server is in ERROR'), other])).toHaveLength(2)
})

test('the cause of most rows comes first; a row that has it twice counts once', () => {
  const twice = planned(9)
  const causes = foldByCause([
    finding(1, 'one'),
    { ...finding(9, 'two'), planned: twice },
    { ...finding(9, 'two'), planned: twice },
    finding(3, 'three'),
    finding(4, 'three'),
  ])
  expect(causes.map(({ message, rows }) => [message, rows.length])).toEqual([
    ['three', 2],
    ['one', 1],
    ['two', 1],
  ])
})

test('advice is folded like the message', () => {
  const [cause] = foldByCause([
    finding(1, 'no', { advice: 'Use "a" or 10.0.0.1.' }),
    finding(2, 'no', { advice: 'Use "a" or 10.0.0.2.' }),
  ])
  expect(cause?.advice).toMatch(/^Use "a" or ….?$/)
})
