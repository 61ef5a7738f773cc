import { isAlias, isNode, isScalar, visit, type Document, type Node } from 'yaml'
import type { Finding, Position } from './problem.ts'

/**
 * The failsafe schema knows text only, so `007`, `1e5`, `no` and `2026-01-01` stay what was written. Its
 * errors are told in one line, since places are told apart from them.
 */
export const KEEP_TEXT = { schema: 'failsafe', prettyErrors: false, logLevel: 'error' } as const

/** A parsed document, and how to find one's way in it. */
export interface YamlSource {
  /** The node itself, or the one that an alias stands for. */
  readonly target: (node: unknown) => unknown
  /** Offset in the text → place. */
  readonly place: (offset: number) => Position
  readonly findings: Finding[]
}

const PLAIN_TAG = /^(?:!|tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq))$/

/**
 * Looks at every node once: resolves aliases, where asking each alias itself would walk the document
 * anew, and finds tags that nothing here understands.
 */
export function openSource(
  document: Document.Parsed,
  text: string,
  place: YamlSource['place'],
  findings: Finding[],
): YamlSource {
  const anchors = new Map<string, Node>()
  const targets = new Map<unknown, Node>()
  visit(document, {
    Node(_, node) {
      if (isAlias(node)) {
        const target = anchors.get(node.source)
        if (target !== undefined) targets.set(node, target)
        else {
          const args = { reason: `no anchor &${node.source} stands before this alias` }
          findings.push({ code: 'yaml-syntax', args, position: place(startOf(node)) })
        }
        return
      }
      if (node.anchor !== undefined) anchors.set(node.anchor, node)
      const { tag } = node
      if (tag !== undefined && !PLAIN_TAG.test(tag)) {
        const position = place(tagStart(text, startOf(node)))
        findings.push({ code: 'custom-tag', args: { tag }, position })
      }
    },
  })
  return { target: (node) => (isAlias(node) ? targets.get(node) : node), place, findings }
}

/** Offset of a node in the text; 0 for what is not there. */
export function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0
}

/** A node's own range begins after its tag. */
function tagStart(text: string, nodeStart: number): number {
  let at = text.lastIndexOf('!', nodeStart)
  if (at < 0) return nodeStart
  while (text[at - 1] === '!') at--
  return at
}

/** The text of a scalar; `null`, `~` and nothing at all are empty, unless they are quoted. */
export function scalarText(node: unknown): string {
  // The failsafe schema makes every scalar a string.
  if (!isScalar(node) || typeof node.value !== 'string') return ''
  const text = node.value
  return node.type === 'PLAIN' && /^(?:~|null|Null|NULL)$/.test(text) ? '' : text
}
