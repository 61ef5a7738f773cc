import { join } from 'node:path'
import { makeDirectory } from '../directories.ts'
import { isProtected } from '../outcome.ts'
import type { Inventory } from '../inventory/read.ts'
import type { Row } from '../inventory/row.ts'
import { remainingCsv } from '../inventory/write.ts'
import { writeAtomically } from './atomic-file.ts'
import { reportCsv } from './csv.ts'
import type { CarriedColumns } from './csv.ts'
import { reportHtml } from './html.ts'
import { reportJson } from './json.ts'
import { reportMarkdown } from './markdown.ts'
import type { Report } from './schema.ts'

/**
 * Writes all files of a report into the run's directory: `rows` are those of the report, and the ones
 * that are not protected make up `remaining.csv`. Rejects with the system's error.
 */
export async function writeReportFiles(
  directory: string,
  report: Report,
  inventory: Inventory,
  rows: readonly Row[],
): Promise<void> {
  const open = new Set(report.rows.filter((row) => !isProtected(row.outcome)).map(({ row }) => row))
  const carried = new Map(rows.map((row) => [row.row, row.carried]))
  const remaining = rows.filter(({ row }) => open.has(row))
  await writeRendered(directory, report, carried, remainingCsv(inventory, remaining))
}

/**
 * The report in all its forms, and `remaining.csv` where there is one. report.json comes first: with a
 * disk that fills up, it is the one to have.
 */
export async function writeRendered(
  directory: string,
  report: Report,
  carried: CarriedColumns,
  remaining: string | null,
): Promise<void> {
  await makeDirectory(directory)
  await writeAtomically(join(directory, 'report.json'), reportJson(report))
  await writeAtomically(join(directory, 'report.csv'), reportCsv(report, carried))
  await writeAtomically(join(directory, 'report.md'), reportMarkdown(report))
  await writeAtomically(join(directory, 'report.html'), reportHtml(report))
  if (remaining !== null) await writeAtomically(join(directory, 'remaining.csv'), remaining)
}
