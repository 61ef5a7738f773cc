import { inventoryName, type Row } from '../inventory/row.ts'
import { chanceUuid } from '../simulator/chance.ts'
import type { SeedRow } from '../simulator/seed.ts'

/**
 * The servers of an inventory as the cloud would have them: by the names that they have there, and with an ID made of the
 * name where the inventory has none, so that the row can be matched.
 */
export function seedRowsOf(rows: readonly Row[]): readonly SeedRow[] {
  return rows.map((row) => {
    const name = inventoryName(row)
    const serverId = row.serverId === '' ? chanceUuid(0, 'server-by-name', name) : row.serverId
    return { ...row, name, serverId }
  })
}
