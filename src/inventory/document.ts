import type { Problem } from './problem.ts'
import type { Inventory, Totals } from './read.ts'
import type { Row } from './row.ts'

/** What `validate --json` prints. Absent values are `null`. */
export interface ValidateDocument {
  readonly rows: readonly DocumentRow[]
  readonly problems: readonly Problem[]
  readonly totals: Totals
}

export interface DocumentRow {
  readonly row: number
  readonly line: number
  readonly serverId: string | null
  readonly name: string | null
  readonly serverGroupId: string | null
  readonly serverGroup: string | null
  readonly description: string | null
  readonly primarySubnetId: string | null
  readonly primaryIpAddress: string | null
  readonly flavor: string | null
  readonly tags: Readonly<Record<string, string>>
  readonly wave: string | null
}

/** The rows as they would be used, and every problem. */
export function validateDocument(inventory: Inventory): ValidateDocument {
  const { rows, problems, totals } = inventory
  return { rows: rows.map(toDocumentRow), problems, totals }
}

function toDocumentRow(row: Row): DocumentRow {
  return {
    row: row.row,
    line: row.line,
    serverId: row.serverId === '' ? null : row.serverId,
    name: row.name === '' ? null : row.name,
    serverGroupId: row.serverGroupId ?? null,
    serverGroup: row.serverGroup ?? null,
    description: row.description ?? null,
    primarySubnetId: row.primarySubnetId ?? null,
    primaryIpAddress: row.primaryIpAddress ?? null,
    flavor: row.flavor ?? null,
    tags: row.tags,
    wave: row.wave ?? null,
  }
}
