import { describe, expect, test } from 'vitest'
import { codes, found, id, read } from './read-inventory.ts'

describe('places in a CSV', () => {
  test('counts columns in code points and starts a quoted cell at its quote', async () => {
    const inventory = await read(`description,name,server_id,server_group\n😀é,"bad name", "x",g\n`)
    expect(found(inventory)).toEqual(['2:4 name-invalid-characters', '2:16 server-id-invalid'])
  })

  test('counts on after a quoted cell of several lines', async () => {
    const text = `note,server_id,name,server_group\r\n"a\r\nb""c\r\nd",x,"bad\r\nname",g\r\n\r\n,${id(2)},b c,g\r\n`
    const inventory = await read(text)
    expect(found(inventory)).toEqual([
      '4:4 server-id-invalid',
      '4:6 name-invalid-characters',
      '7:39 name-invalid-characters',
    ])
    expect(inventory.rows.map(({ row, line }) => [row, line])).toEqual([
      [1, 2],
      [2, 7],
    ])
  })

  test.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('reads line ends of %s', async (_, end) => {
    const inventory = await read(
      ['server_id,name,server_group', '', `${id(1)},a b,g`, ''].join(end),
    )
    expect(found(inventory)).toEqual(['3:38 name-invalid-characters'])
  })

  test('does not count a byte order mark', async () => {
    expect(found(await read(`\ufeffserver_id,Name,name,server_group\n`))).toEqual([
      'no-rows',
      '1:16 two-columns',
    ])
  })

  test.each([
    ['semicolon', ';'],
    ['tab', '\t'],
    ['bar', '|'],
    ['comma', ','],
  ])('detects the %s', async (_, delimiter) => {
    const text = ['server_id,name,server_group,"a,b;c"', `${id(1)},a b,g,`]
    const inventory = await read(text.map((line) => line.replace(/,(?!b)/g, delimiter)).join('\n'))
    expect(inventory.delimiter).toBe(delimiter)
    expect(found(inventory)).toEqual(['2:38 name-invalid-characters'])
  })

  test('takes the delimiter of an Excel sep= line, and of --delimiter before it', async () => {
    const body = `server_id,name;server_group\n`
    expect((await read(`sep=;\n${body}`)).columns).toEqual(['server_id,name', 'server_group'])
    expect(found(await read(`sep=;\nserver_id;name;server_group\nx;a;g`))).toEqual([
      '3:1 server-id-invalid',
    ])
    expect((await read(body, { delimiter: ';' })).columns).toEqual([
      'server_id,name',
      'server_group',
    ])
    expect(codes(await read(body, { delimiter: 'comma' }))).toEqual(['unknown-delimiter'])
  })
})

describe('the shape of a CSV', () => {
  const header = 'server_id,name,server_group,description'

  test('finds rows with more and with fewer cells than the header', async () => {
    const inventory = await read(`${header}\n${id(1)},a,g,,one,two\n${id(2)},b,g\n`)
    expect(inventory.problems.map((p) => [p.severity, p.code, p.row, p.line, p.column])).toEqual([
      ['error', 'too-many-cells', 1, 2, 43],
      ['warning', 'too-few-cells', 2, 3, 41],
    ])
  })

  test('reports a quote that never ends, and keeps the rows before it', async () => {
    const inventory = await read(`${header}\n${id(1)},a,g,\n${id(2)},"b,g,\n${id(3)},c,g,\n`)
    expect(found(inventory)).toEqual(['3:38 quote-not-closed'])
    expect(inventory.rows.map(({ name }) => name)).toEqual(['a'])
  })

  test('reports a file that is one open quote', async () => {
    expect(found(await read('"server_id,name\n1,2'))).toEqual(['1:1 quote-not-closed'])
    const swallowed = await read(`${header}\n"${id(1)},a,g,\n${id(2)},b,g,\n`)
    expect(found(swallowed)).toEqual(['2:1 quote-not-closed'])
  })

  test('finds text after a closing quote, and takes quotes inside a cell as they are', async () => {
    const inventory = await read(`${header}\n${id(1)},a,g,"x"y\n${id(2)},b,g,19" rack\n`)
    expect(found(inventory)).toEqual(['2:42 text-after-quote', '3:42 stray-quote'])
    expect(inventory.rows[1]?.description).toBe('19" rack')
  })

  test('skips blank rows, which count as lines and not as rows', async () => {
    const inventory = await read(`\n${header}\n , ,\n\n${id(1)},a,g,\n,,,\n`)
    expect(inventory.totals).toEqual({ rows: 1, errors: 0, warnings: 0, infos: 0 })
    expect(inventory.rows[0]).toMatchObject({ row: 1, line: 5 })
  })

  test('warns of a header without rows, and refuses an empty file', async () => {
    expect((await read(`${header}\n`)).totals).toMatchObject({ errors: 0, warnings: 1 })
    const empty = ['', '\ufeff', ' \n\r\n ', ',,\n']
    for (const text of empty) expect(codes(await read(text))).toEqual(['empty-file'])
  })

  test('strips one leading apostrophe, and empties what means nothing', async () => {
    const inventory = await read(`${header},wave\n'${id(1)},'a,'g,''x,\n${id(2)},b,g,None,--\n`)
    expect(inventory.totals.errors).toBe(0)
    expect(inventory.rows[0]).toMatchObject({ serverId: id(1), name: 'a', description: "'x" })
    expect(inventory.rows[1]).not.toHaveProperty('description')
    expect(inventory.rows[1]).not.toHaveProperty('wave')
  })
})

describe('the delimiter', () => {
  test('of a header with lists in a cell is the one that gives our columns', async () => {
    const inventory = await read(
      `server_id|name|server_group|ports (a, b, c, d, e)\n${id(1)}|a|g|1\n`,
    )
    expect(inventory).toMatchObject({ delimiter: '|', totals: { rows: 1, errors: 0 } })
  })

  test('within quotes is none', async () => {
    const inventory = await read(`"a,b,c,d,e";server_id;name;server_group\n1;${id(1)};a;g\n`)
    expect(inventory).toMatchObject({ delimiter: ';', totals: { rows: 1, errors: 0 } })
  })

  test('rows and cells of blanks at the end are left out', async () => {
    const inventory = await read(
      `server_id;name;server_group;;\n${id(1)};a;g;;;;\n;;;\n;;;;\u00a0;\n`,
    )
    expect(inventory.totals).toMatchObject({ rows: 1, errors: 0, warnings: 0 })
  })
})
