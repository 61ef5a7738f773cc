import { describe, expect, test } from 'vitest'
import { parseCommandLine } from '../../src/command-line.ts'
import { COMMANDS, optionsOf } from '../../src/settings/options.ts'
import type { CommandName } from '../../src/settings/options.ts'
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

describe('help', () => {
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
