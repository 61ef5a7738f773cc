import { createPlaces } from './places.ts'
import type { Finding, Position } from '../problem.ts'

/** A node of a parsed document: its number in the order of the text. */
export type NodeId = number

export const NODE = {
  map: 0,
  list: 1,
  /** Between quotes in the text, without an escape. */
  quoted: 2,
  /** Between quotes in the text, in JSON's own way of writing. */
  escaped: 3,
  /** As it stands in the text. */
  bare: 4,
  /** `null`, or nothing at all. */
  nothing: 5,
  /** Text that is kept beside, since it does not stand in the document as it is meant. */
  kept: 6,
  /** YAML: stands for another node. */
  alias: 7,
  /** YAML: the key `<<`. */
  merge: 8,
} as const
type NodeKind = (typeof NODE)[keyof typeof NODE]

/** A pair of a map. */
export interface Pair {
  readonly key: string
  readonly keyStart: number
  readonly value: NodeId
  readonly isMerge: boolean
}

/** Aliases may make so many nodes out of a document in all, and no more. */
const MOST_EXPANDED = 2_000_000

/** A document that would be larger than that, were each alias written out, is a bomb, whatever is read of it. */
const MOST_WRITTEN_OUT = 20_000_000

/** What a few aliases make of a document has no end. */
export class ExpansionError extends Error {}

/**
 * A parsed JSON or YAML document, with the place of everything in it. Nine bytes a node, no object: a hundred
 * thousand servers with all that the API says of them are ten million nodes. Texts are cut out of the
 * document when they are asked for, so scalars are what was written (`007`, `1e5`, 30 digits).
 */
export class ParsedDocument {
  readonly text: string
  /** JSON texts one after the other, as in NDJSON, are several. */
  readonly roots: NodeId[] = []
  /** What is wrong, and not so wrong that nothing can be read. */
  readonly findings: Finding[] = []
  readonly place: (offset: number) => Position
  #kinds: Uint8Array
  #starts: Int32Array
  /** Of a map or a list the node after it, of a scalar the offset after it; else an index. */
  #ends: Int32Array
  #length = 0
  readonly #kept: string[] = []
  #expanded = 0

  constructor(text: string) {
    this.text = text
    this.place = createPlaces(text)
    // Room for nearly every document: what is not written to takes no memory, arrays that are outgrown do for a while.
    const room = Math.max(1024, text.length >> 3)
    this.#kinds = new Uint8Array(room)
    this.#starts = new Int32Array(room)
    this.#ends = new Int32Array(room)
  }

  add(kind: NodeKind, start: number, end = 0): NodeId {
    if (this.#length === this.#kinds.length) this.#grow()
    const node = this.#length++
    this.#kinds[node] = kind
    this.#starts[node] = start
    this.#ends[node] = end
    return node
  }

  addKept(text: string, start: number): NodeId {
    return this.add(NODE.kept, start, this.#kept.push(text) - 1)
  }

  /** Takes back the scalar that was added last, since something else is to stand there. */
  removeLast(): void {
    this.#length -= 1
  }

  /** All nodes since `node` are in it. */
  close(node: NodeId): void {
    this.#ends[node] = this.#length
  }

  isMap(node: NodeId | null): node is NodeId {
    return node !== null && this.#kinds[this.#target(node)] === NODE.map
  }

  isList(node: NodeId | null): node is NodeId {
    return node !== null && this.#kinds[this.#target(node)] === NODE.list
  }

  isNested(node: NodeId | null): node is NodeId {
    return this.isMap(node) || this.isList(node)
  }

  /** A scalar with something in it. */
  isText(node: NodeId | null): node is NodeId {
    return node !== null && !this.isNested(node) && this.textOf(node) !== ''
  }

  isNothing(node: NodeId | null): boolean {
    return node === null || this.#kinds[this.#target(node)] === NODE.nothing
  }

  /** Offset in the text. */
  startOf(node: NodeId): number {
    return this.#starts[node] ?? 0
  }

  placeOf(node: NodeId): Position {
    return this.place(this.startOf(node))
  }

  /** Of a scalar; empty for all else. */
  textOf(written: NodeId | null): string {
    if (written === null) return ''
    const node = this.#target(written)
    const start = this.#starts[node] ?? 0
    const end = this.#ends[node] ?? 0
    const kind = this.#kinds[node]
    if (kind === NODE.quoted) return this.text.slice(start + 1, end - 1)
    if (kind === NODE.escaped) return String(JSON.parse(this.text.slice(start, end)))
    if (kind === NODE.bare) return this.text.slice(start, end)
    if (kind === NODE.kept) return this.#kept[end] ?? ''
    return kind === NODE.merge ? '<<' : ''
  }

  /** Of a list; empty for all else. */
  itemsOf(written: NodeId | null): NodeId[] {
    if (!this.isList(written)) return []
    const node = this.#target(written)
    const items: NodeId[] = []
    const end = this.#ends[node] ?? 0
    for (let at = node + 1; at < end; at = this.#after(at)) items.push(at)
    this.#spend(node !== written ? items.length : 0)
    return items
  }

  /** Of a map, as they are written; empty for all else. */
  pairsOf(written: NodeId | null): Pair[] {
    if (!this.isMap(written)) return []
    const node = this.#target(written)
    const pairs: Pair[] = []
    const end = this.#ends[node] ?? 0
    for (let at = node + 1; at < end;) {
      const value = this.#after(at)
      const isMerge = this.#kinds[at] === NODE.merge
      pairs.push({ key: this.textOf(at), keyStart: this.startOf(at), value, isMerge })
      at = this.#after(value)
    }
    this.#spend(node !== written ? pairs.length : 0)
    return pairs
  }

  /** The value of a key; of one that is given twice, the last. Null where there is none. */
  get(written: NodeId | null, key: string): NodeId | null {
    if (!this.isMap(written)) return null
    const node = this.#target(written)
    const end = this.#ends[node] ?? 0
    let found: NodeId | null = null
    for (let at = node + 1; at < end;) {
      const value = this.#after(at)
      if (this.#isKey(at, key)) found = value
      at = this.#after(value)
    }
    return found
  }

  has(map: NodeId | null, ...keys: readonly string[]): boolean {
    return keys.every((key) => this.get(map, key) !== null)
  }

  /**
   * The first alias, where the document would be beyond any use with each of them written out; else null. An
   * alias stands for a node before it, so one walk is enough.
   */
  firstOfTooManyAliases(): NodeId | null {
    const first = this.#kinds.subarray(0, this.#length).indexOf(NODE.alias)
    if (first < 0) return null
    /** How many nodes stand before each one, written out. */
    const before = new Float64Array(this.#length + 1)
    for (let node = 0; node < this.#length; node += 1) {
      const target = this.#target(node)
      const after = this.#after(target)
      // One that is not closed yet holds this very alias, which is told where its value is wanted.
      const size =
        target === node || after > node ? 1 : (before[after] ?? 0) - (before[target] ?? 0)
      before[node + 1] = (before[node] ?? 0) + size
    }
    return (before[this.#length] ?? 0) > MOST_WRITTEN_OUT ? first : null
  }

  /** After what was read so far; places are asked for later, one by one. */
  resetExpansion(): void {
    this.#expanded = 0
  }

  #isKey(node: NodeId, key: string): boolean {
    if (this.#kinds[node] !== NODE.quoted) return this.textOf(node) === key
    const start = this.#starts[node] ?? 0
    return (
      (this.#ends[node] ?? 0) - start - 2 === key.length && this.text.startsWith(key, start + 1)
    )
  }

  #after(node: NodeId): NodeId {
    const kind = this.#kinds[node]
    return kind === NODE.map || kind === NODE.list ? (this.#ends[node] ?? 0) : node + 1
  }

  #target(node: NodeId): NodeId {
    return this.#kinds[node] === NODE.alias ? (this.#ends[node] ?? 0) : node
  }

  #spend(nodes: number): void {
    this.#expanded += nodes
    if (this.#expanded > MOST_EXPANDED) throw new ExpansionError()
  }

  #grow(): void {
    const size = this.#length * 2
    const kinds = new Uint8Array(size)
    kinds.set(this.#kinds)
    this.#kinds = kinds
    const starts = new Int32Array(size)
    starts.set(this.#starts)
    this.#starts = starts
    const ends = new Int32Array(size)
    ends.set(this.#ends)
    this.#ends = ends
  }
}
