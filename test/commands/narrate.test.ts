import { expect, test } from 'vitest'
import { createNarrator } from '../../src/commands/narrate.ts'
import type { ErrorClass } from '../../src/cloud/errors.ts'
import { planOf } from '../plan/facts.ts'
import { GROUP, OTHER_GROUP, group, row, serverId } from '../report/build.ts'

const of = (number: number) => ({ row: number, serverId: serverId(number) })

/** Rows 1 to 9 are in one group, from 10 in another. */
function narrator() {
  const lines: string[] = []
  const rows = Array.from({ length: 20 }, (_, at) => ({
    row: row(at + 1),
    group: group(at < 9 ? GROUP : OTHER_GROUP),
    action: { kind: 'create' } as const,
    request: null,
    warnings: [],
  }))
  const tell = createNarrator(
    { rows, carriedOver: [], healthy: [], notes: [], unchecked: [] },
    (line) => lines.push(line),
  )
  const createFailed = (number: number, kind: ErrorClass, code: string | null = null) =>
    tell({ type: 'create-failed', ...of(number), class: kind, status: 400, code, requestId: null })
  return { lines, tell, createFailed }
}

test('a busy group is told once, each group for itself', () => {
  const { lines, createFailed } = narrator()
  for (const number of [1, 2, 1, 10, 11]) createFailed(number, 'busy', 'SDRS.1018')
  expect(lines).toEqual([expect.stringContaining('group 1'), expect.stringContaining('group 2')])
  expect(lines[0]).toContain('SDRS.1018')
})

test('throttling is told once, being no group’s own', () => {
  const { lines, createFailed } = narrator()
  for (const number of [1, 2, 10]) createFailed(number, 'throttled')
  expect(lines).toHaveLength(1)
})

test('lost answers and failed rows are told by name, until it becomes too much', () => {
  for (const trouble of ['lost', 'failed'] as const) {
    const { lines, tell, createFailed } = narrator()
    for (let number = 1; number <= 20; number += 1) {
      if (trouble === 'lost') createFailed(number, 'unknown-fate')
      else tell({ type: 'row-ended', ...of(number), outcome: 'failed', reason: 'refused' })
    }
    expect(lines).toHaveLength(6)
    expect(lines[4]).toContain('web-5')
    expect(lines[5]).toContain('run.log')
  }
})

test('what goes well, what ends in a row of its own and what nobody knows is left to the log', () => {
  const { lines, tell, createFailed } = narrator()
  tell({ type: 'accepted', ...of(1), jobId: 'job' })
  tell({ type: 'row-ended', ...of(1), outcome: 'created', reason: null })
  createFailed(1, 'row')
  createFailed(99, 'busy')
  expect(lines).toEqual([])
})

test('a name cannot command the terminal', () => {
  const lines: string[] = []
  const planned = {
    row: row(1, { name: '\u001B[2Jx' }),
    group: group(GROUP),
    action: { kind: 'create' } as const,
    request: null,
    warnings: [],
  }
  const tell = createNarrator(
    { rows: [planned], carriedOver: [], healthy: [], notes: [], unchecked: [] },
    (line) => lines.push(line),
  )
  tell({
    type: 'create-failed',
    ...of(1),
    class: 'unknown-fate',
    status: null,
    code: '\u0007',
    requestId: null,
  })
  expect(lines.join()).not.toMatch(/\p{Cc}/u)
})

test('the failure limit is told with its numbers', () => {
  const { lines, tell } = narrator()
  tell({ type: 'failure-limit', of: 'creates', failed: 12, answered: 20, limit: '50 %' })
  expect(lines).toEqual(['Stopping: 12 of 20 creates failed, the limit is 50 %'])
})

test('of groups it is told when they end, and what they meet on the way', () => {
  const { lines, tell } = narrator()
  const group = { groupId: 'g', name: 'erp\u0007' }
  const answer = { code: 'SDRS.1017', requestId: null }
  tell({ type: 'start-failed', ...group, class: 'busy', status: 400, ...answer })
  tell({ type: 'start-failed', ...group, class: 'row', status: 400, ...answer })
  tell({ type: 'group-ended', ...group, outcome: 'enabled', reason: null, isOn: true })
  tell({ type: 'group-ended', ...group, outcome: 'refused', reason: 'group-empty', isOn: false })
  tell({ type: 'failure-limit', of: 'groups', failed: 2, answered: 3, limit: '1' })
  expect(lines).toHaveLength(4)
  expect(lines[0]).toMatch(/erp.* busy .*SDRS\.1017/)
  expect(lines[1]).toMatch(/erp.* protection is on$/)
  expect(lines[2]).toMatch(/erp.* refused \(group-empty\)$/)
  expect(lines[3]).toMatch(/2 of 3 groups failed/)
  expect(lines.join()).not.toMatch(/\p{Cc}/u)
})

test('why the run stops is vital; what it meets on the way is not', () => {
  const said: [string, boolean][] = []
  const plan = planOf({ rows: [row(1)] })
  const tell = createNarrator(plan, (line, isVital) => said.push([line, isVital]))
  tell({ type: 'row-ended', ...of(1), outcome: 'failed', reason: 'refused' })
  tell({ type: 'failure-limit', of: 'creates', failed: 2, answered: 3, limit: '1' })
  expect(said.map(([, isVital]) => isVital)).toEqual([false, true])
})
