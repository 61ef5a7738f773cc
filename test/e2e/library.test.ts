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

/** From a gap to a fleet that replicates, as a scheduled script does it. */
const WHOLE_WAY = `
import { setTimeout as sleep } from 'node:timers/promises'
import {
  coverProject, enableFleet, protectFleet, readInventory, simulateCloud, unexpectedRows, verifyFleet,
} from 'sdrs-protect'

const inventory = await readInventory('servers.csv')
const cloud = await simulateCloud(inventory, { jobTimeMs: 50 })
const reportsDir = 'reports'
const before = await coverProject(cloud, { exclude: ['server-4'] })
console.log(JSON.stringify(before.document.totals), before.gap.split('\\n').length, before.unchecked.length)

const early = await enableFleet(inventory, cloud, { reportsDir, approve: (groups) => {
  console.log(groups.map(({ name, willStart, refusal }) => [name, willStart, refusal?.reason].join('/')).join(' '))
  return true
} })
console.log(early.kind, early.report.groups.map(({ enabling }) => enabling.outcome).join(' '))

await protectFleet(inventory, cloud, { reportsDir, approve: () => true, limits: { pollIntervalMs: 100 } })
const refused = await enableFleet(inventory, cloud, { reportsDir, approve: () => 'yes' })
console.log(refused.kind)
const off = await verifyFleet(inventory, cloud, { reportsDir })
console.log(unexpectedRows(off.report).length, off.report.rows[0].verification.verdict, off.report.unchecked.length)
const created = await verifyFleet(inventory, cloud, { reportsDir, expect: 'created' })
console.log(unexpectedRows(created.report).length)
const enabled = await enableFleet(inventory, cloud, { reportsDir, approve: () => true, limits: { pollIntervalMs: 100 } })
console.log(enabled.report.groups.map(({ enabling }) => enabling.outcome).join(' '))
for (;;) {
  const { report } = await verifyFleet(inventory, cloud, { reportsDir })
  if (unexpectedRows(report).length === 0) break
  await sleep(200)
}
const after = await coverProject(cloud)
console.log(after.document.totals.protected, after.document.totals.protectable)
const aborted = AbortSignal.abort()
await verifyFleet(inventory, cloud, { reportsDir, signal: aborted }).catch((error) => console.log(error.name))
await coverProject(cloud, { signal: aborted }).catch((error) => console.log(error.name))
await cloud.close()
`

test('coverage, enable and verify from a script: a gap becomes a fleet that replicates', async () => {
  writeFileSync(join(dir, 'whole-way.mjs'), WHOLE_WAY)
  const { stdout } = await run(process.execPath, ['whole-way.mjs'], { cwd: dir })
  expect(stdout.trimEnd().split('\n')).toEqual([
    '{"servers":4,"protected":0,"protecting":0,"broken":0,"protectable":3,"notProtectable":0,"drServer":0,"excluded":1} 5 0',
    'g1/false/group-empty g2/false/group-empty',
    'done refused refused',
    'not-approved',
    '4 not-replicating 0',
    '0',
    'enabled enabled',
    '4 0',
    'ApiError',
    'ApiError',
  ])
})

test('and is typed as the package says', async () => {
  const typed = `${script()}\nimport { coverProject, enableFleet, verifyFleet } from 'sdrs-protect'\nconst looked = await verifyFleet(inventory, cloud, { reportsDir: 'reports' })\nif (looked.kind === 'done') console.log(looked.unchecked.length, looked.report.unchecked[0]?.reason)\nconst gap: string = (await coverProject(cloud)).gap\nvoid enableFleet(inventory, cloud, { reportsDir: gap, approve: (groups) => groups.every(({ willStart }) => willStart) })\nconst rows: number = done.report.totals.rows\n// @ts-expect-error there is no such total\nconst none: number = done.report.totals.none\nconsole.log(rows, none)\n`
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
