import { suggest } from '../problem.ts'
import type { Table, Unreadable } from '../table.ts'
import type { NodeId, ParsedDocument } from './document.ts'
import { documentTable, PLAIN_ENTRIES } from './document-table.ts'

const FRAME_KEYS = ['version', 'defaults', 'servers'] as const
/** With more it is not a frame with a slip in it, but something else. */
const MOST_KEYS = 30
type FrameKey = (typeof FRAME_KEYS)[number]

/**
 * The tool's own form: a list of rows, rows one after the other (NDJSON), or `{version, defaults, servers}`.
 * What is wrong with the frame is found here; what is in the rows is read like the cells of a CSV.
 */
export function readOwnForm(document: ParsedDocument): Table | Unreadable {
  const [root = 0, second] = document.roots
  if (second !== undefined) return rowsTable(document, document.roots, null)
  if (isNothing(document, root)) {
    return { unreadable: [...document.findings, { code: 'empty-file' }] }
  }
  if (document.isList(root)) return rowsTable(document, document.itemsOf(root), null)
  if (document.isMap(root)) return readFrame(document, root)
  const position = { line: 1, column: 1 }
  return { unreadable: [...document.findings, { code: 'not-an-inventory', position }] }
}

function rowsTable(
  document: ParsedDocument,
  nodes: readonly NodeId[],
  defaults: NodeId | null,
): Table | Unreadable {
  const rows = nodes.map((node) => ({ node, given: [] }))
  return documentTable(document, { rows, defaults, entriesOf: PLAIN_ENTRIES })
}

function readFrame(document: ParsedDocument, map: NodeId): Table | Unreadable {
  const { findings } = document
  const before = findings.length
  const frame: Partial<Record<FrameKey, NodeId>> = {}
  const pairs = document.pairsOf(map)
  if (pairs.length > MOST_KEYS) {
    const position = document.placeOf(map)
    return { unreadable: [...findings, { code: 'not-an-inventory', position }] }
  }
  for (const { key, keyStart, value } of pairs) {
    const known = FRAME_KEYS.find((name) => name === key)
    if (known !== undefined) frame[known] ??= value
    else {
      const args = { key, suggestion: suggest(key, FRAME_KEYS) }
      findings.push({ code: 'unknown-key', args, position: document.place(keyStart) })
    }
  }
  const { version, defaults, servers } = frame
  if (version !== undefined && document.textOf(version) !== '1') {
    const args = { version: document.textOf(version) || 'null' }
    findings.push({ code: 'unknown-version', args, position: document.placeOf(version) })
  }
  if (defaults !== undefined && !document.isMap(defaults) && !isNothing(document, defaults)) {
    const args = { what: '"defaults"' }
    findings.push({ code: 'not-a-map', args, position: document.placeOf(defaults) })
  }
  if (servers === undefined) {
    findings.push({ code: 'servers-missing', position: document.placeOf(map) })
  } else if (!document.isList(servers) && !isNothing(document, servers)) {
    const args = { key: 'servers' }
    findings.push({ code: 'not-a-list', args, position: document.placeOf(servers) })
  }
  const isList = servers !== undefined && document.isList(servers)
  if (!isList && findings.length > before) return { unreadable: findings }
  return rowsTable(
    document,
    isList ? document.itemsOf(servers) : [],
    defaults !== undefined && document.isMap(defaults) ? defaults : null,
  )
}

/** `servers:` with nothing behind it, or `null`. */
function isNothing(document: ParsedDocument, node: NodeId): boolean {
  return !document.isNested(node) && document.textOf(node) === ''
}
