import { describe, expect, test } from 'vitest'
import { FIELD_NAMES } from '../../src/inventory/fields.ts'
import { damageOf } from '../../src/inventory/spreadsheet-damage.ts'
import { codes, found, id, read } from './read-inventory.ts'

const HEADER =
  'server_id,name,server_group,flavor,wave,description,tags,primary_subnet_id,primary_ip_address'
const row = (cells: Readonly<Record<string, string>>): string => {
  const all: Readonly<Record<string, string>> = {
    server_id: id(1),
    name: 'a',
    server_group: 'g',
    primary_subnet_id: 's',
    ...cells,
  }
  return HEADER.split(',')
    .map((field) => `"${(all[field] ?? '').replaceAll('"', '""')}"`)
    .join(',')
}
const one = (field: string, value: string) => read(`${HEADER}\n${row({ [field]: value })}\n`)

describe('what a spreadsheet leaves of a value', () => {
  test.each([
    ['server_id', '1.11111E+31', 'excel-number'],
    ['server_id', '1,11111E+31', 'excel-number'],
    ['server_id', '1.1111111111111112E31', 'excel-number'],
    ['server_id', '12345678901234500000000000000000', 'excel-rounded'],
    ['server_id', '1234567890123450000000000000000', 'excel-rounded'],
    ['server_id', '#N/A', 'excel-error'],
    ['server_id', '########', 'excel-error'],
    ['server_id', '=A1', 'excel-formula'],
    ['name', '3.10E+02', 'excel-number'],
    ['name', '4,03E+11', 'excel-number'],
    ['name', '1E+05', 'excel-number'],
    ['name', '#BEZUG!', 'excel-error'],
    ['name', '#NAME?', 'excel-error'],
    ['name', '="web-1"', 'excel-formula'],
    ['server_group', '#NV', 'excel-error'],
    ['server_group', '1E+05', 'excel-number'],
    ['server_group', "='Sheet 1'!B2", 'excel-formula'],
    ['flavor', '#VALUE!', 'excel-error'],
    ['wave', '#REF!', 'excel-error'],
    ['wave', '=ROW()-1', 'excel-formula'],
    ['description', '#DIV/0!', 'excel-error'],
    ['description', '=B2&"-dr"', 'excel-formula'],
    ['tags', '#REF!', 'excel-error'],
    ['tags', '=CONCAT(A1,B1)', 'excel-formula'],
    ['primary_subnet_id', '4.03E+11', 'excel-number'],
    ['primary_ip_address', '1.92168E+11', 'excel-number'],
    ['primary_ip_address', '192168100200', 'excel-number'],
  ])('%s %s is refused with the reason, and nothing else', async (field, value, code) => {
    const inventory = await one(field, value)
    expect(inventory.problems).toMatchObject([
      { code, severity: 'error', field, value, row: 1, line: 2 },
    ])
    expect(inventory.problems[0]?.hint).toMatch(/export/)
  })

  test.each([
    ['name', '1-Mar', 'excel-date-like'],
    ['name', '02-Sep', 'excel-date-like'],
    ['name', 'Sep-02', 'excel-date-like'],
    ['server_group', '01. Mrz', 'excel-date-like'],
    ['wave', '3月1日', 'excel-date-like'],
    ['wave', '1E+05', 'excel-number-like'],
    ['name', '1E-05', 'excel-number-like'],
    ['name', '123456789012345000', 'excel-number-like'],
    ['description', '4.03E+11', 'excel-number-like'],
  ])('%s %s may be meant: it stays, with a warning', async (field, value, code) => {
    const inventory = await one(field, value)
    expect(inventory.problems.filter((problem) => problem.code === code)).toMatchObject([
      { severity: 'warning', field, value, row: 1, line: 2 },
    ])
    expect(inventory.totals.errors).toBe(0)
  })

  test.each([
    ['name', '007'],
    ['name', '1e5'],
    ['name', '1E5'],
    ['name', 'TRUE'],
    ['name', 'e-05'],
    ['name', 'mar1'],
    ['name', 'sep-02-db'],
    ['name', '12345'],
    ['wave', '1.0'],
    ['wave', '2026-03-01'],
    ['description', '= main ='],
    ['description', '#1 of 3'],
    ['description', 'C# tests'],
    ['tags', 'a==A1'],
    ['server_id', '1'.repeat(32)],
    ['server_id', `${'1'.repeat(29)}e10`],
    ['server_id', `1${'0'.repeat(14)}1${'0'.repeat(16)}`],
  ])('%s %s is what somebody wrote', async (field, value) => {
    expect(codes(await one(field, value)).filter((code) => code.startsWith('excel'))).toEqual([])
  })

  test('a doubt is told once a column, with the number of cells', async () => {
    const inventory = await read(
      [
        HEADER,
        row({ wave: '1-Feb' }),
        row({ server_id: id(2), wave: '2-Feb', name: '2-Feb' }),
        '',
      ].join('\n'),
    )
    expect(inventory.problems.map(({ code, field, row: at }) => [code, field, at])).toEqual([
      ['excel-date-like', 'wave', 1],
      ['excel-date-like', 'name', 2],
    ])
    expect(inventory.problems[0]?.message).toContain('2 cells')
  })

  test('in tag columns too', async () => {
    const text = `server_id,name,server_group,tag:a,tag:b\n${id(1)},a,g,#REF!,1E+05\n`
    const inventory = await read(text)
    expect(inventory.problems).toMatchObject([
      { code: 'excel-error', field: 'tag:a', column: 42 },
      { code: 'excel-number-like', field: 'tag:b', column: 48 },
    ])
  })

  test('different IDs that became one number are not called the same server', async () => {
    const cells = { server_id: '1.11111E+31' }
    const inventory = await read([HEADER, row(cells), row({ ...cells, name: 'b' }), ''].join('\n'))
    expect(codes(inventory)).toEqual(['excel-number', 'excel-number'])
  })

  test('what comes from the command line was in no spreadsheet', async () => {
    const inventory = await read(`server_id,name\n${id(1)},a\n`, {
      set: { wave: '1-Mar', server_group: 'g' },
    })
    expect(inventory.problems).toEqual([])
  })

  test('every field is judged', () => {
    for (const field of FIELD_NAMES) expect(damageOf(field, '#REF!')?.code).toBe('excel-error')
  })

  test('the place is that of the cell', async () => {
    expect(found(await one('wave', '#REF!'))).toEqual(['2:51 excel-error'])
  })
})
