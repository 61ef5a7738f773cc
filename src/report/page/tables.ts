import { formatCount, sanitize } from '../../ui/text.ts'
import { notedTables, type NotedTable } from '../noted-tables.ts'
import type { Report } from '../schema.ts'
import { hashOf } from './group-views.ts'

/** Safe to show, still to be escaped. */
export interface TableView {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** How many are not shown here. */
  readonly left: string
  /** Shows the rows that it is about; '': they are not among the servers of the page. */
  readonly hash: string
}

/** Each of them may be as long as the inventory: it is in the rows, and all of it in report.csv. */
const ROWS_SHOWN = 20

/** Which rows of the page's servers each is about; '': none of them. */
const HASHES: Readonly<Record<keyof ReturnType<typeof notedTables>, string>> = {
  drift: hashOf({ has: 'drift' }),
  notCarriedOver: hashOf({ has: 'notCarriedOver' }),
  warnings: hashOf({ has: 'warnings' }),
  changes: hashOf({ has: 'changes' }),
  matched: hashOf({ has: 'matched' }),
  carriedOver: '',
  unmanaged: '',
}

/** What there is to note beside the outcomes; what is none is left out. */
export function tablesOf(report: Report): readonly TableView[] {
  return Object.entries(notedTables(report)).flatMap(([about, noted]) =>
    noted.rows.length === 0 ? [] : [viewOf(noted, HASHES[about as keyof typeof HASHES])],
  )
}

function viewOf({ title, columns, rows }: NotedTable, hash: string): TableView {
  const left = rows.length - ROWS_SHOWN
  return {
    title,
    columns,
    rows: rows.slice(0, ROWS_SHOWN).map((cells) => cells.map(sanitize)),
    left: left > 0 ? formatCount(left) : '',
    hash,
  }
}
