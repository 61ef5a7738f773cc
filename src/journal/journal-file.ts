import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { syncDirectory } from '../directories.ts'
import {
  JOURNAL_FILE,
  JournalFailure,
  renderEvent,
  type Journal,
  type JournalEvent,
} from './journal.ts'

interface Pending {
  readonly line: string
  readonly resolve: () => void
  readonly reject: (error: JournalFailure) => void
}

/** How often it is looked whether the journal is still where the next run looks for it. */
const LOOK_MS = 1_000

interface JournalOptions {
  /** Looked at with it: rejects when this run may not write, and so not send, any more. */
  readonly guard?: () => Promise<void>
  /** Monotonic, in ms. */
  readonly now?: () => number
}

/**
 * Opens a new journal in an existing run folder; fails if one is there. Group commit: events that
 * come while one fsync runs share the next, so that the disk never paces the creates. An append
 * fails once the journal's folder has been removed: its file could still be written, for nobody.
 */
export async function openJournal(runDir: string, options: JournalOptions = {}): Promise<Journal> {
  const { guard, now = () => performance.now() } = options
  const path = join(runDir, JOURNAL_FILE)
  const file = await open(path, 'ax', 0o600).catch((error: unknown) => {
    throw new JournalFailure(error)
  })
  const { ino } = await file.stat()
  await syncDirectory(runDir).catch((error: unknown) => {
    throw new JournalFailure(error)
  })
  let lookedAt = Number.NEGATIVE_INFINITY
  let waiting: Pending[] = []
  let flushing: Promise<void> | null = null
  let failure: JournalFailure | null = null

  async function look(): Promise<void> {
    if (now() - lookedAt < LOOK_MS) return
    if ((await stat(path)).ino !== ino) throw new Error(`${path} is another file now`)
    await guard?.()
    lookedAt = now()
  }

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      try {
        await look()
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
