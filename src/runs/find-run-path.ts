import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { LATEST_RUN } from '../journal/read-journals.ts'
import { latestRun } from '../rollout/latest-run.ts'
import { isRunId } from '../rollout/run-folder.ts'

/**
 * Where the run is that was named by its folder, its report.json, its ID, or `latest`: the path as given where it
 * leads somewhere, else that beside the other runs. Of `latest` the folder itself, so that what is printed about it
 * still means that run when there is a newer one. Never rejects.
 */
export async function findRunPath(given: string, reportsDir: string): Promise<string> {
  const isThere = (await stat(given).catch(() => null)) !== null
  const path =
    !isThere && (given === LATEST_RUN || isRunId(given)) ? join(reportsDir, given) : given
  if (!/(^|[/\\])latest[/\\]?$/.test(path)) return path
  const name = await latestRun(path.replace(/[/\\]$/, ''))
  return name === null ? path : join(dirname(path), name)
}
