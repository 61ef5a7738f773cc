import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  parseSettings,
  type CommandLine,
  type CommandName,
  type Settings,
} from '../src/settings.ts'
import { parseCommandLine } from '../src/command-line.ts'
import { nextCommand } from '../src/settings/next-command.ts'
import { OPTIONS, optionsOf, variableOf } from '../src/settings/options.ts'

function line(over: Partial<CommandLine> = {}): CommandLine {
  return { command: 'apply', positionals: ['servers.csv'], options: {}, env: {}, ...over }
}

function settings(over: Partial<CommandLine> = {}): Settings {
  const result = parseSettings(line(over))
  if (!result.ok) throw new Error(result.errors.join('\n'))
  return result.settings
}

function errors(over: Partial<CommandLine> = {}): readonly string[] {
  const result = parseSettings(line(over))
  return result.ok ? [] : result.errors
}

/** What each error is about: the text before its colon. */
function about(found: readonly string[]): readonly string[] {
  return found.map((error) => error.split(':')[0] ?? '')
}

test('the documented defaults', () => {
  expect(settings()).toMatchObject({
    inventory: 'servers.csv',
    concurrency: 10,
    maxJobs: 100,
    rate: 50,
    pollInterval: null,
    jobTimeout: 30 * 60_000,
    requestTimeout: 30_000,
    settleWindow: 30_000,
    lockTimeout: 0,
    maxFailures: { kind: 'percent', value: 50 },
    reportsDir: 'reports',
    logLevel: 'info',
    yes: false,
    preflight: true,
    json: false,
    dialect: null,
    selection: {},
    colour: null,
  })
})

test('nobody can change the settings later', () => {
  expect(Object.isFrozen(settings())).toBe(true)
})

test('all errors at once, each naming what it is about', () => {
  const found = errors({
    positionals: [],
    options: {
      concurrency: '0',
      'job-timeout': '30',
      'max-failures': '101%',
      shard: '3/2',
      map: ['name'],
      dialect: 'aws',
      'max-job': '5',
      seed: '7',
    },
    env: { SDRS_PROTECT_RATE: 'fast' },
  })
  expect(about(found)).toEqual([
    'apply needs an inventory',
    '--max-job',
    '--map',
    '--dialect',
    '--concurrency',
    'SDRS_PROTECT_RATE',
    '--job-timeout',
    '--max-failures',
    '--shard must be I/N with I from 1 to N, such as 1/4, not "3/2"',
    '--seed needs --simulate',
  ])
})

test('an unknown option gets a suggestion, one of another command is told apart', () => {
  const [unknown, foreign] = errors({
    command: 'validate',
    options: { delimitr: ';', 'max-jobs': '5' },
  })
  expect(unknown).toContain('--delimiter')
  expect(foreign).toContain('validate has no such option')
})

describe('where a value comes from', () => {
  test('a flag wins over the environment, which wins over the default', () => {
    const env = { SDRS_PROTECT_MAX_JOBS: '7' }
    expect(settings({ env }).maxJobs).toBe(7)
    expect(settings({ env, options: { 'max-jobs': '9' } }).maxJobs).toBe(9)
    expect(settings({ env: { SDRS_PROTECT_MAX_JOBS: '' } }).maxJobs).toBe(100)
  })

  test('the preflight is left out by --no-preflight, or by the variable of that name', () => {
    expect(settings({ options: { preflight: false } }).preflight).toBe(false)
    const variable = (value: string) => ({ env: { SDRS_PROTECT_NO_PREFLIGHT: value } })
    expect(settings(variable('1')).preflight).toBe(false)
    expect(settings(variable('false')).preflight).toBe(true)
    expect(settings(variable('')).preflight).toBe(true)
    expect(settings({ ...variable('1'), options: { preflight: true } }).preflight).toBe(true)
    expect(about(errors(variable('perhaps')))).toEqual(['SDRS_PROTECT_NO_PREFLIGHT'])
    expect(settings({ env: { SDRS_PROTECT_PREFLIGHT: 'false' } }).notices).toHaveLength(1)
  })

  test('a flag can be switched off against the environment', () => {
    const env = { SDRS_PROTECT_YES: 'true' }
    expect(settings({ env }).yes).toBe(true)
    expect(settings({ env, options: { yes: false } }).yes).toBe(false)
  })

  test('a single value given twice is refused, also when it is the same', () => {
    const twice = { rate: ['5', '6'], limit: ['1', '1'], shard: ['1/2', '2/2'], group: ['a', 'b'] }
    expect(about(errors({ options: twice })).toSorted()).toEqual([
      '--group',
      '--limit',
      '--rate',
      '--shard',
    ])
    expect(errors({ options: { rate: ['5', '6'] } })[0]).toContain('given 2 times')
  })

  test('every option but those that add up is refused when given twice', () => {
    const adding = Object.entries(OPTIONS).flatMap(([name, { kind, commands }]) => {
      const [command = 'apply'] = commands
      if (kind === 'flag') return []
      const found = errors({ command, options: { [name]: ['//', '//'] } })
      return found.some((error) => error.startsWith(`--${name}: given 2 times`)) ? [] : [name]
    })
    expect(adding).toEqual(['map', 'set', 'only', 'rows', 'wave', 'exclude', 'exclude-tag'])
  })

  test('selections given twice add up, and come one from the environment', () => {
    const options = { only: ['web-*', 'db-1'], rows: ['1-5', '9'], wave: ['1', 'a,b'] }
    const added = {
      only: ['web-*', 'db-1'],
      rows: [
        [1, 5],
        [9, 9],
      ],
      waves: ['1', 'a', 'b'],
    }
    expect(settings({ options }).selection).toEqual(added)
    expect(nextCommand(settings({ options }))).toBe(
      "sdrs-protect apply servers.csv --only 'web-*' --only db-1 --rows 1-5 --rows 9 --wave 1 --wave a,b",
    )
    const env = { SDRS_PROTECT_ONLY: '{a,b}-*', SDRS_PROTECT_WAVE: '1;2', SDRS_PROTECT_ROWS: ' ' }
    expect(settings({ env }).selection).toEqual({ only: ['{a,b}-*'], waves: ['1;2'] })
    expect(errors({ options: { rows: ['1-5', 'x'], only: ['a', ''] } })).toHaveLength(2)
  })

  test('lists come from repeated flags, or from the variable split at ; and line ends', () => {
    const map = { name: 'Host name', server_id: 'ID=x' }
    expect(settings({ options: { map: ['name=Host name', 'server_id=ID=x'] } }).map).toEqual(map)
    const env = { SDRS_PROTECT_MAP: 'name=Host name;\nserver_id=ID=x\n' }
    expect(settings({ env }).map).toEqual(map)
  })

  test('every option of the table can be set by its variable', () => {
    for (const [name, spec] of Object.entries(OPTIONS)) {
      const [command = 'apply'] = spec.commands
      const positionals = ['template', 'simulate', 'coverage'].includes(command) ? [] : ['x']
      // A value that no option but the free texts can take shows that the variable is read at all.
      const result = parseSettings({
        command,
        positionals,
        options: {},
        env: { [variableOf(name)]: '//' },
      })
      const read = result.ok ? JSON.stringify(result.settings) : result.errors.join()
      expect(read, name).toContain('//')
    }
  })

  test('a mistyped variable is pointed out; one of Kubernetes is none of ours', () => {
    const env = { SDRS_PROTECT_MAX_JOB: '7', SDRS_PROTECT_SERVICE_HOST: '10.0.0.1' }
    const { notices } = settings({ env })
    expect(notices).toHaveLength(1)
    expect(notices[0]).toContain('SDRS_PROTECT_MAX_JOBS')
  })
})

describe('values', () => {
  test.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['2m', 120_000],
    ['1.5h', 5_400_000],
  ])('duration %s', (text, ms) => {
    expect(settings({ options: { 'job-timeout': text } }).jobTimeout).toBe(ms)
  })

  test.each(['30', '-3s', '2 days', 's', '99ms', '', '9999h'])('no job timeout: %j', (text) => {
    expect(errors({ options: { 'job-timeout': text } })).toHaveLength(1)
  })

  test('a bare number gets the hint of its unit', () => {
    expect(errors({ options: { 'job-timeout': '30' } })[0]).toContain('30s')
  })

  test('failure limits', () => {
    const limit = (text: string) => settings({ options: { 'max-failures': text } }).maxFailures
    expect(limit('0')).toEqual({ kind: 'count', value: 0 })
    expect(limit('100%')).toEqual({ kind: 'percent', value: 100 })
  })

  test('the selection', () => {
    const options = { only: 'web-*', rows: '1-50, 60', wave: '1,2', limit: '5', shard: '1/2' }
    expect(settings({ options }).selection).toEqual({
      only: ['web-*'],
      rows: [
        [1, 50],
        [60, 60],
      ],
      waves: ['1', '2'],
      limit: 5,
      shard: { index: 1, count: 2 },
    })
  })

  test.each([{ rows: '5-4' }, { limit: '0' }, { shard: '3/2' }, { only: 'a!(b)' }, { only: '' }])(
    'no selection: %j',
    (options) => {
      expect(errors({ options })).toHaveLength(1)
    },
  )

  test.each([
    ['https://sdrs.example.com/', 'https://sdrs.example.com'],
    ['https://gateway.example.com/sdrs/', 'https://gateway.example.com/sdrs'],
    ['https://sdrs.example.com/v1/0123', 'https://sdrs.example.com'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://[::1]:8080/', 'http://[::1]:8080'],
  ])('endpoint %s', (text, wanted) => {
    expect(settings({ options: { endpoint: text } }).endpoint).toBe(wanted)
  })

  test.each([
    'http://sdrs.example.com',
    'http://127.0.0.1.example.com',
    'https://user:secret@sdrs.example.com',
    'sdrs.example.com',
  ])('no endpoint: %s', (endpoint) => {
    expect(errors({ options: { endpoint } })).toHaveLength(1)
  })

  test('a refused URL does not repeat the password in it', () => {
    expect(errors({ options: { endpoint: 'https://u:hunter2@x.example' } })[0]).not.toContain(
      'hunter2',
    )
  })

  test('nothing can hide in the project ID', () => {
    expect(errors({ options: { 'project-id': '../../x' } })).toHaveLength(1)
  })
})

describe('shards', () => {
  const shard = (env: CommandLine['env'], options = {}) =>
    settings({ env, options }).selection.shard

  test('from the flag, Kubernetes (index from 0) or GitLab (index from 1)', () => {
    expect(shard({}, { shard: '2/5' })).toEqual({ index: 2, count: 5 })
    expect(shard({ JOB_COMPLETION_INDEX: '0', JOB_COMPLETIONS: '3' })).toEqual({
      index: 1,
      count: 3,
    })
    expect(shard({ CI_NODE_INDEX: '3', CI_NODE_TOTAL: '3' })).toEqual({ index: 3, count: 3 })
    expect(shard({ CI_NODE_TOTAL: '1' })).toBeUndefined()
    expect(shard({ CI_NODE_INDEX: '3', CI_NODE_TOTAL: '3' }, { shard: '1/2' })).toEqual({
      index: 1,
      count: 2,
    })
  })

  test('said aloud when nobody typed it', () => {
    expect(settings({ env: { CI_NODE_INDEX: '1', CI_NODE_TOTAL: '3' } }).notices).toHaveLength(1)
  })

  test('an index without the count is refused: every pod would take everything', () => {
    expect(errors({ env: { JOB_COMPLETION_INDEX: '4' } })).toHaveLength(1)
    expect(errors({ env: { JOB_COMPLETION_INDEX: '3', JOB_COMPLETIONS: '3' } })).toHaveLength(1)
  })

  test('of no concern to commands that do not share work', () => {
    expect(errors({ command: 'validate', env: { JOB_COMPLETION_INDEX: '4' } })).toEqual([])
  })
})

test('contradictions are about flags, not about what the environment holds for every day', () => {
  const url = 'https://sdrs.example.com'
  expect(errors({ options: { simulate: true, endpoint: url } })).toHaveLength(1)
  expect(errors({ options: { simulate: true }, env: { SDRS_PROTECT_ENDPOINT: url } })).toEqual([])
})

test('the simulator in this process is nowhere else', () => {
  for (const name of ['region', 'project-id', 'project-name', 'cloud'] as const) {
    expect(errors({ options: { simulate: true, [name]: 'x' } }), name).toHaveLength(1)
  }
  expect(errors({ command: 'simulate', positionals: [], options: { 'project-id': 'x' } })).toEqual(
    [],
  )
})

/** What is offered is honoured: an option goes here together with the code that reads it. */
test('each command offers the options that it reads', () => {
  const where =
    'region project-id project-name cloud endpoint ecs-endpoint vpc-endpoint evs-endpoint iam-endpoint'
  const inventory =
    'group map set name-template fit-names fit-descriptions resolve-names format encoding delimiter sheet dialect'
  const part = 'only rows wave limit shard'
  const simulated = 'simulate faults job-time seed'
  const offered: Readonly<Record<CommandName, string>> = {
    validate: `${inventory} verbose json quiet log-level color`,
    plan: `${where} ${inventory} ${part} rate request-timeout preflight replace-failed out detailed-exitcode verbose reports-dir json quiet log-level color ${simulated}`,
    apply: `${where} ${inventory} ${part} concurrency max-jobs rate poll-interval job-timeout request-timeout settle-window lock-timeout yes plan max-failures preflight replace-failed enable-protection reports-dir json quiet progress log-level color ${simulated}`,
    enable: `${where} ${inventory} ${part} concurrency max-jobs rate poll-interval job-timeout request-timeout settle-window lock-timeout yes max-failures partial reports-dir json quiet progress log-level color ${simulated}`,
    verify: `${where} ${inventory} ${part} rate request-timeout expect verbose reports-dir json quiet log-level color ${simulated}`,
    coverage: `${where} dialect exclude exclude-tag rate request-timeout out reports-dir json quiet log-level color ${simulated}`,
    runs: 'reports-dir json quiet log-level color',
    report: 'format out reports-dir json quiet log-level color',
    template: 'format schema quiet log-level',
    simulate: `project-id ${inventory} quiet log-level faults job-time seed port world state`,
    completion: 'quiet log-level',
  }
  for (const [command, names] of Object.entries(offered)) {
    const found = optionsOf(command as CommandName).map(([name]) => name)
    expect(found, command).toEqual(names.split(' '))
  }
})

describe('the next command', () => {
  test('repeats what was given and the next command knows, quoted for a shell', () => {
    const given = settings({
      positionals: ["bob's servers.csv"],
      options: {
        'max-jobs': '5',
        map: ['name=Host name'],
        yes: true,
        only: 'web-*',
        color: false,
      },
      env: { SDRS_PROTECT_RATE: '5' },
    })
    expect(nextCommand(given)).toBe(
      "sdrs-protect apply 'bob'\\''s servers.csv' --max-jobs 5 --map 'name=Host name' --yes --only 'web-*' --no-color",
    )
    expect(nextCommand(given, { command: 'validate' })).toBe(
      "sdrs-protect validate 'bob'\\''s servers.csv' --map 'name=Host name' --no-color",
    )
  })

  test('options can be left out and added', () => {
    const given = settings({ options: { plan: 'plan.json' } })
    expect(nextCommand(given, { without: ['plan'], with: { 'replace-failed': true } })).toBe(
      'sdrs-protect apply servers.csv --replace-failed',
    )
  })

  test('what is left out does not come back from the environment', () => {
    const env = { SDRS_PROTECT_ROWS: '1-5', SDRS_PROTECT_LIMIT: ' ', SDRS_PROTECT_RATE: '5' }
    const given = settings({ options: { limit: '3', yes: true }, env })
    expect(nextCommand(given, { without: ['rows', 'limit', 'only'], env })).toBe(
      'env -u SDRS_PROTECT_ROWS sdrs-protect apply servers.csv --yes',
    )
  })

  test('what it prints means the same settings', () => {
    const text = fc.oneof(
      fc.string({ minLength: 1, unit: 'grapheme' }),
      fc.string({ minLength: 1, unit: 'grapheme' }).map((rest) => `-${rest}`),
      fc.constantFrom('-', '--', '--yes', '-v', '--no-color', '-x=y'),
    )
    fc.assert(
      fc.property(text, text, (path, value) => {
        fc.pre([path, value].every((each) => each.trim() !== '' && !each.includes('\0')))
        const options = { group: value, map: [`name=${value}`, value] }
        const given = { ...settings(), inventory: path, given: options }
        const read = parseCommandLine(unquote(nextCommand(given)).slice(1))
        const same = path.startsWith('-') && path !== '-' ? `./${path}` : path
        expect(read).toMatchObject({ kind: 'run', command: 'apply', positionals: [same] })
        expect(read).toMatchObject({ options })
      }),
      { numRuns: 50 },
    )
  })
})

/** Words of a line as a POSIX shell splits them; knows bare words, single quotes and `\'`. */
function unquote(command: string): readonly string[] {
  const words = command.match(/(?:'[^']*'|\\'|[^\s'\\])+/g) ?? []
  return words.map((word) =>
    word.replaceAll(
      /'([^']*)'|\\(')/g,
      (_, quoted?: string, escaped?: string) => escaped ?? quoted ?? '',
    ),
  )
}
