import { expect, test } from 'vitest'
import { createNarrator } from '../../src/commands/narrate.ts'
import type { ErrorClass } from '../../src/cloud/errors.ts'
import { GROUP, OTHER_GROUP, serverId } from '../report/build.ts'

/** Rows 1 to 9 are in one group, from 10 in another. */
const of = (number: number, name = `web-${number}`) => ({
  row: number,
  serverId: serverId(number),
  name,
  groupId: number < 10 ? GROUP : OTHER_GROUP,
  group: number < 10 ? 'group 1' : 'group 2',
  wave: 1,
})
const failed = {
  type: 'row-ended',
  outcome: 'failed',
  reason: 'refused',
  errorCode: null,
  wasSettled: false,
} as const

function narrator() {
  const lines: string[] = []
  const tell = createNarrator((line) => lines.push(line))
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
      else tell({ ...failed, ...of(number) })
    }
    expect(lines).toHaveLength(6)
    expect(lines[4]).toContain('web-5')
    expect(lines[5]).toContain('run.log')
  }
})

test('what goes well and what ends in a row of its own is left to the log', () => {
  const { lines, tell, createFailed } = narrator()
  tell({ type: 'accepted', ...of(1), jobId: 'job' })
  tell({ ...failed, ...of(1), outcome: 'created', reason: null })
  createFailed(1, 'row')
  expect(lines).toEqual([])
})

test('a name cannot command the terminal', () => {
  const lines: string[] = []
  const tell = createNarrator((line) => lines.push(line))
  tell({
    type: 'create-failed',
    ...of(1, '\u001B[2Jx'),
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
  const group = { groupId: 'g', group: 'erp\u0007' }
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
  const tell = createNarrator((line, isVital) => said.push([line, isVital]))
  tell({ ...failed, ...of(1) })
  tell({ type: 'failure-limit', of: 'creates', failed: 2, answered: 3, limit: '1' })
  expect(said.map(([, isVital]) => isVital)).toEqual([false, true])
})

test('a wave that begins is told where there are several, and a delete always', () => {
  const { lines, tell } = narrator()
  const wave = { type: 'wave-begun', name: 'prod', rows: 12 } as const
  tell({ ...wave, wave: 1, of: 1 })
  tell({ ...wave, wave: 1, of: 2 })
  tell({ ...wave, wave: 2, of: 2, name: null })
  tell({ type: 'removing', ...of(1), instanceId: 'i-1' })
  expect(lines).toEqual([
    'Wave 1 of 2 begins: prod (12 servers)',
    'Wave 2 of 2 begins (12 servers)',
    expect.stringMatching(/^web-1: .*deleted \(i-1\)$/),
  ])
})
