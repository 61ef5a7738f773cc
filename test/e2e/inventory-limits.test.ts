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

interface Refusal {
  readonly exit: number | null
  readonly codes: readonly string[]
  readonly isWithinMemory: boolean
}

/** How `validate` ends. */
async function validate(
  typed: readonly string[],
  options: Partial<CliOptions> = {},
): Promise<Refusal> {
  const finished = await runCli(['validate', ...typed, '--json'], {
    cwd: directory,
    node: ['--import', TELL_MEMORY],
    ...options,
  })
  const kibibytes = Number(/RSS (\d+)/.exec(finished.stderr)?.[1])
  const { problems }: { problems: { code: string }[] } = JSON.parse(finished.stdout)
  return {
    exit: finished.code,
    codes: problems.map(({ code }) => code),
    isWithinMemory: kibibytes / 1024 < MOST_MEMORY_MIB,
  }
}

/** With one error, and without having taken more memory than promised. */
const refused = (code: string): Refusal => ({ exit: 2, codes: [code], isWithinMemory: true })

/** A file of one text again and again, written in pieces. */
function fill(name: string, text: string, bytes: number, start = ''): void {
  const piece = Buffer.from(text.repeat(Math.ceil((1024 * 1024) / text.length)))
  const file = openSync(join(directory, name), 'w')
  for (let written = writeSync(file, start); written < bytes;) {
    written += writeSync(file, piece, 0, Math.min(piece.length, bytes - written))
  }
  closeSync(file)
}

describe('validate refuses with one error, and under 256 MiB of memory', () => {
  test('300 MB without a line end', async () => {
    writeFileSync(join(directory, 'big.csv'), '')
    truncateSync(join(directory, 'big.csv'), 300_000_000)
    expect(await validate(['big.csv'])).toEqual(refused('file-too-large'))
  })

  test.each([
    ['a line without an end', 'x', 'row-too-long', ''],
    ['commas', ',', 'row-too-long', ''],
    ['quotes', '"', 'row-too-long', ''],
    ['an open quote', `${'x'.repeat(78)}\n`, 'row-too-long', 'a,b\n"'],
    ['a character of two units', '😀', 'row-too-long', ''],
    ['columns in every row', `${'a,'.repeat(200)}\n`, 'too-many-values', ''],
  ])('as large as may be: %s', { timeout: 120_000 }, async (_, text, code, start) => {
    fill('big.csv', text, MOST_BYTES - 4, start)
    expect(await validate(['big.csv'])).toEqual(refused(code))
  })

  test.each([
    ['brackets', '['],
    ['maps', '{a: '],
    ['lists', '- '],
  ])('YAML of nothing but %s', { timeout: 120_000 }, async (_, text) => {
    fill('big.yaml', text, MOST_BYTES - 4)
    expect(await validate(['big.yaml'])).toEqual(refused('yaml-syntax'))
  })

  test('200,000 headers', async () => {
    writeFileSync(
      join(directory, 'wide.csv'),
      Array.from({ length: 200_000 }, (_, n) => `c${n}`).join(','),
    )
    expect(await validate(['wide.csv'])).toEqual(refused('too-many-columns'))
  })

  test('an endless device as standard input', async () => {
    expect(
      await validate(['-'], {
        under: ['bash', '-c', 'exec "$@" < /dev/zero', 'bash'],
      }),
    ).toEqual(refused('file-too-large'))
  })

  test('a folder as standard input', async () => {
    expect(
      await validate(['-'], {
        under: ['bash', '-c', 'exec "$@" < /', 'bash'],
      }),
    ).toEqual(refused('not-a-file'))
  })

  test('an endless pipe', async () => {
    execFileSync('mkfifo', [join(directory, 'pipe')])
    expect(
      await validate(['pipe'], {
        under: ['bash', '-c', '(yes > pipe 2> /dev/null &) ; exec "$@"', 'bash'],
      }),
    ).toEqual(refused('file-too-large'))
  })

  test.each([
    ['/dev/zero', 'not-a-file'],
    ['/', 'not-a-file'],
  ])('%s', async (path, code) => {
    expect(await validate([path])).toEqual(refused(code))
  })
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
