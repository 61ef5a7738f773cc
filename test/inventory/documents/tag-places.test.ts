import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { ParsedDocument } from '../../../src/inventory/documents/document.ts'
import { parseJson } from '../../../src/inventory/documents/json-document.ts'
import { createTagPlaces } from '../../../src/inventory/documents/tag-places.ts'
import { found, id, readYaml } from '../read-inventory.ts'

/** The plain way: the last that is of this key. */
function placeOf(document: ParsedDocument, node: number, key: string): number {
  const pair = document.pairsOf(node).findLast((each) => each.key === key)
  if (pair !== undefined) return document.startOf(pair.value)
  const item = document.itemsOf(node).findLast((each) => {
    if (document.isMap(each)) return document.textOf(document.get(each, 'key')) === key
    const text = document.textOf(each)
    return text === key || text.startsWith(`${key}=`) || text.startsWith(`${key}.`)
  })
  return item === undefined ? -1 : document.startOf(document.get(item, 'value') ?? item)
}

const text = fc.oneof(
  fc.array(fc.constantFrom('a', 'b', '=', '.', 'c'), { maxLength: 6 }).map((all) => all.join('')),
  fc.constantFrom('k'.repeat(200), `${'k'.repeat(200)}=v`, `${'k'.repeat(128)}=v`),
)
const cell = fc.oneof(
  fc.dictionary(text, text),
  fc.array(fc.oneof(text, fc.record({ key: text, value: text }), fc.record({ key: text }))),
)

test('each tag stands where the plain way says', () => {
  fc.assert(
    fc.property(cell, fc.array(text), (value, others) => {
      const document = parseJson(JSON.stringify(value))
      if ('unreadable' in document) throw new Error('not JSON')
      const [node = 0] = document.roots
      const placeIn = createTagPlaces(document, node)
      const keys = JSON.stringify(value).split(/[^a-ck=.]+/)
      for (const key of [...keys, ...keys.map((each) => each.split(/[=.]/)[0] ?? ''), ...others]) {
        expect([key, placeIn(key)]).toEqual([key, placeOf(document, node, key)])
      }
    }),
    { numRuns: 500 },
  )
})

describe('a row of many tags that are all wrong', () => {
  const counts = [200, 400]
  const WRONG = 'tag-value-invalid-characters'

  test.each([
    ['keys of their own', (at: number) => `"tag:k${at}":"a,b"`, (all: string) => all],
    ['a map', (at: number) => `"k${at}":"a,b"`, (all: string) => `"tags":{${all}}`],
    [
      'a list',
      (at: number) => `{"key":"k${at}","value":"a,b"}`,
      (all: string) => `"tags":[${all}]`,
    ],
    ['texts', (at: number) => `"k${at}=a,b"`, (all: string) => `"tags":[${all}]`],
  ])('takes a look at each, not one at all for each: %s', async (_, tag, within) => {
    const looks: number[] = []
    for (const count of counts) {
      const tags = Array.from({ length: count }, (_, at) => tag(at)).join(',')
      const row = `[{"server_id":"${id(1)}","name":"a","server_group":"g",${within(tags)}}]`
      const spies = [
        vi.spyOn(ParsedDocument.prototype, 'pairsOf'),
        vi.spyOn(ParsedDocument.prototype, 'itemsOf'),
      ]
      const texts = vi.spyOn(ParsedDocument.prototype, 'textOf')
      const problems = found(await readYaml(row))
      expect(problems.filter((each) => each.endsWith(WRONG)).length).toBe(count)
      const lists = spies.flatMap(({ mock }) => mock.results.map(({ value }) => value as unknown[]))
      looks.push(lists.reduce((sum, list) => sum + list.length, texts.mock.calls.length))
      vi.restoreAllMocks()
    }
    const [few = 0, many = 0] = looks
    expect(many).toBeLessThan(2.2 * few)
  })
})
