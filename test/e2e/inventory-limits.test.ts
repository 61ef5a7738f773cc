import { execFileSync } from 'node:child_process'
import {
  closeSync,
  mkdtempSync,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MOST_BYTES } from '../../src/inventory/limits.ts'
import { runCli, type CliOptions } from '../support/cli.ts'

/** At its end the program tells the most memory that it had, in KiB. */
const TELL_MEMORY = `data:text/javascript,process.on('exit',()=>process.stderr.write('\\nRSS%20'+process.resourceUsage().maxRSS))`
const MOST_MEMORY_MIB = 256

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sdrs-oversize-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

/** Refused with one error, without having taken more memory than promised. */
async function expectRefused(
  typed: readonly string[],
  code: string,
  options: Partial<CliOptions> = {},
): Promise<void> {
  const finished = await runCli(['validate', ...typed, '--json'], {
    cwd: directory,
    node: ['--import', TELL_MEMORY],
    ...options,
  })
  const memory = Number(/RSS (\d+)/.exec(finished.stderr)?.[1])
  expect(finished.code).toBe(2)
  const { problems } = JSON.parse(finished.stdout)
  expect(problems).toMatchObject([{ code, severity: 'error' }])
  expect(memory / 1024).toBeLessThan(MOST_MEMORY_MIB)
}

/** A file of one text again and again, written in pieces. */
function fill(name: string, text: string, bytes: number): void {
  const piece = Buffer.from(text.repeat(Math.ceil((1024 * 1024) / text.length)))
  const file = openSync(join(directory, name), 'w')
  for (let written = 0; written < bytes;) {
    written += writeSync(file, piece, 0, Math.min(piece.length, bytes - written))
  }
  closeSync(file)
}

describe('validate refuses with one error, and under 256 MiB of memory', () => {
  test('300 MB without a line end', async () => {
    writeFileSync(join(directory, 'big.csv'), '')
    truncateSync(join(directory, 'big.csv'), 300_000_000)
    await expectRefused(['big.csv'], 'file-too-large')
  })

  test.each([
    ['a line without an end', 'x', 'row-too-long'],
    ['commas', ',', 'row-too-long'],
    ['quotes', '"', 'row-too-long'],
    ['an open quote', `"${'x'.repeat(78)}\n`, 'row-too-long'],
    ['a character of two units', '😀', 'row-too-long'],
    ['columns in every row', `${'a,'.repeat(200)}\n`, 'too-many-values'],
  ])('as large as may be: %s', { timeout: 120_000 }, async (_, text, code) => {
    fill('big.csv', text, MOST_BYTES - 4)
    await expectRefused(['big.csv'], code)
  })

  test.each([
    ['brackets', '['],
    ['maps', '{a: '],
    ['lists', '- '],
  ])('YAML of nothing but %s', { timeout: 120_000 }, async (_, text) => {
    fill('big.yaml', text, MOST_BYTES - 4)
    await expectRefused(['big.yaml'], 'yaml-syntax')
  })

  test('200,000 headers', async () => {
    writeFileSync(
      join(directory, 'wide.csv'),
      Array.from({ length: 200_000 }, (_, n) => `c${n}`).join(','),
    )
    await expectRefused(['wide.csv'], 'too-many-columns')
  })

  test('an endless device as standard input', async () => {
    await expectRefused(['-'], 'file-too-large', {
      under: ['bash', '-c', 'exec "$@" < /dev/zero', 'bash'],
    })
  })

  test('a folder as standard input', async () => {
    await expectRefused(['-'], 'file-unreadable', {
      under: ['bash', '-c', 'exec "$@" < /', 'bash'],
    })
  })

  test('an endless pipe', async () => {
    execFileSync('mkfifo', [join(directory, 'pipe')])
    await expectRefused(['pipe'], 'file-too-large', {
      under: ['bash', '-c', '(yes > pipe 2> /dev/null &) ; exec "$@"', 'bash'],
    })
  })

  test.each([
    ['/dev/zero', 'not-a-file'],
    ['/', 'not-a-file'],
  ])('%s', async (path, code) => expectRefused([path], code))
})

test('a pipe that ends is read', async () => {
  const finished = await runCli(['validate', '/dev/fd/9', '--group', 'g'], {
    cwd: directory,
    under: [
      'bash',
      '-c',
      'exec "$@" 9< <(echo server_id,name; echo 00000000-0000-4000-8000-000000000001,a)',
      'bash',
    ],
  })
  expect([finished.code, finished.stdout]).toEqual([0, expect.stringContaining('1 row')])
})
