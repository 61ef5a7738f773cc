import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { REASONS, type OutcomeKind } from '../../src/outcome.ts'
import type { Report } from '../../src/report/schema.ts'
import { reportText } from '../../src/report/terminal.ts'
import { palette } from '../../src/ui/colour.ts'
import { displayWidth } from '../../src/ui/text.ts'
import { entry, GROUP, outcome, report, row } from './build.ts'

const OPTIONS = {
  palette: palette(false),
  nextCommand: 'sdrs-protect apply servers.csv --replace-failed',
  directory: 'reports/20260801-101500',
}

/** Lines of a terminal of 80 columns. */
function height(text: string): number {
  return text
    .trimEnd()
    .split('\n')
    .reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / 80)), 0)
}

function failing(rows: number, causes: number): Report {
  return report(
    Array.from({ length: rows }, (_, at) => ({
      row: row(at + 1),
      serverGroupId: GROUP,
      outcome: outcome('failed', {
        errorCode: `SDRS.13${String(at % causes).padStart(2, '0')}`,
        message: `SDRS.13${String(at % causes).padStart(2, '0')}: the server is not as it must be, for a reason that takes a long sentence`,
        advice: `Mend what cause ${'abcdefghijklmnopqrstuvwxyz'[at % causes]} is about, then run again.`,
      }),
    })),
  )
}

describe('a screen of 80 columns and 24 lines holds it', () => {
  test('500 failed rows of 20 causes: each cause is there, with names and counts', () => {
    const text = reportText(failing(500, 20), OPTIONS)
    expect(height(text)).toBeLessThanOrEqual(23)
    const shown =
      text.match(/^ +25 × failed: refused, SDRS\.13\d\d: web-\d+.* \+ \d+ more$/gm) ?? []
    expect(shown.length).toBeGreaterThanOrEqual(12)
    const rest = /\+ (\d+) more for (\d+) other reasons: all in the report/.exec(text)
    expect(25 * shown.length + Number(rest?.[1])).toBe(500)
    expect(shown.length + Number(rest?.[2])).toBe(20)
    expect(text).toContain('Report: reports/20260801-101500')
    expect(text.trimEnd().split('\n').at(-1)).toMatch(/^Next: +sdrs-protect apply/)
  })

  test('one cause is told whole: what happened, what to do, who', () => {
    const text = reportText(failing(16, 1), OPTIONS)
    expect(text).toContain('16 × failed: refused, SDRS.1300: the server is not as it must be')
    expect(text).toContain('→ Mend what cause a is about, then run again.')
    expect(text).toMatch(/^ +web-1, web-2, web-3, web-4 \+ 12 more$/m)
  })

  test('whatever it is about', () => {
    const kinds = Object.keys(REASONS) as OutcomeKind[]
    const some = fc.record({
      kind: fc.constantFrom(...kinds),
      code: fc.constantFrom(null, 'SDRS.1018', 'EVS.2024', 'x'.repeat(90)),
      message: fc.string({ unit: 'grapheme', maxLength: 300 }),
      name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 64 }),
      drift: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(some, { minLength: 1, maxLength: 60 }), fc.nat(40), (rows, groups) => {
        const made = report(
          rows.map(({ kind, code, message, name, drift }, at) => ({
            row: row(at + 1, { name }),
            serverGroupId: GROUP,
            outcome: outcome(kind, {
              errorCode: code,
              ...(REASONS[kind].length === 0 ? {} : { message, advice: message }),
              drift: drift ? [{ field: 'name', wanted: 'a', actual: 'b' }] : [],
            }),
          })),
          { carriedOver: [entry(900, 'in-progress'), entry(901, 'created')] },
        )
        const withGroups: Report = {
          ...made,
          groups: Array.from({ length: groups }, (_, at) => ({
            id: `g${at}`,
            name: `group-${at}`,
            status: at % 3 === 0 ? 'available' : 'protected',
            rows: 1,
            protected: 1,
            protectionEnabled: at % 3 !== 0,
            enabling: null,
            timeline: null,
          })),
        }
        const text = reportText(withGroups, OPTIONS)
        expect(height(text), text).toBeLessThanOrEqual(23)
        for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(80)
        expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
      }),
      { numRuns: 150 },
    )
  })
})

test('the worst is told first', () => {
  const text = reportText(report([entry(1, 'not-attempted'), entry(2, 'failed')]), OPTIONS)
  expect(text.indexOf('failed: refused')).toBeLessThan(text.indexOf('not-attempted:'))
})
