import { Map as PersistentMap } from 'immutable'

/** The last change of a table, and what came before it: which keys it touched. */
interface Edit {
  readonly key: string
  readonly before: Edit | null
}

/**
 * Records by ID. The world is a value that every request replaces, and a test may keep each of them:
 * a change must cost the same among 100,000 servers as among ten. Entries come in no meaningful order.
 * A table that is tracked knows which of its keys were touched since an earlier one, so that what has
 * changed can be stored without looking at all the rest.
 */
export class Table<T> {
  readonly #map: PersistentMap<string, T>
  /** Null: nobody keeps them. */
  readonly #edits: Edit | null

  constructor(map: PersistentMap<string, T>, edits: Edit | null = null) {
    this.#map = map
    this.#edits = edits
  }

  get size(): number {
    return this.#map.size
  }

  get(key: string): T | undefined {
    return this.#map.get(key)
  }

  has(key: string): boolean {
    return this.#map.has(key)
  }

  set(key: string, value: T): Table<T> {
    return this.#after(key, this.#map.set(key, value))
  }

  delete(key: string): Table<T> {
    return this.#after(key, this.#map.delete(key))
  }

  keys(): IterableIterator<string> {
    return this.#map.keys()
  }

  keySeq(): ReturnType<PersistentMap<string, T>['keySeq']> {
    return this.#map.keySeq()
  }

  values(): IterableIterator<T> {
    return this.#map.values()
  }

  [Symbol.iterator](): IterableIterator<[string, T]> {
    return this.#map[Symbol.iterator]()
  }

  find(wanted: (value: T) => boolean): T | undefined {
    return this.#map.find(wanted)
  }

  some(wanted: (value: T) => boolean): boolean {
    return this.#map.some(wanted)
  }

  map<U>(change: (value: T) => U): Table<U> {
    return new Table(this.#map.map(change))
  }

  reduce<U>(add: (sum: U, value: T) => U, start: U): U {
    return this.#map.reduce(add, start)
  }

  /** The same, from now on with its changes kept: 40 bytes each. */
  tracked(): Table<T> {
    // One of its own: another table's beginning must not be taken for it.
    return new Table(this.#map, { key: '', before: null })
  }

  /**
   * The keys that were set or deleted since `earlier`, the first touched first; null: this table did not come of
   * that one, or nobody kept count.
   */
  touchedSince(earlier: Table<T>): ReadonlySet<string> | null {
    if (this.#map === earlier.#map) return new Set()
    const keys: string[] = []
    let edit = this.#edits
    for (; edit !== null && edit !== earlier.#edits; edit = edit.before) keys.push(edit.key)
    return edit === null ? null : new Set(keys.toReversed())
  }

  #after(key: string, map: PersistentMap<string, T>): Table<T> {
    if (map === this.#map) return this
    return new Table(map, this.#edits === null ? null : { key, before: this.#edits })
  }
}

export function tableOf<T>(record: Readonly<Record<string, T>> = {}): Table<T> {
  return new Table(PersistentMap(Object.entries(record)))
}
