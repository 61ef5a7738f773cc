import { readFileSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { explainFailure } from '../../src/crash.ts'
import { Failure } from '../../src/failure.ts'
import { JournalFailure } from '../../src/journal/journal.ts'
import { addSecretsOfEnvironment, createSecretRegistry } from '../../src/secrets.ts'

const ARGV = ['node', 'sdrs-protect', 'apply', 'x.csv']
const NONE = createSecretRegistry()

function secretsOf(env: Record<string, string>): typeof NONE {
  const secrets = createSecretRegistry()
  addSecretsOfEnvironment(secrets, env)
  return secrets
}

test('an expected failure says its message and hint, and has its code', () => {
  expect(explainFailure(new Failure('locked', 'locked', 'wait'), ARGV, {}, NONE)).toEqual({
    exitCode: 5,
    lines: ['sdrs-protect: locked', 'wait'],
    ended: { code: 'locked', message: 'locked', hint: 'wait' },
  })
})

test('what the cloud says cannot steer the terminal; lines stay lines, indented as they were', () => {
  const failure = new Failure(
    'access',
    'no\u001B[2J\u0007 way\n  → x',
    'first\u001B]0;t\u0007\nsecond',
  )
  const { lines } = explainFailure(failure, ARGV, {}, NONE)
  expect(lines).toEqual([
    String.raw`sdrs-protect: no\u001b[2J\u0007 way`,
    '  → x',
    expect.any(String),
    'second',
  ])
  expect(lines.join('')).not.toMatch(/\p{Cc}/u)
})

describe('the machine', () => {
  const systemError = (code: string, more: object = {}): Error =>
    Object.assign(new Error(`${code}: said by the system, write`), {
      code,
      syscall: 'write',
      path: '/x/report.json',
      ...more,
    })

  test.each([
    'EROFS',
    'EIO',
    'EINVAL',
    'ELOOP',
    'ENAMETOOLONG',
    'EDQUOT',
    'ENOSPC',
    'EMFILE',
    'ENFILE',
    'ENXIO',
    'EBUSY',
    'ESTALE',
    'ENOTCONN',
    'EFBIG',
    // Not in the table: still no bug.
    'EUCLEAN',
  ])('%s: named with its path and what to do, never a bug', (code) => {
    const { exitCode, lines } = explainFailure(systemError(code), ARGV, {}, NONE)
    expect(exitCode).toBe(1)
    expect(lines).toHaveLength(2)
    expect(lines[0]).toContain('/x/report.json')
    expect(lines[0]).toContain(`(${code})`)
    expect(lines.join(' ')).not.toMatch(/bug|unexpected|    at /)
  })

  test('is found behind what it caused', () => {
    const { lines } = explainFailure(new JournalFailure(systemError('EROFS')), ARGV, {}, NONE)
    expect(lines[0]).toContain('the journal cannot be written: the file system is read-only')
  })

  test('a path from elsewhere cannot steer the terminal', () => {
    const error = systemError('ENOENT', { path: '/x/\u001B[2J\u202E' })
    expect(explainFailure(error, ARGV, {}, NONE).lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })

  test.each([
    Object.assign(new Error('x'), { code: 'ERR_INVALID_ARG_TYPE' }),
    Object.assign(new Error('x'), { code: 17 }),
    new TypeError('x'),
    'a string',
  ])('%s is not its doing', (error) => {
    expect(explainFailure(error, ARGV, {}, NONE).lines.join('')).toContain('This is a bug')
  })
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
