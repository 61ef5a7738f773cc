import { describe, expect, test } from 'vitest'
import { parseCommandLine } from '../../src/command-line.ts'
import { COMMANDS, optionsOf } from '../../src/settings/options.ts'
import type { CommandName } from '../../src/settings/options.ts'
import { EXIT } from '../../src/exit-code.ts'
import { displayWidth } from '../../src/ui/text.ts'

const commands = Object.keys(COMMANDS) as CommandName[]

test('words and options come out as typed', () => {
  const typed = 'apply - --rate 007 --map a=1 --map=b=-2 --yes --no-color --only *.x'.split(' ')
  expect(parseCommandLine(typed)).toEqual({
    kind: 'run',
    command: 'apply',
    positionals: ['-'],
    options: { rate: '007', map: ['a=1', 'b=-2'], yes: true, color: false, only: '*.x' },
  })
})

test('a value is missing', () => {
  expect(parseCommandLine(['apply', 'x.csv', '--rate'])).toMatchObject({
    kind: 'wrong',
    command: 'apply',
  })
})

test.each([[[]], [['aply', 'x.csv']], [['--yes']]])('%j is no command', (typed) => {
  expect(parseCommandLine(typed)).toMatchObject({ kind: 'wrong', command: null })
})

test('a mistyped command gets a suggestion', () => {
  expect(parseCommandLine(['aply'])).toMatchObject({ message: expect.stringContaining('apply?') })
})

test.each([[['foo', '--help']], [['help', 'foo']], [['foo', 'plan']], [['--help', 'foo']]])(
  '%j: help for what is not there is no success',
  (typed) => {
    expect(parseCommandLine(typed)).toMatchObject({
      kind: 'wrong',
      message: expect.stringContaining('unknown command "foo"'),
    })
  },
)

test.each(['help', 'version'])('help %s: that of the program', (word) => {
  expect(parseCommandLine(['help', word])).toEqual(parseCommandLine(['help']))
})

test.each(['--yes=no', '--yes=perhaps', '--json=', '--preflight=1', '--no-preflight=off'])(
  'a flag takes no value: %s',
  (flag) => {
    expect(parseCommandLine(['apply', 'x.csv', flag])).toMatchObject({
      kind: 'wrong',
      message: expect.stringContaining('takes no value'),
    })
    // What follows `--` is no option.
    expect(parseCommandLine(['apply', '--', flag])).toMatchObject({ kind: 'run' })
  },
)

test('a flag may be said to be true or false', () => {
  expect(parseCommandLine(['apply', 'x.csv', '--yes=false', '--json=true'])).toMatchObject({
    options: { yes: false, json: true },
  })
})

test('a flag that is switched on and off is refused; twice the same is once', () => {
  expect(parseCommandLine(['apply', 'x.csv', '--yes', '--no-yes'])).toMatchObject({
    kind: 'wrong',
    command: 'apply',
    message: '--yes and --no-yes exclude each other',
  })
  expect(parseCommandLine(['apply', 'x.csv', '--yes', '--yes'])).toMatchObject({
    options: { yes: true },
  })
})

describe('help', () => {
  test('is a command as well', () => {
    expect(parseCommandLine(['help'])).toEqual(parseCommandLine(['--help']))
    expect(parseCommandLine(['help', 'plan'])).toEqual(parseCommandLine(['plan', '--help']))
  })

  test('says every exit code, and the units of durations', () => {
    for (const code of Object.values(EXIT)) expect(help()).toMatch(new RegExp(`\\b${code}\\b`))
    expect(help('apply')).toContain('500ms, 30s, 2m, 1h')
    expect(help('apply')).toMatch(/--job-time .*4s/)
  })

  test('is in the words that the program was called with, or says what its name stands for', () => {
    const of = (program: readonly string[]): string => {
      const request = parseCommandLine(['apply', '--help'], program)
      return request.kind === 'print' ? request.text : ''
    }
    expect(of(['node', 'dist/cli.js'])).toContain('  node dist/cli.js apply servers.csv')
    const long = ['node', '/opt/a/place/far/away/dist/cli.js']
    expect(of(long)).toMatch(
      /sdrs-protect stands for:\nnode \/opt\/a\/place\/far\/away\/dist\/cli\.js/,
    )
  })

  const help = (...typed: string[]): string => {
    const request = parseCommandLine([...typed, '--help'])
    return request.kind === 'print' ? request.text : ''
  }

  test.each([[[]], ...commands.map((command) => [[command]])])('of %j fits 80 columns', (typed) => {
    const lines = help(...typed).split('\n')
    expect(lines.length).toBeGreaterThan(5)
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(80)
  })

  test.each(commands)('of %s names each of its options, and an example', (command) => {
    const text = help(command)
    for (const [name] of optionsOf(command)) expect(text).toContain(`--${name}`)
    expect(text).toContain('Examples:')
  })

  test('names every command', () => {
    for (const command of commands) expect(help()).toContain(`sdrs-protect ${command}`)
  })
})
