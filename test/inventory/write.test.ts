import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Inventory } from '../../src/inventory/read.ts'
import type { Row } from '../../src/inventory/row.ts'
import { defuse, remainingCsv } from '../../src/inventory/write.ts'
import { id, read, readYaml } from './read-inventory.ts'

/** What a row says, without where it stands. */
/** A cell that is not there and an empty one are the same to an inventory. */
const content = ({ row: _row, line: _line, source, ...rest }: Row): unknown =>
  JSON.parse(JSON.stringify({ ...rest, source: source.map((cell) => cell ?? '') }))

const reread = (inventory: Inventory): Promise<Inventory> =>
  read(remainingCsv(inventory, inventory.rows), { delimiter: inventory.delimiter })

/** Text as hostile as cells get: formulas, apostrophes, quotes, delimiters, line ends, blanks. */
const cell = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }).map((text) => text.replaceAll('\0', '')),
  fc
    .array(
      fc.constantFrom(
        '=',
        '+',
        '-',
        '@',
        '\t',
        '\r',
        '\n',
        "'",
        '"',
        ',',
        ';',
        ' ',
        'a',
        '__proto__',
      ),
      {
        maxLength: 6,
      },
    )
    .map((parts) => parts.join('')),
)
const header = cell.filter((text) => !/tag|key|pass|secret|token|data|cred|ak|sk|pwd/i.test(text))

describe('defuse', () => {
  test.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-', "'-"],
    ['@x', "'@x"],
    ['\tx', "'\tx"],
    ['\rx', "'\rx"],
    ["'x", "''x"],
    ['a=b', 'a=b'],
    ['', ''],
  ])('%j', async (text, expected) => expect(defuse(text)).toBe(expected))
})

describe('remaining.csv', () => {
  test('keeps columns, order and delimiter, and only the given rows', async () => {
    const text = `Note;ID;Name;tag:a\n=cmd();${id(1)};a;x\n"b;c";${id(2)};b;\n`
    const inventory = await read(text, { group: 'g' })
    expect(remainingCsv(inventory, inventory.rows)).toBe(text.replace('=cmd', "'=cmd"))
    expect(remainingCsv(inventory, inventory.rows.slice(1))).toBe(text.replace(/=cmd.*\n/, ''))
    expect(remainingCsv(inventory, [])).toBe('Note;ID;Name;tag:a\n')
  })

  test('leaves secrets out', async () => {
    const inventory = await read(`server_id,admin_pass,name\n${id(1)},x,a\n`, { group: 'g' })
    expect(remainingCsv(inventory, inventory.rows)).toBe(`server_id,name\n${id(1)},a\n`)
  })

  test('writes YAML with the union of the fields and the defaults', async () => {
    const inventory = await readYaml(
      `defaults: {server_group: g}\nservers:\n- {server_id: ${id(1)}, name: 007, tags: {b: "1", a: "x"}}\n- {server_id: ${id(2)}, name: b, server_group: h, wave: 2}`,
    )
    const again = await reread(inventory)
    expect(again.columns).toEqual(['server_group', 'server_id', 'name', 'tags', 'wave'])
    expect(again.rows.map(content)).toEqual(inventory.rows.map(content))
    expect(again.rows[0]).toMatchObject({ name: '007', serverGroup: 'g', tags: { a: 'x', b: '1' } })
  })

  test('reads back as it was, whatever the cells and headers are (CSV)', async () => {
    const file = fc.record({
      headers: fc.array(header, { maxLength: 4 }),
      rows: fc.array(fc.array(cell, { minLength: 5, maxLength: 5 }), { maxLength: 4 }),
      delimiter: fc.constantFrom(',', ';', '\t', '|'),
      end: fc.constantFrom('\n', '\r\n'),
    })
    await fc.assert(
      fc.asyncProperty(file, async ({ headers, rows, delimiter, end }) => {
        const quoted = (cells: readonly string[]): string =>
          cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(delimiter)
        const lines = [
          ['server_id', 'name', 'server_group', 'description', ...headers],
          ...rows.map((cells, index) => [
            id(index + 1),
            'a',
            'g',
            ...cells.slice(0, headers.length + 1),
          ]),
        ]
        const first = await read(lines.map(quoted).join(end), { delimiter })
        const second = await reread(first)
        expect(second.rows.map(content)).toEqual(first.rows.map(content))
        expect(second.columns).toEqual(first.columns)
        expect(second.rows.length).toBe(rows.length)
      }),
      { numRuns: 500 },
    )
  })

  test('reads back as it was, whatever the values are (YAML)', async () => {
    const value = fc.oneof(cell, fc.dictionary(fc.string({ maxLength: 3 }), cell, { maxKeys: 3 }))
    const row = fc.record(
      {
        description: cell,
        note: value,
        "'=x": cell,
        tags: fc.dictionary(fc.string({ minLength: 1, maxLength: 3 }), cell, { maxKeys: 3 }),
      },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 4 }),
        fc.dictionary(fc.constantFrom('wave', 'note'), cell),
        async (rows, defaults) => {
          const servers = rows.map((cells, index) => ({
            server_id: id(index + 1),
            name: 'a',
            server_group: 'g',
            ...cells,
          }))
          const first = await read(JSON.stringify({ defaults, servers }), {}, 'servers.json')
          fc.pre(
            !first.problems.some(({ code }) => /yaml|not-an|unusable|duplicate-key/.test(code)),
          )
          expect((await reread(first)).rows.map(content)).toEqual(first.rows.map(content))
        },
      ),
      { numRuns: 500 },
    )
  })
})
