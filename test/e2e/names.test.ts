import { afterEach, describe, expect, test } from 'vitest'
import { planDocumentSchema } from '../../src/plan/plan-schema.ts'
import { fleetServerId, makeFleet } from '../support/fleet.ts'
import { onceEach } from '../support/served-cloud.ts'
import type { CloudOptions } from '../support/served-cloud.ts'
import { openWorkbench, outcomesOf, QUICK, type Workbench } from '../support/workbench.ts'

let bench: Workbench | null = null
afterEach(async () => {
  await bench?.close()
  bench = null
})

async function open(count: number, options: Omit<CloudOptions, 'rows'> = {}): Promise<Workbench> {
  bench = await openWorkbench(makeFleet(count), options)
  return bench
}

/** As RVTools has it: names, and IDs that are not the cloud's. */
function foreignCsv(names: readonly string[]): string {
  const lines = names.map(
    (name, n) => `${name},4237a5f3-0000-4000-8000-${String(n).padStart(12, '0')},g1`,
  )
  return ['VM,VM UUID,server_group', ...lines, ''].join('\n')
}

const BY_NAME = ['--map', 'name=VM', '--resolve-names'] as const
const SERVERS = ['server-1', 'server-2', 'server-3']

describe('--resolve-names', () => {
  test('rolls an export without IDs out, once, however often, and audits it', async () => {
    const { write, run, apply, cloud, report, serverIds, runs, read } = await open(3)
    write('servers.csv', foreignCsv(SERVERS))
    const refused = await run(['plan', 'servers.csv', '--map', 'name=VM'])
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('foreign-id-column')
    expect(refused.stderr).toContain('--resolve-names')
    const offline = await run(['validate', 'servers.csv', ...BY_NAME])
    expect(offline.code).toBe(0)
    expect(offline.stdout).toContain('names-to-resolve: rows without server_id: 3')

    const { stdout } = await run(['plan', 'servers.csv', ...BY_NAME])
    for (const id of serverIds) expect(stdout).toContain(`→ ${id} (eu-de-01, ACTIVE)`)
    expect(stdout).toContain('--resolve-names')

    expect((await apply(['--limit', '2', ...BY_NAME])).code).toBe(0)
    expect((await apply([...BY_NAME, '--fit-names'])).code).toBe(0)
    expect(cloud.creates()).toEqual(onceEach(serverIds))
    expect(report().rows.map(({ serverId, matched }) => [serverId, matched?.name])).toEqual(
      serverIds.map((id, n) => [id, SERVERS[n]]),
    )
    // The DR servers have the same names by now.
    expect(report().rows[0]?.matched?.leftOut).toHaveLength(1)
    expect(read(`${runs().at(-1) ?? ''}/remaining.csv`)).toBe('VM,VM UUID,server_group\n')

    const verified = await run(['verify', 'servers.csv', ...BY_NAME, '--expect', 'created'])
    expect(verified.code).toBe(0)
    const enabled = await run(['enable', 'servers.csv', ...BY_NAME, '--yes', ...QUICK])
    expect(enabled.code).toBe(0)
    expect(enabled.stderr).toContain(`server-1 → ${fleetServerId(1)}`)
  })

  test('what remains is matched again, and the next command says so', async () => {
    const { write, run, cloud, runs, read, serverIds } = await open(3, {
      faults: {
        jobs: [
          {
            server: 'server-3',
            errorCode: 'EVS.2024',
            failReason: 'x',
            leavesInstance: false,
            times: 1,
          },
        ],
      },
    })
    write('servers.csv', foreignCsv(SERVERS))
    const options = ['--yes', ...QUICK, '--concurrency', '1', ...BY_NAME]
    const first = await run(['apply', 'servers.csv', ...options])
    expect(first.code).toBe(3)
    expect(first.stdout).toMatch(/Next: .* apply servers\.csv .*--resolve-names/)
    const remaining = `${runs()[0] ?? ''}/remaining.csv`
    expect(read(remaining)).toBe(
      foreignCsv(SERVERS)
        .split('\n')
        .filter((_, n) => n === 0 || n === 3)
        .join('\n') + '\n',
    )
    const plan = await run(['plan', remaining, ...BY_NAME, '--json'])
    expect(
      planDocumentSchema.parse(JSON.parse(plan.stdout)).rows.map(({ serverId }) => serverId),
    ).toEqual(serverIds.slice(2))
    expect(Object.keys(cloud.creates())).toEqual(serverIds)
  })

  test('refuses what is ambiguous, unknown or said twice, each at its row, and sends nothing', async () => {
    const fleet = makeFleet(4)
    bench = await openWorkbench(fleet)
    const { write, run, cloud } = bench
    write('servers.csv', foreignCsv(['server-1', 'Server-2', 'server-1']))
    const { code, stderr } = await run(['apply', 'servers.csv', ...BY_NAME, '--yes', ...QUICK])
    expect(code).toBe(2)
    expect(stderr).toContain(
      'servers.csv:3:1 error server-name-unknown: no server of this project is named "Server-2"',
    )
    expect(stderr).toContain('did you mean "server-2"?')
    expect(stderr).toContain('servers.csv:4:1 error duplicate-server: row 1 (line 2)')
    expect(cloud.creates()).toEqual({})
    const json = await run(['plan', 'servers.csv', ...BY_NAME, '--json'])
    expect(json.code).toBe(2)
    expect(JSON.parse(json.stdout)).toMatchObject({ totals: { rows: 3, errors: 2 } })
  })

  test('without the list of servers: exit 4 with the reason, and nothing is sent', async () => {
    const { write, run, cloud } = await open(2, {
      faults: { rules: [{ on: 'listServers', do: { status: 403, body: 'gateway' } }] },
    })
    write('servers.csv', foreignCsv(['server-1']))
    for (const command of [
      ['plan'],
      ['apply', '--yes', '--no-preflight'],
      ['enable', '--yes'],
      ['verify'],
    ]) {
      const [name = '', ...more] = command
      const { code, stderr } = await run([name, 'servers.csv', ...more, ...BY_NAME])
      expect(code).toBe(4)
      expect(stderr).toContain('ecs:cloudServers:list')
    }
    expect(cloud.creates()).toEqual({})
  })

  test('a saved plan holds for these servers, and not for others of the same name', async () => {
    const { write, read, run } = await open(1)
    write('servers.csv', foreignCsv(['web']))
    const line = ['servers.csv', ...BY_NAME, '--simulate', '--reports-dir', 'r']
    const without = { env: { SDRS_PROTECT_ENDPOINT: '', SDRS_PROTECT_PROJECT_ID: '' } }
    // The world lasts only once something has changed it.
    expect((await run(['apply', ...line, '--yes', '--job-time', '100ms'], without)).code).toBe(0)
    expect((await run(['plan', ...line, '--out', 'plan.json'], without)).code).toBe(0)
    expect((await run(['apply', ...line, '--plan', 'plan.json'], without)).code).toBe(0)
    const world = JSON.parse(read('r/simulator.json'))
    const [server] = world.servers
    const other = { ...server, id: fleetServerId(77), disks: [] }
    write(
      'r/simulator.json',
      JSON.stringify({ ...world, servers: [{ ...server, name: 'gone' }, other] }),
    )
    const { code, stderr } = await run(['apply', ...line, '--plan', 'plan.json'], without)
    expect(stderr).toContain(
      'the name means another server now (--resolve-names): row 1 (web), serverId',
    )
    expect(code).toBe(2)
  })
})

describe('names that the API refuses', () => {
  const csv = (rows: readonly string[]): string =>
    [
      'server_id,name,server_group',
      ...rows.map((name, n) => `${fleetServerId(n + 1)},${name},g1`),
      '',
    ].join('\n')

  test('are an error, or are changed on demand: shown, the same in every run and in every part', async () => {
    const { write, run, apply, cloud, report, runs, read, serverIds } = await open(3)
    write('servers.csv', csv(['Büro 1', '数据库', 'Büro-1']))
    expect((await apply()).code).toBe(2)
    const fit = ['--fit-names', '--name-template', '{name}-dr'] as const
    const { stdout } = await run(['plan', 'servers.csv', ...fit])
    expect(stdout).toContain('name "Büro 1" → "Buero-1-dr-00000001"')
    expect(stdout).toContain('name "数据库" → "ShuJuKu-dr-00000002"')
    expect(stdout).toMatch(/Next: .* apply servers\.csv --fit-names --name-template '\{name\}-dr'/)
    const json = await run(['validate', 'servers.csv', ...fit, '--json'])
    const names = ['Buero-1-dr-00000001', 'ShuJuKu-dr-00000002', 'Buero-1-dr-00000003']
    expect(JSON.parse(json.stdout).rows.map(({ name }: { name: string }) => name)).toEqual(names)
    const verbose = await run(['validate', 'servers.csv', ...fit, '--verbose'])
    expect(verbose.stdout).toContain('changed: name "Büro 1" → "Buero-1-dr-00000001"')

    expect((await apply(['--rows', '2', ...fit])).code).toBe(0)
    // A part of the inventory, in a file of its own.
    write('rest.csv', csv(['Büro 1', '数据库', 'Büro-1']).replace(/.*数据库.*\n/, ''))
    const rest = await run(['apply', 'rest.csv', '--yes', ...QUICK, ...fit])
    expect(rest.code).toBe(0)
    expect(cloud.creates()).toEqual(onceEach(serverIds))
    expect([...cloud.world().instances.values()].map(({ name }) => name).toSorted()).toEqual(
      names.toSorted(),
    )
    expect((await apply(fit)).code).toBe(0)
    expect(report().rows.map(({ name, drift }) => [name, drift])).toEqual(
      names.map((name) => [name, []]),
    )
    expect(outcomesOf(report())).toMatchObject({ [names[0] ?? '']: 'already-protected' })
    expect(read(`${runs().at(-1) ?? ''}/report.csv`)).toContain(
      'name: Büro 1, used as Buero-1-dr-00000001',
    )
    // Without the template the names differ, and that is what verify says.
    const drifted = await run(['verify', 'servers.csv', '--fit-names', '--expect', 'created'])
    expect(drifted.code).toBe(3)
  })

  test('a template that says nothing known is a usage error, with what was meant', async () => {
    const { run } = await open(1)
    for (const command of ['validate', 'plan', 'verify']) {
      const { code, stderr } = await run([command, 'servers.csv', '--name-template', '{nam}-dr'])
      expect(code).toBe(2)
      expect(stderr).toContain(
        '--name-template: there is no placeholder {nam}; did you mean "name"?',
      )
    }
  })

  test('an inventory from stdin goes on from remaining.csv, with its own names and the same options', async () => {
    const { run, runs, read } = await open(2, {
      faults: {
        rules: [{ on: 'createProtectedInstance', do: { status: 400, code: 'SDRS.0201' } }],
      },
    })
    const stdin = csv(['Büro', 'web'])
    const { code, stdout } = await run(['apply', '-', '--yes', ...QUICK, '--fit-names'], { stdin })
    expect(code).toBe(3)
    expect(stdout).toMatch(/remaining\.csv .*--fit-names/)
    expect(read(`${runs()[0] ?? ''}/remaining.csv`)).toBe(stdin)
  })
})
