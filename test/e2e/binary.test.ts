import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli, type CliOptions } from '../support/cli.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SAMPLE = join(ROOT, 'samples', 'servers.csv')
const BROKEN = join(ROOT, 'samples', 'broken.csv')

describe.skipIf(process.platform !== 'linux')('the single executable (needs Linux)', () => {
  let directory = ''
  let binary = ''
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'binary-'))
    binary = join(directory, 'sdrs-protect')
    execFileSync(process.execPath, [join(ROOT, '.ci', 'build-binary.mjs'), binary], {
      stdio: 'pipe',
    })
  }, 120_000)
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  /** The executable in the place of `node dist/cli.js`, by its name, with no Node to be found in its PATH. */
  const asBinary = (options: CliOptions): CliOptions => ({
    ...options,
    under: ['/bin/sh', '-c', `shift 2; PATH='${directory}' exec "$0" "$@"`, binary],
  })

  test.each([
    [['--version']],
    [['--help']],
    [['apply', '--help']],
    [['nonsense']],
    [['validate', SAMPLE]],
    [['validate', BROKEN]],
    [['validate', BROKEN, '--json']],
    [['validate', join(ROOT, 'samples', 'servers.yaml'), '--json']],
    [['validate', 'no-such-file.csv']],
    [['plan', SAMPLE, '--simulate', '--json']],
    [['plan', SAMPLE]],
    [['template', '--schema', 'report']],
    [['report', 'no-such-run']],
  ])('%j says what the program says', async (typed) => {
    const own = mkdtempSync(join(directory, 'own-'))
    const options = { cwd: own }
    // A folder of its own for each, of the same name: paths are part of what is said.
    const program = await runCli(typed, options)
    rmSync(own, { recursive: true, force: true })
    execFileSync('mkdir', [own])
    const executable = await runCli(typed, asBinary(options))
    expect(executable).toEqual(program)
  })

  test('protects a fleet, and finds it protected the next time', async () => {
    const options = asBinary({ cwd: mkdtempSync(join(directory, 'run-')) })
    const typed = ['apply', SAMPLE, '--simulate', '--yes', '--json']
    const first = await runCli(typed, options)
    expect(first.code).toBe(0)
    expect(JSON.parse(first.stdout)).toMatchObject({ totals: { rows: 40, created: 40 } })
    const second = await runCli(typed, options)
    expect(JSON.parse(second.stdout)).toMatchObject({ totals: { rows: 40, alreadyProtected: 40 } })
    const latest = JSON.parse(first.stdout) as { readonly run: { readonly id: string } }
    const folder = join(options.cwd, 'reports', latest.run.id)
    expect(existsSync(join(folder, 'report.html'))).toBe(true)
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).toMatch(/<script|<table/)
  })
})
