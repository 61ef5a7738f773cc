import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { annotations } from '../../src/ci/annotations.ts'
import { codeQuality } from '../../src/ci/code-quality.ts'
import { findingsOfProblems, findingsOfReport, type Finding } from '../../src/ci/finding.ts'
import { appendToSummary, MOST_BYTES } from '../../src/ci/step-summary.ts'
import { pathInCheckout } from '../../src/ci/surroundings.ts'
import { tellProblems } from '../../src/ci/tell-ci.ts'
import { tellReport } from '../../src/ci/tell-report.ts'
import { parseInventory } from '../../src/inventory/read.ts'
import { entry, report } from '../report/build.ts'
import { testIo } from '../ui/support.ts'

const finding = (over: Partial<Finding> = {}): Finding => ({
  level: 'error',
  code: 'name-invalid',
  message: 'm',
  line: 3,
  column: 5,
  about: 'x',
  ...over,
})

const next = { command: 'sdrs-protect apply servers.csv', words: null }

const numbered = (count: number, over: Partial<Finding> = {}) =>
  Array.from({ length: count }, (_, at) => finding({ about: `x${at}`, ...over }))

describe('annotations', () => {
  test('name file, line and column; what would end a property or a command is written as the runner reads it', () => {
    const message = '100 %, a:b\n::error::\u001B[2J'
    expect(annotations([finding({ message })], 'a:b,c%.csv')).toEqual([
      String.raw`::error file=a%3Ab%2Cc%25.csv,line=3,col=5,title=name-invalid::100 %25, a:b ::error::\u001b[2J`,
    ])
  })

  test('of stdin have no file, and then no line', () => {
    expect(annotations([finding()], null)).toEqual(['::error title=name-invalid::m'])
  })

  test('of very many: the gravest ten, and a count', () => {
    const lines = annotations(
      [...numbered(5, { level: 'warning' }), ...numbered(8), ...numbered(4, { level: 'info' })],
      'a.csv',
    )
    expect(lines).toHaveLength(11)
    expect(lines.filter((line) => line.startsWith('::error'))).toHaveLength(8)
    expect(lines[10]).toMatch(/^::warning file=a\.csv::and 3 more findings/)
  })

  test('of exactly ten there are ten', () => {
    expect(annotations(numbered(10), 'a.csv')).toHaveLength(10)
  })
})

describe('code quality', () => {
  const issues = (findings: readonly Finding[]) =>
    JSON.parse(codeQuality(findings, 'a.csv')) as {
      fingerprint: string
      severity: string
      location: unknown
    }[]

  test('a fingerprint stays when lines move, and differs between findings, alike ones too', () => {
    const [one, same] = issues([finding(), finding()])
    const [moved] = issues([finding({ line: 9, column: 1, message: 'other words' })])
    const [other] = issues([finding({ about: 'y' })])
    expect(moved?.fingerprint).toBe(one?.fingerprint)
    expect(new Set([one, same, other].map((each) => each?.fingerprint)).size).toBe(3)
    expect(one?.fingerprint).toHaveLength(createHash('sha256').digest('hex').length)
  })

  test('names the place, and begins at line 1 where there is none', () => {
    expect(issues([finding()])[0]?.location).toEqual({ path: 'a.csv', lines: { begin: 3 } })
    const [whole] = issues([finding({ line: null, level: 'warning' })])
    expect(whole).toMatchObject({ severity: 'minor', location: { lines: { begin: 1 } } })
  })

  test('nothing is an empty list', () => expect(issues([])).toEqual([]))
})

describe('the summary of a step', () => {
  let directory: string
  let path: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'sdrs-summary-'))
    path = join(directory, 'summary.md')
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  test('has what still fits beside what other steps have written, and never a byte more', async () => {
    writeFileSync(path, 'x'.repeat(MOST_BYTES - 100))
    const limits: number[] = []
    await appendToSummary(path, (limit) => {
      limits.push(limit)
      return 'y'.repeat(limit)
    })
    expect(limits).toEqual([98])
    expect(statSync(path).size).toBe(MOST_BYTES)
    await appendToSummary(path, () => 'z')
    expect(statSync(path).size).toBe(MOST_BYTES)
  })

  test('what comes out longer than it was asked for is asked for once more, shorter', async () => {
    writeFileSync(path, 'x'.repeat(MOST_BYTES - 102))
    await appendToSummary(path, (limit) => 'y'.repeat(limit + 7))
    expect(statSync(path).size).toBe(MOST_BYTES)
  })
})

test('a path is that in the checkout, and as given outside of it', () => {
  expect(pathInCheckout('-', '/w')).toBeNull()
  expect(pathInCheckout('/w/fleet/a.csv', '/w')).toBe('fleet/a.csv')
  expect(pathInCheckout('/elsewhere/a.csv', '/w')).toBe('/elsewhere/a.csv')
  expect(pathInCheckout('a.csv', null)).toBe('a.csv')
})

describe('in its surroundings', async () => {
  const csv = 'server_id,name,server_group\nnope,web-1,erp\n'
  const inventory = await parseInventory('servers.csv', Buffer.from(csv), {
    map: {},
    set: {},
    dialect: 'otc',
  })
  const failed = report([entry(1, 'failed'), entry(2, 'created'), entry(3, 'unknown')])
  const cwd = process.cwd()
  let directory = ''
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ci-'))
    process.chdir(directory)
  })
  afterEach(() => {
    process.chdir(cwd)
    rmSync(directory, { recursive: true })
  })

  test('nothing at all where no variable is set, or it says no', async () => {
    for (const env of [{}, { GITHUB_ACTIONS: 'false', GITLAB_CI: '', GITHUB_STEP_SUMMARY: '' }]) {
      const { io, stdout, stderr } = testIo({ env })
      tellProblems(io, 'validate', inventory, inventory.problems)
      await tellReport(io, 'apply', inventory, failed, { directory, next })
      expect(stdout() + stderr()).toBe('')
      expect(existsSync('gl-code-quality.json')).toBe(false)
    }
  })

  test('problems and open rows are annotated on stderr: stdout is the product', async () => {
    const { io, stdout, stderr } = testIo({ env: { GITHUB_ACTIONS: 'true' } })
    tellProblems(io, 'plan', inventory, inventory.problems)
    await tellReport(io, 'apply', inventory, failed, { directory: null, next })
    expect(stdout()).toBe('')
    expect(stderr()).toMatch(/^::error file=servers\.csv,line=2,col=1,title=server-id-invalid::/)
    expect(stderr()).toMatch(
      /\n::error file=servers\.csv,line=2,col=1,title=failed\/refused::web-1: /,
    )
    expect(stderr()).toMatch(/\n::warning .*title=unknown\/fate-unknown::web-3: /)
    expect(stderr()).not.toContain('web-2')
  })

  test('the report is appended to the summary, within what is left of its limit', async () => {
    writeFileSync('summary.md', 'before\n')
    const env = { GITHUB_STEP_SUMMARY: join(directory, 'summary.md') }
    await tellReport(testIo({ env }).io, 'apply', inventory, failed, { directory: null, next })
    expect(readFileSync('summary.md', 'utf8')).toMatch(/^before\n# 3 servers/)
    expect(readFileSync('summary.md', 'utf8')).toContain(`**Next:**\n\n    ${next.command}\n`)
    writeFileSync('summary.md', 'x'.repeat(1024 * 1024 - 150))
    await tellReport(testIo({ env }).io, 'apply', inventory, failed, { directory: null, next })
    expect(statSync('summary.md').size).toBeLessThanOrEqual(1024 * 1024)
  })

  test('a summary that cannot be written is a warning', async () => {
    const env = { GITHUB_STEP_SUMMARY: join(directory, 'none', 'summary.md') }
    const { io, stderr } = testIo({ env })
    await tellReport(io, 'apply', inventory, failed, { directory: null, next })
    expect(stderr()).toBe('The step summary could not be written (ENOENT).\n')
  })

  test('code quality goes to the run folder, or the working directory; only of validate and apply', async () => {
    const { io } = testIo({ env: { GITLAB_CI: 'true' } })
    tellProblems(io, 'plan', inventory, inventory.problems)
    expect(existsSync('gl-code-quality.json')).toBe(false)
    tellProblems(io, 'validate', inventory, inventory.problems)
    expect(JSON.parse(readFileSync('gl-code-quality.json', 'utf8'))).toMatchObject([
      { check_name: 'server-id-invalid', location: { path: 'servers.csv', lines: { begin: 2 } } },
    ])
    const run = mkdtempSync(join(directory, 'run-'))
    await tellReport(io, 'apply', inventory, failed, { directory: run, next })
    const checks = JSON.parse(readFileSync(join(run, 'gl-code-quality.json'), 'utf8')) as {
      check_name: string
    }[]
    expect(checks.map((each) => each.check_name)).toEqual([
      'server-id-invalid',
      'failed/refused',
      'unknown/fate-unknown',
    ])
  })

  test('one that cannot be written is a warning, too', () => {
    const { io, stderr } = testIo({ env: { GITLAB_CI: '1' } })
    process.chdir('/proc')
    tellProblems(io, 'validate', inventory, inventory.problems)
    process.chdir(directory)
    expect(stderr()).toMatch(/^gl-code-quality\.json could not be written/)
  })

  test('secrets do not get there', async () => {
    const { io, stderr } = testIo({ env: { GITHUB_ACTIONS: 'true' } })
    io.secrets.add('canary-1')
    const row = { ...entry(1, 'failed', { message: 'said canary-1' }) }
    await tellReport(io, 'apply', inventory, report([row]), { directory: null, next })
    expect(stderr()).toContain('::error')
    expect(stderr()).not.toContain('canary')
  })
})

test('a finding knows its server, so that it is told from that of another row', async () => {
  const csv = 'server_id,name,server_group\nn1,web 1,erp\nn2,web 1,erp\n'
  const inventory = await parseInventory('a.csv', Buffer.from(csv), {
    map: {},
    set: {},
    dialect: 'otc',
  })
  const names = findingsOfProblems(inventory.problems, inventory).filter(({ code }) =>
    code.startsWith('name'),
  )
  expect(new Set(names.map(({ about }) => about)).size).toBe(2)
  const open = findingsOfReport(report([entry(1, 'failed')]), { locate: () => null })
  expect(open[0]).toMatchObject({ line: 2, column: null, about: entry(1, 'failed').row.serverId })
})
