import { describe, expect, test } from 'vitest'
import { codes, found, id, read, readYaml } from './read-inventory.ts'

const HEADER = 'server_id,name,server_group,flavor,description,wave,tag:a,note'
const file = (...rows: string[]): string => [HEADER, ...rows, ''].join('\n')

describe('characters that nobody sees', () => {
  test('are taken out, with one warning a column that names them and counts the cells', async () => {
    const inventory = await read(
      file(
        `${id(1)}\u200b,web-1,g,,,,,`,
        `\ufeff${id(2)},we\u00adb-2,\u00a0g\u00a0,,,,,`,
        `${id(3).replaceAll('-', '\u2011')},\u3000web-3\u200e,g,s3\u2060.large,,,,`,
      ),
    )
    expect(found(inventory)).toEqual([
      '1:1 invisible-characters',
      '1:11 invisible-characters',
      '1:16 invisible-characters',
      '1:29 invisible-characters',
    ])
    expect(
      inventory.rows.map(({ serverId, name, serverGroup }) => [serverId, name, serverGroup]),
    ).toEqual([
      [id(1), 'web-1', 'g'],
      [id(2), 'web-2', 'g'],
      [id(3), 'web-3', 'g'],
    ])
    expect(inventory.rows[2]?.flavor).toBe('s3.large')
    const [ids, names] = inventory.problems
    expect(ids).toMatchObject({ severity: 'warning', row: null, field: 'server_id' })
    expect(ids?.message).toMatch(/3 cells.*U\+200B.*U\+FEFF.*U\+2011/)
    expect(names?.message).toMatch(/2 cells.*U\+00AD.*U\+3000.*U\+200E/)
  })

  test('stay in the file: remaining.csv has the cells as they were', async () => {
    const inventory = await read(file(`${id(1)}\u200b,web-1,g\u00a0,,,,,\u200bx`))
    expect(inventory.rows[0]?.source).toEqual([
      `${id(1)}\u200b`,
      'web-1',
      'g\u00a0',
      '',
      '',
      '',
      '',
      '\u200bx',
    ])
    expect(inventory.rows[0]?.carried).toEqual({ note: '\u200bx' })
  })

  test('leave nothing where nothing else stood', async () => {
    const inventory = await read(
      file(`\u200b--,a,g,,,,,`, `${id(2)},\u2060,g,,,,,`, '\u200b,\u00a0,,,\ufeff,,,'),
    )
    expect(found(inventory).filter((place) => !place.startsWith('1:'))).toEqual([
      '2:1 server-id-missing',
      '3:38 name-missing',
    ])
    expect(inventory.rows.length).toBe(2)
  })

  test('stay within a text, and go at its edges', async () => {
    const inventory = await read(
      file(`${id(1)},a,g,,\u00a0a\u00a0b\u200b,\u200bWave\u00a0\u200b1,\u3000x\u00a0y,`),
    )
    expect(inventory.rows[0]).toMatchObject({
      description: 'a\u00a0b',
      wave: 'Wave\u00a01',
      tags: { a: 'x\u00a0y' },
    })
    expect(inventory.problems.map(({ field }) => field).filter((field) => field !== null)).toEqual([
      'description',
      'wave',
      'tag:a',
    ])
  })

  test('two spellings of one ID that differ in them are one server', async () => {
    const inventory = await read(file(`${id(1)},a,g,,,,,`, `${id(1)}\u200b,b,g,,,,,`))
    expect(codes(inventory)).toContain('duplicate-server')
  })

  test('ordinary blanks need no warning', async () => {
    const inventory = await read(file(` ${id(1)} ,\ta ," g ",,,,,`))
    expect(inventory.totals).toMatchObject({ errors: 0, warnings: 0 })
    expect(inventory.rows[0]).toMatchObject({ serverId: id(1), name: 'a', serverGroup: 'g' })
  })

  test('of a hyphen that is not one, the name is refused and says so', async () => {
    const inventory = await read(file(`${id(1)},web\u20131,g,,,,,`))
    expect(found(inventory)).toEqual(['2:38 name-invalid-characters'])
  })

  test('an ID with a letter of another kind names it', async () => {
    const inventory = await read(
      file(`${id(1).replace('8', '\uff18')},a,g,,,,,`, `${id(2)}0,b,g,,,,,`),
    )
    expect(
      inventory.problems.map(({ message }) => message).filter((text) => /server_id/.test(text)),
    ).toEqual([expect.stringContaining('U+FF18'), expect.stringContaining('33 hex digits')])
  })

  test('in YAML likewise', async () => {
    const inventory = await readYaml(`- {server_id: "${id(1)}\\u200b", name: a, server_group: g}`)
    expect(found(inventory)).toEqual(['1:4 invisible-characters'])
  })
})

describe('blanks around quoted cells', () => {
  test.each([
    ['blanks', ' '],
    ['a tab', '\t'],
    ['no-break and full-width spaces', '\u00a0\u3000'],
    ['a zero-width space', '\u200b'],
    ['a byte order mark in the middle', '\ufeff'],
  ])('%s do not matter', async (_, blank) => {
    const cells = ['server_id', 'name', 'server_group', 'note']
    const line = (row: readonly string[]): string =>
      row.map((cell) => `${blank}"${cell}"${blank}`).join(',')
    const inventory = await read(
      `${line(cells)}\n${line([id(1), 'a', 'g', ` x,${blank}""y"" \n`])}\n`,
    )
    expect(inventory.totals).toMatchObject({ rows: 1, errors: 0, warnings: 0 })
    expect(inventory.columns).toEqual(cells)
    expect(inventory.rows[0]?.carried).toEqual({ note: ` x,${blank}"y" \n` })
  })

  test('places stay those of the file', async () => {
    const inventory = await read(`"server_id" , "name" , "server_group"\n "x" , "a b"\u00a0,"g" \n`)
    expect(found(inventory)).toEqual(['2:2 server-id-invalid', '2:8 name-invalid-characters'])
  })

  test('a text behind a quote is still an error, and quotes within a cell are still text', async () => {
    const inventory = await read(
      `server_id,name,server_group,note\n${id(1)},a,g, "x" y\n${id(2)},b,g,19" rack \n`,
    )
    expect(found(inventory)).toEqual(['2:43 text-after-quote', '3:42 stray-quote'])
  })

  test('the apostrophe of a spreadsheet may have blanks before it', async () => {
    const inventory = await read(`server_id,name,server_group\n '${id(1)}, '007,\u00a0'g\n`)
    expect(inventory.rows[0]).toMatchObject({ serverId: id(1), name: '007', serverGroup: 'g' })
  })
})
