import type { Finding } from '../problem.ts'
import type { Table, Unreadable } from '../table.ts'
import { ExpansionError, type NodeId, type ParsedDocument } from './document.ts'
import { documentTable } from './document-table.ts'
import { readOwnForm } from './frame.ts'
import type { DocumentKind } from './kind.ts'
import { DOCUMENT_KINDS } from './kinds.ts'
import { adaptTable } from './table-kinds.ts'

/** A parsed document → table: by the first kind that recognises it, else as the tool's own form. */
export async function readDocument(document: ParsedDocument): Promise<Table | Unreadable> {
  const bomb = document.firstOfTooManyAliases()
  if (bomb !== null) {
    return { unreadable: [{ code: 'aliases-multiply', position: document.placeOf(bomb) }] }
  }
  try {
    for (const kind of Object.values<DocumentKind>(DOCUMENT_KINDS)) {
      const roots = rootsOf(document, kind)
      if (roots !== null) return await readKind(document, kind, roots)
    }
    const table = readOwnForm(document)
    return 'unreadable' in table ? table : await adaptTable(table)
  } catch (error) {
    if (!(error instanceof ExpansionError)) throw error
    return { unreadable: [{ code: 'aliases-multiply' }] }
  }
}

/** One document, or several of one kind, one after the other or in a list. Null where it is not of this kind. */
function rootsOf(document: ParsedDocument, kind: DocumentKind): readonly NodeId[] | null {
  const { roots } = document
  const [root = 0] = roots
  const isAll = (nodes: readonly NodeId[]): boolean =>
    (nodes.length === 1 || (nodes.length > 1 && kind.mayRepeat)) &&
    nodes.every((node) => document.isNested(node) && kind.isKind(document, node))
  if (isAll(roots)) return roots
  if (roots.length !== 1 || !document.isList(root)) return null
  const items = document.itemsOf(root)
  return kind.mayRepeat && isAll(items) ? items : null
}

async function readKind(
  document: ParsedDocument,
  kind: DocumentKind,
  roots: readonly NodeId[],
): Promise<Table | Unreadable> {
  const found = kind.find(document, roots)
  if ('refused' in found) return { unreadable: [...document.findings, found.refused] }
  const { rows, counted, findings } = found
  const position = document.placeOf(roots[0] ?? 0)
  const readAs: Finding = { code: 'read-as', args: { what: kind.name, counted } }
  // What is said of the document as a whole stands at its beginning.
  const placed = [readAs, ...findings].map((finding) => ({ position, ...finding }))
  const table = documentTable(document, { rows, defaults: null, entriesOf: kind.entriesOf })
  if ('unreadable' in table) return table
  return adaptTable({ ...table, findings: [...placed, ...table.findings] }, true)
}
