import { join } from 'node:path'
import { makeDirectory } from '../directories.ts'
import type { Inventory } from '../inventory/read.ts'
import type { Row } from '../inventory/row.ts'
import { remainingFile } from '../inventory/write.ts'
import { isProtected } from '../outcome.ts'
import { writeAtomically } from './atomic-file.ts'
import type { FormContext } from './form-context.ts'
import { FORMS, textOf, type Form } from './forms.ts'
import type { Report } from './schema.ts'

const NO_CONTEXT: FormContext = { next: null }

/**
 * Writes all files of a report into the run's directory: `rows` are those of the report, and the ones
 * that are not protected make up `remaining.csv`. Rejects with the system's error.
 */
export async function writeReportFiles(
  directory: string,
  report: Report,
  inventory: Inventory,
  rows: readonly Row[],
  context: FormContext = NO_CONTEXT,
): Promise<void> {
  const open = new Set(report.rows.filter((row) => !isProtected(row.outcome)).map(({ row }) => row))
  const remaining = rows.filter(({ row }) => open.has(row))
  await writeRendered(directory, report, await remainingFile(inventory, remaining), context)
}

/**
 * The report in all its forms, and `remaining.csv` where there is one.
 */
export async function writeRendered(
  directory: string,
  report: Report,
  remaining: Uint8Array | null,
  context: FormContext = NO_CONTEXT,
): Promise<void> {
  await makeDirectory(directory)
  for (const form of Object.values<Form>(FORMS)) {
    await writeAtomically(join(directory, form.file), textOf(form, report, context))
  }
  if (remaining !== null) await writeAtomically(join(directory, 'remaining.csv'), remaining)
}
