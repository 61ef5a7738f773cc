import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FORMATS } from '../../../src/inventory/formats.ts'
import { parseInventory } from '../../../src/inventory/read.ts'
import type { Row } from '../../../src/inventory/row.ts'
import { remainingCsv } from '../../../src/inventory/write.ts'
import { defaults } from '../read-inventory.ts'

const FOLDER = new URL('../../../samples/exports/', import.meta.url)
const bytesOf = (name: string): Buffer => readFileSync(new URL(name, FOLDER))

/** In every sample that could hold a secret of a server. */
const SECRET = /Sample-Secret|U2FtcGxl/

const DB1 = ['5c32ca89-9829-46e7-abb7-be95afa99cdd', 'erp-db-01'] as const
const DB2 = ['b6f3f806-2562-4081-b97d-7184b83fc338', 'erp-db-02'] as const
const APP1 = ['94f0eac0-bc39-4767-a39e-ad89d7ce9a0c', 'erp-app-01'] as const
const STORE = ['358609f2-4329-483e-97c0-879f82b555e9', 'batch-store-01'] as const

type Sample = readonly [
  readAs: string | null,
  rows: readonly (readonly [string, string])[],
  warnings?: readonly string[],
]

/** What each sample is: read off the file by eye. */
const SAMPLES: Readonly<Record<string, Sample>> = {
  'ansible-inventory.json': [
    'ansible-inventory --list, 2 of 3 hosts',
    [DB1, DB2],
    ['hosts-without-id'],
  ],
  'ansible-inventory.yaml': [
    'an Ansible inventory in YAML, 2 of 3 hosts',
    [DB1, APP1],
    ['hosts-without-id'],
  ],
  'config-query.csv': ['a result of Config, 3 rows', [DB1, APP1]],
  'config-query.json': ['a result of Config, 3 resources', [DB1, APP1]],
  'coverage.json': ['coverage of this tool, 1 of 7 servers', [STORE]],
  'ecs-servers.json': ['servers of the ECS API, 2 servers', [DB1, DB2], ['list-incomplete']],
  'ecs-servers.ndjson': ['servers of the ECS API, 2 servers', [DB1, DB2]],
  'openstack-server-list-long-old-client.csv': ['openstack server list, 2 rows', [DB1, DB2]],
  'openstack-server-list-long.json': ['openstack server list, 2 rows', [DB1, DB2]],
  'openstack-server-list.csv': ['openstack server list, 3 rows', [DB1, DB2, APP1]],
  'openstack-server-list.yaml': ['openstack server list, 2 rows', [DB1, APP1]],
  'remaining.csv': [null, [STORE]],
  'report.csv': ['a report of this tool, 4 rows', [DB1, DB2, APP1, STORE], ['report-is-partial']],
  'report.json': ['a report of this tool, 4 rows', [DB1, DB2, APP1, STORE], ['report-is-partial']],
  'sdrs-protected-instances.json': ['protected instances of SDRS, 2 instances', [DB1, DB2]],
  'terraform-output.json': [
    'Terraform output -json, 3 servers of db_servers, app_server_ids',
    [DB1, DB2, APP1],
    ['outputs-left-out'],
  ],
  'terraform-show.json': ['Terraform show -json, 3 of 5 resources', [DB1, DB2, APP1]],
  'terraform.tfstate': [
    'Terraform state v4, 3 of 7 resources',
    [DB1, DB2, APP1],
    ['tainted-servers'],
  ],
}

const options = { ...defaults, group: 'g' }

/** Of the files that are text; a workbook has a test of its own. */
const names = readdirSync(FOLDER).filter((name) =>
  /\.(?:csv|json|ndjson|ya?ml|tfstate)$/.test(name),
)

test('every sample is known here', () => {
  expect(names.filter((name) => SAMPLES[name] !== undefined)).toEqual(Object.keys(SAMPLES))
})

describe.each(Object.entries(SAMPLES))('%s', (name, [readAs, servers, warnings = []]) => {
  test.each(['by its name', 'through stdin'])('is read %s', async (way) => {
    const source = way === 'through stdin' ? '-' : name
    const inventory = await parseInventory(source, bytesOf(name), options)
    const of = (severity: string): string[] =>
      inventory.problems.filter((each) => each.severity === severity).map(({ code }) => code)
    expect(of('error')).toEqual([])
    expect(of('warning')).toEqual(warnings)
    expect(inventory.problems.find(({ code }) => code === 'read-as')?.message ?? null).toBe(
      readAs === null ? null : `read as: ${readAs}`,
    )
    expect(inventory.rows.map((row) => [row.serverId, row.name])).toEqual(servers)
    for (const row of inventory.rows) {
      expect(row).not.toHaveProperty('flavor')
      expect(row).not.toHaveProperty('primaryIpAddress')
    }
  })

  test('shows no secret, and no value of the production server is taken', async () => {
    const inventory = await parseInventory(name, bytesOf(name), options)
    const written = remainingCsv(inventory, inventory.rows)
    expect(JSON.stringify(inventory) + written).not.toMatch(SECRET)
  })

  test('what remains of it reads back as the same servers', async () => {
    const inventory = await parseInventory(name, bytesOf(name), options)
    const content = ({
      row: _row,
      line: _line,
      source: _source,
      carried: _carried,
      ...fields
    }: Row): object => fields
    const again = await parseInventory(
      'remaining.csv',
      Buffer.from(remainingCsv(inventory, inventory.rows)),
      { ...options, delimiter: inventory.delimiter },
    )
    expect(again.rows.map(content)).toEqual(inventory.rows.map(content))
  })
})

describe('mutated samples', () => {
  /** Some of these make another document of the same kind, most break it. */
  const mutation = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    length: fc.nat({ max: 40 }),
    insert: fc.oneof(
      fc.constantFrom(
        ...'{}[]":,\\\n\'&*<-#|',
        'null',
        '&a',
        '*a',
        '<<: *a',
        '{"a":',
        '[[',
        '\u0000',
        '\ufeff',
      ),
      fc.string({ unit: 'binary', maxLength: 6 }),
    ),
    times: fc.constantFrom(1, 1, 1, 300),
  })

  test.each(Object.keys(SAMPLES))(
    '%s: no crash, and every problem at a place in the file',
    async (name) => {
      const text = bytesOf(name).toString()
      const secretAt = SECRET.exec(text)
      await fc.assert(
        fc.asyncProperty(
          fc.array(mutation, { minLength: 1, maxLength: 4 }),
          fc.constantFrom(
            name,
            '-',
            ...Object.values(FORMATS).map(({ extensions }) => `a.${extensions[0] ?? ''}`),
          ),
          async (mutations, source) => {
            const mutated = mutations.reduce((whole, { at, length, insert, times }) => {
              const start = Math.floor(at * whole.length)
              return whole.slice(0, start) + insert.repeat(times) + whole.slice(start + length)
            }, text)
            const inventory = await parseInventory(source, Buffer.from(mutated), options)
            const lines = mutated.split(/\r\n|\r|\n/)
            for (const { line, column } of inventory.problems) {
              if (line === null) continue
              expect(line).toBeLessThanOrEqual(lines.length)
              expect(column).toBeGreaterThanOrEqual(1)
              expect(column).toBeLessThanOrEqual(Array.from(lines[line - 1] ?? '').length + 2)
            }
            expect(inventory.rows.length).toBeLessThan(5000)
          },
        ),
        { numRuns: secretAt === null ? 40 : 60 },
      )
    },
  )

  test('any bytes at all', async () => {
    const source = fc.constantFrom('a.json', 'a.ndjson', 'a.yaml', 'a.csv', '-')
    await fc.assert(
      fc.asyncProperty(source, fc.uint8Array({ maxLength: 300 }), async (name, bytes) => {
        const { rows, totals } = await parseInventory(name, bytes, options)
        expect(rows.length).toBe(totals.rows)
      }),
      { numRuns: 500 },
    )
  })

  test('any JSON at all, also as YAML', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('a.json', 'a.yaml', '-'), fc.json(), async (name, text) => {
        const { rows, totals } = await parseInventory(name, Buffer.from(text), options)
        expect(rows.length).toBe(totals.rows)
      }),
      { numRuns: 500 },
    )
  })

  test('any value in place of any other', async () => {
    await Promise.all(
      Object.keys(SAMPLES)
        .filter((name) => /\.(?:json|tfstate)$/.test(name))
        .map(async (name) => {
          const whole: unknown = JSON.parse(bytesOf(name).toString())
          const paths = pathsOf(whole, [])
          await fc.assert(
            fc.asyncProperty(fc.constantFrom(...paths), fc.jsonValue(), async (path, value) => {
              const text = JSON.stringify(replaced(whole, path, value))
              const inventory = await parseInventory(name, Buffer.from(text), options)
              expect(JSON.stringify(inventory)).not.toMatch(SECRET)
            }),
            { numRuns: 40 },
          )
        }),
    )
  })
})

type Path = readonly (string | number)[]

function pathsOf(value: unknown, path: Path): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, each]) => pathsOf(each, [...path, key]))]
}

function replaced(whole: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value
  if (Array.isArray(whole)) {
    return whole.map((each: unknown, at) =>
      String(at) === key ? replaced(each, rest, value) : each,
    )
  }
  return Object.fromEntries(
    Object.entries(whole as object).map(([name, each]: [string, unknown]) => [
      name,
      name === key ? replaced(each, rest, value) : each,
    ]),
  )
}
