import { describe, expect, test } from 'vitest'
import {
  enablingQuestion,
  enablingText,
  thenEnabling,
  thenEnablingText,
} from '../../../src/commands/plan-text/enabling-text.ts'
import { offResult } from '../../../src/enabling-sentences.ts'
import type { EnablingPlan, PlannedEnabling } from '../../../src/plan/enabling-plan.ts'
import { palette } from '../../../src/ui/colour.ts'
import { displayWidth } from '../../../src/ui/text.ts'
import { WHERE } from '../reviewed.ts'

const START = { kind: 'start' } as const

function planned(name: string, over: Partial<PlannedEnabling> = {}): PlannedEnabling {
  return {
    group: { id: `id-of-${name}`, name, status: 'available' },
    rows: 5,
    healthy: 5,
    pairs: 10,
    action: START,
    ...over,
  }
}

const refused = planned('web', {
  healthy: 3,
  action: {
    kind: 'refuse',
    result: offResult('refused', 'rows-not-protected', {
      rows: 5,
      open: 2,
      partial: false,
      partialHelps: true,
    }),
  },
})
const on = planned('db', {
  group: { id: 'd', name: 'db', status: 'protected' },
  action: { kind: 'keep' },
})
const plan: EnablingPlan = { groups: [planned('erp'), refused, on, planned('hr', { pairs: null })] }

describe('what enable would do', () => {
  test('where and as whom, a line a group, and why one is not started', () => {
    const text = enablingText(plan, WHERE, palette(false))
    expect(text).toContain('prod-dr')
    expect(text).toContain('user jane')
    expect(text).toMatch(/4 groups: .* in 2$/m)
    expect(text).toMatch(/erp +5 +5 +10 +available +start/)
    expect(text).toMatch(/web +5 +3 +10 +available +not started/)
    expect(text).toMatch(/db .* protected +on already/)
    expect(text).toMatch(/hr .* \? /)
    expect(text).toMatch(/"web" is not started: 2 of its rows/)
    for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(80)
  })

  test('the question names the groups and the pairs', () => {
    const text = enablingQuestion(plan, WHERE) ?? ''
    expect(text).toContain('prod-dr')
    expect(text).toContain('2 protection groups: "erp", "hr"')
    expect(text).not.toContain('"web"')
    expect(text).toContain('10+? replication pairs')
    expect(text).toMatch(/Switch protection on in 2 groups\? .* real replication\.$/)
  })

  test('nobody is asked where nothing is to be started', () => {
    expect(enablingQuestion({ groups: [refused, on] }, WHERE)).toBeNull()
  })

  test('on the simulator nothing is real', () => {
    const where = { ...WHERE, target: { ...WHERE.target, cloud: 'simulator' } }
    expect(enablingQuestion(plan, where)).toMatch(/this is the simulator\.$/)
  })

  test('what would steer the terminal is escaped', () => {
    const evil = { groups: [planned('a\u001b[31m')] }
    const text = `${enablingText(evil, WHERE, palette(false))}${enablingQuestion(evil, WHERE)}`
    expect(text).not.toContain('\u001b')
  })
})

describe('what apply --enable-protection does after its creates', () => {
  test('stands in the question before its last line, and in the plan', () => {
    const text = thenEnabling('Make:   4\nProtect 4 servers?', plan)
    expect(text).toMatch(/^Make: {3}4\nThen: {3}switch protection on in 3 protection groups: /)
    expect(text).toMatch(/\nProtect 4 servers\?$/)
    expect(thenEnablingText(plan)).toMatch(/"erp", "web", "hr", if\s+every row/)
  })

  test('is not said where all is on', () => {
    expect(thenEnabling('Protect?', { groups: [on] })).toBe('Protect?')
    expect(thenEnablingText({ groups: [on] })).toBe('')
    expect(thenEnablingText(null)).toBe('')
  })
})
