import type { Drift } from '../outcome.ts'
import type { Row, RowField } from '../inventory/row.ts'
import type { ProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'

type Compare = (row: Row, instance: ProtectedInstance) => readonly Drift[]

/** How each field is held against the instance; null: the list does not return it, or it is not a field of it. */
const COMPARED = {
  name: (row, { name }) => differing('name', row.name, name),
  // Null is not told, empty is told to be none.
  description: (row, { description }) =>
    description === null ? [] : differing('description', row.description, description || null),
  tags: (row, { tags }) =>
    tags === null
      ? []
      : Object.entries(row.tags).flatMap(([key, wanted]) =>
          differing(`tag:${key}`, wanted, Object.hasOwn(tags, key) ? (tags[key] ?? null) : null),
        ),
  // Which server and group it is decides whether the instance is this row's at all.
  serverId: null,
  serverGroupId: null,
  serverGroup: null,
  // These live on the DR server.
  primarySubnetId: null,
  primaryIpAddress: null,
  flavor: null,
  clusterId: null,
  tenancy: null,
  dedicatedHostId: null,
  wave: null,
} as const satisfies Record<RowField, Compare | null>

/**
 * Where a protected instance differs from its row. Only fields that the row fills and that the list
 * returns are compared. Tags of the instance that the row does not name are nobody's drift. Pure.
 */
export function driftOf(row: Row, instance: ProtectedInstance): Drift[] {
  return Object.values<Compare | null>(COMPARED).flatMap(
    (compare) => compare?.(row, instance) ?? [],
  )
}

function differing(field: string, wanted: string | undefined, actual: string | null): Drift[] {
  return wanted === undefined || wanted === actual ? [] : [{ field, wanted, actual }]
}
