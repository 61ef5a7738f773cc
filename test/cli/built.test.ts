import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { tool } from '../../src/version.ts'

/** The program as it is installed; `npm test` builds it first. */
const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))
const ID = '00000000-0000-4000-8000-00000000000'
const GROUP = 'aaaaaaaa-0000-4000-8000-000000000001'

interface Result {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cli-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

function start(typed: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { PATH = '' } = process.env
  return spawn(process.execPath, [CLI, ...typed], { cwd: directory, env: { PATH, ...env } })
}

function cli(
  typed: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly stdin?: string } = {},
): Promise<Result> {
  const child = start(typed, options.env)
  child.stdin.end(options.stdin ?? '')
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

function file(name: string, content: string): string {
  writeFileSync(join(directory, name), content)
  return name
}

const GOOD = `server_id,name,server_group_id\n${ID}1,web-1,${GROUP}\n${ID}2,web-2,${GROUP}\n`
const BAD = `server_id,name,server_group_id\nnope,web 1,${GROUP}\n${ID}2,,${GROUP}\n`

test('--version prints the version of the package', async () => {
  expect(await cli(['--version'])).toEqual({ code: 0, stdout: `${tool().version}\n`, stderr: '' })
  const { version } = tool()
  expect(JSON.parse((await cli(['version', '--json'])).stdout)).toEqual({ version })
  expect((await cli(['version', 'nonsense'])).code).toBe(2)
})

test('--help goes to stdout, of the program and of a command', async () => {
  for (const typed of [['--help'], ['apply', '-h']]) {
    const { code, stdout, stderr } = await cli(typed)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('sdrs-protect apply')
  }
})

describe('wrong usage is exit 2, with nothing on stdout and every error on stderr', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['no command', [], ['apply']],
    ['a mistyped command', ['validte', 'x.csv'], ['validate']],
    ['a mistyped option', ['apply', 'x.csv', '--max-job', '5'], ['--max-jobs']],
    [
      'two errors',
      ['apply', '--rate', '0', '--poll-interval', '5'],
      ['--rate', '--poll-interval', 'inventory'],
    ],
    ['a value too few', ['apply', 'x.csv', '--rate'], ['rate']],
  ])('%s', async (_, typed, mentioned) => {
    const { code, stdout, stderr } = await cli(typed)
    expect([code, stdout]).toEqual([2, ''])
    for (const word of mentioned) expect(stderr).toContain(word)
    expect(stderr).not.toContain('    at ')
  })

  test('an error in the environment names the variable', async () => {
    const { code, stderr } = await cli(['apply', 'x.csv'], { env: { SDRS_PROTECT_RATE: 'fast' } })
    expect(code).toBe(2)
    expect(stderr).toContain('SDRS_PROTECT_RATE')
  })
})

describe('validate', () => {
  test('a good inventory', async () => {
    const { code, stdout, stderr } = await cli(['validate', file('servers.csv', GOOD)])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('2 rows')
  })

  test('every problem, with its place, on stdout', async () => {
    const { code, stdout } = await cli(['validate', file('servers.csv', BAD)])
    expect(code).toBe(2)
    const places = stdout.match(/^servers\.csv:\d+:\d+ error/gm)
    expect(places).toEqual([
      'servers.csv:2:1 error',
      'servers.csv:2:6 error',
      'servers.csv:3:38 error',
    ])
  })

  test('--json from stdin is one document', async () => {
    const { code, stdout } = await cli(['validate', '-', '--json'], { stdin: BAD })
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ totals: { rows: 2, errors: 3 } })
  })

  test('a file that is not there is an invalid inventory', async () => {
    const { code, stdout } = await cli(['validate', 'none.csv', '--json'])
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ totals: { errors: 1 } })
  })
})

describe('template', () => {
  test.each(['csv', 'yaml'])('the starter inventory in %s is valid', async (format) => {
    const { stdout: inventory } = await cli(['template', '--format', format])
    expect((await cli(['validate', '-', '--format', format], { stdin: inventory })).code).toBe(0)
  })

  test.each(['csv', 'yaml'])('%s is a word of its own as well', async (format) => {
    const [short, long] = [
      await cli(['template', format]),
      await cli(['template', '--format', format]),
    ]
    expect(short).toEqual(long)
    expect(short.code).toBe(0)
  })

  test.each([['xml'], ['csv', 'yaml'], ['csv', '--format', 'yaml'], ['csv', '--schema', 'plan']])(
    'a word that it cannot go by is refused: %j',
    async (...words) => {
      expect((await cli(['template', ...words])).code).toBe(2)
    },
  )

  test.each(['inventory', 'plan', 'report'])('the schema of %s is JSON Schema', async (schema) => {
    const { stdout } = await cli(['template', '--schema', schema])
    expect(JSON.parse(stdout)).toMatchObject({
      $schema: expect.stringContaining('json-schema.org'),
    })
  })
})

test('simulate says where it is, and ends with Ctrl-C and exit 0', async () => {
  const child = start(['simulate', file('servers.csv', GOOD), '--port', '0'])
  const [url, project] = await new Promise<readonly [string, string]>((resolve, reject) => {
    child.on('close', (code) => reject(new Error(`ended with ${code}`)))
    child.stdout.on('data', (chunk: Buffer) => {
      const said = /at (http:\/\/127\.0\.0\.1:\d+), project (\w+)/.exec(chunk.toString())
      if (said) resolve([said[1] ?? '', said[2] ?? ''])
    })
  })
  const response = await fetch(`${url}/v1/${project}/server-groups`, {
    headers: { 'X-Auth-Token': 'simulated' },
  })
  expect(await response.json()).toMatchObject({ count: 1, server_groups: [{ id: GROUP }] })
  const ended = new Promise((resolve) => child.on('close', resolve))
  child.kill('SIGINT')
  expect(await ended).toBe(0)
})

test('a reader that leaves early does not break anything', async () => {
  const rows = Array.from({ length: 5000 }, (_, at) => `nope-${at},x,${GROUP}\n`).join('')
  const child = start(['validate', file('servers.csv', `server_id,name,server_group_id\n${rows}`)])
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  child.stdout.once('data', () => child.stdout.destroy())
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect([code, stderr]).toEqual([2, ''])
})

test('colour is for terminals, or when it is asked for', async () => {
  const inventory = file('servers.csv', GOOD)
  const coloured = async (typed: readonly string[], env = {}) =>
    (await cli(['validate', inventory, ...typed], { env })).stdout.includes('\u001B[')
  expect(await coloured([])).toBe(false)
  expect(await coloured(['--color'])).toBe(true)
  expect(await coloured([], { FORCE_COLOR: '1' })).toBe(true)
  expect(await coloured(['--no-color'], { FORCE_COLOR: '1' })).toBe(false)
})
