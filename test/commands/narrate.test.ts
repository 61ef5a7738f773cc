import { expect, test } from 'vitest'
import { createNarrator } from '../../src/commands/narrate.ts'
import { GROUP, OTHER_GROUP, group, row, serverId } from '../report/build.ts'

/** Rows 1 to 9 are in one group, from 10 in another. */
function narrator() {
  const lines: string[] = []
  const rows = Array.from({ length: 20 }, (_, at) => ({
    row: row(at + 1),
    group: group(at < 9 ? GROUP : OTHER_GROUP),
    action: { kind: 'create' } as const,
  }))
  const tell = createNarrator({ rows, carriedOver: [] }, (line) => lines.push(line))
  const createFailed = (number: number, kind: string, code: string | null = null) =>
    tell('create failed', { server: serverId(number), class: kind, status: 400, code })
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
      else tell('row ended', { server: serverId(number), outcome: 'failed', reason: 'refused' })
    }
    expect(lines).toHaveLength(6)
    expect(lines[4]).toContain('web-5')
    expect(lines[5]).toContain('run.log')
  }
})

test('what goes well, what ends in a row of its own and what nobody knows is left to the log', () => {
  const { lines, tell, createFailed } = narrator()
  tell('accepted', { server: serverId(1) })
  tell('row ended', { server: serverId(1), outcome: 'created', reason: null })
  createFailed(1, 'refused')
  createFailed(99, 'busy')
  expect(lines).toEqual([])
})

test('a name cannot command the terminal', () => {
  const lines: string[] = []
  const planned = {
    row: row(1, { name: '\u001B[2Jx' }),
    group: group(GROUP),
    action: { kind: 'create' } as const,
  }
  const tell = createNarrator({ rows: [planned], carriedOver: [] }, (line) => lines.push(line))
  tell('create failed', {
    server: serverId(1),
    class: 'unknown-fate',
    status: null,
    code: '\u0007',
  })
  expect(lines.join()).not.toMatch(/\p{Cc}/u)
})
