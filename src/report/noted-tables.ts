import { formatCount } from '../ui/text.ts'
import { changesText, driftText, matchedText, nameList, warningsOf } from './columns.ts'
import type { Report, ReportRow } from './schema.ts'
import { isVerified, notCarriedOverText } from './verification.ts'

/** A list of what there is to note; its cells are not escaped. */
export interface NotedTable {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** What there is to note beside the outcomes, in the order in which it is told; some of them may be empty. */
export function notedTables(report: Report) {
  return {
    drift: ofRows('Drift', ['differs'], report, ({ drift }) =>
      drift.length === 0 ? null : [driftText(drift)],
    ),
    notCarriedOver: ofRows('Not carried over to the DR server', ['differs'], report, (row) =>
      isVerified(row) && row.verification.notCarriedOver.length > 0
        ? [notCarriedOverText(row.verification)]
        : null,
    ),
    warnings: {
      title: 'Warnings',
      columns: ['warning', 'servers', 'which'],
      rows: warningsOf(report.rows).map(({ message, names }) => [
        message,
        formatCount(names.length),
        nameList(names),
      ]),
    },
    changes: ofRows(
      'Used in another form than the inventory has it',
      ['what'],
      report,
      ({ changes }) => (changes.length === 0 ? null : [changesText(changes)]),
    ),
    matched: ofRows('Matched to their server by name', ['server', 'how'], report, (row) =>
      row.matched === null ? null : [row.serverId, matchedText(row)],
    ),
    carriedOver: {
      title: 'Left open by earlier runs, outside this one',
      columns: ['name', 'server', 'outcome', 'reason', 'message', 'what to do'],
      rows: report.carriedOver.map((row) => [
        row.name,
        row.serverId,
        row.outcome,
        row.reason ?? '',
        row.message ?? '',
        row.advice ?? '',
      ]),
    },
    unmanaged: {
      title: 'In these groups, but in no row',
      columns: ['name', 'instance', 'server', 'status'],
      rows: report.unmanaged.map((one) => [
        one.name,
        one.protectedInstanceId,
        one.sourceServer ?? '',
        one.status,
      ]),
    },
  } as const satisfies Record<string, NotedTable>
}

function ofRows(
  title: string,
  columns: readonly string[],
  { rows }: Report,
  cellsOf: (row: ReportRow) => readonly string[] | null,
): NotedTable {
  return {
    title,
    columns: ['row', 'name', ...columns],
    rows: rows.flatMap((row) => {
      const cells = cellsOf(row)
      return cells === null ? [] : [[String(row.row), row.name, ...cells]]
    }),
  }
}
