import { lstat, open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EXIT } from '../exit-code.ts'
import { Failure } from '../failure.ts'
import { syncDirectory } from '../directories.ts'
import {
  JOURNAL_FILE,
  JournalDamage,
  JournalFailure,
  parseJournal,
  renderEvent,
  type Journal,
  type JournalEvent,
} from './journal.ts'

interface Pending {
  readonly line: string
  readonly resolve: () => void
  readonly reject: (error: JournalFailure) => void
}

/**
 * Opens a new journal in an existing run folder; fails if one is there. Group commit: events that
 * come while one fsync runs share the next, so that the disk never paces the creates.
 */
export async function openJournal(runDir: string): Promise<Journal> {
  const file = await open(join(runDir, JOURNAL_FILE), 'ax', 0o600).catch((error: unknown) => {
    throw new JournalFailure(error)
  })
  await syncDirectory(runDir)
  let waiting: Pending[] = []
  let flushing: Promise<void> | null = null
  let failure: JournalFailure | null = null

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      try {
        await file.appendFile(batch.map((pending) => pending.line).join(''))
        await file.datasync()
        for (const pending of batch) pending.resolve()
      } catch (error) {
        // What is on disk now may end in half a line: nothing may ever follow it.
        failure = new JournalFailure(error)
        for (const pending of [...batch, ...waiting]) pending.reject(failure)
        waiting = []
      }
    }
    flushing = null
  }

  return {
    append(event: JournalEvent) {
      if (failure !== null) return Promise.reject(failure)
      return new Promise((resolve, reject) => {
        waiting.push({ line: renderEvent(event), resolve, reject })
        flushing ??= flush()
      })
    },
    async close() {
      await flushing
      await file.close()
    },
  }
}

/**
 * The events of all runs under `reportsDir`, oldest run first (run IDs sort by time). A folder or a
 * journal that cannot be read or trusted is a Failure, never "no events": an unread journal may hold
 * a create whose fate is open.
 */
export async function readJournals(reportsDir: string): Promise<JournalEvent[][]> {
  const names = await readdir(reportsDir).catch((error: unknown) => {
    if (isMissing(error)) return []
    throw unusable(reportsDir, error)
  })
  const runs: JournalEvent[][] = []
  for (const name of names.toSorted()) {
    const path = join(reportsDir, name, JOURNAL_FILE)
    const text = await readFile(path, 'utf8').catch(async (error: unknown) => {
      // A link that leads nowhere is a journal that is not there any more, not one that never was.
      if (isMissing(error) && !(await isThere(path))) return null
      throw unusable(path, error)
    })
    if (text === null) continue
    try {
      runs.push(parseJournal(text))
    } catch (error) {
      throw error instanceof JournalDamage ? unusable(path, error) : error
    }
  }
  return runs
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return code === 'ENOENT' || code === 'ENOTDIR'
}

/** What to do about a journal that cannot be used. */
export function unusable(path: string, error: unknown): Failure {
  return new Failure(
    EXIT.bug,
    `The journal ${path} cannot be trusted: ${error instanceof Error ? error.message : String(error)}. Nothing was sent.`,
    'It may hold creates whose end is open. If it cannot be mended, move its run folder out of the reports ' +
      'folder and run again: what it started is then found through the live list alone.',
  )
}
