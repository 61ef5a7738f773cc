import type { NodeId, ParsedDocument } from './document.ts'

/**
 * Tags as the clouds' services and providers write them → the JSON that a cell of tags may hold; null where it is
 * none of these forms, so that what stands there is judged as it is.
 *
 * - ECS API: `["owner=a", "owner.a", "stage"]`, a tag without a value being its key alone
 * - Config, Terraform: `{"owner": "a"}`
 * - SDRS, TMS: `[{"key": "owner", "value": "a"}]`
 */
export function exportTags(document: ParsedDocument, node: NodeId): string | null {
  const pairs = document.isMap(node)
    ? document.pairsOf(node).map(({ key, value }) => ({ key, value: scalar(document, value) }))
    : document.itemsOf(node).map((item) => itemPair(document, item))
  if (!document.isNested(node) || pairs.some(({ value }) => value === null)) return null
  const isUnique = new Set(pairs.map(({ key }) => key)).size === pairs.length
  // A list shows what comes twice; of a map each key is judged in the time of `JSON.parse`.
  return JSON.stringify(
    isUnique ? Object.fromEntries(pairs.map(({ key, value }) => [key, value])) : pairs,
  )
}

interface TagPair {
  readonly key: string
  readonly value: string | null
}

function itemPair(document: ParsedDocument, item: NodeId): TagPair {
  if (document.isMap(item)) {
    const key = document.textOf(document.get(item, 'key'))
    return { key, value: key === '' ? null : scalar(document, document.get(item, 'value')) }
  }
  const text = scalar(document, item)
  if (text === null) return { key: '', value: null }
  const end = text.includes('=') ? text.indexOf('=') : text.indexOf('.')
  return end < 0
    ? { key: text.trim(), value: '' }
    : { key: text.slice(0, end).trim(), value: text.slice(end + 1).trim() }
}

function scalar(document: ParsedDocument, node: NodeId | null): string | null {
  return document.isNested(node) ? null : document.textOf(node)
}
