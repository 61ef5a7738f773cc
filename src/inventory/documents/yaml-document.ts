import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  parseDocument,
  type Document,
  type Node,
  type YAMLMap,
  type YAMLError,
} from 'yaml'
import { NODE, ParsedDocument, type NodeId } from './document.ts'
import { MOST_LEVELS } from '../limits.ts'
import { yamlExcess } from '../yaml-limits.ts'
import { MOST_DUPLICATES } from './json-document.ts'
import { createPlaces } from './places.ts'
import type { Finding } from '../problem.ts'
import type { Unreadable } from '../table.ts'
import { KEEP_TEXT, scalarText } from './yaml-nodes.ts'
import { firstContent, yamlPieces } from './yaml-pieces.ts'

const PLAIN_TAG = /^(?:!|tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq))$/
const TOO_DEEP: Unreadable = {
  unreadable: [{ code: 'yaml-syntax', args: { reason: 'it is nested too deeply' } }],
}

/**
 * One document of YAML. After a syntax error the rest would be guesswork: it is the only problem. Duplicate keys, tags that
 * nothing here understands and further documents are problems too, but what else there is can be read.
 */
export function parseYaml(written: string): ParsedDocument | Unreadable {
  const text = withoutBlankEnd(written)
  const from = firstContent(text)
  const place = createPlaces(text)
  const excess = yamlExcess(text.slice(from), (offset) => place(from + offset))
  // A list that is read piece by piece may have more of everything, though not be deeper.
  if (excess !== null && excess.code !== 'document-too-large') return { unreadable: [excess] }
  const pieces = parsePieces(text)
  if (pieces !== null || excess === null) return pieces ?? parseWhole(text)
  return { unreadable: [excess] }
}

/** A text that keeps the line ends behind it. */
const KEEPS_END = /[|>]\d?\+/

/** Of blank lines at the end there may be millions, and each costs the parser as much as a value. */
function withoutBlankEnd(text: string): string {
  let end = text.length
  while (end > 0 && ' \n'.includes(text[end - 1] ?? '')) end--
  const lineEnd = text.indexOf('\n', end)
  return lineEnd < 0 || KEEPS_END.test(text) ? text : text.slice(0, lineEnd + 1)
}

/** Null where the text is not to be cut, or a piece is not in order by itself: what is wrong is told of the whole. */
function parsePieces(text: string): ParsedDocument | null {
  const cut = yamlPieces(text)
  if (cut === null) return null
  const { headEnd, pieces } = cut
  const document = new ParsedDocument(text)
  try {
    const frame = headEnd === 0 ? null : copyHead(document, text.slice(0, headEnd))
    if (headEnd > 0 && frame === null) return null
    const list = document.add(NODE.list, headEnd === 0 ? firstContent(text) : headEnd)
    document.roots.push(frame ?? list)
    for (const { start, end } of pieces) {
      const parsed = parse(text.slice(start, end))
      if (parsed === null || parsed.errors.length > 0 || !isSeq(parsed.contents)) return null
      const copier = new Copier(document, start)
      for (const item of parsed.contents.items) copier.copy(item, start, 1)
    }
    document.close(list)
    if (frame !== null) document.close(frame)
  } catch (error) {
    if (error instanceof TooDeep) return null
    throw error
  }
  return document
}

/** What stands above the list, whose key comes last and is still without its value. Null: it is not so. */
function copyHead(document: ParsedDocument, head: string): NodeId | null {
  const parsed = parse(head)
  if (parsed === null || parsed.errors.length > 0 || !isMap(parsed.contents)) return null
  const last = parsed.contents.items.at(-1)
  if (scalarText(last?.key) !== 'servers' || scalarText(last?.value) !== '') return null
  const map = document.add(NODE.map, firstContent(head))
  new Copier(document, 0).copyPairs(parsed.contents, firstContent(head), 1)
  // Its value was copied as nothing: what follows is its value.
  document.removeLast()
  return map
}

function parseWhole(text: string): ParsedDocument | Unreadable {
  const parsed = parse(text)
  if (parsed === null) return TOO_DEEP
  const document = new ParsedDocument(text)
  const findings = parsed.errors
    .slice(0, MOST_DUPLICATES)
    .map((error): Finding => syntaxFinding(error, document))
  const fatal = parsed.errors.find(({ code }) => code !== 'MULTIPLE_DOCS')
  const syntax = fatal === undefined ? undefined : syntaxFinding(fatal, document)
  if (syntax !== undefined) return { unreadable: [syntax] }
  for (const finding of findings) document.findings.push(finding)
  try {
    document.roots.push(new Copier(document, 0).copy(parsed.contents, 0, 0))
  } catch (error) {
    if (error instanceof TooDeep) return TOO_DEEP
    throw error
  }
  return document
}

function parse(text: string): Document.Parsed | null {
  try {
    return parseDocument(text, { ...KEEP_TEXT, uniqueKeys: false })
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

class TooDeep extends Error {}

/** Copies the nodes of the parser, each of which is an object of several hundred bytes. */
class Copier {
  readonly #document: ParsedDocument
  readonly #anchors = new Map<string, NodeId>()

  /** Where the parsed text begins in the document's. */
  readonly #base: number
  #duplicates = 0

  constructor(document: ParsedDocument, base: number) {
    this.#document = document
    this.#base = base
  }

  /** @param fallback Where a node stands that is not there. */
  copy(node: unknown, fallback: number, level: number): NodeId {
    const document = this.#document
    if (level > MOST_LEVELS) throw new TooDeep()
    if (!isNode(node)) return document.add(NODE.nothing, fallback)
    const start = this.#startOf(node, fallback)
    if (isAlias(node)) return this.#alias(node.source, start)
    this.#judgeTag(node, start)
    if (!isMap(node) && !isSeq(node)) return this.#named(node, this.#scalar(node, start))
    const copied = this.#named(node, document.add(isMap(node) ? NODE.map : NODE.list, start))
    if (isSeq(node)) for (const item of node.items) this.copy(item, start, level + 1)
    else this.copyPairs(node, start, level + 1)
    document.close(copied)
    return copied
  }

  copyPairs({ items }: YAMLMap, start: number, level: number): void {
    // The library compares each key with all before it, which is slow for many.
    const keys = new Set<string>()
    for (const { key, value } of items) {
      const keyStart = this.#startOf(key, start)
      if (isScalar(key) && key.type === 'PLAIN' && key.value === '<<') {
        this.#document.add(NODE.merge, keyStart)
      } else {
        this.#once(keys, key, keyStart)
        this.#key(key, keyStart)
      }
      this.copy(value, keyStart, level)
    }
  }

  #once(keys: Set<string>, key: unknown, start: number): void {
    const text = scalarText(key)
    if (!keys.has(text) || !isScalar(key)) {
      keys.add(text)
      return
    }
    const { findings, place } = this.#document
    this.#duplicates += 1
    if (this.#duplicates > MOST_DUPLICATES) return
    findings.push({ code: 'duplicate-key', args: { key: text }, position: place(start) })
  }

  #startOf(node: unknown, fallback: number): number {
    const start = isNode(node) ? node.range?.[0] : undefined
    return start === undefined ? fallback : start + this.#base
  }

  #key(key: unknown, start: number): void {
    if (isAlias(key)) this.#alias(key.source, start)
    else {
      const copied = this.#text(scalarText(key), start)
      if (isNode(key)) this.#named(key, copied)
    }
  }

  #scalar(node: Node, start: number): NodeId {
    const text = scalarText(node)
    const isQuoted = isScalar(node) && node.type !== 'PLAIN'
    return text === '' && !isQuoted
      ? this.#document.add(NODE.nothing, start)
      : this.#text(text, start)
  }

  /** Most texts stand in the document just as they are meant: of those nothing is kept but the place. */
  #text(text: string, start: number): NodeId {
    const document = this.#document
    const whole = document.text
    const end = start + text.length
    if (text !== '' && whole.startsWith(text, start)) return document.add(NODE.bare, start, end)
    const quote = whole[start]
    const isQuoted = (quote === '"' || quote === "'") && whole[end + 1] === quote
    return isQuoted && whole.startsWith(text, start + 1)
      ? document.add(NODE.quoted, start, end + 2)
      : document.addKept(text, start)
  }

  /** An anchor of the same name that comes later is another one. */
  #named(node: Node, copied: NodeId): NodeId {
    const anchor = 'anchor' in node ? node.anchor : undefined
    if (typeof anchor === 'string') this.#anchors.set(anchor, copied)
    return copied
  }

  #alias(source: string, start: number): NodeId {
    const document = this.#document
    const target = this.#anchors.get(source)
    if (target !== undefined) return document.add(NODE.alias, start, target)
    const args = { reason: `no anchor &${source} stands before this alias` }
    document.findings.push({ code: 'yaml-syntax', args, position: document.place(start) })
    return document.add(NODE.nothing, start)
  }

  #judgeTag({ tag }: Node, start: number): void {
    if (tag === undefined || PLAIN_TAG.test(tag)) return
    const position = this.#document.place(tagStart(this.#document.text, start))
    this.#document.findings.push({ code: 'custom-tag', args: { tag }, position })
  }
}

/** A node's own range begins after its tag. */
function tagStart(text: string, nodeStart: number): number {
  let at = text.lastIndexOf('!', nodeStart)
  if (at < 0) return nodeStart
  while (text[at - 1] === '!') at--
  return at
}

function syntaxFinding(error: YAMLError, { place }: ParsedDocument): Finding {
  const position = place(error.pos[0])
  if (error.code === 'MULTIPLE_DOCS') return { code: 'several-documents', position }
  return { code: 'yaml-syntax', args: { reason: error.message }, position }
}
