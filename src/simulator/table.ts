/**
 * A persistent map as plain data. The world is a value that every request replaces; with 10,000
 * servers in one object each replacement would copy 10,000 keys. Here a put copies one short bucket
 * and the list of buckets.
 */
export interface Table<T> {
  readonly size: number
  readonly buckets: readonly Bucket<T>[]
}
type Bucket<T> = readonly (readonly [key: string, value: T])[]

const BUCKETS = 1024
const EMPTY_BUCKET: Bucket<never> = []
const EMPTY: Table<never> = {
  size: 0,
  buckets: Array.from({ length: BUCKETS }, () => EMPTY_BUCKET),
}

export function emptyTable<T>(): Table<T> {
  return EMPTY
}

export function tableGet<T>(table: Table<T>, key: string): T | undefined {
  const bucket = table.buckets[bucketOf(key)] ?? EMPTY_BUCKET
  for (const [known, value] of bucket) if (known === key) return value
  return undefined
}

export function tablePut<T>(table: Table<T>, key: string, value: T): Table<T> {
  const index = bucketOf(key)
  const bucket = table.buckets[index] ?? EMPTY_BUCKET
  const at = bucket.findIndex(([known]) => known === key)
  const entry = [key, value] as const
  const changed = at < 0 ? [...bucket, entry] : bucket.with(at, entry)
  return {
    size: at < 0 ? table.size + 1 : table.size,
    buckets: table.buckets.with(index, changed),
  }
}

export function tableRemove<T>(table: Table<T>, key: string): Table<T> {
  const index = bucketOf(key)
  const bucket = table.buckets[index] ?? EMPTY_BUCKET
  const left = bucket.filter(([known]) => known !== key)
  if (left.length === bucket.length) return table
  return { size: table.size - 1, buckets: table.buckets.with(index, left) }
}

/** In no meaningful order. */
export function tableEntries<T>(table: Table<T>): (readonly [key: string, value: T])[] {
  return table.buckets.flat()
}

/** FNV-1a: IDs and names spread well, and it is the same on every machine. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  }
  return hash >>> 0
}

function bucketOf(key: string): number {
  const hash = hashText(key)
  return (hash ^ (hash >>> 16)) & (BUCKETS - 1)
}
