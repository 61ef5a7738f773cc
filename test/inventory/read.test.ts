import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { validateDocument } from '../../src/inventory/validate-document.ts'
import { FIELD_NAMES } from '../../src/inventory/fields.ts'
import { formatProblem } from '../../src/inventory/problem.ts'
import { readInventory } from '../../src/inventory/read.ts'
import type { Row } from '../../src/inventory/row.ts'
import { inventoryJsonSchema } from '../../src/inventory/inventory-json-schema.ts'
import { STARTERS } from '../../src/inventory/template.ts'
import { defaults, found, id, read, readYaml } from './read-inventory.ts'

const sample = (name: string) => new URL(`../../samples/${name}`, import.meta.url).pathname

/** What a row says, without where it stands and how it was written. */
const content = ({ row: _row, line: _line, source: _source, ...rest }: Row): unknown => rest

describe('samples', () => {
  test('has 40 servers in three groups, the same in CSV and YAML', async () => {
    const csv = await readInventory(sample('servers.csv'), defaults)
    const yaml = await readInventory(sample('servers.yaml'), defaults)
    expect(csv.totals).toMatchObject({ rows: 40, errors: 0, warnings: 0 })
    expect(yaml.totals).toMatchObject({ rows: 40, errors: 0, warnings: 0 })
    expect(yaml.rows.map(content)).toEqual(csv.rows.map(content))
    const groups = csv.rows.map((row) => row.serverGroup ?? row.serverGroupId)
    expect(new Set(groups).size).toBe(6)
    expect(csv.sha256).toBe(
      createHash('sha256')
        .update(await readFile(sample('servers.csv')))
        .digest('hex'),
    )
  })

  test('shows every error of the broken one at its place', async () => {
    expect(found(await readInventory(sample('broken.csv'), defaults))).toEqual(BROKEN)
  })
})

const BROKEN = [
  '4:52 description-too-long',
  '5:68 ip-without-subnet',
  '5:79 tag-without-equals',
  '6:1 server-id-invalid',
  '6:38 name-invalid-characters',
  '7:1 duplicate-server',
  '7:49 description-invalid-characters',
  '8:38 name-too-long',
  '8:110 group-missing',
  '9:91 ip-invalid',
  '9:103 tag-value-invalid-characters',
  '10:57 too-many-cells',
]

describe('reading', () => {
  test.each([
    ['/no/such/file.csv', 'file-missing'],
    ['/', 'not-a-file'],
  ])('tells of %s in one problem without a row', async (path, code) => {
    const inventory = await readInventory(path, defaults)
    expect(inventory.problems).toMatchObject([{ code, severity: 'error', row: null, line: null }])
    expect(inventory.totals).toEqual({ rows: 0, errors: 1, warnings: 0, infos: 0 })
  })

  test('reads standard input in any pieces', async () => {
    const bytes = Buffer.from(`server_id,name,server_group\n${id(1)},a,保护\n`)
    const pieces = Array.from(bytes, (byte) => Buffer.from([byte]))
    const inventory = await readInventory('-', defaults, Readable.from(pieces))
    expect(inventory).toMatchObject({ source: '-', format: 'csv', totals: { errors: 0 } })
    expect(inventory.rows[0]?.serverGroup).toBe('保护')
  })
})

describe('problems', () => {
  test('are one line of text each, in the order of the file', async () => {
    const inventory = await read(`server_id,name,server_group\nx,${'n'.repeat(70)},g\n`)
    expect(inventory.problems.map((problem) => formatProblem('servers.csv', problem))).toEqual([
      expect.stringMatching(/^servers\.csv:2:1 error server-id-invalid: \S/),
      expect.stringMatching(/^servers\.csv:2:3 error name-too-long: .*70 bytes/),
    ])
    const missing = (await read('', {}, '-')).problems.map((problem) => formatProblem('-', problem))
    expect(missing).toEqual([expect.stringMatching(/^<stdin> error empty-file: /)])
  })

  test('cut long values, and let no terminal sequence through', async () => {
    const inventory = await read(
      `server_id,name,server_group\n"\u001b[31m\n${'x'.repeat(500)}",a,g\n`,
    )
    expect(inventory.problems.map(({ value }) => Array.from(value ?? '').length)).toEqual([81])
    for (const problem of inventory.problems) {
      const wild = { ...problem, message: 'a\u001b[2J\nb\u202e' }
      expect(formatProblem('f', wild)).toContain('a\\u001b[2J\\u000ab\\u202e')
    }
  })

  test('have no placeholder left in any sentence', async () => {
    const texts = [
      await read(`x,tag:a|b,tags\n`, { map: { a: 'b', wave: 'x!' }, set: { c: 'd' }, group: '' }),
      await read(
        `server_id,name,server_group,tags,cluster_id\nx,ü,,a;=1;k=${'v'.repeat(50)},c,d\n`,
      ),
      await readYaml('version: 3\nfoo: 1\nservers: [1]'),
    ].flatMap(({ problems }) => problems.map((problem) => formatProblem('f', problem)))
    expect(texts.length).toBeGreaterThan(15)
    for (const text of texts) expect(text).not.toMatch(/\{\w+\}|undefined/)
  })
})

describe('validate --json', () => {
  test('has every key of a row, null where there is nothing', async () => {
    const inventory = await read(
      `server_id,name,server_group,wave,tags\n${id(1)},a,g,1,k=v\n,,h,,\n`,
    )
    const document = validateDocument(inventory)
    expect(document.rows).toEqual([
      {
        row: 1,
        line: 2,
        serverId: id(1),
        name: 'a',
        serverGroupId: null,
        serverGroup: 'g',
        description: null,
        primarySubnetId: null,
        primaryIpAddress: null,
        flavor: null,
        clusterId: null,
        tenancy: null,
        dedicatedHostId: null,
        tags: { k: 'v' },
        wave: '1',
      },
      {
        row: 2,
        line: 3,
        serverId: null,
        name: null,
        serverGroupId: null,
        serverGroup: 'h',
        description: null,
        primarySubnetId: null,
        primaryIpAddress: null,
        flavor: null,
        clusterId: null,
        tenancy: null,
        dedicatedHostId: null,
        tags: {},
        wave: null,
      },
    ])
    expect(Object.keys(document)).toEqual(['rows', 'problems', 'totals'])
    expect(document.totals).toEqual({ rows: 2, errors: 2, warnings: 0, infos: 0 })
    expect(Object.keys(document.problems[0] ?? {})).toEqual([
      'code',
      'severity',
      'row',
      'line',
      'column',
      'field',
      'value',
      'message',
      'hint',
    ])
  })
})

describe('templates', () => {
  test('are valid inventories, in both dialects', async () => {
    for (const dialect of ['otc', 'huawei'] as const) {
      expect((await read(STARTERS.csv(), { dialect })).totals).toMatchObject({
        rows: 3,
        errors: 0,
        warnings: 0,
      })
      expect((await readYaml(STARTERS.yaml(), { dialect })).totals).toMatchObject({
        rows: 2,
        errors: 0,
        warnings: 0,
      })
    }
  })

  test('has a JSON Schema that names every field', async () => {
    const text = JSON.stringify(inventoryJsonSchema())
    for (const field of [...FIELD_NAMES, 'defaults']) expect(text).toContain(`"${field}":`)
    expect(inventoryJsonSchema()).toMatchObject({ anyOf: [{ type: 'array' }, { type: 'object' }] })
  })
})
