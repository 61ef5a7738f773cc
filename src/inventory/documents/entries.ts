import type { NodeId, Pair, ParsedDocument } from './document.ts'

/** A cell of a row that comes from a document. */
export interface Entry {
  /** Its header. */
  readonly key: string
  readonly keyStart: number
  /** What is read, and where the cell stands; null where its text is not in the document. */
  readonly node: NodeId | null
  /** In place of what the node says, where an export writes it in a way of its own. */
  readonly text: string | null
}

/** Where a row comes from. */
export interface RowSource {
  readonly node: NodeId
  /** What stands around the row and belongs to it: the address of a resource, the name of a host. */
  readonly given: readonly Entry[]
}

export function entryOf({ key, keyStart, value }: Pair, header = key): Entry {
  return { key: header, keyStart, node: value, text: null }
}

/** A text that stands elsewhere in the document: in a key, or put together. */
export function givenEntry(header: string, text: string, start: number): Entry {
  return { key: header, keyStart: start, node: null, text }
}

const MOST_MERGES = 10

/** The pairs of a map, those merged with `<<` first, so that the map's own win. */
export function mergedEntries(document: ParsedDocument, map: NodeId, depth = 0): Entry[] {
  const merged: Entry[] = []
  const own: Entry[] = []
  for (const pair of document.pairsOf(map)) {
    const { value, isMerge } = pair
    const sources =
      !isMerge || depth === MOST_MERGES
        ? []
        : document.isList(value)
          ? document.itemsOf(value)
          : [value]
    const maps = sources.filter((source) => document.isMap(source))
    // Of several merged maps the first wins, so it has to come last.
    if (maps.length > 0) {
      for (const one of maps.toReversed()) {
        for (const entry of mergedEntries(document, one, depth + 1)) merged.push(entry)
      }
    } else own.push(entryOf(pair))
  }
  return [...merged, ...own]
}
