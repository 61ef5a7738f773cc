import type { Finding } from './problem.ts'
import type { Table } from './table.ts'

/**
 * A key of its own for each column, since headers may repeat or be empty: `notes`, `notes (2)`. Rows
 * keep their cells under these keys; files are written with the headers as they were.
 */
export function columnKeys(headers: readonly string[]): readonly string[] {
  const taken = new Set(headers)
  const seen = new Set<string>()
  /** The number that comes next, by header: thousands of columns may have the same. */
  const next = new Map<string, number>()
  return headers.map((header) => {
    let key = header
    for (let number = next.get(header) ?? 2; seen.has(key); number++) {
      const candidate = `${header} (${number})`
      if (!taken.has(candidate) || seen.has(candidate)) key = candidate
      next.set(header, number + 1)
    }
    seen.add(key)
    return key
  })
}

/** Where a header stands, as a part of a finding about it. */
export function headerPlace(table: Table, column: number): Pick<Finding, 'position'> {
  const position = table.locateHeader(column)
  return position === undefined ? {} : { position }
}
