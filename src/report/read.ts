import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { z } from 'zod'
import { Failure } from '../failure.ts'
import { parseJson } from '../json.ts'
import { hasSystemCode } from '../system-error.ts'
import { CSV_COLUMNS } from './columns.ts'
import type { CarriedColumns } from './csv.ts'
import { REPORT_SCHEMA_VERSION, reportSchema } from './schema.ts'
import type { Report } from './schema.ts'

const versionSchema = z.object({ schemaVersion: z.int() })

/** Reads the report of a run, given its directory or the `report.json` itself. Rejects with a Failure. */
export async function readReport(path: string): Promise<Report> {
  const isDirectory = (await stat(path).catch(() => null))?.isDirectory() === true
  const file = isDirectory ? join(path, 'report.json') : path
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (!hasSystemCode(error, 'ENOENT')) throw error
    throw new Failure(
      'usage',
      `${file}: there is no such file`,
      isDirectory
        ? 'A run that was killed leaves no report; run apply again, it carries on from the journal.'
        : 'Give the directory of a run, as in reports/<run-id>.',
    )
  })
  const document = parseJson(text)
  if (document === undefined) throw new Failure('usage', `${file}: not JSON`)
  const version = versionSchema.safeParse(document).data?.schemaVersion
  if (version !== undefined && version > REPORT_SCHEMA_VERSION) {
    throw new Failure('usage', `${file}: written by a newer version (schema ${version})`)
  }
  const result = reportSchema.safeParse(document)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const where =
    issue === undefined ? '' : ` at ${issue.path.join('.') || 'the top'}: ${issue.message}`
  throw new Failure('usage', `${file}: not a report of this tool${where}`)
}

/**
 * The inventory's own columns, which report.json leaves out, from the run's `report.csv`; none when
 * that is missing. They were defused when written and stay so.
 */
export async function readCarried(path: string): Promise<CarriedColumns> {
  const text = await readBeside(path, 'report.csv')
  if (text === null) return new Map()
  const records: Record<string, string>[] = parse(text, { bom: true, columns: true })
  const ours = new Set<string>(CSV_COLUMNS.map(([header]) => header))
  return new Map(
    records.map((record) => [
      Number(record['row']),
      Object.fromEntries(Object.entries(record).filter(([header]) => !ours.has(header))),
    ]),
  )
}

/** The run's `remaining.csv` as it is; null when that is missing. */
export function readRemaining(path: string): Promise<Uint8Array | null> {
  return readFile(join(runDirectory(path), 'remaining.csv')).catch(() => null)
}

/** Where a run's files are, given its directory or the `report.json` in it. */
export function runDirectory(path: string): string {
  return basename(path).endsWith('.json') ? dirname(path) : path
}

function readBeside(path: string, name: string): Promise<string | null> {
  return readFile(join(runDirectory(path), name), 'utf8').catch(() => null)
}
