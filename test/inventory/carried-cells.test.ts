import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCarrier } from '../../src/inventory/carried-cells.ts'
import { columnKeys } from '../../src/inventory/headers.ts'
import { id, read, readYaml } from './read-inventory.ts'

const COLUMNS = 12
const columns = fc.subarray(Array.from({ length: COLUMNS }, (_, at) => at))
const headers = fc.array(fc.constantFrom('a', 'b', '__proto__', '', 'a (2)', 'constructor'), {
  minLength: COLUMNS,
  maxLength: COLUMNS,
})
const cells = fc.array(fc.option(fc.constantFrom('', 'x', 'y'), { nil: undefined }), {
  maxLength: COLUMNS + 2,
})

test('made when asked for, they are what a copy is', () => {
  fc.assert(
    fc.property(columns, columns, headers, cells, (some, secrets, names, written) => {
      const secret = new Set(secrets)
      const carried = some.filter((column) => !secret.has(column))
      const keys = columnKeys(names)
      const source = written.filter((_, column) => !secret.has(column))
      const rows = [COLUMNS, 0].map((mostCopied) => {
        const row = { source, carried: {} }
        createCarrier({ carried, secret }, keys, mostCopied)(row, written)
        return row
      })
      expect(rows[1]).toEqual(rows[0])
      expect(JSON.stringify({ ...rows[1] }.carried)).toBe(JSON.stringify(rows[0]?.carried))
    }),
    { numRuns: 1_000 },
  )
})

describe('rows of many columns', () => {
  const wide = Array.from({ length: 2_000 }, (_, at) => `column ${at}`)
  const header = ['server_id', 'name', 'admin_pass', 'server_group', ...wide].join(',')

  test('carry them all, without what is secret, and a copy of the row does', async () => {
    const { rows } = await read(`${header}\n${id(1)},a,SECRET,g,v0,,v2\n`)
    const copy = { ...rows[0] }
    const { carried = {} } = copy
    expect(Object.keys(carried)).toEqual(wide)
    expect(carried).toMatchObject({ 'column 0': 'v0', 'column 1': '', 'column 2': 'v2' })
    expect(JSON.stringify(copy)).not.toContain('SECRET')
  })

  test('take no memory for cells that are not there', async () => {
    const lines = Array.from({ length: 500 }, (_, at) => `${id(at + 1)},n${at},,g,x`)
    const { rows } = await read(`${header}\n${lines.join('\n')}\n`)
    // Each as an object of its own would be a million keys.
    const isMade = rows.map(
      (row) => 'value' in (Object.getOwnPropertyDescriptor(row, 'carried') ?? {}),
    )
    expect(isMade.includes(true)).toBe(false)
    expect(rows[499]?.carried['column 0']).toBe('x')
  })

  test('nor do keys that other rows have', async () => {
    const list = Array.from(
      { length: 500 },
      (_, at) => `{"server_id":"${id(at + 1)}","name":"n","server_group":"g","own ${at}":"x"}`,
    )
    const { rows } = await readYaml(`[${list.join(',')}]`)
    const descriptor = Object.getOwnPropertyDescriptor(rows[9] ?? {}, 'carried')
    expect(descriptor?.get).toBeDefined()
    expect(rows[9]?.carried['own 9']).toBe('x')
  })
})
