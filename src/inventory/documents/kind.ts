import type { Finding } from '../problem.ts'
import type { NodeId, ParsedDocument } from './document.ts'
import type { Entry, RowSource } from './entries.ts'

/** What was found in a document of a known kind. */
export interface Found {
  readonly rows: readonly RowSource[]
  /** How many there are, in words of the kind: "12 of 40 resources". */
  readonly counted: string
  readonly findings: readonly Finding[]
}

/** A document that holds no servers to protect, or not so that they can be told. */
export interface Refused {
  readonly refused: Finding
}

/** A kind of document that some program writes. */
export interface DocumentKind {
  /** For messages. */
  readonly name: string
  /** By what only this program writes. Never by a file's name. */
  readonly isKind: (document: ParsedDocument, root: NodeId) => boolean
  /** Whether several of them may come in one file: pages of a list, states of several stacks. */
  readonly mayRepeat: boolean
  readonly find: (document: ParsedDocument, roots: readonly NodeId[]) => Found | Refused
  /** The cells of a row. */
  readonly entriesOf: (document: ParsedDocument, row: RowSource) => Entry[]
}

const NOTHING_GIVEN: readonly Entry[] = []

export function rowsAt(nodes: readonly NodeId[]): RowSource[] {
  return nodes.map((node) => ({ node, given: NOTHING_GIVEN }))
}

export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`
}

/** A kind that is named, with what to do in its place. */
export function refusal(
  document: ParsedDocument,
  root: NodeId,
  what: string,
  instead: string,
): Refused {
  const args = { what, instead }
  return { refused: { code: 'not-a-server-list', args, position: document.placeOf(root) } }
}
