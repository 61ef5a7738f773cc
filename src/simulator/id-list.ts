/**
 * A list of IDs in a query: `['id1','id2']`, as the API references write it, or `["id1","id2"]`, as their samples do.
 * Null: it is not such a list; neither brackets nor quotes may be left out.
 */
export function parseIdList(text: string): readonly string[] | null {
  const inner = /^\s*\[(.*)\]\s*$/s.exec(text)?.[1]?.trim()
  if (inner === undefined) return null
  if (inner === '') return []
  const ids: string[] = []
  for (const item of inner.split(',')) {
    const match = /^(?:'([^'"]*)'|"([^'"]*)")$/.exec(item.trim())
    if (match === null) return null
    ids.push(match[1] ?? match[2] ?? '')
  }
  return ids
}
