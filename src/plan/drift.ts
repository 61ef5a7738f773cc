import type { Drift } from '../outcome.ts'
import type { Row } from '../inventory/row.ts'
import type { ProtectedInstance } from '../sdrs/schema.ts'

/**
 * Where a protected instance differs from its row. Only fields that the row fills and that the list
 * returns are compared: subnet, IP address and flavor live on the DR server and are not in it. Tags of
 * the instance that the row does not name are nobody's drift. Pure.
 */
export function driftOf(row: Row, instance: ProtectedInstance): Drift[] {
  const drift: Drift[] = []
  if (row.name !== instance.name)
    drift.push({ field: 'name', wanted: row.name, actual: instance.name })
  if (row.description !== undefined && row.description !== instance.description) {
    drift.push({ field: 'description', wanted: row.description, actual: instance.description })
  }
  if (instance.tags !== null) {
    for (const [key, wanted] of Object.entries(row.tags)) {
      const actual = Object.hasOwn(instance.tags, key) ? (instance.tags[key] ?? null) : null
      if (actual !== wanted) drift.push({ field: `tag:${key}`, wanted, actual })
    }
  }
  return drift
}
