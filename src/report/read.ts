import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import * as z from 'zod'
import { Failure } from '../failure.ts'
import { parseJson } from '../json.ts'
import { hasSystemCode } from '../system-error.ts'
import { REPORT_SCHEMA_VERSION, reportSchema } from './schema.ts'
import type { Report } from './schema.ts'

const versionSchema = z.object({ schemaVersion: z.int() })

/** Reads the report of a run, given its directory or the `report.json` itself. Rejects with a Failure. */
export async function readReport(path: string): Promise<Report> {
  const isDirectory = (await stat(path).catch(() => null))?.isDirectory() === true
  const file = isDirectory ? join(path, 'report.json') : path
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (!hasSystemCode(error, 'ENOENT', 'ENOTDIR')) throw error
    throw new Failure(
      'usage',
      `${file}: there is no such file`,
      isDirectory
        ? 'Nothing is in it that a report could be made from: no run has begun there.'
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

/** The run's `remaining.csv` as it is; null when that is missing. */
export function readRemaining(path: string): Promise<Uint8Array | null> {
  return readFile(join(runDirectory(path), 'remaining.csv')).catch(() => null)
}

/** Where a run's files are, given its directory or the `report.json` in it. */
export function runDirectory(path: string): string {
  return basename(path).endsWith('.json') ? dirname(path) : path
}
