import { JournalFailure, type Journal, type JournalEvent } from '../journal/journal.ts'
import type { StopControl } from './stop.ts'

/** What one request has come to: in memory and in the journal, always moved together. */
export interface JournalledFate<Fate, Event> {
  readonly fate: () => Fate
  /** In memory alone: what the disk knows as well says more. */
  readonly move: (event: Event) => void
  /**
   * On disk, too. An intent that the disk does not take rejects, and is withdrawn, so that nothing is sent. What
   * is learnt afterwards must not be lost with the disk: it stays in memory, and the run stops sending.
   */
  readonly note: (event: Event, line: JournalEvent) => Promise<void>
}

export function journalledFate<Fate, Event extends { readonly type: string }>(
  from: Fate,
  next: (fate: Fate, event: Event) => Fate,
  /** An intent that was not sent after all. */
  withdrawn: readonly Event[],
  parts: {
    readonly journal: Journal
    readonly stop: StopControl
    readonly onJournalFailure: (error: JournalFailure) => void
  },
): JournalledFate<Fate, Event> {
  let fate = from
  return {
    fate: () => fate,
    move(event) {
      fate = next(fate, event)
    },
    async note(event, line) {
      fate = next(fate, event)
      try {
        await parts.journal.append(line)
      } catch (error) {
        if (!(error instanceof JournalFailure)) throw error
        parts.stop.stopSending('run-aborted')
        parts.onJournalFailure(error)
        if (event.type === 'intent') {
          fate = withdrawn.reduce(next, fate)
          throw error
        }
      }
    },
  }
}
