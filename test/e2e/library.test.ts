import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fleetCsv, makeFleet } from '../support/fleet.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')
const run = promisify(execFile)

/** The script of the README's section, as it stands there. */
function script(): string {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  const code = /## As a library[\s\S]*?```js\n([\s\S]*?)```/.exec(readme)?.[1]
  if (code === undefined) throw new Error('the README has no script under "As a library"')
  return code
}

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'library-'))
  mkdirSync(join(dir, 'node_modules'))
  symlinkSync(ROOT, join(dir, 'node_modules', 'sdrs-protect'))
  writeFileSync(join(dir, 'package.json'), '{"type": "module"}')
  writeFileSync(join(dir, 'servers.csv'), fleetCsv(makeFleet(4, ['g1', 'g2'])))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

test('the README’s script protects a fleet, and keeps a report', async () => {
  writeFileSync(join(dir, 'roll-out.mjs'), script())
  const { stdout } = await run(process.execPath, ['roll-out.mjs'], { cwd: dir })
  expect(stdout).toBe('complete 4\n')
})

test('and is typed as the package says', async () => {
  const typed = `${script()}\nconst rows: number = done.report.totals.rows\n// @ts-expect-error there is no such total\nconst none: number = done.report.totals.none\nconsole.log(rows, none)\n`
  writeFileSync(join(dir, 'roll-out.ts'), typed)
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022']
  const types = ['--typeRoots', join(ROOT, 'node_modules', '@types'), '--types', 'node']
  const checked = await run(
    process.execPath,
    [tsc, ...options, ...types, '--skipLibCheck', 'roll-out.ts'],
    { cwd: dir },
  ).catch((error: unknown) => error as { stdout: string })
  expect(checked.stdout).toBe('')
})
