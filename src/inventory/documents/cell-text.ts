import type { NodeId, ParsedDocument } from './document.ts'

const MOST_NODES = 10_000
/** An alias may stand for what it stands in. */
const MOST_LEVELS = 250
/** As of a cell of a CSV. */
const MOST_BYTES = 65_536

export type CellText = { readonly text: string } | { readonly unusable: string }

/** A scalar as it is written; nested values become JSON, without what `isSecret` says of their keys. */
export function cellText(
  document: ParsedDocument,
  node: NodeId,
  isSecret: (key: string) => boolean,
): CellText {
  const budget = { nodes: MOST_NODES, isSecret }
  const plain = toPlain(document, node, budget, 0)
  if (budget.nodes < 0) return { unusable: 'it is too large' }
  const text = typeof plain === 'string' ? plain : JSON.stringify(plain)
  if (text.includes('\0')) return { unusable: 'it holds a NUL character' }
  if (text.length > MOST_BYTES || Buffer.byteLength(text) > MOST_BYTES) {
    return { unusable: 'it is longer than 64 KiB' }
  }
  return { text }
}

type Plain = string | Plain[] | { [key: string]: Plain }

interface Budget {
  nodes: number
  readonly isSecret: (key: string) => boolean
}

/** The budget stops aliases that multiply, or contain themselves. */
function toPlain(document: ParsedDocument, node: NodeId, budget: Budget, level: number): Plain {
  if (level > MOST_LEVELS) budget.nodes = -1
  if (--budget.nodes < 0) return ''
  if (document.isList(node)) {
    return document.itemsOf(node).map((item) => toPlain(document, item, budget, level + 1))
  }
  if (!document.isMap(node)) return document.textOf(node)
  const pairs = document.pairsOf(node)
  // `{key: env, value: prod}` is how APIs write a tag: that key is not a secret, unless it names one.
  const isTag = pairs.length === 2 && pairs.some(({ key }) => key === 'value')
  const named = isTag ? (pairs.find(({ key }) => key !== 'value')?.value ?? null) : null
  const { isSecret } = budget
  if (isTag && isSecret(document.textOf(named))) return {}
  return Object.fromEntries(
    pairs
      .filter(({ key }) => !isSecret(key) || (isTag && key === 'key'))
      .map(({ key, value }) => [key, toPlain(document, value, budget, level + 1)]),
  )
}
