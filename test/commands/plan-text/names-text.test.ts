import { describe, expect, test } from 'vitest'
import {
  matchedLine,
  namesText,
  rowNotes,
  withMatches,
} from '../../../src/commands/plan-text/names-text.ts'
import { planText } from '../../../src/commands/plan-text/plan-text.ts'
import { question } from '../../../src/commands/plan-text/question.ts'
import type { Row } from '../../../src/inventory/row.ts'
import { palette } from '../../../src/ui/colour.ts'
import { displayWidth } from '../../../src/ui/text.ts'
import { instance, row, serverId } from '../../report/build.ts'
import { reviewed, WHERE } from '../reviewed.ts'

const plain = palette(false)
const zone = { availabilityZone: 'eu-de-01', status: 'ACTIVE', leftOut: [] } as const
const found = (number: number, name: string, over: Partial<Row['matched']> = {}): Row =>
  row(number, { matched: { name, ...zone, ...over } })
const changed = (number: number, from: string, to: string, by: 'fit' | 'template' = 'fit'): Row =>
  row(number, { name: to, changes: [{ field: 'name', from, to, by }] })
const textOf = (rows: readonly Row[]): string =>
  namesText(
    rows.map((each) => ({ row: each })),
    plain,
  )

test('says nothing where all is as the inventory has it', () => {
  expect(textOf([row(1)])).toBe('')
})

test('lists every match and every change, however many', () => {
  const rows = Array.from({ length: 300 }, (_, n) => found(n + 1, `vm-${n}`))
  const fitted = Array.from({ length: 300 }, (_, n) => changed(n + 1, `ü${n}`, `ue${n}`))
  for (const facts of [{ rows }, { rows: fitted }]) {
    for (const verbose of [false, true]) {
      const text = planText(reviewed(facts), WHERE, { palette: plain, verbose, asked: true })
      for (const { name, matched, serverId: id } of facts.rows) {
        expect(text).toContain(matched === undefined ? `→ "${name}"` : `→ ${id}`)
      }
    }
  }
})

test('a match says which server it is, where, in which state, and who was left out', () => {
  const text = textOf([
    found(1, 'web-01', { leftOut: [serverId(9)] }),
    found(2, 'db', { availabilityZone: null, status: null }),
  ])
  expect(text).toContain(
    `  web-01 → ${serverId(1)} (eu-de-01, ACTIVE)\n    not ${serverId(9)}: it is a DR server of that name\n`,
  )
  expect(text).toContain(`(zone unknown, status unknown)`)
})

test('of many names that a template alone made a few are enough', () => {
  const made = (count: number) =>
    textOf(Array.from({ length: count }, (_, n) => changed(n + 1, `w${n}`, `w${n}-dr`, 'template')))
  expect(made(12)).toContain('"w11-dr"')
  expect(made(13)).toContain('"w1-dr"\n  + 11 more by the same template\n')
})

test('is safe to print, and within the width', () => {
  const text = textOf([
    found(1, 'x\u001B[2J\u202Ey'.repeat(20)),
    changed(2, `<\u200b${'数'.repeat(90)}`, 'x'.repeat(64)),
  ])
  // oxlint-disable-next-line no-control-regex -- these are what must not be in it
  expect(text).not.toMatch(/[\u001b\u202e\u200b]/)
  for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(80)
})

test('a row says what was made of it', () => {
  const changes = [{ field: 'name', from: 'ü', to: 'ue', by: 'fit' }] as const
  expect(rowNotes({ ...found(1, 'ü'), changes })).toEqual([
    `matched by name: ü → ${serverId(1)} (eu-de-01, ACTIVE)`,
    'changed: name "ü" → "ue"',
  ])
})

describe('the question', () => {
  test('has the servers in it that were matched and get something', () => {
    const rows = [found(1, 'web'), found(2, 'db'), row(3)]
    const text = question(reviewed({ rows, instances: [instance(2)] }), WHERE)
    expect(text).toContain(`Match:  1 server by name: web → ${serverId(1)}`)
    expect(text).not.toContain(serverId(2))
    expect(question(reviewed({ rows: [row(1)] }), WHERE)).not.toContain('Match')
  })

  test('names a few and counts the rest', () => {
    const rows = Array.from({ length: 6 }, (_, n) => ({ row: found(n + 1, `w${n}`) }))
    const [line = ''] = matchedLine(rows)
    expect(line).toContain('6 servers by name: w0 → ')
    expect(line).not.toContain('w4 →')
    expect(line).toContain('+ 2 more')
  })

  test('of another command keeps its last line', () => {
    const lines = withMatches('Start: x\nSure?', [{ row: found(1, 'web') }]).split('\n')
    expect([lines[0], lines.at(-1)]).toEqual(['Start: x', 'Sure?'])
    expect(lines[1]).toContain('Match:')
  })
})
