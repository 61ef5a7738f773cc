import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCli, startCli, type RunningCli } from '../support/cli.ts'
import { parseReport, quickUnless } from '../support/workbench.ts'

/** The samples as a newcomer meets them: one program serves the cloud, another rolls out to it. */
const sample = (name: string): string =>
  fileURLToPath(new URL(`../../samples/${name}`, import.meta.url))

const SERVERS = 40

/** Every error of broken.csv: line and column as an editor counts them, read off the file by eye. */
const BROKEN = [
  [4, 52, 'description-too-long'],
  [5, 68, 'ip-without-subnet'],
  [5, 79, 'tag-without-equals'],
  [6, 1, 'server-id-invalid'],
  [6, 38, 'name-invalid-characters'],
  [7, 1, 'duplicate-server'],
  [7, 49, 'description-invalid-characters'],
  [8, 38, 'name-too-long'],
  [8, 110, 'group-missing'],
  [9, 91, 'ip-invalid'],
  [9, 103, 'tag-value-invalid-characters'],
  [10, 57, 'too-many-cells'],
]

let directory = ''
let cloud: RunningCli | null = null
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sdrs-samples-'))
})
afterEach(async () => {
  cloud?.child.kill('SIGINT')
  await cloud?.ended
  cloud = null
  rmSync(directory, { recursive: true })
})

async function serve(more: readonly string[]): Promise<Readonly<Record<string, string>>> {
  cloud = startCli(['simulate', ...more, '--port', '0', '--job-time', '300ms'], { cwd: directory })
  const [, token = '', url = '', project = ''] = await cloud.said(
    /OS_TOKEN=(\S+) SDRS_PROTECT_ENDPOINT=(\S+) SDRS_PROTECT_PROJECT_ID=(\S+)/,
  )
  return { OS_TOKEN: token, SDRS_PROTECT_ENDPOINT: url, SDRS_PROTECT_PROJECT_ID: project }
}

async function behindTheScenes(
  env: Readonly<Record<string, string>>,
  page: string,
): Promise<unknown> {
  const response = await fetch(`${env['SDRS_PROTECT_ENDPOINT']}/_simulator/${page}`)
  return response.json()
}

/** Accepted creates in all, and servers among them. */
async function createsOf(
  env: Readonly<Record<string, string>>,
): Promise<{ accepted: number; servers: number }> {
  const ledger = (await behindTheScenes(env, 'ledger')) as { kind: string; serverId: string }[]
  const creates = ledger.filter(({ kind }) => kind === 'create')
  return { accepted: creates.length, servers: new Set(creates.map((one) => one.serverId)).size }
}

async function requestsOf(env: Readonly<Record<string, string>>): Promise<Record<string, number>> {
  return (await behindTheScenes(env, 'requests')) as Record<string, number>
}

const QUICK_APPLY = ['--yes', '--json', ...quickUnless(['--settle-window', '2s'])] as const

describe.each(['servers.csv', 'servers.yaml'])('%s on a mildly bad day', (name) => {
  test('ends protected, and a rerun sends no create', async () => {
    const env = await serve([sample(name), '--faults', 'mild', '--seed', '3'])
    const typed = ['apply', sample(name), ...QUICK_APPLY]
    const first = await runCli(typed, { cwd: directory, env })
    expect([first.code, first.stderr]).toEqual([0, expect.any(String)])
    const report = parseReport(first.stdout)
    expect(report.totals).toMatchObject({ rows: SERVERS, created: SERVERS })
    expect(await createsOf(env)).toEqual({ accepted: SERVERS, servers: SERVERS })
    // A bad day that nobody noticed would prove nothing.
    expect(report.requests.retries).toBeGreaterThan(0)

    const { createProtectedInstance: sent } = await requestsOf(env)
    const second = await runCli(typed, { cwd: directory, env })
    expect(second.code).toBe(0)
    expect(parseReport(second.stdout).totals).toMatchObject({ alreadyProtected: SERVERS })
    expect(await requestsOf(env)).toMatchObject({ createProtectedInstance: sent })
  })
})

test('the demo ends with the one job that its cloud makes fail', async () => {
  const env = await serve([sample('servers.csv'), '--faults', sample('demo-faults.json')])
  const { code, stdout } = await runCli(['apply', sample('servers.csv'), ...QUICK_APPLY], {
    cwd: directory,
    env,
  })
  expect(code).toBe(3)
  const report = parseReport(stdout)
  expect(report.totals).toMatchObject({ rows: SERVERS, created: SERVERS - 1, failed: 1 })
  expect(report.rows.filter(({ outcome }) => outcome === 'failed')).toMatchObject([
    { name: 'batch-store-01', reason: 'job-failed', errorCode: 'EVS.2024' },
  ])
  expect(await createsOf(env)).toEqual({ accepted: SERVERS, servers: SERVERS })
})

test('both inventories are the same servers', async () => {
  const read = async (name: string): Promise<unknown> => {
    const { code, stdout } = await runCli(['validate', sample(name), '--json'], { cwd: directory })
    expect(code).toBe(0)
    const { rows } = JSON.parse(stdout) as { rows: { line: number }[] }
    return rows.map((row) => ({ ...row, line: 0 }))
  }
  expect(await read('servers.csv')).toEqual(await read('servers.yaml'))
})

test('broken.csv: every error with its place, and not one request', async () => {
  const env = await serve([sample('servers.csv')])
  const { code, stdout, stderr } = await runCli(
    ['apply', sample('broken.csv'), '--yes', '--json', '--reports-dir', 'none'],
    { cwd: directory, env },
  )
  expect(code).toBe(2)
  const { problems, totals } = JSON.parse(stdout) as {
    problems: { code: string; severity: string; line: number; column: number }[]
    totals: { errors: number }
  }
  const errors = problems.filter(({ severity }) => severity === 'error')
  expect(errors.map(({ code: problem, line, column }) => [line, column, problem])).toEqual(BROKEN)
  expect(totals.errors).toBe(errors.length)
  expect(stderr).not.toContain('    at ')
  expect(await requestsOf(env)).toEqual({})
  expect(readdirSync(directory)).not.toContain('none')
})
