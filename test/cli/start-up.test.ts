import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { COMMANDS, type CommandName } from '../../src/settings/options.ts'

/** What a command loads before it is done is counted: that is what its start takes, on any machine. */

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))
const TELL_LOADED = new URL('../support/tell-loaded.mjs', import.meta.url)
const run = promisify(execFile)

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'start-up-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

interface Loaded {
  readonly files: number
  /** Of libraries, as `zod/v4/core/util.js`. */
  readonly parts: readonly string[]
  /** Their packages. */
  readonly packages: readonly string[]
}

async function loadedBy(...typed: readonly string[]): Promise<Loaded> {
  const list = join(directory, 'loaded')
  const { PATH = '' } = process.env
  const options = { cwd: directory, env: { PATH, LOADED: list, OS_TOKEN: 'any' } }
  // However it ends: a start that finds nothing to do has been one.
  await run(process.execPath, ['--import', TELL_LOADED.href, CLI, ...typed], options).catch(
    (error: unknown) => error,
  )
  const dist = pathToFileURL(join(CLI, '..', '/')).href
  const urls = readFileSync(list, 'utf8')
    .split('\n')
    .filter((url) => url.startsWith(dist))
  const texts = urls.map((url) => readFileSync(new URL(url), 'utf8'))
  const parts = texts.flatMap((text) =>
    [...text.matchAll(/^ *\/\/ (?:\S*\/)?node_modules\/(\S+)$/gm)].map(([, part = '']) => part),
  )
  const packages = parts.map((part) => /^(?:@[^/]+\/)?[^/]+/.exec(part)?.[0] ?? '')
  return { files: urls.length, parts, packages: [...new Set(packages)].toSorted() }
}

test('--version loads itself, and no library', async () => {
  expect(await loadedBy('--version')).toEqual({ files: 1, parts: [], packages: [] })
})

test('--help loads what reads a command line', async () => {
  const { files, packages } = await loadedBy('--help')
  expect(files).toBeLessThan(25)
  for (const late of ['zod', 'csv-parse', 'yaml', 'undici']) expect(packages).not.toContain(late)
})

test('validate of a CSV loads no client, no reader of another format, and one language', async () => {
  const csv = `server_id,name,server_group,tags\n${'0'.repeat(31)}1,web-1,erp,app=web\n`
  writeFileSync(join(directory, 'servers.csv'), csv)
  const { files, parts, packages } = await loadedBy('validate', 'servers.csv')
  expect(files).toBeLessThan(50)
  const late = ['iconv-lite', 'pino', 'sax', 'transliteration', 'undici', 'yaml', 'yauzl']
  expect(packages.filter((each) => late.includes(each))).toEqual([])
  expect(packages).toEqual(expect.arrayContaining(['csv-parse', 'yargs', 'zod']))
  expect(parts.filter((part) => /^zod\/.*locales\//.test(part))).toEqual([])
})

test('apply on the simulator loads no HTTP client', async () => {
  const csv = `server_id,name,server_group\n${'0'.repeat(31)}1,web-1,erp\n`
  writeFileSync(join(directory, 'servers.csv'), csv)
  const typed = ['apply', 'servers.csv', '--simulate', '--yes', '--quiet', '--job-time', '1ms']
  const { files, packages } = await loadedBy(...typed)
  expect(files).toBeLessThan(80)
  expect(packages.filter((each) => ['undici', 'yaml', 'yauzl'].includes(each))).toEqual([])
})

interface Start {
  readonly typed: readonly string[]
  readonly mostFiles: number
  /** Packages that it has no use for yet. */
  readonly late: readonly string[]
}

const READERS = ['iconv-lite', 'sax', 'transliteration', 'yauzl']
const DRAWINGS = ['d3-scale', 'd3-shape', 'eta']
const CLOUD = ['immutable', 'ini', 'pino', 'undici', 'yaml']
/** No cloud is read from a file where a token is given, and no run goes on yet. */
const LATER = [...READERS, 'immutable', 'ini', 'pino', 'yaml']
/** Where nobody listens: a start ends at its first request. */
const NOWHERE = ['--endpoint', 'http://127.0.0.1:1', '--project-id', '0123456789abcdef']

const STARTS: Readonly<Record<CommandName, Start>> = {
  validate: {
    typed: ['validate', 'servers.csv'],
    mostFiles: 45,
    late: [...READERS, ...DRAWINGS, ...CLOUD],
  },
  plan: { typed: ['plan', 'servers.csv', ...NOWHERE], mostFiles: 75, late: LATER },
  apply: { typed: ['apply', 'servers.csv', '--yes', ...NOWHERE], mostFiles: 80, late: LATER },
  enable: { typed: ['enable', 'servers.csv', '--yes', ...NOWHERE], mostFiles: 80, late: LATER },
  verify: { typed: ['verify', 'servers.csv', ...NOWHERE], mostFiles: 80, late: LATER },
  coverage: { typed: ['coverage', ...NOWHERE], mostFiles: 75, late: LATER },
  runs: { typed: ['runs'], mostFiles: 45, late: [...READERS, ...DRAWINGS, ...CLOUD, 'csv-parse'] },
  report: {
    typed: ['report', 'none'],
    mostFiles: 60,
    late: [...READERS, ...CLOUD],
  },
  template: {
    typed: ['template', 'csv'],
    mostFiles: 45,
    late: [...READERS, ...DRAWINGS, ...CLOUD, 'csv-parse'],
  },
  simulate: {
    typed: ['simulate', 'none.csv'],
    mostFiles: 70,
    late: [...READERS, ...CLOUD],
  },
  completion: {
    typed: ['completion', 'bash'],
    mostFiles: 30,
    late: [...READERS, ...DRAWINGS, ...CLOUD, 'csv-parse', 'zod'],
  },
}

const EVERY_COMMAND = Object.keys(COMMANDS) as CommandName[]
const ONE_SERVER = `server_id,name,server_group\n${'0'.repeat(31)}1,web-1,erp\n`

test.each(EVERY_COMMAND)('%s loads what it begins with, and no more', async (command) => {
  writeFileSync(join(directory, 'servers.csv'), ONE_SERVER)
  const { typed, mostFiles, late } = STARTS[command]
  const { files, packages } = await loadedBy(...typed)
  expect(packages.filter((each) => late.includes(each))).toEqual([])
  expect(files).toBeLessThan(mostFiles)
  // It came as far as that: what is counted is not the start of an error.
  expect(files).toBeGreaterThan(command === 'completion' ? 5 : 20)
})

test.each([
  ['plan', 'servers.csv'],
  ['apply', 'servers.csv', '--yes'],
  ['enable', 'servers.csv', '--yes'],
  ['verify', 'servers.csv'],
  ['coverage'],
])('%s that does not come to a request loads no HTTP client', async (...typed) => {
  writeFileSync(join(directory, 'servers.csv'), ONE_SERVER)
  const { files, packages } = await loadedBy(...typed)
  expect(packages).not.toContain('undici')
  // It came as far as the sign-in, which was not told where.
  expect(files).toBeGreaterThan(40)
})

test.runIf(process.platform === 'linux').each(EVERY_COMMAND)(
  '%s with 24 file descriptors works, or says what is wrong',
  async (command) => {
    writeFileSync(join(directory, 'servers.csv'), ONE_SERVER)
    const { PATH = '' } = process.env
    const limited = `ulimit -n 24; exec "$0" "$@"`
    const typed = ['-c', limited, process.execPath, CLI, ...STARTS[command].typed]
    const options = { cwd: directory, timeout: 60_000, env: { PATH, OS_TOKEN: 'any' } }
    const ended = await run('sh', typed, options).catch(
      (error: unknown) => error as { readonly stderr: string; readonly killed: boolean },
    )
    expect('killed' in ended && ended.killed).toBe(false)
    expect(ended.stderr).not.toContain('    at ')
    if (/EMFILE|file descriptors/.test(ended.stderr)) expect(ended.stderr).toContain('ulimit -n')
  },
)

test.runIf(process.platform === 'linux').each([20, 24, 32])(
  'with %i file descriptors it works, or says what is wrong',
  async (most) => {
    writeFileSync(join(directory, 'servers.csv'), 'server_id,name,server_group\n')
    const limited = `ulimit -n ${most}; exec "$0" "$@"`
    const typed = ['-c', limited, process.execPath, CLI, 'validate', 'servers.csv', '--json']
    const { stdout, stderr } = await run('sh', typed, { cwd: directory, timeout: 60_000 }).catch(
      (error: unknown) => error as { readonly stdout: string; readonly stderr: string },
    )
    const document = JSON.parse(stdout) as { readonly error?: { readonly code: string } }
    expect(stderr).not.toContain('    at ')
    if (document.error !== undefined) {
      expect(document.error.code).toBe('machine')
      expect(stderr).toContain('ulimit -n')
    }
  },
)
