import { join } from 'node:path'
import { readJournals, unusable } from '../journal/journal-file.ts'
import { JOURNAL_FILE } from '../journal/journal.ts'
import { InconsistentJournal, replay, type OpenWork } from '../journal/replay.ts'

/**
 * What earlier runs under `reportsDir` left open in one project. Rejects with Failure when a journal
 * cannot be read or trusted: it may hold a create whose end is open.
 */
export async function readOpenWork(
  reportsDir: string,
  where: Parameters<typeof replay>[1],
): Promise<OpenWork> {
  const runs = await readJournals(reportsDir)
  try {
    return replay(runs, where)
  } catch (error) {
    if (!(error instanceof InconsistentJournal)) throw error
    throw unusable(join(reportsDir, error.runId, JOURNAL_FILE), error)
  }
}
