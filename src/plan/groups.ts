import type { Problem } from '../inventory/problem.ts'
import { groupBy } from '../group-by.ts'
import type { Row } from '../inventory/row.ts'
import { groupKey } from '../keys.ts'
import type { ServerGroup } from '../sdrs/schema.ts'

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
      return problem(
        row,
        'group-unknown',
        'server_group_id',
        row.serverGroupId,
        `no protection group of this project has the ID ${row.serverGroupId}`,
      )
    }
    if (named !== null && !named.includes(group)) {
      return problem(
        row,
        'group-differs',
        'server_group',
        row.serverGroup ?? '',
        `server_group_id is the group "${group.name}", server_group says "${row.serverGroup}"`,
      )
    }
    return group
  }
  const name = row.serverGroup ?? ''
  const first = only(named)
  if (first !== undefined) return first
  return named === null || named.length === 0
    ? problem(
        row,
        'group-unknown',
        'server_group',
        name,
        `no protection group of this project is named "${name}"`,
      )
    : problem(
        row,
        'group-ambiguous',
        'server_group',
        name,
        `${named.length} protection groups are named "${name}": ${named.map((group) => group.id).join(', ')}`,
      )
}

function only<T>(list: readonly T[] | null | undefined): T | undefined {
  return list?.length === 1 ? list[0] : undefined
}

function problem(row: Row, code: string, field: string, value: string, message: string): Problem {
  return {
    code,
    severity: 'error',
    row: row.row,
    line: row.line,
    column: null,
    field,
    value,
    message,
    hint:
      code === 'group-ambiguous'
        ? 'name the group by its ID in server_group_id'
        : 'check the spelling, the region and the project, or create the group first',
  }
}
