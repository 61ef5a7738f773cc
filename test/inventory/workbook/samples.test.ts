import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { codes } from '../read-inventory.ts'
import { readBook } from './forge.ts'

const sample = (name: string): Promise<Buffer> =>
  readFile(new URL(`../../../samples/${name}`, import.meta.url))

test('the list of the console, as a streaming exporter writes it', async () => {
  const inventory = await readBook(await sample('ecs-console.xlsx'), { group: 'pg-erp' })
  expect(inventory.totals).toMatchObject({ rows: 4, errors: 0, warnings: 0 })
  expect(inventory.rows[0]).toMatchObject({
    serverId: '0b9e8c52-6c0e-4f6a-9a41-0d3c5f0e1a01',
    name: 'erp-app-01',
    serverGroup: 'pg-erp',
    tags: { env: 'prod' },
  })
  expect(inventory.rows[0]?.flavor).toBeUndefined()
})

test('the Chinese one, as Excel writes it again', async () => {
  const inventory = await readBook(await sample('ecs-console-zh.xlsx'), { group: 'pg' })
  expect(inventory.totals).toMatchObject({ rows: 3, errors: 0, warnings: 0 })
  expect(inventory.rows.map(({ name }) => name)).toEqual(['oa-web-01', 'oa-web-02', 'oa-web-03'])
  expect(inventory.columns).not.toContain('密钥对')
})

test("somebody's planning sheet, as LibreOffice writes it", async () => {
  const inventory = await readBook(await sample('planning.xlsx'))
  expect(inventory.rows.map(({ line, serverGroup, wave }) => [line, serverGroup, wave])).toEqual([
    [4, 'pg-erp', '1'],
    [5, 'pg-erp', '1'],
    [6, 'pg-erp', '1'],
    [7, 'pg-web', '2'],
    [8, 'pg-web', '2'],
    [9, 'pg-web', '2'],
  ])
  expect(inventory.rows[0]?.carried).toEqual({ Owner: 'DBA', Reviewed: '2026-10-20' })
  expect(inventory.totals).toMatchObject({ errors: 0, warnings: 1 })
  expect(codes(inventory).toSorted()).toEqual([
    'carried-columns',
    'formula-cells',
    'hidden-rows',
    'lines-above-header',
    'merged-cells',
    'sheet-chosen',
  ])
})
