import { toProblem, type Finding, type Problem } from '../inventory/problem.ts'
import { groupBy } from '../group-by.ts'
import type { Row } from '../inventory/row.ts'
import { groupKey } from '../keys.ts'
import { nearest } from '../nearest.ts'
import type { ServerGroup } from '../cloud/sdrs/sdrs-schema.ts'

export interface ResolvedGroups {
  /** The group of each row, by row number. Rows with a problem have none. */
  readonly byRow: ReadonlyMap<number, ServerGroup>
  readonly problems: readonly Problem[]
}

/**
 * Finds the one protection group that each row names. A name that fits none or several is one problem,
 * at the first row with it, however many rows have it. Pure.
 */
export function resolveGroups(
  rows: readonly Row[],
  groups: readonly ServerGroup[],
): ResolvedGroups {
  const byId = new Map(groups.map((group) => [groupKey(group.id), group]))
  const byName = groupBy(groups, (group) => group.name)
  const byRow = new Map<number, ServerGroup>()
  const unresolved = new Map<string, Unresolved>()
  for (const row of rows) {
    const found = resolve(row, byId, byName)
    if ('id' in found) byRow.set(row.row, found)
    else {
      const kind = JSON.stringify([found.code, found.field, found.value, found.args])
      const known = unresolved.get(kind)
      if (known === undefined) unresolved.set(kind, { finding: found, rows: [row] })
      else known.rows.push(row)
    }
  }
  const names = [...byName.keys()]
  return { byRow, problems: [...unresolved.values()].map((each) => problem(each, names)) }
}

interface Unresolved {
  readonly finding: Finding
  /** At least one. */
  readonly rows: Row[]
}

function resolve(
  row: Row,
  byId: ReadonlyMap<string, ServerGroup>,
  byName: ReadonlyMap<string, readonly ServerGroup[]>,
): ServerGroup | Finding {
  const named = row.serverGroup === undefined ? null : (byName.get(row.serverGroup) ?? [])
  if (row.serverGroupId !== undefined) {
    // A group may be named like an ID, as `--group` cannot tell the two apart.
    const group = byId.get(groupKey(row.serverGroupId)) ?? only(byName.get(row.serverGroupId))
    if (group === undefined) {
      return {
        code: 'group-unknown',
        field: 'server_group_id',
        value: row.serverGroupId,
        args: { is: `has the ID ${row.serverGroupId}` },
      }
    }
    if (named !== null && !named.includes(group)) {
      const name = row.serverGroup ?? ''
      return {
        code: 'group-differs',
        field: 'server_group',
        value: name,
        args: { group: group.name, name },
      }
    }
    return group
  }
  const name = row.serverGroup ?? ''
  const first = only(named)
  if (first !== undefined) return first
  return named === null || named.length === 0
    ? {
        code: 'group-unknown',
        field: 'server_group',
        value: name,
        args: { is: `is named "${name}"` },
      }
    : {
        code: 'group-ambiguous',
        field: 'server_group',
        value: name,
        args: { count: named.length, name, ids: named.map((group) => group.id).join(', ') },
      }
}

function only<T>(list: readonly T[] | null | undefined): T | undefined {
  return list?.length === 1 ? list[0] : undefined
}

/** So many row numbers are named. */
const MOST_ROWS = 10

/** The row's line is known here, its cells are not. */
function problem({ finding, rows }: Unresolved, names: readonly string[]): Problem {
  const [first] = rows
  const shown = rows.slice(0, MOST_ROWS).map(({ row }) => row)
  const more = rows.length - shown.length
  const where =
    rows.length === 1
      ? ''
      : ` (${rows.length} rows: ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''})`
  const near = finding.field === 'server_group' ? nearest(finding.value ?? '', names) : null
  const suggestion = near === null || near === finding.value ? '' : `did you mean "${near}"? Else `
  const told = toProblem({
    ...finding,
    args: { ...finding.args, where, suggestion },
    ...(first !== undefined && { row: first.row }),
  })
  return { ...told, line: first?.line ?? null }
}
