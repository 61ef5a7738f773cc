import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

/** A run's ID sorts by the time of its start, and tells runs of one millisecond apart. */
export function newRunId(startedAt: Date): string {
  const time = startedAt.toISOString().replaceAll(/[-:.]/g, '')
  return `${time}-${randomBytes(3).toString('hex')}`
}

/** Makes the run's folder, readable by its owner only. */
export async function makeRunFolder(reportsDir: string, runId: string): Promise<string> {
  const path = join(reportsDir, runId)
  await mkdir(path, { recursive: true, mode: 0o700 })
  return path
}
