import { foreignSystems } from './foreign-ids.ts'
import { headerPlace } from './headers.ts'
import type { Finding } from './problem.ts'
import type { ProblemCode } from './problem-codes.ts'
import type { Table } from './table.ts'

/**
 * The one error of an inventory that has no server_id, but IDs of another system. They are never taken
 * by themselves: a create would be sent for a server that does not exist, or for another one.
 */
export function foreignColumns(table: Table): Finding | null {
  return aboutForeign(table, 'foreign-id-column')
}

/** What is said of such IDs where rows are matched by name: they are not used for it. */
export function unusedForeign(table: Table): readonly Finding[] {
  const finding = aboutForeign(table, 'foreign-id-unused')
  return finding === null ? [] : [finding]
}

function aboutForeign(table: Table, code: ProblemCode): Finding | null {
  const { headers } = table
  const columns = [...headers.keys()].filter(
    (column) => foreignSystems(headers[column] ?? '').length > 0,
  )
  const [first] = columns
  if (first === undefined) return null
  const found = columns.map((column) => headers[column] ?? '')
  const systems = new Set(found.flatMap(foreignSystems))
  return {
    code,
    args: { columns: inQuotes(found), systems: [...systems].join(' or ') },
    field: 'server_id',
    ...headerPlace(table, first),
  }
}

/** `--map` is obeyed, and what it says is told. */
export function mappedForeign(table: Table, column: number | undefined): Finding[] {
  if (column === undefined) return []
  const header = table.headers[column] ?? ''
  const systems = foreignSystems(header)
  if (systems.length === 0) return []
  const args = { header, systems: systems.join(' or ') }
  return [{ code: 'map-foreign-id', args, field: 'server_id', ...headerPlace(table, column) }]
}

function inQuotes(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ')
}
