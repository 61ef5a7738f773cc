import { join } from 'node:path'
import { JOURNAL_FILE } from '../journal/journal.ts'
import { readJournals, unusable } from '../journal/read-journals.ts'
import { InconsistentJournal, replay, type OpenWork } from '../journal/replay.ts'

/**
 * What earlier runs under `reportsDir` left open in one project. Rejects with Failure when a journal
 * cannot be read or trusted: it may hold a create whose end is open.
 */
export async function readOpenWork(
  reportsDir: string,
  projectId: string,
  options: Parameters<typeof readJournals>[1],
): Promise<OpenWork> {
  const { read, condensed } = await readJournals(reportsDir, options)
  try {
    return replay([...condensed, ...read], { projectId })
  } catch (error) {
    if (!(error instanceof InconsistentJournal)) throw error
    throw unusable(join(reportsDir, error.runId, JOURNAL_FILE), error)
  }
}
