/**
 * A persistent map as plain data. The world is a value that every request replaces; with 10,000
 * servers in one object each replacement would copy 10,000 keys. Here a put copies one short bucket
 * and the two short lists on the way to it.
 */
export interface Table<T> {
  readonly size: number
  readonly shelves: readonly Shelf<T>[]
}
type Shelf<T> = readonly Bucket<T>[]
type Bucket<T> = readonly (readonly [key: string, value: T])[]

const SHELVES = 64
const BUCKETS_A_SHELF = 64
const EMPTY_BUCKET: Bucket<never> = []
const EMPTY_SHELF: Shelf<never> = Array.from({ length: BUCKETS_A_SHELF }, () => EMPTY_BUCKET)
const EMPTY: Table<never> = { size: 0, shelves: Array.from({ length: SHELVES }, () => EMPTY_SHELF) }

export function emptyTable<T>(): Table<T> {
  return EMPTY
}

export function tableGet<T>(table: Table<T>, key: string): T | undefined {
  const { bucket } = find(table, key)
  for (const [known, value] of bucket) if (known === key) return value
  return undefined
}

export function tablePut<T>(table: Table<T>, key: string, value: T): Table<T> {
  const place = find(table, key)
  const at = place.bucket.findIndex(([known]) => known === key)
  const entry = [key, value] as const
  const bucket = at < 0 ? [...place.bucket, entry] : place.bucket.with(at, entry)
  return replace(table, place, bucket, at < 0 ? 1 : 0)
}

export function tableRemove<T>(table: Table<T>, key: string): Table<T> {
  const place = find(table, key)
  const left = place.bucket.filter(([known]) => known !== key)
  return left.length === place.bucket.length ? table : replace(table, place, left, -1)
}

/** In no meaningful order. */
export function tableEntries<T>(table: Table<T>): (readonly [key: string, value: T])[] {
  return table.shelves.flat(1).flat(1)
}

interface Place<T> {
  readonly shelfAt: number
  readonly shelf: Shelf<T>
  readonly bucketAt: number
  readonly bucket: Bucket<T>
}

function find<T>(table: Table<T>, key: string): Place<T> {
  const hash = hashText(key)
  const shelfAt = (hash ^ (hash >>> 16)) & (SHELVES - 1)
  const bucketAt = (hash >>> 8) & (BUCKETS_A_SHELF - 1)
  const shelf = table.shelves[shelfAt] ?? EMPTY_SHELF
  return { shelfAt, shelf, bucketAt, bucket: shelf[bucketAt] ?? EMPTY_BUCKET }
}

function replace<T>(table: Table<T>, place: Place<T>, bucket: Bucket<T>, more: number): Table<T> {
  const shelf = place.shelf.with(place.bucketAt, bucket)
  return { size: table.size + more, shelves: table.shelves.with(place.shelfAt, shelf) }
}

/** FNV-1a: IDs and names spread well, and it is the same on every machine. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  }
  return hash >>> 0
}
