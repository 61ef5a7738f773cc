import { describe, expect, test } from 'vitest'
import { codes, found, id, read, readYaml } from './read-inventory.ts'

describe('YAML', () => {
  test('reads a list of rows and keeps the text of scalars', async () => {
    const inventory = await readYaml(
      [
        `- {server_id: ${id(1)}, name: 007, server_group: no, wave: 1e5}`,
        `- server_id: '${id(2)}'`,
        '  name: "true"',
        '  server_group: 2026-01-01',
        '  description: ~',
        '  wave:',
      ].join('\n'),
    )
    expect(inventory.problems).toEqual([])
    expect(inventory.rows).toMatchObject([
      { row: 1, line: 1, name: '007', serverGroup: 'no', wave: '1e5' },
      { row: 2, line: 2, name: 'true', serverGroup: '2026-01-01' },
    ])
    expect(inventory.rows[1]).not.toHaveProperty('description')
    expect(inventory.rows[1]).not.toHaveProperty('wave')
  })

  test('fills defaults in, which a row overrides, with an empty value too', async () => {
    const inventory = await readYaml(`
version: 1
defaults: {server_group: g, wave: 2, tags: {env: prod}}
servers:
  - {server_id: ${id(1)}, name: a}
  - {server_id: ${id(2)}, name: b, wave: ~, tags: {x: 01}}
`)
    expect(inventory.problems).toEqual([])
    expect(inventory.rows[0]).toMatchObject({ serverGroup: 'g', wave: '2', tags: { env: 'prod' } })
    expect(inventory.rows[1]?.tags).toEqual({ x: '01' })
    expect(inventory.rows[1]).not.toHaveProperty('wave')
  })

  test('points at nested values, in defaults and behind aliases as well', async () => {
    const inventory = await readYaml(`
defaults:
  server_group: &g "g"
servers:
  - server_id: "😀"
    name: "ü ü"
    tags: {a: "1", b: "x|y"}
  - {name: b, description: "<", server_group: *g,
     server_id: ${id(2)}, tags: "k"}
`)
    expect(found(inventory)).toEqual([
      '5:16 server-id-invalid',
      '6:11 name-invalid-characters',
      '7:23 tag-value-invalid-characters',
      '8:28 description-invalid-characters',
      '9:61 tag-without-equals',
    ])
    const wrong = await readYaml(
      `defaults: {flavor: "a b"}\nservers: [{server_id: ${id(1)}, name: a}]`,
    )
    expect(found(wrong)).toEqual(['1:20 flavor-invalid', '2:11 group-missing'])
  })

  test('merges with <<, where the own keys win', async () => {
    const inventory = await readYaml(
      `- &base {server_id: ${id(1)}, name: a, server_group: g, wave: 1}\n- {<<: *base, server_id: ${id(2)}, name: b}`,
    )
    expect(inventory.problems).toEqual([])
    expect(inventory.rows[1]).toMatchObject({ serverId: id(2), name: 'b', serverGroup: 'g' })
  })

  test.each([
    ['servers: []\nname: x', ['2:1 unknown-key']],
    ['serves: []', ['1:1 unknown-key', '1:1 servers-missing']],
    ['version: 2\nservers: []', ['no-rows', '1:10 unknown-version']],
    ['version: 1\nservers:', ['no-rows']],
    ['[]', ['no-rows']],
    ['servers: {a: b}', ['1:10 not-a-list']],
    ['servers: []\ndefaults: [a]', ['no-rows', '2:11 not-a-map']],
    ['servers: [a, [b]]', ['1:11 not-a-map']],
    ['servers: [a, {name: x}, [b]]', ['1:11 not-a-map', '1:25 not-a-map']],
    ['just text', ['1:1 not-an-inventory']],
    ['# nothing', ['empty-file']],
    ['--- []\n--- []', ['no-rows', '2:1 several-documents']],
    ['- a: *nothing', ['1:6 yaml-syntax']],
  ])('judges the frame %#', async (text, expected) => {
    const places = found(await readYaml(text))
    expect(places.filter((place) => expected.includes(place))).toEqual(expected)
  })

  test.each(['- {a: [}', '['.repeat(20_000), 'a: b: c', '\t- x'])(
    'tells one syntax error %#',
    async (text) => {
      expect(codes(await readYaml(text))).toEqual(['yaml-syntax'])
    },
  )

  test('suggests the key that was meant', async () => {
    expect((await readYaml('serves: []')).problems[0]?.hint).toContain('"servers"')
  })

  test('finds duplicate keys, custom tags and several documents, and reads on', async () => {
    const inventory = await readYaml(
      `- server_id: ${id(1)}\n  name: a\n  name: b\n  server_group: !vault x\n  wave: !!str 1\n- {server_id: x, name: c, server_group: g}\n---\n- x`,
    )
    expect(found(inventory)).toEqual([
      '3:3 duplicate-key',
      '4:17 custom-tag',
      '6:15 server-id-invalid',
      '7:1 several-documents',
    ])
    expect(inventory.problems[0]?.message).toContain('"name"')
  })

  test('refuses lists and maps where one value is wanted', async () => {
    const inventory = await readYaml(`- {server_id: ${id(1)}, name: [a, b], server_group: g}`)
    expect(found(inventory)).toEqual(['1:59 not-text'])
  })

  test('refuses aliases that multiply, in one error', async () => {
    const levels = Array.from({ length: 30 }, (_, n) => `  l${n + 1}: &l${n + 1} [*l${n}, *l${n}]`)
    const text = `- server_id: ${id(1)}\n  name: a\n  server_group: g\n  l0: &l0 [x]\n${levels.join('\n')}`
    expect(codes(await readYaml(text))).toEqual(['aliases-multiply'])
  })

  test('is recognised on standard input', async () => {
    const row = `{"server_id": "${id(1)}", "name": "a", "server_group": "g"}`
    expect(await read(`[${row}]`, {}, '-')).toMatchObject({
      format: 'json',
      totals: { rows: 1, errors: 0 },
    })
    for (const yaml of [`- ${row}`, `# list\n\nversion: 1\nservers: [${row}]`, `---\n- ${row}`]) {
      expect(await read(yaml, {}, '-')).toMatchObject({
        format: 'yaml',
        totals: { rows: 1, errors: 0 },
      })
    }
    expect((await read(`server_id,name,server_group\n`, {}, '-')).format).toBe('csv')
  })
})

test('tags as pairs of key and value are tags; a key beside other things is a secret', async () => {
  const inventory = await readYaml(
    `- {server_id: ${id(1)}, name: a, server_group: g, tags: [{key: env, value: prod}], login: {key: hunter2, user: x}}`,
  )
  expect(inventory.totals.errors).toBe(0)
  expect(inventory.rows[0]).toMatchObject({
    tags: { env: 'prod' },
    carried: { login: '{"user":"x"}' },
  })
})

test('what YAML holds as text was never in a spreadsheet', async () => {
  const rows = ['1.5E+10', '"=A1"', '"#REF!"', '007', '1-Mar'].map(
    (group, at) => `- {server_id: ${id(at + 1)}, name: 1e5, server_group: ${group}}`,
  )
  expect(found(await readYaml(rows.join('\n')))).toEqual([])
})

test.each([
  ['comments', '# note\n'],
  ['blank lines', '\n'],
  ['indented ones', '   \n'],
])('any number of %s above it and below', async (_, line) => {
  const many = line.repeat(1_500_000)
  const text = `${many}- {server_id: ${id(1)}, name: a b, server_group: g}\n`
  for (const source of ['servers.yaml', '-']) {
    const inventory = await read(text, {}, source)
    expect(inventory.format).toBe('yaml')
    expect(found(inventory)).toEqual(['1500001:59 name-invalid-characters'])
  }
  const below = await readYaml(
    `- {server_id: ${id(1)}, name: a, server_group: g}\n${'\n'.repeat(1_500_000)}`,
  )
  expect(below.totals).toMatchObject({ rows: 1, errors: 0 })
})
