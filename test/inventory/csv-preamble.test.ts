import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { remainingCsv } from '../../src/inventory/write.ts'
import { codes, found, id, read } from './read-inventory.ts'

const HEADER = 'server_id,name,server_group'
const ROW = `${id(1)},a b,g`

describe('lines above the header', () => {
  test.each([
    ['a type line of PowerShell', '#TYPE Selected.System.Management\r\n'],
    ['comments', '# servers of "erp", eu-de\n#\n\n# name, server_group: see below\n'],
    ['comments as a spreadsheet writes them back', '"# servers, of erp",,\n# more,,\n'],
    ['a comment with an odd quote', '# disks of 19" racks\n'],
    ['a separator line', 'sep=,\n'],
    ['a separator line and a comment', 'sep=,\n# a comment\n'],
    ['a title of one cell', 'Server list of project eu-de\n'],
    ['a title and a blank line as a spreadsheet writes them', 'Server list,,\n,,\n'],
    ['a title within quotes', '"Servers, by group",,\n'],
    ['two titles', 'Servers\nAs of Monday\n\n'],
  ])('%s: read past with one notice, and places stay right', async (_, above) => {
    const inventory = await read(`${above}${HEADER}\n${ROW}\n`)
    const line = above.split(/\r?\n/).length + 1
    expect(found(inventory)).toEqual([`${line}:38 name-invalid-characters`])
    expect(codes(inventory)).toContain('lines-above-header')
    expect(inventory.rows).toMatchObject([{ row: 1, line, serverId: id(1) }])
    expect(inventory.columns).toEqual(HEADER.split(','))
    expect(inventory.problems.find(({ code }) => code === 'lines-above-header')).toMatchObject({
      severity: 'info',
      line: 1,
      column: 1,
      row: null,
    })
  })

  test.each([999, 1000, 1001, 2000, 30_000])('%i comments', async (count) => {
    const inventory = await read(`${'# note\n'.repeat(count)}\n${HEADER}\n${ROW}\n`)
    expect(found(inventory)).toEqual([`${count + 3}:38 name-invalid-characters`])
    expect(inventory.problems[0]?.message).toContain(`lines 1 to ${count}`)
    const only = await read('# note\n'.repeat(count))
    expect(codes(only)).toEqual(['empty-file'])
    const header = await read(`${'# note\n'.repeat(count)}#,${HEADER}\n1,${ROW}\n`)
    expect(found(header)).toEqual([`${count + 2}:40 name-invalid-characters`])
  })

  test('the delimiter is that of the header, not of the title', async () => {
    const text = `Servers, by group\n${HEADER.replaceAll(',', ';')}\n${id(1)};a;g\n`
    const inventory = await read(text)
    expect([inventory.delimiter, inventory.totals.errors]).toEqual([';', 0])
  })

  test('--map tells a header that names no field', async () => {
    const map = { server_id: 'Kennung', name: 'Rechner' }
    const inventory = await read(`Liste\n#,Kennung,Rechner\n1,${id(1)},a\n`, { map, group: 'g' })
    expect(inventory.totals).toMatchObject({ rows: 1, errors: 0 })
    expect(inventory.columns).toEqual(['#', 'Kennung', 'Rechner'])
  })

  test('a header may begin with #, and rows may', async () => {
    const inventory = await read(
      `# list\n#,server_id,name,server_group\n#1,${id(1)},a,g\n#2,${id(2)},b,g\n`,
    )
    expect(found(inventory)).toEqual([])
    expect(inventory.rows.map(({ line, carried }) => [line, carried])).toEqual([
      [3, { '#': '#1' }],
      [4, { '#': '#2' }],
    ])
  })

  test('a single column is a header, not a title', async () => {
    const inventory = await read(`server_id\n${id(1)}\n`, {
      map: { name: 'server_id' },
      group: 'g',
    })
    expect(inventory.totals).toMatchObject({ rows: 1, errors: 0 })
    const mapped = await read(`Kennung\n${id(1)}\n`, {
      map: { server_id: 'Kennung', name: 'Kennung' },
      group: 'g',
    })
    expect(mapped.totals).toMatchObject({ rows: 1, errors: 0 })
  })

  test('what cannot be told is one error at that line, not one a row', async () => {
    const rows = Array.from({ length: 5 }, (_, at) => `${id(at)},a,g`)
    const text = ['Report,eu-de', 'by,nobody', HEADER, ...rows].join('\n')
    const inventory = await read(text)
    expect(inventory.problems).toMatchObject([{ code: 'header-unclear', line: 1, column: 1 }])
    expect(inventory.problems[0]?.message).toContain('line 3')
  })

  test.each([2000, 20])('any number of blank lines may stand above it: %i', async (count) => {
    const inventory = await read(`${'\n'.repeat(count)}${HEADER}\n${ROW}\n`, {}, '-')
    expect(found(inventory)).toEqual([`${count + 2}:38 name-invalid-characters`])
  })

  test('more comments than anybody writes hide no row', async () => {
    const comments = '# comment\n'.repeat(1500)
    expect((await read(`${comments}${HEADER}\n${ROW}\n`)).totals.errors).toBeGreaterThan(0)
  })

  test('a file of comments alone is empty', async () => {
    expect(codes(await read('# nothing\n# here\n'))).toEqual(['empty-file'])
  })

  test('a header whose first cell goes on in the next line is one', async () => {
    const inventory = await read(`"#\nnumber",server_id,name,server_group\n1,${id(1)},a,g\n`)
    expect(inventory.columns[0]).toBe('#\nnumber')
    expect(inventory.totals).toMatchObject({ rows: 1, errors: 0 })
  })

  test('whatever stands in the first columns, remaining.csv reads back', async () => {
    const odd = fc.oneof(
      fc.constantFrom('#', '# a', 'sep=', '#TYPE x', 'Title', '', '#\nx', '"', '# "'),
      fc.string({ maxLength: 4 }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(odd, odd), { maxLength: 3 }),
        fc.nat(3),
        async (columns, rows) => {
          const cells = (
            pick: (column: readonly [string, string]) => string,
            own: string,
          ): string =>
            [...columns.map((column) => `"${pick(column).replaceAll('"', '""')}"`), own].join(',')
          const lines = Array.from({ length: rows }, (_, at) =>
            cells(([, cell]) => cell, `${id(at)},a,g`),
          )
          const first = await read([cells(([head]) => head, HEADER), ...lines, ''].join('\n'))
          fc.pre(first.totals.errors === 0)
          const again = await read(remainingCsv(first, first.rows))
          expect(again.columns).toEqual(first.columns)
          expect(again.rows.map(({ source }) => source)).toEqual(
            first.rows.map(({ source }) => source),
          )
          expect(first.rows.length).toBe(rows)
        },
      ),
      { numRuns: 300 },
    )
  })
})

test('empty cells beyond the header are left out, with one notice', async () => {
  const inventory = await read(`${HEADER}\n${id(1)},a,g,\n${id(2)},b,g,, ,\n${id(3)},c,g\n`)
  expect(inventory.totals).toEqual({ rows: 3, errors: 0, warnings: 0, infos: 1 })
  expect(inventory.problems).toMatchObject([{ code: 'trailing-blanks', line: 2, column: 42 }])
  expect(codes(await read(`${HEADER}\n${id(1)},a,g,,x\n`))).toEqual(['too-many-cells'])
})
