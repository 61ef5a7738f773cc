import { expect, test } from 'vitest'
import { found, id, readYaml } from '../read-inventory.ts'
import { yamlPieces } from '../../../src/inventory/documents/yaml-pieces.ts'

const ITEMS = 4000

/** Long enough to be cut, with values that are awkward to cut at; `extra` stands in one of the rows. */
function list(extra = '', row = ITEMS - 3): string {
  const items = Array.from({ length: ITEMS }, (_, n) =>
    [
      `- server_id: ${id(n)}`,
      `  name: web-${n}${n === row ? extra : ''}`,
      '  note: |',
      '   - not an item',
      `   😀 ${n}`,
      `  tags: {n: "${n}"} # a comment`,
    ].join('\n'),
  )
  return `# servers\n---\n${items.join('\n')}\n`
}

test('a long list is read in pieces, each value at its place', async () => {
  expect(yamlPieces(list())?.pieces.length).toBeGreaterThan(2)
  const inventory = await readYaml(list(' x'), { group: 'g' })
  expect(inventory.rows).toHaveLength(ITEMS)
  expect(inventory.rows.map(({ line }) => line)).toEqual(
    Array.from({ length: ITEMS }, (_, n) => 3 + 6 * n),
  )
  expect(inventory.rows.at(-1)).toMatchObject({
    serverId: id(ITEMS - 1),
    tags: { n: String(ITEMS - 1) },
    carried: { note: `- not an item\n😀 ${ITEMS - 1}\n` },
  })
  expect(found(inventory)).toEqual([`${4 + 6 * (ITEMS - 3)}:9 name-invalid-characters`])
})

test.each([
  ['an alias', '\n  wave: &w 1'],
  ['a second document', '\n---\n- x'],
])('is one piece where an item depends on others: %s', (_, extra) => {
  expect(yamlPieces(list(extra))).toBeNull()
})

test.each([
  ['an open quote', '\n  x: "abc', 'yaml-syntax'],
  ['a duplicate key', '\n  name: b', 'duplicate-key'],
  ['a custom tag', '\n  x: !vault y', 'custom-tag'],
])('what is wrong is told as of the whole: %s', async (_, extra, code) => {
  const { problems } = await readYaml(list(extra), { group: 'g' })
  const errors = problems.filter(({ severity }) => severity === 'error')
  expect(errors.map((problem) => problem.code)).toEqual([code])
  if (code !== 'yaml-syntax') expect(errors[0]?.line).toBe(5 + 6 * (ITEMS - 3))
})

/** The same under `servers:`, its items at an indent. */
function frame(indent: string, head: string, extra = ''): string {
  const items = list(extra)
    .split('\n')
    .slice(2)
    .map((line) => (line === '' ? '' : `${indent}${line}`))
  return `${head}servers: # all of them\n# from here\n${items.join('\n')}`
}

test.each(['', '  ', '      '])('a frame is read in pieces too, items at %j', async (indent) => {
  const head = '# ours\nversion: 1\ndefaults:\n  server_group: g\n  wave: 2\n'
  expect(yamlPieces(frame(indent, head))?.pieces.length).toBeGreaterThan(2)
  const inventory = await readYaml(frame(indent, head, ' x'))
  expect(inventory.rows).toHaveLength(ITEMS)
  expect(inventory.rows.map(({ line }) => line)).toEqual(
    Array.from({ length: ITEMS }, (_, n) => 8 + 6 * n),
  )
  expect(inventory.rows.at(-1)).toMatchObject({
    serverId: id(ITEMS - 1),
    serverGroup: 'g',
    wave: '2',
    tags: { n: String(ITEMS - 1) },
    carried: { note: `- not an item\n😀 ${ITEMS - 1}\n` },
  })
  expect(found(inventory)).toEqual([
    `${9 + 6 * (ITEMS - 3)}:${9 + indent.length} name-invalid-characters`,
  ])
})

test('a frame with more below its servers is one piece, and so is one with anchors', () => {
  expect(yamlPieces(`${frame('', '')}version: 1\n`)).toBeNull()
  expect(yamlPieces(frame('', 'defaults: &d {wave: 1}\n'))).toBeNull()
})

test('what is wrong above the servers is told', async () => {
  const { problems } = await readYaml(frame('  ', 'version: 3\nowner: x\n'), { group: 'g' })
  const errors = problems.filter(({ severity }) => severity === 'error')
  expect(errors.map(({ code, line }) => `${line} ${code}`)).toEqual([
    '1 unknown-version',
    '2 unknown-key',
  ])
})
