import { parse } from 'csv-parse/sync'
import { detectDelimiter } from '../inventory/csv-delimiter.ts'
import { isProtected } from '../outcome.ts'
import type { Report, ReportRow } from './schema.ts'

/** A run's report with its `remaining.csv`, as text. */
export interface RunRemaining {
  readonly report: Report
  readonly remaining: string | null
}

/**
 * The `remaining.csv` of a merged report, put together from those of its runs, line by line as they
 * are. Null when one of the open rows is in none of them, or when the files do not fit together.
 */
export function mergeRemaining(merged: Report, runs: readonly RunRemaining[]): string | null {
  const headers = new Set<string>()
  const lines = new Map<number, string>()
  for (const { report, remaining } of runs) {
    const [header, ...records] = remaining === null ? [] : recordsOf(remaining)
    const open = report.rows.filter(isOpen)
    if (header === undefined || records.length !== open.length) continue
    headers.add(header)
    // The file lists the rows that the report has open, in the report's order.
    for (const [at, { row }] of open.entries()) lines.set(row, records[at] ?? '')
  }
  const open = merged.rows.filter(isOpen)
  const [header] = headers
  if (header === undefined || headers.size > 1 || !open.every(({ row }) => lines.has(row))) {
    return null
  }
  return [header, ...open.map(({ row }) => lines.get(row) ?? '')].join('')
}

function isOpen({ outcome }: ReportRow): boolean {
  return !isProtected(outcome)
}

/** Each record as it stands in the file, its line end included; quoted cells may hold line ends too. */
function recordsOf(text: string): readonly string[] {
  const options = { delimiter: detectDelimiter(text), relax_column_count: true, raw: true } as const
  const records = parse(text, options) as unknown as readonly { readonly raw: string }[]
  return records.map(({ raw }) => raw)
}
