import { expect, test } from 'vitest'
import { codes, found, id, readYaml } from '../read-inventory.ts'

/** Each level is twice the one before. */
const doubling = (levels: number, level: (n: number) => string): string =>
  Array.from({ length: levels }, (_, n) => level(n + 1)).join('\n')

test('aliases that multiply within a cell', async () => {
  const text = `- server_id: ${id(1)}\n  name: a\n  l0: &l0 [x]\n${doubling(30, (n) => `  l${n}: &l${n} [*l${n - 1}, *l${n - 1}]`)}`
  expect(codes(await readYaml(text, { group: 'g' }))).toEqual(['aliases-multiply'])
})

test('aliases that multiply by merging', async () => {
  const many = Array.from({ length: 12 }, () => '*m0').join(', ')
  const levels = doubling(9, (n) => `m${n}: &m${n} {<<: [${many.replaceAll('m0', `m${n - 1}`)}]}`)
  const text = `servers:\n  - {<<: *m9, server_id: ${id(1)}}\nm0: &m0 {a: b}\n${levels}\n`
  // The anchors stand after their aliases here, and before them there.
  const turned = `m0: &m0 {a: b}\n${levels}\nservers:\n  - {<<: *m9, server_id: ${id(1)}}\n`
  expect(codes(await readYaml(text))).toEqual(['aliases-multiply'])
  expect(codes(await readYaml(turned))).toEqual(['aliases-multiply'])
})

test('aliases of one long list in very many rows', async () => {
  const long = `[${'x, '.repeat(5000)}x]`
  const rows = Array.from({ length: 1000 }, (_, n) => `- {server_id: ${id(n + 2)}, note: *long}`)
  const text = `- {server_id: ${id(1)}, note: &long ${long}}\n${rows.join('\n')}`
  expect(codes(await readYaml(text))).toEqual(['aliases-multiply'])
})

test('an alias that stands for itself', async () => {
  const text = `- &row {server_id: ${id(1)}, name: a, note: *row}`
  expect(found(await readYaml(text, { group: 'g' }))).toEqual(['1:73 unusable-value'])
})

test('aliases as people use them', async () => {
  const text = `- &a {server_id: ${id(1)}, name: a, tags: &t {env: prod}}\n- {<<: *a, server_id: ${id(2)}, tags: *t}\n`
  const inventory = await readYaml(text, { group: 'g' })
  expect(inventory.rows).toMatchObject([
    { name: 'a', tags: { env: 'prod' } },
    { name: 'a', tags: { env: 'prod' } },
  ])
})

test('a bomb is one error, wherever it lies and whatever else is wrong', async () => {
  const letters = [...'bcdefghij']
  const lines = letters.map((letter, at) => {
    const before = at === 0 ? 'a' : letters[at - 1]
    return `${letter}: &${letter} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`
  })
  const text = `a: &a [x, x, x, x, x, x, x, x, x]\n${lines.join('\n')}\nservers: *j\n`
  expect(codes(await readYaml(text))).toEqual(['aliases-multiply'])
})
