import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { makeDirectory } from '../directories.ts'

/** A run's ID sorts by the time of its start, and tells runs of one millisecond apart. */
export function newRunId(startedAt: Date): string {
  const time = startedAt.toISOString().replaceAll(/[-:.]/g, '')
  return `${time}-${randomBytes(3).toString('hex')}`
}

/**
 * Makes the run's folder, readable by its owner only, with its name on disk: a journal that is synced
 * inside a folder whose own name is lost with the power would be lost with it. Rejects with the system's error.
 */
export async function makeRunFolder(reportsDir: string, runId: string): Promise<string> {
  const path = join(reportsDir, runId)
  await makeDirectory(path)
  return path
}

/** Whether a folder has a name as `newRunId` gives it. */
export function isRunId(name: string): boolean {
  return /^\d{8}T\d{9}Z-[\da-f]{6}$/.test(name)
}
