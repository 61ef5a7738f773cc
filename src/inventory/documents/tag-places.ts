import type { NodeId, ParsedDocument } from './document.ts'

/** Keys that are longer are looked for one by one: each prefix of an item is remembered. */
const LONGEST_PREFIX = 128

/** Where the tags of a cell stand, by key; -1 where none of that key does. Of a key that comes twice the last one counts. */
export type TagPlaces = (key: string) => number

/**
 * Of a map, its values; of a list, its items: `{key, value}`, `k=v`, `k.v`, or the key alone. Each is looked at once,
 * however many keys are asked for.
 */
export function createTagPlaces(document: ParsedDocument, node: NodeId): TagPlaces {
  const known = new Map<string, number>()
  for (const { key, value } of document.pairsOf(node)) known.set(key, document.startOf(value))
  const items = document.itemsOf(node)
  const texts = items.map((item) => {
    const isMap = document.isMap(item)
    const text = document.textOf(isMap ? document.get(item, 'key') : item)
    const start = document.startOf((isMap ? document.get(item, 'value') : null) ?? item)
    known.set(text, start)
    if (!isMap) for (const prefix of prefixesOf(text)) known.set(prefix, start)
    return { text, start, isMap }
  })
  return (key) => {
    if (key.length <= LONGEST_PREFIX) return known.get(key) ?? -1
    const found = texts.findLast(
      ({ text, isMap }) =>
        text === key || (!isMap && (text.startsWith(`${key}=`) || text.startsWith(`${key}.`))),
    )
    return found?.start ?? known.get(key) ?? -1
  }
}

/** What stands before each `=` or `.` of a text. */
function prefixesOf(text: string): string[] {
  const prefixes: string[] = []
  for (let at = 0; at < text.length && at <= LONGEST_PREFIX; at++) {
    if (text[at] === '=' || text[at] === '.') prefixes.push(text.slice(0, at))
  }
  return prefixes
}
