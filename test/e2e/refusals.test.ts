import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Finished } from '../support/cli.ts'
import { fleetServerId, makeFleet } from '../support/fleet.ts'
import { openWorkbench, outcomesOf, type Workbench } from '../support/workbench.ts'

/** What ends a run before its first create. */
let bench: Workbench
beforeEach(async () => {
  bench = await openWorkbench(makeFleet(3))
})
afterEach(() => bench.close())

function expectNothingSent(finished: Finished): void {
  expect(finished.stderr).not.toMatch(/^ {4}at /m)
  expect(finished.stderr).not.toContain('This is a bug')
  expect(finished.stderr).not.toBe('')
  expect(bench.cloud.creates()).toEqual({})
}

describe('exit 2', () => {
  test('nobody approves: no --yes, no plan, no terminal', async () => {
    const finished = await bench.run(['apply', 'servers.csv'])
    expect(finished.code).toBe(2)
    expectNothingSent(finished)
    expect(finished.stderr).toContain('--yes')
    expect(bench.cloud.world().counters).toEqual({})
  })

  test('a group that the project does not have, in the form of validate', async () => {
    bench.write('other.csv', `server_id,name,server_group\n${fleetServerId(1)},server-1,g7\n`)
    const finished = await bench.run(['apply', 'other.csv', '--yes', '--json'])
    expect(finished.code).toBe(2)
    expectNothingSent(finished)
    expect(JSON.parse(finished.stdout)).toMatchObject({
      totals: { errors: 1 },
      problems: [{ code: 'group-unknown', row: 1, line: 2, value: 'g7' }],
    })
  })

  test.each([
    ['no such file', 'none.csv', null],
    ['an empty file', 'bad.csv', ''],
    ['a folder', '.', null],
    ['bytes of no text', 'bad.csv', '\u0000\u0001\u0002\uFFFD'],
    ['half a quote', 'bad.csv', 'server_id,name\n"x'],
    ['half a document', 'bad.yaml', 'servers: [{server_id: "'],
    ['another kind of document', 'bad.json', '[1, null, "x"]'],
  ])('%s', async (_, name, content) => {
    if (content !== null) bench.write(name, content)
    const finished = await bench.run(['apply', name, '--yes'])
    expect(finished.code).toBe(2)
    expectNothingSent(finished)
    expect(bench.cloud.world().counters).toEqual({})
    expect(existsSync(join(bench.directory, 'reports'))).toBe(false)
  })

  test('plain http to another machine', async () => {
    const finished = await bench.run(['apply', 'servers.csv', '--yes'], {
      env: { SDRS_PROTECT_ENDPOINT: 'http://sdrs.example.invalid' },
    })
    expect(finished.code).toBe(2)
    expectNothingSent(finished)
  })
})

describe('files that are not what they should be: one line, and no stack trace', () => {
  const simulated = ['apply', 'servers.csv', '--yes', '--simulate']
  test.each<[number, readonly string[]]>([
    [2, ['report', 'none']],
    [2, ['report', 'servers.csv']],
    [2, ['simulate', '--port', '0', '--world', 'none.json']],
    [2, ['simulate', '--port', '0', '--world', 'servers.csv']],
    [2, ['simulate', '--port', '0', '--faults', 'none.json']],
    [2, [...simulated, '--faults', 'none.json']],
    [2, [...simulated, '--faults', 'servers.csv']],
    [1, [...simulated, '--reports-dir', 'servers.csv']],
    [1, [...simulated, '--reports-dir', 'servers.csv/reports']],
    [1, ['plan', 'servers.csv', '--out', 'none/plan.json']],
    [1, ['plan', 'servers.csv', '--out', '.']],
    [2, ['apply', 'servers.csv', '--plan', 'none.json']],
    [2, ['apply', 'servers.csv', '--plan', '.']],
  ])('exit %i: %j', async (code, typed) => {
    const finished = await bench.run(typed)
    expect(finished.code).toBe(code)
    expectNothingSent(finished)
  })
})

describe('exit 4, with the line to type once the cause is gone', () => {
  const NEXT = /\nNext: +sdrs-protect apply servers\.csv --yes .*\n$/

  test('the endpoint cannot be reached', async () => {
    const finished = await bench.apply([], {
      env: { SDRS_PROTECT_ENDPOINT: `http://127.0.0.1:${await unusedPort()}` },
    })
    expect(finished.code).toBe(4)
    expectNothingSent(finished)
    expect(finished.stderr).toMatch(NEXT)
  })

  test('the token is refused: nothing more is asked', async () => {
    await bench.cloud.revokeTokens()
    const finished = await bench.apply()
    expect(finished.code).toBe(4)
    expectNothingSent(finished)
    expect(finished.stderr).toMatch(NEXT)
    expect(bench.cloud.world().counters).toEqual({ listServerGroups: 1 })
  })

  test('no credentials at all', async () => {
    const finished = await bench.apply([], { env: { OS_TOKEN: '' } })
    expect(finished.code).toBe(4)
    expectNothingSent(finished)
    expect(finished.stderr).toMatch(NEXT)
    expect(bench.cloud.world().counters).toEqual({})
  })
})

test('exit 3: servers protected in another group are conflicts, the others are created', async () => {
  expect((await bench.apply(['--rows', '2'])).code).toBe(0)
  await bench.close()
  bench = await openWorkbench([...makeFleet(3), { n: 9, group: 'g2' }])
  expect((await bench.apply(['--rows', '2'])).code).toBe(0)
  const moved = bench.read('servers.csv').replace('server-2,g1', 'server-2,g2')
  bench.write('servers.csv', moved)
  expect((await bench.apply()).code).toBe(3)
  expect(outcomesOf(bench.report())).toEqual({
    'server-1': 'created',
    'server-2': 'conflict/other-group',
    'server-3': 'created',
    'server-9': 'created',
  })
  expect(bench.cloud.creates()[fleetServerId(2)]).toBe(1)
})

async function unusedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
