import { describe, expect, test } from 'vitest'
import { parseInventory } from '../../../src/inventory/read.ts'
import { remainingCsv } from '../../../src/inventory/write.ts'
import { codes, defaults, found, id, read } from '../read-inventory.ts'
import { book, bookEntries, readBook, rowsOf, sheetOf, zip, type ZipEntry } from './forge.ts'

const HEADER = ['server_id', 'name', 'server_group']
const ROW = [id(1), 'a', 'g']
const withCell = (cell: string, more: Parameters<typeof sheetOf>[1] = {}): Buffer =>
  sheetOf([HEADER, [id(1), cell, 'g']], more)
const number = (value: string, attributes = ''): string => `<c ${attributes}><v>${value}</v></c>`

describe('where cells stand', () => {
  test('rows are counted as the sheet does, columns from A; messages name the cell', async () => {
    const rows = `<row r="3">${rowsOf([HEADER]).slice(5, -6)}</row><row r="1000"><c r="A1000" t="str"><v>${id(1)}</v></c><c r="C1000" t="str"><v>g</v></c></row>`
    const inventory = await readBook(book({ sheets: [{ rows }] }))
    expect(found(inventory)).toEqual(['1000:2 name-missing'])
    expect(inventory.problems[0]?.message).toContain('[B1000]')
    expect(inventory.rows).toMatchObject([{ row: 1, line: 1000, serverId: id(1) }])
    const several = book({
      sheets: [
        { name: "Jo's", rows },
        { name: 'Old', state: 'hidden' },
      ],
    })
    expect((await readBook(several)).problems.at(-1)?.message).toContain("['Jo''s'!B1000]")
  })

  test('there may be any number of comments above it', async () => {
    const comments = Array.from({ length: 1500 }, () => ['# note'])
    const inventory = await readBook(
      book({ sheets: [{ rows: rowsOf([...comments, HEADER, ROW]) }] }),
    )
    expect(found(inventory)).toEqual([])
    expect(inventory.rows).toMatchObject([{ line: 1502, serverId: id(1) }])
    expect(inventory.problems[0]?.message).toContain('lines 1 to 1500')
  })

  test('a table may begin in any column and below titles and comments', async () => {
    const cells = (row: number, texts: readonly string[]): string =>
      texts.map((text, at) => `<c r="${'CDE'[at]}${row}" t="str"><v>${text}</v></c>`).join('')
    const rows = `<row r="2"><c r="B2" t="str"><v># made by hand</v></c></row><row r="4">${cells(4, ['Servers'])}</row><row r="6">${cells(6, HEADER)}</row><row r="7">${cells(7, ROW)}</row>`
    const inventory = await readBook(
      book({ sheets: [{ rows, after: '<mergeCells><mergeCell ref="C4:E4"/></mergeCells>' }] }),
    )
    expect(inventory.rows).toMatchObject([
      { line: 7, serverId: id(1), name: 'a', serverGroup: 'g' },
    ])
    expect(inventory.problems).toMatchObject([{ code: 'lines-above-header', line: 2 }])
    expect(inventory.problems[0]?.message).toContain('lines 2 to 4')
  })

  test('what cannot be told above the header is one error', async () => {
    const inventory = await readBook(sheetOf([['Report', 'eu-de'], ['by', 'nobody'], HEADER, ROW]))
    expect(found(inventory)).toEqual(['1:1 header-unclear'])
  })

  test('empty formatted rows and cells are nothing; a filled cell beyond the header is told where it is', async () => {
    const blank = `<row s="3" customFormat="1"><c s="3"/><c s="3" t="s"/><c/></row>`.repeat(5000)
    const inventory = await readBook(
      sheetOf([HEADER, [...ROW, '', '', 'stray'], [id(2), 'b', 'g']], {
        rows: rowsOf([HEADER, [...ROW, '', '', 'stray'], [id(2), 'b', 'g']]) + blank,
      }),
    )
    expect(inventory.totals.rows).toBe(2)
    expect(found(inventory)).toEqual(['2:6 too-many-cells'])
  })

  test.each([
    ['rows that go back', '<row r="2"/><row r="2"/>'],
    ['a row beyond the last', '<row r="1048577"/>'],
    ['a row of no number', '<row r="x"/>'],
    ['cells that go back', '<row r="1"><c r="B1"/><c r="A1"/></row>'],
    ['a cell of another row', '<row r="1"><c r="B2"/></row>'],
    ['a column beyond the last', '<row r="1"><c r="XFE1"/></row>'],
    ['a text that is not there', '<row><c t="s"><v>0</v></c></row>'],
    ['a cell of an unknown type', '<row><c t="z"><v>0</v></c></row>'],
  ])('%s: damaged, said once', async (_, rows) => {
    expect(found(await readBook(book({ sheets: [{ rows }] })))).toEqual(['workbook-damaged'])
  })

  test('the last column and the last row there are', async () => {
    const wide = Array.from({ length: 16_381 }, (_, at) => `h${at}`)
    const rows = `${rowsOf([[...HEADER, ...wide]])}<row r="1048576"><c t="str"><v>${id(1)}</v></c><c t="str"><v>a</v></c><c t="str"><v>g</v></c></row>`
    const inventory = await readBook(book({ sheets: [{ rows }] }))
    expect(inventory.rows).toMatchObject([{ line: 1_048_576 }])
    expect(inventory.columns.length).toBe(16_384)
  })
})

describe('what cells hold', () => {
  test('shared and inline strings, rich runs without their phonetic reading, escapes, blanks', async () => {
    const strings = [
      `<si><t>${id(1)}</t></si>`,
      '<si><r><t>web</t></r><r><rPr><b/></rPr><t xml:space="preserve">-01</t></r><rPh sb="0" eb="1"><t>ウェブ</t></rPh></si>',
      '<si><t>a_x0041_b_x005F_x0041_</t></si>',
      '<si><t xml:space="preserve">  g  </t></si>',
    ]
    const cells = ['0', '1', '3', '2'].map((text) => number(text, 't="s"'))
    const inventory = await readBook(
      sheetOf([[...HEADER, 'note'], cells], { strings: strings.join('') }),
    )
    expect(inventory.rows).toMatchObject([
      { serverId: id(1), name: 'web-01', serverGroup: 'g', carried: { note: 'aAb_x0041_' } },
    ])
    expect(found(inventory)).toEqual([])
  })

  test('prefixed names, the strict form, CDATA, UTF-16', async () => {
    const sheet = `<x:worksheet xmlns:x="m"><x:sheetData>${rowsOf([
      HEADER,
      [id(1), '<c t="str"><v><![CDATA[a]]></v></c>', 'g'],
    ])
      .replaceAll('<', '<x:')
      .replaceAll('<x:/', '</x:')
      .replaceAll('<x:![', '<![')}</x:sheetData></x:worksheet>`
    const entries = bookEntries({ sheets: [{ xml: sheet }], isStrict: true })
    const wide = entries.map((entry): ZipEntry =>
      entry.name.endsWith('sheet1.xml')
        ? { ...entry, data: Buffer.from(`\ufeff${sheet}`, 'utf16le') }
        : entry,
    )
    for (const each of [entries, wide]) {
      expect((await readBook(zip(each))).rows).toMatchObject([{ serverId: id(1), name: 'a' }])
    }
  })

  const STYLES =
    '<numFmts><numFmt numFmtId="164" formatCode="000"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="9"/><xf numFmtId="49"/><xf numFmtId="11"/></cellXfs>'

  test.each([
    ['a number', number('12'), '12', null],
    ['leading zeros of a format', number('7', 's="1"'), '007', null],
    ['a number formatted as text later', number('7', 's="4"'), '7', null],
    [
      'more digits than a number has',
      number('1.2345678901234568E+19'),
      null,
      'cell-number-damaged',
    ],
    ['what Excel made of 1E5', number('100000', 's="5"'), null, 'cell-number-shown'],
    ['a percentage', number('0.5', 's="3"'), null, 'cell-number-shown'],
    ['a date', number('45000', 's="2"'), null, 'cell-date'],
    ['an ISO date', number('2026-11-26', 't="d"'), null, 'cell-date'],
    ['a truth value', number('1', 't="b"'), null, 'cell-boolean'],
    ['an error', number('#N/A', 't="e"'), null, 'cell-error'],
    [
      'an error of a formula',
      '<c t="e"><f>VLOOKUP(1,A:A,2)</f><v>#REF!</v></c>',
      null,
      'cell-error',
    ],
    [
      'a formula without its value',
      '<c><f>A1&amp;"x"</f><v></v></c>',
      null,
      'formula-without-value',
    ],
    ['no number at all', number('1,5'), null, 'cell-number-damaged'],
  ])('%s as a name', async (_, cell, name, code) => {
    const inventory = await readBook(withCell(cell, { styles: STYLES }))
    const problems = found(inventory).filter((each) => each !== '1:2 number-cells')
    expect(problems).toEqual(code === null ? [] : [`2:2 ${code}`])
    if (name !== null) expect(inventory.rows[0]?.name).toBe(name)
    const errors = inventory.problems.filter(({ severity }) => severity === 'error')
    expect(errors.every(({ hint }) => hint !== null)).toBe(true)
  })

  test('the same in a column that is only carried is no problem', async () => {
    const cells = [
      number('45000', 's="2"'),
      number('#N/A', 't="e"'),
      number('0.5', 's="3"'),
      number('1', 't="b"'),
    ]
    const rows = [
      [...HEADER, 'Created', 'Owner', 'Load', 'Up'],
      [...ROW, ...cells],
    ]
    const inventory = await readBook(sheetOf(rows, { styles: STYLES }))
    expect(inventory.totals).toMatchObject({ errors: 0, warnings: 0 })
    expect(inventory.rows[0]?.carried).toEqual({
      Created: '2023-03-15',
      Owner: '#N/A',
      Load: '0.5',
      Up: 'TRUE',
    })
  })

  test('days may count from 1904', async () => {
    const bytes = sheetOf(
      [
        [...HEADER, 'on'],
        [...ROW, number('43538', 's="2"')],
      ],
      {
        styles: STYLES,
        properties: '<workbookPr date1904="1"/>',
      },
    )
    expect((await readBook(bytes)).rows[0]?.carried).toEqual({ on: '2023-03-15' })
  })

  test('numbers in a column of names: one warning, at its header; none in a column of waves', async () => {
    const rows = [
      ['server_id', 'name', 'server_group', 'wave'],
      [id(1), number('7'), 'g', number('1')],
      [id(2), number('8'), 'g', number('2')],
      [id(3), number('9', 's="1"'), 'g', 'x'],
    ]
    const inventory = await readBook(sheetOf(rows, { styles: STYLES }))
    expect(found(inventory)).toEqual(['1:2 number-cells'])
    expect(inventory.rows.map(({ name }) => name)).toEqual(['7', '8', '009'])
    const titled = [[number('2026')], ['name', 'server_id', 'server_group'], ['a', id(1), 'g']]
    expect(found(await readBook(sheetOf(titled)))).toEqual([])
  })

  test('a tag from such a cell is refused too', async () => {
    const inventory = await readBook(
      sheetOf(
        [
          [...HEADER, 'tag:since'],
          [...ROW, number('45000', 's="2"')],
        ],
        { styles: STYLES },
      ),
    )
    expect(inventory.problems).toMatchObject([
      { code: 'cell-date', field: 'tag:since', line: 2, column: 4 },
    ])
  })

  test('of formulas the stored values are taken, with one notice', async () => {
    const formula = (value: string): string => `<c t="str"><f>"a"&amp;ROW()</f><v>${value}</v></c>`
    const inventory = await readBook(
      sheetOf([HEADER, [id(1), formula('a2'), 'g'], [id(2), formula('a3'), formula('g')]]),
    )
    expect(inventory.rows.map(({ name }) => name)).toEqual(['a2', 'a3'])
    expect(inventory.problems).toMatchObject([
      { code: 'formula-cells', severity: 'info', line: 2, column: 2 },
    ])
    expect(inventory.problems[0]?.message).toContain('3')
  })

  test('a leading apostrophe is not the value', async () => {
    expect((await readBook(withCell("'a"))).rows[0]?.name).toBe('a')
  })
})

describe('what a sheet hides', () => {
  test('rows that a filter hides are read, with a warning that counts them', async () => {
    const rows = rowsOf([HEADER, ROW, [id(2), 'b', 'g'], [id(3), 'c', 'g']])
    const parts = rows.split('<row>')
    const hidden = [
      parts[0],
      `<row>${parts[1]}`,
      `<row hidden="1">${parts[2]}`,
      `<row hidden="true">${parts[3]}`,
      `<row>${parts[4]}<row hidden="1"/>`,
    ].join('')
    const inventory = await readBook(book({ sheets: [{ rows: hidden }] }))
    expect(inventory.rows.length).toBe(3)
    expect(inventory.problems).toMatchObject([
      { code: 'hidden-rows', severity: 'warning', line: 2 },
    ])
    expect(inventory.problems[0]?.message).toContain(': 2;')
  })

  const merge = (...refs: string[]): string =>
    `<mergeCells>${refs.map((ref) => `<mergeCell ref="${ref}"/>`).join('')}</mergeCells>`

  test('cells merged downwards give their value to each row, those merged sideways to none', async () => {
    const rows = [
      [...HEADER, 'note'],
      [id(1), 'a', 'g', 'x'],
      [id(2), 'b', '', 'under'],
      [id(3), 'c', '', 'z'],
      [id(4), 'd', 'h', 'y'],
    ]
    const inventory = await readBook(sheetOf(rows, { after: merge('C2:C4', 'D2:D3') }))
    expect(
      inventory.rows.map(({ serverGroup, carried }) => [serverGroup, carried['note']]),
    ).toEqual([
      ['g', 'x'],
      ['g', 'x'],
      ['g', 'z'],
      ['h', 'y'],
    ])
    expect(inventory.problems).toMatchObject([
      { code: 'carried-columns' },
      { code: 'merged-cells', severity: 'info', line: 2, column: 3 },
    ])
    const sideways = await readBook(
      sheetOf([HEADER, [id(1), 'a', 'under']], { after: merge('B2:C2') }),
    )
    expect(found(sideways)).toEqual(['2:3 group-missing'])
  })

  test('a cell that is merged with the header, or begins in an empty row, gives nothing', async () => {
    const rows = [HEADER, [id(1), 'a', 'g'], [id(2), 'b', '']]
    const header = await readBook(sheetOf(rows, { after: merge('C1:C3') }))
    expect(found(header)).toEqual(['3:3 group-missing'])
    const gap = rowsOf([HEADER]) + rowsOf(rows.slice(1)).replace('<row>', '<row r="3">')
    const late = await readBook(book({ sheets: [{ rows: gap, after: merge('C2:C4') }] }))
    expect(found(late)).toEqual(['4:3 group-missing'])
  })

  test('what was refused in a merged cell is refused in each of its rows', async () => {
    const bytes = sheetOf([HEADER, [id(1), 'a', number('#N/A', 't="e"')], [id(2), 'b', '']], {
      after: merge('C2:C3'),
    })
    expect(found(await readBook(bytes))).toEqual(['2:3 cell-error', '3:3 cell-error'])
  })

  test('one merged cell over the whole sheet, a hundred times, ends soon', async () => {
    const rows = [HEADER, ...Array.from({ length: 3000 }, (_, at) => [id(at), 'a', 'g'])]
    const bytes = sheetOf(rows, {
      after: merge(...Array.from({ length: 1000 }, () => 'A2:XFD1048576')),
    })
    expect(found(await readBook(bytes))).toEqual(['workbook-too-large'])
    expect(found(await readBook(sheetOf(rows, { after: merge('B2:A1') })))).toEqual([
      'workbook-damaged',
    ])
  })
})

describe('which sheet', () => {
  const full = { rows: rowsOf([HEADER, ROW]) }
  const other = { rows: rowsOf([HEADER, [id(9), 'z', 'g']]) }
  const names = (inventory: Awaited<ReturnType<typeof readBook>>): string[] =>
    inventory.rows.map(({ name }) => name)

  test('the only visible one, and what is not read is told', async () => {
    const inventory = await readBook(
      book({
        sheets: [
          { name: 'Old', state: 'hidden', ...other },
          { name: 'Now', ...full },
          { name: 'Older', state: 'veryHidden', ...other },
        ],
      }),
    )
    expect(names(inventory)).toEqual(['a'])
    expect(inventory.problems).toMatchObject([{ code: 'sheet-chosen', severity: 'info' }])
    expect(inventory.problems[0]?.message).toContain('1 "Old" (hidden), 3 "Older" (hidden)')
  })

  test('the only one with rows among empty ones; charts are none', async () => {
    const sheets = [
      { name: 'Sheet1' },
      { name: 'Sheet2', ...full },
      { name: 'Chart', type: 'chartsheet' },
    ]
    expect(names(await readBook(book({ sheets })))).toEqual(['a'])
  })

  const two = book({
    sheets: [
      { name: 'ECS', ...full },
      { name: '1', ...other },
      { name: 'x', state: 'hidden', ...other },
    ],
  })

  test('of several with rows, the one that is asked for: a question lists them', async () => {
    const inventory = await readBook(two)
    expect(inventory.problems).toMatchObject([
      { code: 'sheet-unclear', severity: 'error', row: null },
    ])
    expect(inventory.problems[0]?.message).toContain('1 "ECS" (2 rows), 2 "1" (2 rows)')
    expect(inventory.problems[0]?.hint).toContain('--sheet')
  })

  test.each([
    ['ECS', 'a'],
    ['ecs', 'a'],
    ['1', 'z'],
    ['2', 'z'],
    [' x ', 'z'],
    ['3', 'z'],
  ])('--sheet %s', async (sheet, name) => {
    expect(names(await readBook(two, { sheet }))).toEqual([name])
  })

  test('--sheet of none', async () => {
    const inventory = await readBook(two, { sheet: 'ECSs' })
    expect(codes(inventory)).toEqual(['sheet-unknown'])
    expect(inventory.problems[0]?.message).toContain('1 "ECS", 2 "1", 3 "x" (hidden)')
    expect(inventory.problems[0]?.hint).toContain('did you mean "ECS"?')
    expect(codes(await readBook(two, { sheet: '4' }))).toEqual(['sheet-unknown'])
  })

  test('an empty sheet is an error; a header alone a warning', async () => {
    expect(codes(await readBook(book({ sheets: [{ name: 'Sheet1' }] })))).toEqual(['sheet-empty'])
    expect(
      codes(await readBook(book({ sheets: [{}, { name: 'x', state: 'hidden', ...other }] }))),
    ).toEqual(['sheet-empty'])
    expect(codes(await readBook(sheetOf([HEADER])))).toEqual(['no-rows'])
    expect(codes(await readBook(book({ sheets: [] })))).toEqual(['workbook-damaged'])
  })
})

describe('as an inventory', () => {
  test('remaining.csv of it reads back, secrets are dropped, formulas are defused', async () => {
    const rows = [
      [...HEADER, 'admin_pass', 'note', 'ümlaut'],
      [id(1), 'a', 'g', 'hunter2', '=1+1', 'x\ny'],
      [id(2), 'b', 'g', '', '"quoted", and more', ''],
    ]
    const first = await readBook(sheetOf(rows))
    const text = remainingCsv(first, first.rows)
    expect(text).not.toContain('hunter2')
    expect(first.columns).not.toContain('admin_pass')
    const again = await read(text)
    expect(again.totals.errors).toBe(0)
    expect(again.columns).toEqual(first.columns)
    expect(again.rows.map(({ source }) => source)).toEqual(first.rows.map(({ source }) => source))
    expect(first.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(first.format).toBe('xlsx')
  })

  test('it is known by its bytes, whatever the name or --format says', async () => {
    const bytes = sheetOf([HEADER, ROW])
    for (const name of ['-', 'servers.csv', 'servers.yaml']) {
      expect((await parseInventory(name, bytes, { ...defaults, format: 'csv' })).rows.length).toBe(
        1,
      )
    }
    expect(codes(await read('server_id,name', { format: 'xlsx' }))).toEqual(['foreign-file'])
    expect((await read(`${HEADER.join(',')}\n${ROW.join(',')}\n`, {}, 'servers.xlsx')).format).toBe(
      'csv',
    )
  })

  test('--map and the aliases of exports work as in CSV', async () => {
    const bytes = sheetOf([
      ['云服务器ID', 'Rechner', 'Flavor'],
      [id(1), 'a', 's3.large.2'],
    ])
    const inventory = await readBook(bytes, { group: 'g', map: { name: 'Rechner' } })
    expect(inventory.rows).toMatchObject([{ serverId: id(1), name: 'a' }])
    expect(inventory.totals.errors).toBe(0)
  })
})
