import { parseJournal, type JournalEvent } from '../../src/journal/journal.ts'
import { replay, type OpenWork } from '../../src/journal/replay.ts'
import { parseSeenHealthy } from '../../src/journal/seen-healthy.ts'
import type { JournalText } from './life.ts'
import { PROJECT } from './world.ts'

/** What runs leave to those that come after them. */
export interface Folder {
  /** Journals by run, oldest first. */
  readonly journals: Map<number, JournalText>
  /** What was seen healthy by runs that came to nothing, as in its file. */
  seenHealthy: string
}

export function newFolder(): Folder {
  return { journals: new Map(), seenHealthy: '' }
}

export function eventsIn({ journals, seenHealthy }: Folder): JournalEvent[][] {
  return [
    ...parseSeenHealthy(seenHealthy),
    ...[...journals.values()].map(({ text }) => parseJournal(text)),
  ]
}

export function openWorkOf(folder: Folder): OpenWork {
  return replay(eventsIn(folder), { projectId: PROJECT })
}
