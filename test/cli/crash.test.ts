import { readFileSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { explainFailure } from '../../src/crash.ts'
import { Failure } from '../../src/failure.ts'
import { addSecretsOfEnvironment, createSecretRegistry } from '../../src/secrets.ts'

const ARGV = ['node', 'sdrs-protect', 'apply', 'x.csv']
const NONE = createSecretRegistry()

function secretsOf(env: Record<string, string>): typeof NONE {
  const secrets = createSecretRegistry()
  addSecretsOfEnvironment(secrets, env)
  return secrets
}

test('an expected failure says its message and hint, and has its code', () => {
  expect(explainFailure(new Failure(5, 'locked', 'wait'), ARGV, {}, NONE)).toEqual({
    exitCode: 5,
    lines: ['sdrs-protect: locked', 'wait'],
  })
})

test('what the cloud says cannot steer the terminal; lines stay lines, indented as they were', () => {
  const failure = new Failure(4, 'no\u001B[2J\u0007 way\n  → x', 'first\u001B]0;t\u0007\nsecond')
  const { lines } = explainFailure(failure, ARGV, {}, NONE)
  expect(lines).toEqual(['sdrs-protect: no way', '  → x', expect.any(String), 'second'])
  expect(lines.join('')).not.toMatch(/\p{Cc}/u)
})

test('the machine is named, without a stack', () => {
  const full = Object.assign(new Error('ENOSPC: no space left'), {
    code: 'ENOSPC',
    path: '/x/report.json',
  })
  const { exitCode, lines } = explainFailure(full, ARGV, {}, NONE)
  expect(exitCode).toBe(1)
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('/x/report.json')
})

test('a bug is one line and a private file with the stack, without secrets', () => {
  const env = { OS_TOKEN: 'canary-token-1' }
  const { exitCode, lines } = explainFailure(
    new Error('bad canary-token-1\nmore'),
    ARGV,
    env,
    secretsOf(env),
  )
  expect(exitCode).toBe(1)
  expect(lines.join('\n')).not.toContain('    at ')
  const file = /\S+crash\.txt/.exec(lines[1] ?? '')?.[0] ?? ''
  const details = readFileSync(file, 'utf8')
  expect(details).toContain('crash.test.ts')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(lines.join('\n') + details).not.toContain('canary')
  rmSync(dirname(file), { recursive: true })
})

test('at log level debug the stack is shown at once', () => {
  for (const [argv, env] of [
    [[...ARGV, '--log-level', 'debug'], {}],
    [[...ARGV, '--log-level=debug'], {}],
    [ARGV, { SDRS_PROTECT_LOG_LEVEL: 'debug' }],
  ] as const) {
    expect(explainFailure(new Error('x'), argv, env, NONE).lines.join('\n')).toContain('    at ')
  }
})
