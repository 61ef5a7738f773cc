import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterEach, expect, test } from 'vitest'
import {
  coverageDocumentSchema,
  type CoverageDocument,
} from '../../src/coverage/coverage-document.ts'
import { makeFleet } from '../support/fleet.ts'
import { onceEach } from '../support/served-cloud.ts'
import { openWorkbench, QUICK, type Workbench } from '../support/workbench.ts'

let bench: Workbench
afterEach(() => bench.close())

async function coverage(
  more: readonly string[] = [],
): Promise<{ readonly code: number | null; readonly document: CoverageDocument }> {
  const { code, stdout } = await bench.run(['coverage', '--json', ...more])
  return { code, document: coverageDocumentSchema.parse(JSON.parse(stdout)) }
}

test('without an inventory: the gap is written, planned, applied, and is none any more', async () => {
  bench = await openWorkbench(makeFleet(5, ['g1', 'g1']))
  const { code, stdout } = await bench.run(['coverage', '--out', 'gap.csv'])
  expect(code).toBe(3)
  expect(stdout).toMatch(/\nNext: +sdrs-protect plan gap\.csv\n$/)
  // Nothing but the file, and nothing but reads.
  expect(existsSync(join(bench.directory, 'reports'))).toBe(false)
  expect(bench.cloud.creates()).toEqual({})

  expect((await bench.run(['validate', 'gap.csv'])).stdout).toContain('5 rows: no errors')
  expect((await bench.run(['plan', 'gap.csv'])).code).toBe(0)
  expect((await bench.run(['apply', 'gap.csv', '--yes', ...QUICK])).code).toBe(0)
  expect(bench.cloud.creates()).toEqual(onceEach(bench.serverIds))

  const after = await coverage(['--out', 'gap.csv'])
  expect(after.code).toBe(0)
  expect(after.document.totals).toMatchObject({ servers: 10, protected: 5, drServer: 5 })
  expect(after.document.servers.filter((each) => each.class === 'protected')).toMatchObject(
    bench.serverIds.map((serverId) => ({ serverId, serverGroup: 'g1', protectionEnabled: false })),
  )
  expect(bench.read('gap.csv')).toBe('server_id,name,server_group\n')
  expect((await bench.run(['coverage'])).stdout).toContain('with protection not on: no replication')
})

test('what is left out is no gap, and the document is as its schema says', async () => {
  bench = await openWorkbench(makeFleet(3))
  const left = await coverage(['--exclude', 'server-1', '--exclude', 'server-[23]'])
  expect(left.code).toBe(0)
  expect(left.document.totals).toMatchObject({ servers: 3, excluded: 3, protectable: 0 })
  const { stdout } = await bench.run(['template', '--schema', 'coverage'])
  const accepts = new Ajv2020({ strictTypes: false, validateFormats: false }).compile(
    JSON.parse(stdout),
  )
  expect([accepts(left.document), accepts.errors]).toEqual([true, null])
})

test('where the servers may not be read: exit 4, with the command to type again', async () => {
  bench = await openWorkbench(makeFleet(2), {
    faults: { rules: [{ on: 'listServers', do: { status: 403, body: 'gateway' } }] },
  })
  const { code, stdout, stderr } = await bench.run(['coverage'])
  expect([code, stdout]).toEqual([4, ''])
  expect(stderr).toContain('ecs:cloudServers:list')
  expect(stderr).toMatch(/\nNext: +sdrs-protect coverage\n$/)
})

test('an inventory is not taken', async () => {
  bench = await openWorkbench(makeFleet(1))
  expect((await bench.run(['coverage', 'servers.csv'])).code).toBe(2)
  expect(bench.cloud.asked('listServers')).toBe(0)
})
