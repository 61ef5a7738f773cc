import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { inventoryCsv, soundCloud, wireOf, type AuditedCloud } from '../support/audited-cloud.ts'
import { runCli, startCli, type Finished } from '../support/cli.ts'
import { makeFleet } from '../support/fleet.ts'
import { openWorkbench, parseReport } from '../support/workbench.ts'

let directory = ''
let server: Server
let cloud: AuditedCloud
let forbidden: string[]
/** Method and path of every request. */
let requests: string[]
/** What is not answered at all. */
let silent: string | null

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sdrs-verify-'))
  cloud = soundCloud()
  forbidden = []
  requests = []
  silent = null
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
    requests.push(`${request.method} ${pathname}`)
    if (silent !== null && pathname.includes(silent)) return
    const what = `any ${pathname.replace('/p/', '/')}`
    const reply = wireOf(cloud, forbidden)({ what, query: searchParams })
    if (reply === 'hangs') return
    response.writeHead(reply.status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(reply.body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  writeFileSync(join(directory, 'servers.csv'), inventoryCsv(cloud))
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
  rmSync(directory, { recursive: true, force: true })
})

function options() {
  return {
    cwd: directory,
    env: {
      OS_TOKEN: 't',
      SDRS_PROTECT_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      SDRS_PROTECT_PROJECT_ID: 'p',
    },
  }
}

const verify = (...more: string[]): Promise<Finished> =>
  runCli(['verify', 'servers.csv', ...more], options())

function runFolders(): string[] {
  try {
    return readdirSync(join(directory, 'reports')).filter((name) => !name.startsWith('.'))
  } catch {
    return []
  }
}

function switchOff(): void {
  cloud.groups = cloud.groups.map((each) => ({ ...each, status: 'available' }))
}

test('all as written and in sync: exit 0, reads only, the files of a run without a journal', async () => {
  const { code, stdout, stderr } = await verify()
  expect(code).toBe(0)
  expect(stdout).toMatch(/^3 servers: all as written and in sync\n/)
  expect(stdout).not.toContain('Next:')
  expect(stderr).toBe('')
  expect(requests.every((request) => request.startsWith('GET '))).toBe(true)
  expect(requests).toHaveLength(5)
  const [run = ''] = runFolders()
  expect(readdirSync(join(directory, 'reports', run)).toSorted()).toEqual([
    'junit.xml',
    'remaining.csv',
    'report.csv',
    'report.html',
    'report.json',
    'report.md',
    'run.log',
  ])
})

test('--json prints the one report; rendered again it says and exits the same', async () => {
  switchOff()
  const { code, stdout, stderr } = await verify('--json')
  expect(code).toBe(3)
  const report = parseReport(stdout)
  expect(report.rows.map(({ verification }) => verification?.replication.state)).toEqual(
    Array(3).fill('off'),
  )
  expect(stderr).toContain('enable servers.csv')
  const [run = ''] = runFolders()
  const again = await runCli(['report', join('reports', run)], options())
  expect(again.code).toBe(3)
  expect(again.stdout).toContain('3 servers: all as written, but not in sync')
  const asJson = await runCli(['report', join('reports', run), '--json'], options())
  expect(JSON.parse(asJson.stdout)).toEqual(report)
})

test('--expect created, also by the environment: protection need not be on', async () => {
  switchOff()
  expect((await verify('--expect', 'created')).code).toBe(0)
  const { env, ...rest } = options()
  const byEnvironment = { ...rest, env: { ...env, SDRS_PROTECT_EXPECT: 'created' } }
  expect((await runCli(['verify', 'servers.csv'], byEnvironment)).code).toBe(0)
  const [run = ''] = runFolders()
  expect((await runCli(['report', join('reports', run)], options())).code).toBe(0)
  expect((await verify('--expect', 'protected')).code).toBe(2)
})

test('what may not be read is said, by name; SDRS itself is exit 4', async () => {
  forbidden = ['replications', 'cloudservers']
  const { code, stdout } = await verify()
  expect(code).toBe(3)
  expect(stdout).toMatch(/Could not be read:\n {2}ECS: listServers.*\n(.*\n)* {2}SDRS: |SDRS: list/)
  expect(stdout).toContain('get the permission that is missing')
  forbidden = ['server-groups']
  const refused = await verify()
  expect(refused.code).toBe(4)
  expect(refused.stderr).toContain('Nothing was sent.')
})

test('an invalid inventory is exit 2, and so is a group that is not there', async () => {
  writeFileSync(join(directory, 'servers.csv'), 'server_id,name,server_group\nx,web,g\n')
  expect((await verify()).code).toBe(2)
  expect(requests).toEqual([])
  writeFileSync(
    join(directory, 'servers.csv'),
    'server_id,name,server_group\n00000000-0000-4000-8000-000000000001,web,nowhere\n',
  )
  expect((await verify()).code).toBe(2)
  expect(runFolders()).toEqual([])
})

test('it takes no lock: another run that holds it is not in its way, nor it in that one’s', async () => {
  silent = 'protected-instances'
  const holder = startCli(['apply', 'servers.csv', '--yes'], options())
  try {
    await expect
      .poll(() => requests.some((request) => request.includes('protected-instances')), {
        timeout: 30_000,
      })
      .toBe(true)
    silent = null
    expect((await verify()).code).toBe(0)
  } finally {
    holder.child.kill('SIGKILL')
    await holder.ended
  }
})

test('Ctrl-C ends it at once, with nothing written', async () => {
  silent = 'replications'
  const running = startCli(['verify', 'servers.csv'], options())
  await expect
    .poll(() => requests.some((request) => request.includes('replications')), { timeout: 30_000 })
    .toBe(true)
  running.child.kill('SIGINT')
  const { code, stderr } = await running.ended
  expect(code).toBe(130)
  expect(stderr).toContain('Interrupted')
  expect(runFolders()).toEqual([])
})

test('on the simulator: created is not replicating, and switched on it is', async () => {
  const bench = await openWorkbench(makeFleet(4, ['g1', 'g2']), {
    limits: { syncTimeMs: { min: 100, max: 100 } },
  })
  try {
    expect((await bench.apply()).code).toBe(0)
    const before = await bench.run(['verify', 'servers.csv'])
    expect(before.code).toBe(3)
    expect(before.stdout).toMatch(/protection is off in 2 groups:\s+nothing replicates yet/)
    expect((await bench.run(['verify', 'servers.csv', '--expect', 'created'])).code).toBe(0)
    for (const { id } of bench.report().groups) {
      const { env, url } = bench.cloud
      const started = await fetch(
        `${url}/v1/${env['SDRS_PROTECT_PROJECT_ID']}/server-groups/${id}/action`,
        {
          method: 'POST',
          headers: { 'x-auth-token': env['OS_TOKEN'] ?? '', 'content-type': 'application/json' },
          body: JSON.stringify({ 'start-server-group': {} }),
        },
      )
      expect(started.ok).toBe(true)
    }
    await expect
      .poll(async () => (await bench.run(['verify', 'servers.csv'])).code, { timeout: 60_000 })
      .toBe(0)
    const { rows } = bench.report()
    expect(rows.map(({ verification }) => verification?.replication.state)).toEqual(
      Array(4).fill('in-sync'),
    )
    // An audit leaves nothing that a later run would have to take up.
    const again = await bench.apply()
    expect(again.code).toBe(0)
    expect(bench.report().run.resumedRuns).toEqual([])
    expect(Object.values(bench.cloud.creates())).toEqual([1, 1, 1, 1])
  } finally {
    await bench.close()
  }
})
