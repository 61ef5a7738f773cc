import { expect, test } from 'vitest'
import {
  commandAfterEnable,
  commandAfterRun,
  nextAfterEnable,
  withoutGroupLimit,
} from '../../src/commands/after-enable.ts'
import { nextText } from '../../src/commands/next-run.ts'
import type { EnablingKind, EnablingReason } from '../../src/enabling.ts'
import type { NextStep } from '../../src/report/next-step.ts'
import type { Report } from '../../src/report/schema.ts'
import { parseSettings } from '../../src/settings.ts'
import { entry, report } from '../report/build.ts'

/** As it stands behind `Next:` at a terminal. */
const said = (step: NextStep | null): string | null => (step === null ? null : nextText(step))

function groupWith(outcome: EnablingKind, reason: EnablingReason | null): Report['groups'][number] {
  const facts = { message: null, advice: null, jobId: null, errorCode: null }
  return {
    id: 'g',
    name: 'erp',
    status: 'available',
    rows: 2,
    protected: 2,
    protectionEnabled: false,
    enabling: { outcome, reason, ...facts, submittedAt: null, finishedAt: null },
    timeline: null,
  }
}

const on = groupWith('enabled', null)
const failed = groupWith('failed', 'job-failed')
const open = groupWith('refused', 'rows-not-protected')
const stuck = groupWith('refused', 'group-not-ready')

test('enable carries on what it can; else the rows come first; else a person decides', () => {
  const { totals } = report([entry(1, 'created'), entry(2, 'not-attempted')])
  expect(commandAfterEnable([on, failed, open], totals)).toBe('enable')
  expect(commandAfterEnable([on, open, stuck], totals)).toBe('apply')
  expect(commandAfterEnable([groupWith('refused', 'group-empty')], totals)).toBe('apply')
  expect(commandAfterEnable([on, stuck], totals)).toBeNull()
  expect(commandAfterEnable([on, groupWith('already-enabled', null)], totals)).toBeNull()
  expect(commandAfterEnable([{ ...on, enabling: null }], totals)).toBeNull()
  // What is only taken up is no matter of this inventory.
  expect(commandAfterEnable([{ ...failed, rows: 0 }], totals)).toBeNull()
})

test('apply is named only where it would change something', () => {
  const conflicts = report([entry(1, 'created'), entry(2, 'conflict')])
  expect(commandAfterEnable([on, open], conflicts.totals)).toBeNull()
  const both = report([entry(1, 'not-attempted'), entry(2, 'conflict')])
  expect(commandAfterEnable([on, open], both.totals)).toBe('apply')
  const result = parseSettings({ command: 'enable', positionals: ['a.csv'], options: {}, env: {} })
  if (!result.ok) throw new Error(result.errors.join('\n'))
  const { totals } = conflicts
  expect(said(nextAfterEnable(result.settings, {}, { groups: [on, open], totals }))).toBe(
    'look at 1 group in the console, as the report says',
  )
})

test('the line is the same again, or apply, which nobody has approved yet', () => {
  const options = { yes: true, partial: true, 'max-failures': '1', only: 'web-*' }
  const result = parseSettings({ command: 'enable', positionals: ['a.csv'], options, env: {} })
  if (!result.ok) throw new Error(result.errors.join('\n'))
  const { settings } = result
  const { totals } = report([entry(1, 'failed')])
  expect(said(nextAfterEnable(settings, {}, { groups: [failed], totals }))).toBe(
    "sdrs-protect enable a.csv --yes --partial --max-failures 1 --only 'web-*'",
  )
  expect(said(nextAfterEnable(settings, {}, { groups: [open], totals }))).toBe(
    "sdrs-protect apply a.csv --only 'web-*'",
  )
  expect(nextAfterEnable(settings, {}, { groups: [on], totals })).toBeNull()
  expect(said(nextAfterEnable(settings, {}, { groups: [on, stuck], totals }))).toBe(
    'look at 1 group in the console, as the report says',
  )
  const limited = [groupWith('not-attempted', 'failure-limit')]
  expect(withoutGroupLimit(limited)).toEqual({ 'max-failures': '100%' })
  expect(said(nextAfterEnable(settings, {}, { groups: limited, totals }))).toContain(
    '--max-failures 100%',
  )
})

test('what a failed create left stands in the way of apply as well, and its deletion is asked for anew', () => {
  const options = { yes: true, only: 'web-*' }
  const result = parseSettings({ command: 'enable', positionals: ['a.csv'], options, env: {} })
  if (!result.ok) throw new Error(result.errors.join('\n'))
  const row = entry(1, 'conflict', { reason: 'broken-instance', protectedInstanceId: 'p-1' })
  const { totals, rows } = report([row])
  const about = { groups: [open], totals, rows }
  const left = { replaceable: new Set(['p-1']), odd: new Set<string>() }
  expect(nextAfterEnable(result.settings, {}, about, left)).toEqual({
    command: "sdrs-protect apply a.csv --only 'web-*' --replace-failed",
    words: null,
  })
  expect(nextAfterEnable(result.settings, {}, about)).toMatchObject({
    command: null,
    words: expect.stringMatching(/^mend in the cloud/),
  })
})

test('apply takes in what a selection had left out, once that is done: the group wants all of its rows', () => {
  const options = { only: 'web-*', rows: '1-2', limit: '2', region: 'eu-de' }
  const result = parseSettings({ command: 'enable', positionals: ['a.csv'], options, env: {} })
  if (!result.ok) throw new Error(result.errors.join('\n'))
  const { totals } = report([entry(1, 'created')])
  expect(said(nextAfterEnable(result.settings, {}, { groups: [open], totals }))).toBe(
    'sdrs-protect apply a.csv --region eu-de',
  )
})

test('what was approved with the creates is not approved of the starts alone', () => {
  const options = { yes: true, 'enable-protection': true, 'max-failures': '1' }
  const result = parseSettings({ command: 'apply', positionals: ['a.csv'], options, env: {} })
  if (!result.ok) throw new Error(result.errors.join('\n'))
  const { totals } = report([entry(1, 'created')])
  expect(said(nextAfterEnable(result.settings, {}, { groups: [failed], totals }))).toBe(
    'sdrs-protect enable a.csv --max-failures 1',
  )
})

test('of a run whose rows are all protected only its groups are left', () => {
  const totals = { ...report([entry(1, 'created')]).totals }
  const run = { ...report([]).run, command: 'apply' }
  expect(commandAfterRun({ run, totals, groups: [failed] })).toBe('enable')
  expect(commandAfterRun({ run, totals, groups: [stuck] })).toBeNull()
  expect(commandAfterRun({ run, totals: { ...totals, rows: 2 }, groups: [failed] })).toBe('apply')
  const enable = { ...run, command: 'enable' }
  expect(commandAfterRun({ run: enable, totals: { ...totals, rows: 2 }, groups: [open] })).toBe(
    'apply',
  )
})
