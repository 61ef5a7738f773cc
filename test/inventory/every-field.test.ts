import { expect, test } from 'vitest'
import { validateDocument } from '../../src/inventory/validate-document.ts'
import { FIELD_NAMES, FIELDS, ROW_FIELDS, type FieldName } from '../../src/inventory/fields.ts'
import type { Inventory } from '../../src/inventory/read.ts'
import { STARTERS } from '../../src/inventory/template.ts'
import { remainingCsv } from '../../src/inventory/write.ts'
import { id, read } from './read-inventory.ts'

/** A row with every field filled, as text; a new field is added here too. */
const FILLED: Readonly<Record<FieldName, string>> = {
  server_id: id(1),
  name: 'erp-db-01',
  server_group_id: id(2),
  server_group: 'erp',
  description: 'Order entry, "live"',
  primary_subnet_id: id(3),
  primary_ip_address: '192.168.10.21',
  flavor: 's3.xlarge.2',
  cluster_id: id(4),
  tenancy: 'dedicated',
  dedicated_host_id: id(5),
  tags: 'env=prod;tier=db',
  wave: '007',
}

const AS_PRINTED = {
  row: 1,
  line: 2,
  serverId: id(1),
  name: 'erp-db-01',
  serverGroupId: id(2),
  serverGroup: 'erp',
  description: 'Order entry, "live"',
  primarySubnetId: id(3),
  primaryIpAddress: '192.168.10.21',
  flavor: 's3.xlarge.2',
  clusterId: id(4),
  tenancy: 'dedicated',
  dedicatedHostId: id(5),
  tags: { env: 'prod', tier: 'db' },
  wave: '007',
}

const OPTIONS = { dialect: 'huawei' } as const
const quoted = (cells: readonly string[]): string =>
  cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')

const csv = await read(
  `${FIELD_NAMES.join(',')}\n${quoted(FIELD_NAMES.map((name) => FILLED[name]))}\n`,
  OPTIONS,
)

/** Key by key and in order, without the line, which is the file's. */
const printed = (inventory: Inventory): unknown =>
  validateDocument(inventory).rows.map(({ line: _line, ...row }) => Object.entries(row))

test('a row with every field comes out of validate --json with every field, in order', async () => {
  expect(csv.problems).toEqual([])
  const { rows } = validateDocument(csv)
  expect(rows).toEqual([AS_PRINTED])
  expect(Object.keys(rows[0] ?? {})).toEqual(Object.keys(AS_PRINTED))
  expect(Object.keys(AS_PRINTED)).toEqual(['row', 'line', ...ROW_FIELDS])
})

test('it comes back from remaining.csv, as CSV and from JSON', async () => {
  const json = await read(JSON.stringify({ servers: [FILLED] }), OPTIONS, 'servers.json')
  expect(printed(json)).toEqual(printed(csv))
  for (const inventory of [csv, json]) {
    const again = await read(remainingCsv(inventory, inventory.rows), OPTIONS)
    expect(again.problems).toEqual([])
    expect(again.columns).toEqual(FIELD_NAMES)
    expect(printed(again)).toEqual(printed(csv))
  }
})

test.each(FIELD_NAMES)('%s can be mapped to any column, and set for every row', async (name) => {
  const value = FILLED[name]
  const names = FIELD_NAMES.filter((each) => each !== name)
  const others = names.map((each) => FILLED[each])
  const cells = quoted([...others, value])
  const mapped = await read(`${[...names, 'x'].join(',')}\n${cells}\n`, {
    ...OPTIONS,
    map: { [name]: 'x' },
  })
  expect(printed(mapped)).toEqual(printed(csv))
  const set = await read(`${names.join(',')}\n${quoted(others)}\n`, {
    ...OPTIONS,
    set: { [name]: value },
  })
  expect(printed(set)).toEqual(printed(csv))
})

test.each(ROW_FIELDS)('the aliases of %s all mean it', async (field) => {
  const { name, aliases } = FIELDS[field]
  for (const alias of aliases) {
    const headers = FIELD_NAMES.map((each) => (each === name ? alias : each))
    const inventory = await read(
      `${headers.join(',')}\n${quoted(FIELD_NAMES.map((each) => FILLED[each]))}\n`,
      OPTIONS,
    )
    // An export's own word for the ID makes its flavor that of the production server.
    const [row] = validateDocument(inventory).rows
    expect(row?.[field]).toEqual(AS_PRINTED[field])
  }
})

test('the YAML starter explains every field', async () => {
  for (const name of FIELD_NAMES) expect(STARTERS.yaml()).toMatch(new RegExp(`\\b${name}\\b`))
})
