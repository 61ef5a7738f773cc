import type { Columns } from './columns.ts'
import type { Finding } from './problem.ts'
import { issuePlace, type RowContext } from './row-findings.ts'
import { groupKey, serverKey } from '../keys.ts'
import type { Row } from './row.ts'
import { damageOf } from './spreadsheet-damage.ts'
import type { Table } from './table.ts'

/** A rule that sees one row after the other and remembers what it needs. */
interface Rule {
  readonly code: 'duplicate-server' | 'duplicate-name' | 'group-with-two-ids'
  readonly field: 'server_id' | 'name' | 'server_group_id'
  /** What stands there, to be shown. */
  value(row: Row): string | undefined
  /** Rows with one key in one scope belong together; a row without a key is not judged. */
  key(row: Row): string | undefined
  scope(row: Row): string
  /** Given the first row with this key: whether this one clashes with it. */
  clashes(row: Row, first: Row): boolean
}

const EVERYWHERE = (): string => ''

/** Rules across rows. The later row carries the finding, and names the first. */
const RULES: readonly Rule[] = [
  {
    code: 'duplicate-server',
    field: 'server_id',
    value: (row) => row.serverId,
    key: (row) => (row.serverId === '' ? undefined : serverKey(row.serverId)),
    scope: EVERYWHERE,
    // Numbers that a spreadsheet made of different IDs are the same.
    clashes: ({ serverId }) => damageOf('server_id', serverId) === null,
  },
  {
    code: 'duplicate-name',
    field: 'name',
    value: (row) => row.name,
    key: (row) => (row.name === '' ? undefined : row.name),
    scope: (row) =>
      row.serverGroupId === undefined
        ? `name ${row.serverGroup ?? ''}`
        : groupKey(row.serverGroupId),
    clashes: ({ name }) => damageOf('name', name)?.isCertain !== true,
  },
  {
    // A name means one group, so a second ID beside it is wrong in one of the two rows.
    code: 'group-with-two-ids',
    field: 'server_group_id',
    value: (row) => row.serverGroupId,
    key: (row) => (row.serverGroupId === undefined ? undefined : row.serverGroup),
    scope: EVERYWHERE,
    clashes: (row, first) =>
      groupKey(row.serverGroupId ?? '') !== groupKey(first.serverGroupId ?? ''),
  },
]

/** Applies every rule to all rows of a table, in one pass each. */
export function checkAcrossRows(rows: readonly Row[], table: Table, columns: Columns): Finding[] {
  return RULES.flatMap((rule) => {
    const firstsByScope = new Map<string, Map<string, Row>>()
    const findings: Finding[] = []
    for (const row of rows) {
      const key = rule.key(row)
      if (key === undefined) continue
      const scope = rule.scope(row)
      let firsts = firstsByScope.get(scope)
      if (firsts === undefined) {
        firsts = new Map()
        firstsByScope.set(scope, firsts)
      }
      const first = firsts.get(key)
      if (first === undefined) firsts.set(key, row)
      else if (rule.clashes(row, first)) {
        findings.push(clash(rule, row, first, { table, columns, row: row.row }))
      }
    }
    return findings
  })
}

function clash(rule: Rule, row: Row, first: Row, context: RowContext): Finding {
  const place = issuePlace(context, rule.field)
  const value = rule.value(row)
  return {
    code: rule.code,
    args: { row: first.row, line: first.line, group: row.serverGroup ?? '' },
    row: row.row,
    field: rule.field,
    ...(value !== undefined && { value }),
    ...(typeof place === 'object' && { position: place }),
  }
}
