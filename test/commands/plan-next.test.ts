import { describe, expect, test } from 'vitest'
import { planNext } from '../../src/commands/plan-next.ts'
import { NO_OPEN_WORK } from '../../src/journal/replay.ts'
import { parseSettings, type CommandLine, type Settings } from '../../src/settings.ts'
import { displayWidth } from '../../src/ui/text.ts'
import { openCreate, planOf, type Facts } from '../plan/facts.ts'
import { OTHER_GROUP, instance, row } from '../report/build.ts'

function settings(line: Partial<CommandLine> = {}): Settings {
  const result = parseSettings({
    command: 'plan',
    positionals: ['servers.csv'],
    options: {},
    env: {},
    ...line,
  })
  if (!result.ok) throw new Error(result.errors.join('\n'))
  return result.settings
}

function nextOf(facts: Facts, line: Partial<CommandLine> = {}): string {
  const openWork = { ...NO_OPEN_WORK, failedInstances: new Set(facts.failedInstances ?? []) }
  return planNext({ plan: planOf(facts), openWork }, settings(line), {})
}

/** Without the ends of its lines. */
function said(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}

const numbered = (count: number) => Array.from({ length: count }, (_, at) => row(at + 1))
const elsewhere = (number: number) => instance(number, { serverGroupId: OTHER_GROUP })
const left = (number: number) => instance(number, { status: 'error' })

/** Every command in the text, as it would be typed. */
function commandsIn(text: string): string[] {
  return [...text.matchAll(/sdrs-protect .*$/gm)].map(([command]) => command)
}

test('a clean plan with work is applied, with the same options', () => {
  expect(nextOf({})).toBe('Next:   sdrs-protect apply servers.csv\n')
  const options = { rows: '1-5', 'replace-failed': true, verbose: true, json: false }
  expect(nextOf({}, { options })).toBe(
    'Next:   sdrs-protect apply servers.csv --rows 1-5 --replace-failed --no-json\n',
  )
  expect(nextOf({}, { options: { out: 'plan.json' } })).toBe(
    'Next:   sdrs-protect apply servers.csv --plan plan.json\n',
  )
})

test('what only an earlier run left open is work as well', () => {
  const facts = { instances: [instance(1)], open: [openCreate(9, 'accepted')] }
  expect(nextOf(facts)).toContain('sdrs-protect apply')
})

test('nothing to do, and protection is on: no command', () => {
  expect(nextOf({ instances: [instance(1)], groupStatus: 'protected' })).toBe('Nothing to send.\n')
})

test('nothing to send, and protection is off: enable, with the same options', () => {
  const facts = { instances: [instance(1)], groupStatus: 'available' }
  const options = { rows: '1-5', region: 'eu-de', 'replace-failed': true }
  expect(nextOf(facts, { options })).toBe(
    'Nothing to send.\n\nNext:   sdrs-protect enable servers.csv --rows 1-5 --region eu-de\n',
  )
  expect(nextOf({ ...facts, groupStatus: 'starting' })).toBe('Nothing to send.\n')
})

describe('what a failed create left', () => {
  const facts: Facts = { rows: numbered(2), failedInstances: ['instance-1'] }

  test('is worth --replace-failed, looked at first', () => {
    const only = nextOf({ ...facts, instances: [left(1), instance(2)] })
    expect(commandsIn(only)).toEqual(['sdrs-protect plan servers.csv --replace-failed'])
    const both = nextOf({ ...facts, instances: [left(1)] })
    expect(commandsIn(both)).toEqual([
      'sdrs-protect apply servers.csv',
      'sdrs-protect plan servers.csv --replace-failed',
    ])
  })

  test('is not named where the option would change nothing, or stands already', () => {
    const unknown = nextOf({ ...facts, failedInstances: [], instances: [left(1)] })
    expect(unknown).not.toContain('--replace-failed')
    expect(said(unknown)).toContain('mend in the cloud')
    const given = { options: { 'replace-failed': true } }
    const replaced = { ...facts, instances: [left(1), instance(2)], replaceFailed: true }
    expect(commandsIn(nextOf(replaced, given))).toEqual([
      'sdrs-protect apply servers.csv --replace-failed',
    ])
  })
})

describe('rows that a person must mend', () => {
  test('are named by the lines to edit, where the inventory is wrong', () => {
    const text = nextOf({ rows: numbered(2), instances: [elsewhere(1), elsewhere(2)] })
    expect(said(text)).toContain('correct 2 rows of servers.csv (lines 2, 3)')
    expect(said(text)).toContain('then plan again')
    expect(commandsIn(text)).toEqual([])
  })

  test('are told beside the apply that leaves them out', () => {
    const text = nextOf({ rows: numbered(2), instances: [elsewhere(1)] })
    expect(commandsIn(text)).toEqual(['sdrs-protect apply servers.csv'])
    expect(said(text)).toContain('correct 1 row of servers.csv (line 2)')
  })

  test('of which there are many are counted, within 80 columns', () => {
    const rows = numbered(300)
    const text = nextOf({ rows, instances: rows.map((each) => elsewhere(each.row)) })
    expect(said(text)).toContain('+ 292 more')
    for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(80)
  })

  test('of stdin are of the inventory', () => {
    const text = nextOf({ instances: [elsewhere(1)] }, { positionals: ['-'] })
    expect(said(text)).toContain('correct 1 row of the inventory (line 2)')
  })
})
