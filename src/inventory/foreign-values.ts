import type { Columns } from './columns.ts'
import { isEmpty } from './fields.ts'
import { foreignLooks } from './foreign-ids.ts'
import { headerPlace } from './headers.ts'
import { clean } from './invisible.ts'
import type { Finding } from './problem.ts'
import { looksLikeId } from './row-schema.ts'
import type { Table } from './table.ts'

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
  const kind = kindOfColumn(table.records.map(({ cells }) => clean(cells[column] ?? '', 'id')))
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

interface ColumnKind {
  readonly looks: string
  readonly count: number
  /** Cells that are filled. */
  readonly total: number
  /** The first such value. */
  readonly value: string
}

function kindOfColumn(cells: readonly string[]): ColumnKind | null {
  const filled = cells.filter((cell) => !isEmpty(cell))
  const kinds = new Map<string, { count: number; value: string }>()
  for (const value of filled) {
    const looks = looksLikeId(value) ? null : foreignLooks(value)
    if (looks === null) continue
    const kind = kinds.get(looks)
    if (kind === undefined) kinds.set(looks, { count: 1, value })
    else kind.count++
  }
  for (const [looks, { count, value }] of kinds) {
    if (count > 1 && count > WHOLE_COLUMN * filled.length) {
      return { looks, count, total: filled.length, value }
    }
  }
  return null
}
