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

const USUAL_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const WITHOUT_HYPHENS = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/s

/** Tells servers apart as `serverKey` does, in the form that IDs nearly always have already. */
function keyOfServer(id: string): string {
  return USUAL_ID.test(id) ? id : serverKey(id).replace(WITHOUT_HYPHENS, '$1-$2-$3-$4-$5')
}

/** So many groups are remembered. */
const MOST_GROUPS = 4_096

/** Few groups, named by every row: what is worked out of one is kept. */
function remembering(work: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>()
  return (text) => {
    let result = known.get(text)
    if (result === undefined) {
      result = work(text)
      if (known.size < MOST_GROUPS) known.set(text, result)
    }
    return result
  }
}

/** Rules across rows. The later row carries the finding, and names the first. */
function createRules(): readonly Rule[] {
  const keyOfGroup = remembering(groupKey)
  const scopeOfGroupName = remembering((name) => `name ${name}`)
  return [
    {
      code: 'duplicate-server',
      field: 'server_id',
      value: (row) => row.serverId,
      key: (row) => (row.serverId === '' ? undefined : keyOfServer(row.serverId)),
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
          ? scopeOfGroupName(row.serverGroup ?? '')
          : keyOfGroup(row.serverGroupId),
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
        keyOfGroup(row.serverGroupId ?? '') !== keyOfGroup(first.serverGroupId ?? ''),
    },
  ]
}

/** Applies every rule to all rows of a table, in one pass each. */
export function checkAcrossRows(rows: readonly Row[], table: Table, columns: Columns): Finding[] {
  return createRules().flatMap((rule) => {
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
