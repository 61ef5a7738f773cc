import type { Columns } from './columns.ts'
import { isEmpty } from './fields.ts'
import { foreignLooks } from './foreign-ids.ts'
import { headerPlace } from './headers.ts'
import { clean } from './invisible.ts'
import type { Finding } from './problem.ts'
import { looksLikeId } from './row-schema.ts'
import type { Table, TableRecord } from './table.ts'

/** Above this share of one kind the column is of that kind; below it, single cells are wrong. */
const WHOLE_COLUMN = 0.9

/**
 * A server_id column that is plainly of another kind: one error for all of it, in place of the error of
 * each row. A single value is a slip of its row, whatever it looks like.
 */
export function foldForeignValues(
  table: Table,
  columns: Columns,
  findings: readonly Finding[],
): readonly Finding[] {
  const column = columns.fields.get('server_id')
  if (column === undefined) return findings
  const kind = kindOfColumn(table, (cells) => clean(cells[column] ?? '', 'id'))
  if (kind === null) return findings
  const { looks, count, total, value } = kind
  const isFolded = ({ code, value: cell = '' }: Finding): boolean =>
    code === 'server-id-invalid' && foreignLooks(cell) === looks
  const args = { looks, count, total, header: table.headers[column] ?? '' }
  return [
    {
      code: 'foreign-id-values',
      args,
      field: 'server_id',
      value,
      ...headerPlace(table, column),
    },
    ...findings.filter((finding) => !isFolded(finding)),
  ]
}

/**
 * The same columns where rows are matched by name: IDs of another kind are carried along and not used. Of a
 * column that `--map` names the error stays.
 */
export function withoutForeignIds(table: Table, columns: Columns, isMapped: boolean): Columns {
  const column = columns.fields.get('server_id')
  if (column === undefined || isMapped) return columns
  const kind = kindOfColumn(table, (cells) => cells[column]?.trim() ?? '', 1)
  if (kind === null) return columns
  const { looks: systems } = kind
  const args = { columns: `"${table.headers[column] ?? ''}"`, systems }
  const fields = new Map(columns.fields)
  fields.delete('server_id')
  return {
    ...columns,
    fields,
    carried: [...columns.carried, column].toSorted((one, other) => one - other),
    findings: [
      ...columns.findings,
      { code: 'foreign-values-unused', args, field: 'server_id', ...headerPlace(table, column) },
    ],
  }
}

interface ColumnKind {
  readonly looks: string
  readonly count: number
  /** Cells that are filled. */
  readonly total: number
  /** The first such value. */
  readonly value: string
}

/** `least`: of fewer values nothing is said. */
function kindOfColumn(
  { records }: Table,
  cellOf: (cells: TableRecord['cells']) => string,
  least = 2,
): ColumnKind | null {
  const kinds = new Map<string, { count: number; value: string }>()
  // With more of another kind than this, no kind can have the share that is wanted.
  const mostOthers = (1 - WHOLE_COLUMN) * records.length + 1
  let total = 0
  let others = 0
  for (const { cells } of records) {
    const value = cellOf(cells)
    if (isEmpty(value)) continue
    total++
    const looks = looksLikeId(value) ? null : foreignLooks(value)
    if (looks === null) {
      if (++others > mostOthers) return null
      continue
    }
    const kind = kinds.get(looks)
    if (kind === undefined) kinds.set(looks, { count: 1, value })
    else kind.count++
  }
  for (const [looks, { count, value }] of kinds) {
    if (count >= least && count > WHOLE_COLUMN * total) return { looks, count, total, value }
  }
  return null
}
