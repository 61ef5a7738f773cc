import { readFile, readlink, rename, symlink, unlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { LATEST_RUN } from '../journal/read-journals.ts'
import { writeAtomically } from '../report/atomic-file.ts'

/**
 * Lets `latest` point to a run: a link, or a text file with its name where links cannot be. At every instant it points to the old run or to the new one. Never rejects: it is
 * a help for people, and a folder of that name that is somebody's own stays.
 */
export async function pointToLatest(reportsDir: string, runId: string): Promise<void> {
  const path = join(reportsDir, LATEST_RUN)
  const temporary = join(reportsDir, `.${LATEST_RUN}.${runId}.tmp`)
  try {
    await unlink(temporary).catch(() => {})
    await symlink(runId, temporary)
    await rename(temporary, path)
  } catch {
    await unlink(temporary).catch(() => {})
    await writeAtomically(path, `${runId}\n`).catch(() => {})
  }
}

/** The name of the run folder that `latest` names, as a link or as a text; null: it names none beside it. */
export async function latestRun(path: string): Promise<string | null> {
  const target = await readlink(path).catch(() => readFile(path, 'utf8').catch(() => null))
  const name = target?.trim() ?? ''
  // What leads elsewhere is not ours.
  return name !== '' && name.length < 256 && basename(name) === name && !/^\.\.?$/.test(name)
    ? name
    : null
}
