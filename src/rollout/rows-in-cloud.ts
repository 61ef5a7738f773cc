import type { Problem } from '../inventory/problem.ts'
import type { Row } from '../inventory/row.ts'
import { selectRows, type Selection } from '../inventory/select.ts'
import { resolveGroups, type ResolvedGroups } from '../plan/groups.ts'
import type { Snapshot } from '../plan/snapshot.ts'
import { resolveNames, type ResolvedNames } from './resolve-names.ts'

export type RowsInCloud =
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] }
  | { readonly kind: 'nothing-selected' }
  | {
      readonly kind: 'found'
      /** Every row of the inventory, with its server. */
      readonly all: readonly Row[]
      /** Those that the selection names. */
      readonly rows: readonly Row[]
      readonly groups: ResolvedGroups['byRow']
      /** All servers, where they were listed to match names; else null. */
      readonly servers: ResolvedNames['servers']
    }

/**
 * The rows of an inventory in the light of the cloud: their servers, their groups, and which of them are
 * selected. The same for whatever is then done with them. Rejects as `resolveNames` does.
 */
export async function findRowsInCloud(
  inventory: readonly Row[],
  selection: Selection,
  snapshot: Snapshot,
  parts: Parameters<typeof resolveNames>[2],
): Promise<RowsInCloud> {
  const { rows: all, problems: ofNames, servers } = await resolveNames(inventory, snapshot, parts)
  const { byRow: groups, problems: ofGroups } = resolveGroups(all, snapshot.groups)
  const problems = [...ofNames, ...ofGroups]
  if (problems.length > 0) return { kind: 'problems', problems }
  const rows = selectRows(all, selection, (row) => groups.get(row.row)?.id ?? '')
  if (rows.length === 0 && isSlip(all, selection)) return { kind: 'nothing-selected' }
  return { kind: 'found', all, rows, groups, servers }
}

/** A selection that matches nothing is a slip of the pen, not a job well done; a shard may be empty. */
function isSlip(rows: readonly Row[], selection: Selection): boolean {
  return rows.length > 0 && selectRows(rows, withoutShard(selection)).length === 0
}

/** What was chosen by hand. */
export function withoutShard(selection: Selection): Selection {
  const { shard: _shard, ...chosen } = selection
  return chosen
}
