import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { candidates } from '../../src/completion/candidates.ts'
import { completionFor } from '../../src/completion/completion.ts'
import { COMMANDS, optionsOf, type CommandName } from '../../src/settings/options.ts'
import { SHELLS } from '../../src/settings/shells.ts'

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0

test.each(SHELLS)('%s: names every command and every option', (shell) => {
  const script = completionFor(shell)
  for (const command of Object.keys(COMMANDS) as CommandName[]) {
    expect(script).toContain(command)
    for (const [name] of optionsOf(command)) expect(script).toContain(name)
  }
})

test.each(SHELLS)('%s reads its script', (shell) => {
  if (!has(shell)) return
  const { status, stderr } = spawnSync(shell, ['-n'], { input: completionFor(shell) })
  expect([status, String(stderr)]).toEqual([0, ''])
})

describe('bash completes', () => {
  /** What is offered behind these words, the last of which is being typed. */
  function offered(...words: readonly string[]): readonly string[] {
    const line = ['sdrs-protect', ...words]
    const script = `${completionFor('bash')}
COMP_WORDS=(${line.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${line.length - 1}
_sdrs_protect; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' })
    return stdout.split('\n').filter((word) => word !== '')
  }

  test('commands, options of the command alone, and values', () => {
    expect(offered('v')).toEqual(['validate', 'verify', 'version'])
    expect(offered('help', 'ap')).toEqual(['apply'])
    expect(offered('apply', '--max')).toEqual(['--max-jobs', '--max-failures'])
    expect(offered('verify', '--max')).toEqual([])
    expect(offered('verify', 'a.csv', '--expect', '')).toEqual(['created', 'replicating'])
    expect(offered('report', '--format', 'h')).toEqual(['html'])
    expect(offered('plan', '--dialect', '')).toEqual(['otc', 'huawei'])
    expect(offered('completion', '')).toEqual([...SHELLS])
    expect(offered('apply', '--no-p')).toEqual(['--no-preflight'])
  })

  test('a value is not taken for a command, nor one for an option of another', () => {
    expect(offered('apply', '--region', '')).toEqual([])
  })
})

test('what takes a value is told apart from flags', () => {
  const apply = candidates().find(({ name }) => name === 'apply')
  const of = (word: string) => apply?.options.find((option) => option.word === word)?.values
  expect(of('--yes')).toBeNull()
  expect(of('--rate')).toEqual({ kind: 'any' })
  expect(of('--plan')).toEqual({ kind: 'file' })
  expect(of('--reports-dir')).toEqual({ kind: 'folder' })
})
