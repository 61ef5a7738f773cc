import { describe, expect, test } from 'vitest'
import { codes, found, id, read } from '../read-inventory.ts'

const json = (text: string): ReturnType<typeof read> => read(text, { group: 'g' }, 'servers.json')

describe('JSON', () => {
  test.each([
    ['trailing comma of a map', `[{"server_id": "${id(1)}",}]`, 1, 54, 'comma before a closing'],
    ['trailing comma of a list', '[\n{"a": "b"},\n]', 2, 11, 'comma before a closing'],
    ['comment', '[\n// servers\n]', 2, 1, 'no comments'],
    ['hash', '[{"a": "b"}] # servers', 1, 14, 'no comments'],
    ['single quotes', `[{"a": "b"}, {'a': 1}]`, 1, 15, 'double quotes only'],
    ['Python', '[{"a": None}]', 1, 8, 'Python'],
    ['NaN', '[{"a": NaN}]', 1, 8, 'neither a string'],
    ['leading zero', '[{"name": 007}]', 1, 11, 'begin with 0'],
    ['cut off', '[{"a": "b"}', 1, 12, 'ends in the middle'],
    ['cut off in a string', '[{"a": "b', 1, 8, 'does not end'],
    ['no comma', '[{"a": 1}\n {"a": 2}]', 2, 2, 'comma is wanted'],
    ['no colon', '[{"a" 1}]', 1, 7, 'colon'],
    ['control character', '[{"a": "x\ty"}]', 1, 8, 'control character'],
    ['escape', String.raw`[{"a": "\q"}]`, 1, 8, 'escape'],
    ['unicode escape', String.raw`[{"a": "\u12"}]`, 1, 8, 'four hex digits'],
    ['something behind it', '[{"a": "b"}] x', 1, 14, 'neither a string'],
    ['deep nesting', '['.repeat(100_000), 1, 101, 'nested too deeply'],
    ['deep maps', '{"a":'.repeat(100_000), 1, 501, 'nested too deeply'],
  ])('tells one error at its place: %s', async (_, text, line, column, reason) => {
    const { problems } = await json(text)
    expect(problems).toMatchObject([{ code: 'json-syntax', line, column }])
    expect(problems[0]?.message).toContain(reason)
  })

  test('never shows what stands there', async () => {
    const { problems } = await json(`[{"admin_pass": hunter2-canary}]`)
    expect(JSON.stringify(problems)).not.toContain('hunter2')
  })

  test('keeps the text of scalars, and reads a byte order mark', async () => {
    const text = `\ufeff[{"server_id": "${id(1)}", "name": 12345678901234567890123, "wave": 1e5, "note": -0.10, "x": true, "y": null, "description": "a\\u00e4\\""}]`
    const inventory = await json(text)
    expect(inventory.problems.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(inventory.rows[0]).toMatchObject({
      name: '12345678901234567890123',
      wave: '1e5',
      description: 'aä"',
      carried: { note: '-0.10', x: 'true' },
    })
  })

  test('finds duplicate keys at the later one, and counts the last', async () => {
    const inventory = await json(
      `[{"server_id": "${id(1)}", "name": "a",\n "name": "b", "n": {"x": 1, "x": 2}}]`,
    )
    expect(found(inventory)).toEqual(['2:2 duplicate-key', '2:29 duplicate-key'])
    expect(inventory.rows[0]).toMatchObject({ name: 'b', carried: { n: '{"x":"2"}' } })
  })

  test('is one error where nearly every key is given twice, or none is of the frame', async () => {
    expect(codes(await json(`{${'"a": 1, '.repeat(50_000)}"a": 1}`))).toEqual(['json-syntax'])
    const keys = Array.from({ length: 200_000 }, (_, n) => `"k${n}": 1`).join(',')
    expect(codes(await json(`{${keys}}`))).toEqual(['not-an-inventory'])
  })

  test('does not mix keys of maps up', async () => {
    const text = `[{"server_id": "${id(1)}", "n": {"a": {"a": 1}, "b": 1}, "name": "a", "b": 1}]`
    expect(found(await json(text))).toEqual([])
  })

  test('points at values in code points', async () => {
    const text = `[{"note": "😀😀", "server_id": "😀", "name": "a b", "tags": {"k": "a|b"}}]`
    expect(found(await json(text))).toEqual([
      '1:30 server-id-invalid',
      '1:43 name-invalid-characters',
      '1:64 tag-value-invalid-characters',
    ])
  })

  test('takes keys of objects for what they are called', async () => {
    const text = `[{"server_id": "${id(1)}", "name": "a", "__proto__": "x", "constructor": "y"}]`
    const [row] = (await json(text)).rows
    expect(Object.entries(row?.carried ?? {})).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ])
  })

  test('bounds what rows of ever other keys need', async () => {
    const rows = Array.from({ length: 40_000 }, (_, n) => `{"k${n}": 1}`)
    const inventory = await json(`[${rows.join(',\n')}]`)
    expect(codes(inventory)).toEqual(['too-many-keys'])
    expect(inventory.rows).toEqual([])
  })

  test('refuses a cell that no spreadsheet could hold, but for secrets, which are not read', async () => {
    const long = 'x'.repeat(70_000)
    const text = `[{"server_id": "${id(1)}", "name": "a", "user_data": "${long}",\n"note": "${long}"}]`
    const inventory = await json(text)
    expect(found(inventory)).toEqual(['2:9 unusable-value'])
    expect(JSON.stringify(inventory)).not.toContain('xxx')
  })
})

describe('NDJSON', () => {
  const row = (n: number, more = ''): string =>
    `{"server_id": "${id(n)}", "name": "web-${n}"${more}}`

  test.each([
    ['servers.ndjson', '\n'],
    ['servers.jsonl', '\r\n'],
    ['-', '\n'],
    ['servers.json', '\n\n'],
    ['servers.txt', '\n'],
  ])('%s with %j between rows', async (source, end) => {
    const inventory = await read(
      [1, 2, 3].map((n) => row(n)).join(end) + end,
      { group: 'g' },
      source,
    )
    expect(inventory.problems).toEqual([])
    expect(inventory).toMatchObject({ format: 'ndjson' })
    expect(inventory.rows.map(({ name }) => name)).toEqual(['web-1', 'web-2', 'web-3'])
  })

  test('places are those in the file, also of rows over several lines', async () => {
    const text = `${row(1)}\n{"server_id": "${id(2)}",\n "name": "web 2"}\n${row(1)}\n[]\n`
    expect(found(await read(text, { group: 'g' }, 'a.ndjson'))).toEqual([
      '3:10 name-invalid-characters',
      '4:15 duplicate-server',
      '4:63 duplicate-name',
      '5:1 not-a-map',
    ])
  })

  test('a broken line is one error at its place', async () => {
    const text = `${row(1)}\n${row(2, ',')}\n${row(3)}\n`
    expect(found(await read(text, { group: 'g' }, 'a.ndjson'))).toEqual(['2:70 json-syntax'])
  })
})

describe('which format a text is in', () => {
  const row = `{"server_id": "${id(1)}", "name": "a"}`
  test.each([
    ['servers.csv', `[${row}]`, 'json'],
    ['servers.txt', `\n {"servers": [${row}]}`, 'json'],
    ['terraform.tfstate', '{}', 'json'],
    ['servers.csv', `${row}\n${row}`, 'ndjson'],
    ['servers.yaml', `[${row}]`, 'yaml'],
    ['-', `[{server_id: ${id(1)}, name: a}]`, 'yaml'],
    ['-', `{servers: []}`, 'yaml'],
    ['-', 'all:\n  hosts:', 'yaml'],
  ])('%s with %j is %s', async (source, text, format) => {
    expect((await read(text, { group: 'g' }, source)).format).toBe(format)
  })

  test('YAML that looks like JSON is read as YAML where JSON would not be', async () => {
    const yaml = await read(`[{"server_id": "${id(1)}", "name": a,}]`, { group: 'g' }, 'a.yaml')
    expect(yaml.problems).toEqual([])
    expect(yaml.rows).toMatchObject([{ name: 'a' }])
  })
})
