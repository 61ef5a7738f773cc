/** A persistent list that only grows: an append copies its last chunk, never the whole. */
export interface Log<T> {
  readonly length: number
  readonly chunks: readonly (readonly T[])[]
}

const CHUNK = 128
const EMPTY: Log<never> = { length: 0, chunks: [] }

export function emptyLog<T>(): Log<T> {
  return EMPTY
}

export function logOf<T>(items: readonly T[]): Log<T> {
  const chunks: T[][] = []
  for (let at = 0; at < items.length; at += CHUNK) chunks.push(items.slice(at, at + CHUNK))
  return { length: items.length, chunks }
}

export function logAppend<T>(log: Log<T>, item: T): Log<T> {
  const last = log.chunks.at(-1)
  const chunks =
    last === undefined || last.length === CHUNK
      ? [...log.chunks, [item]]
      : log.chunks.with(-1, [...last, item])
  return { length: log.length + 1, chunks }
}

export function logItems<T>(log: Log<T>): readonly T[] {
  return log.chunks.length === 1 ? (log.chunks[0] ?? []) : log.chunks.flat()
}
