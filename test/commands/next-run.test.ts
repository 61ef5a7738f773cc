import { describe, expect, test } from 'vitest'
import {
  nextAfterRun,
  nextAfterSuccess,
  nextRun,
  nextText,
  withNextRun,
} from '../../src/commands/next-run.ts'
import type { NextStep } from '../../src/report/next-step.ts'
import type { Report } from '../../src/report/schema.ts'
import { Failure } from '../../src/failure.ts'
import { parseSettings, type CommandLine, type Settings } from '../../src/settings.ts'

function settings(line: Partial<CommandLine> = {}): Settings {
  const result = parseSettings({
    command: 'apply',
    positionals: ['servers.csv'],
    options: {},
    env: {},
    ...line,
  })
  if (!result.ok) throw new Error(result.errors.join('\n'))
  return result.settings
}

/** As it stands behind `Next:` at a terminal. */
const said = (step: NextStep | null): string | null => (step === null ? null : nextText(step))

const csv = { format: 'csv' } as const

describe('after a run', () => {
  const options = {
    map: ['name=Host'],
    rows: '5-9',
    wave: '1',
    limit: '3',
    only: 'web-*',
    shard: '1/2',
    encoding: 'gbk',
    delimiter: '#',
    format: 'csv',
    plan: 'plan.json',
  }

  test('a file is applied again, with the same selection; the plan is used up', () => {
    const given = settings({ options: { rows: '5-9', plan: 'plan.json' } })
    expect(said(nextAfterRun({ settings: given, env: {} }, csv, 'reports/1'))).toBe(
      'sdrs-protect apply servers.csv --rows 5-9',
    )
  })

  test('what came through stdin is in remaining.csv, selected already', () => {
    const given = settings({ positionals: ['-'], options })
    expect(said(nextAfterRun({ settings: given, env: {} }, csv, 'reports/1'))).toBe(
      "sdrs-protect apply reports/1/remaining.csv --map name=Host --shard 1/2 --encoding gbk --delimiter '#'",
    )
  })

  test('what was YAML is a CSV with commas now', () => {
    const given = settings({ positionals: ['-'], options: { delimiter: ';', format: 'yaml' } })
    expect(said(nextAfterRun({ settings: given, env: {} }, { format: 'yaml' }, 'reports/1'))).toBe(
      'sdrs-protect apply reports/1/remaining.csv',
    )
  })

  test('of a workbook, remaining.csv is its sheet already', () => {
    const given = settings({ positionals: ['-'], options: { sheet: 'Servers' } })
    expect(said(nextAfterRun({ settings: given, env: {} }, { format: 'xlsx' }, 'reports/1'))).toBe(
      'sdrs-protect apply reports/1/remaining.csv',
    )
  })

  test('a selection of the environment is taken out of it for that line', () => {
    const env = { SDRS_PROTECT_ROWS: '5-9', SDRS_PROTECT_ENCODING: 'gbk', SDRS_PROTECT_RATE: '5' }
    const given = settings({ positionals: ['-'], env })
    expect(said(nextAfterRun({ settings: given, env }, csv, 'reports/1'))).toBe(
      'env -u SDRS_PROTECT_ROWS sdrs-protect apply reports/1/remaining.csv',
    )
  })

  test('without remaining.csv, stdin must come again', () => {
    const given = settings({ positionals: ['-'], options: { rows: '5-9' } })
    expect(said(nextAfterRun({ settings: given, env: {} }, csv, null))).toBe(
      '… | sdrs-protect apply - --rows 5-9',
    )
  })
})

describe('after a run that left nothing open', () => {
  const groupIn = (status: string | null, created = 1): Report['groups'][number] => ({
    id: 'g',
    name: 'erp',
    status,
    rows: 1,
    protected: created,
    protectionEnabled: status === null ? null : status === 'protected',
    enabling: null,
    timeline: null,
  })
  const next = (groups: Report['groups'], line: Partial<CommandLine> = {}): string | null =>
    said(nextAfterSuccess(settings(line), {}, { groups }))

  test('what it created is switched on, where and of what it was about', () => {
    const options = {
      region: 'eu-de',
      group: 'erp',
      only: 'web-*',
      plan: 'plan.json',
      'settle-window': '5s',
      'reports-dir': 'there',
      yes: true,
    }
    expect(next([groupIn('available')], { options })).toBe(
      "sdrs-protect enable servers.csv --region eu-de --group erp --only 'web-*' --settle-window 5s --reports-dir there",
    )
    expect(next([groupIn('available')], { positionals: ['-'] })).toBe('… | sdrs-protect enable -')
    expect(next([groupIn('protected'), groupIn('error-starting')])).toContain('enable')
  })

  test.each(['protected', 'starting', 'failed-over', null])(
    'not where its groups are %s: nothing, or not known, or another act',
    (status) => expect(next([groupIn(status)])).toBeNull(),
  )

  test('not for a group that holds nothing of it', () =>
    expect(next([groupIn('available', 0)])).toBeNull())
})

test('a plan of stdin says that its apply needs it again', () => {
  const given = settings({ command: 'plan', positionals: ['-'], options: { limit: '2' } })
  expect(nextRun(given, {}, { command: 'apply' })).toBe('… | sdrs-protect apply - --limit 2')
})

test('after the failure limit the same line would stop at the same place: it lifts the limit', () => {
  const given = settings({ options: { 'max-failures': '10%' } })
  const rows = [
    { outcome: 'failed', reason: 'retries-exhausted' },
    { outcome: 'not-attempted', reason: 'failure-limit' },
  ] as Report['rows']
  expect(said(nextAfterRun({ settings: given, env: {} }, csv, 'reports/r', rows))).toBe(
    'sdrs-protect apply servers.csv --max-failures 100%',
  )
  expect(said(nextAfterRun({ settings: given, env: {} }, csv, 'reports/r', rows.slice(0, 1)))).toBe(
    'sdrs-protect apply servers.csv --max-failures 10%',
  )
})

describe('a failure', () => {
  const given = settings({ options: { plan: 'plan.json', rows: '1' } })

  test.each(['access', 'locked', 'SIGINT', 'SIGTERM'] as const)(
    'of %s says what to type again',
    (code) => {
      for (const hint of [null, 'Wait.']) {
        const found = withNextRun(new Failure(code, 'm', hint), given, {})
        expect(found).toMatchObject({ kind: code, message: 'm' })
        expect(found instanceof Failure && found.hint?.split('\n')).toEqual([
          ...(hint === null ? [] : [hint]),
          'Next:   sdrs-protect apply servers.csv --plan plan.json --rows 1',
        ])
      }
    },
  )

  test('that needs something else first stays as it is, like those of other commands', () => {
    const usage = new Failure('usage', 'm')
    const bug = new Error('m')
    const access = new Failure('access', 'm')
    expect(withNextRun(usage, given, {})).toBe(usage)
    expect(withNextRun(bug, given, {})).toBe(bug)
    const report = settings({ command: 'report', positionals: ['reports/1'] })
    expect(withNextRun(access, report, {})).toBe(access)
  })
})
