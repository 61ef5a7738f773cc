import { join } from 'node:path'
import { readFile } from 'node:fs/promises'
import { JOURNAL_FILE, parseJournal } from '../journal/journal.ts'
import { readOpenWork } from './open-work.ts'

/**
 * What is known of the instances that failed creates have left, by ID: those that `--replace-failed` would delete,
 * as far as the journals tell, and those that the run in `directory` left in another status. Never rejects: who
 * cannot read a journal knows nothing, and then says nothing.
 */
export async function readLeftByCreates(
  reportsDir: string,
  directory: string,
  projectId: string,
): Promise<{ readonly replaceable: ReadonlySet<string>; readonly odd: ReadonlySet<string> }> {
  try {
    const { failedInstances, healthyInstances } = await readOpenWork(reportsDir, projectId, {
      remember: false,
    })
    const events = parseJournal(await readFile(join(directory, JOURNAL_FILE), 'utf8'))
    const odd = events.flatMap((event) =>
      event.type === 'settled' &&
      event.outcome === 'failed' &&
      event.instanceId !== null &&
      typeof event.left === 'string' &&
      event.left !== 'error'
        ? [event.instanceId]
        : [],
    )
    const replaceable = [...failedInstances].filter((id) => !healthyInstances.has(id))
    return { replaceable: new Set(replaceable), odd: new Set([...odd, ...healthyInstances]) }
  } catch {
    return { replaceable: new Set(), odd: new Set() }
  }
}
