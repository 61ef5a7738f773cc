import { Map as PersistentMap } from 'immutable'

/**
 * Records by ID. The world is a value that every request replaces, and a test may keep each of them:
 * a change must cost the same among 10,000 servers as among ten. Entries come in no meaningful order.
 */
export type Table<T> = PersistentMap<string, T>

export function tableOf<T>(record: Readonly<Record<string, T>> = {}): Table<T> {
  return PersistentMap(Object.entries(record))
}
