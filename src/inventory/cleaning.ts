import { counted } from './documents/kind.ts'
import type { FieldName } from './fields.ts'
import { headerPlace } from './headers.ts'
import { clean, describeCharacter, oddCharacters, type Cleaning } from './invisible.ts'
import type { Finding } from './problem.ts'
import type { Table } from './table.ts'

/** An ID, a name, an address hold no blank of any kind; in a text the blanks within are the writer's. */
const CLEANING = {
  server_id: 'id',
  name: 'everywhere',
  server_group_id: 'id',
  server_group: 'everywhere',
  description: 'edges',
  primary_subnet_id: 'id',
  primary_ip_address: 'everywhere',
  flavor: 'everywhere',
  cluster_id: 'id',
  tenancy: 'everywhere',
  dedicated_host_id: 'id',
  tags: 'edges',
  // Two waves that look the same are one.
  wave: 'zero-width',
} as const satisfies Record<FieldName, Cleaning>

/** Takes cells of fields as they are used, and remembers in which columns something was taken out. */
export interface Cleaner {
  take(cell: string | undefined, column: number, field: FieldName): string
  /** One warning a column: what nobody sees in the file, nobody would miss either. */
  findings(table: Table, fieldOf: (column: number) => string): Finding[]
}

export function createCleaner(): Cleaner {
  const odd = new Map<number, { cells: number; characters: Set<string> }>()
  return {
    take(cell = '', column, field) {
      const cleaned = clean(cell, CLEANING[field])
      if (cleaned.length === cell.length && cleaned === cell) return cell
      const characters = oddCharacters(cell, cleaned)
      if (characters.size > 0) {
        const seen = odd.get(column) ?? { cells: 0, characters: new Set() }
        odd.set(column, seen)
        seen.cells++
        for (const character of characters) seen.characters.add(character)
      }
      return cleaned
    },
    findings: (table, fieldOf) =>
      [...odd].map(([column, { cells, characters }]) => ({
        code: 'invisible-characters',
        args: {
          cells: counted(cells, 'cell'),
          header: table.headers[column] ?? '',
          characters: [...characters].map(describeCharacter).join(', '),
        },
        field: fieldOf(column),
        ...headerPlace(table, column),
      })),
  }
}
