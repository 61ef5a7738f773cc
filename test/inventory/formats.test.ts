import { expect, test } from 'vitest'
import { detectFormat, FORMATS, isInventoryFormat } from '../../src/inventory/formats.ts'
import { INVENTORY_FORMATS } from '../../src/settings/formats.ts'
import { id, read } from './read-inventory.ts'

test.each([
  ['a.csv', '[]', 'csv'],
  ['a.TSV', '', 'csv'],
  ['a.yml', 'a,b', 'yaml'],
  ['a.json', 'a,b', 'json'],
  ['-', ' [{', 'json'],
  ['-', '# servers\n\n- server_id: x', 'yaml'],
  ['-', 'servers:\n', 'yaml'],
  ['-', 'server_id,name', 'csv'],
  ['inventory.old', '', 'csv'],
])('%s with %j is %s', async (source, text, format) => {
  expect(detectFormat(source, text)).toBe(format)
})

test.each(['csv', 'yaml', 'json'] as const)(
  '%s can be asked for, whatever the name says',
  async (format) => {
    const text =
      format === 'csv'
        ? `server_id,name,server_group\n${id(1)},a,g\n`
        : JSON.stringify([{ server_id: id(1), name: 'a', server_group: 'g' }])
    const inventory = await read(text, { format }, 'servers.txt')
    expect(inventory).toMatchObject({ format, totals: { rows: 1, errors: 0 } })
  },
)

test('the settings offer what the inventory reads', async () => {
  expect(INVENTORY_FORMATS).toEqual(Object.keys(FORMATS))
  expect(isInventoryFormat('toString')).toBe(false)
})

test.each([
  ['sheet', { sheet: 'Servers' }, 'csv', '--sheet'],
  ['delimiter', { delimiter: ';' }, 'yaml', '--delimiter'],
])('%s that says nothing about this format is told', async (_, options, format, option) => {
  const text =
    format === 'csv'
      ? `server_id,name,server_group\n${id(1)},a,g\n`
      : `- {server_id: ${id(1)}, name: a, server_group: g}\n`
  const { problems } = await read(text, options, `servers.${format}`)
  expect(problems).toMatchObject([{ code: 'option-unused', severity: 'warning' }])
  expect(problems[0]?.message).toContain(option)
})
