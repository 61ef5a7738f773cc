import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runCli } from '../support/cli.ts'

/** Exports as they come, through the built program, whose run folder must not hold a secret of theirs. */
const FOLDER = fileURLToPath(new URL('../../samples/exports/', import.meta.url))
const SECRET = /Sample-Secret|U2FtcGxl/
const NAMES = readdirSync(FOLDER).filter((name) =>
  /\.(?:csv|json|ndjson|ya?ml|tfstate)$/.test(name),
)

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sdrs-exports-'))
})
afterEach(() => {
  rmSync(directory, { recursive: true })
})

test.each(NAMES)('validate %s', async (name) => {
  const { code, stdout, stderr } = await runCli(
    ['validate', join(FOLDER, name), '--group', 'erp', '--verbose'],
    { cwd: directory },
  )
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/\d rows?: no errors/)
  expect(stdout).not.toMatch(SECRET)
})

test.each(['terraform.tfstate', 'ecs-servers.json', 'ansible-inventory.json'])(
  'a rollout of %s leaves no secret behind',
  async (name) => {
    const { code } = await runCli(
      [
        'apply',
        join(FOLDER, name),
        '--group',
        'erp',
        '--simulate',
        '--yes',
        '--limit',
        '1',
        '--quiet',
      ],
      { cwd: directory },
    )
    expect(code).toBe(0)
    const reports = join(directory, 'reports')
    const files = readdirSync(reports, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    )
    expect(files.length).toBeGreaterThan(4)
    for (const file of files) {
      expect(readFileSync(join(file.parentPath, file.name), 'utf8')).not.toMatch(SECRET)
    }
  },
)
