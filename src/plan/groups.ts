import { toProblem, type Finding, type Problem } from '../inventory/problem.ts'
import { groupBy } from '../group-by.ts'
import type { Row } from '../inventory/row.ts'
import { groupKey } from '../keys.ts'
import type { ServerGroup } from '../cloud/sdrs/sdrs-schema.ts'

export interface ResolvedGroups {
  /** The group of each row, by row number. Rows with a problem have none. */
  readonly byRow: ReadonlyMap<number, ServerGroup>
  readonly problems: readonly Problem[]
}

/** Finds the one protection group that each row names. Pure. */
export function resolveGroups(
  rows: readonly Row[],
  groups: readonly ServerGroup[],
): ResolvedGroups {
  const byId = new Map(groups.map((group) => [groupKey(group.id), group]))
  const byName = groupBy(groups, (group) => group.name)
  const byRow = new Map<number, ServerGroup>()
  const problems: Problem[] = []
  for (const row of rows) {
    const found = resolve(row, byId, byName)
    if ('id' in found) byRow.set(row.row, found)
    else problems.push(found)
  }
  return { byRow, problems }
}

function resolve(
  row: Row,
  byId: ReadonlyMap<string, ServerGroup>,
  byName: ReadonlyMap<string, readonly ServerGroup[]>,
): ServerGroup | Problem {
  const named = row.serverGroup === undefined ? null : (byName.get(row.serverGroup) ?? [])
  if (row.serverGroupId !== undefined) {
    // A group may be named like an ID, as `--group` cannot tell the two apart.
    const group = byId.get(groupKey(row.serverGroupId)) ?? only(byName.get(row.serverGroupId))
    if (group === undefined) {
      return problem(row, {
        code: 'group-unknown',
        field: 'server_group_id',
        value: row.serverGroupId,
        args: { is: `has the ID ${row.serverGroupId}` },
      })
    }
    if (named !== null && !named.includes(group)) {
      const name = row.serverGroup ?? ''
      return problem(row, {
        code: 'group-differs',
        field: 'server_group',
        value: name,
        args: { group: group.name, name },
      })
    }
    return group
  }
  const name = row.serverGroup ?? ''
  const first = only(named)
  if (first !== undefined) return first
  return named === null || named.length === 0
    ? problem(row, {
        code: 'group-unknown',
        field: 'server_group',
        value: name,
        args: { is: `is named "${name}"` },
      })
    : problem(row, {
        code: 'group-ambiguous',
        field: 'server_group',
        value: name,
        args: { count: named.length, name, ids: named.map((group) => group.id).join(', ') },
      })
}

function only<T>(list: readonly T[] | null | undefined): T | undefined {
  return list?.length === 1 ? list[0] : undefined
}

/** The row's line is known here, its cells are not. */
function problem(row: Row, finding: Finding): Problem {
  return { ...toProblem({ ...finding, row: row.row }), line: row.line }
}
