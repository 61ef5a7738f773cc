import { JournalFailure, type Journal, type JournalEvent } from '../../src/journal/journal.ts'

/** Engines with a defect, as they would look from the journal. */

/** As a tool does that stores what it did once it is done. */
export function intentAfterwards(journal: Journal): Journal {
  const held = new Map<string, JournalEvent>()
  return {
    async append(event) {
      if (event.type === 'intent') {
        held.set(event.server, event)
        return
      }
      const intent = 'server' in event ? held.get(event.server) : undefined
      if (intent !== undefined && 'server' in event) {
        held.delete(event.server)
        await journal.append(intent)
      }
      await journal.append(event)
    },
    close: () => journal.close(),
  }
}

function written(change: (event: JournalEvent) => readonly JournalEvent[]) {
  return (journal: Journal): Journal => ({
    async append(event) {
      for (const each of change(event)) await journal.append(each)
    },
    close: () => journal.close(),
  })
}

export function lostAsRefused(journal: Journal): Journal {
  return written((event) => [event.type === 'lost' ? { ...event, type: 'refused' } : event])(
    journal,
  )
}

export function without(type: JournalEvent['type']): (journal: Journal) => Journal {
  return written((event) => (event.type === type ? [] : [event]))
}

export function settleAll(journal: Journal): Journal {
  return written((event) =>
    event.type === 'lost' || event.type === 'accepted' || event.type === 'missing'
      ? [
          event,
          {
            type: 'settled',
            at: event.at,
            server: event.server,
            outcome: 'unknown',
            reason: null,
            instanceId: null,
          },
        ]
      : [event],
  )(journal)
}

/** As of two requests: the very same line again is only the disk's, and is passed over. */
export function twice(journal: Journal): Journal {
  return written((event) =>
    event.type === 'intent' ? [event, { ...event, at: event.at + 1 }] : [event],
  )(journal)
}

/** What the disk does not take is forgotten. */
export function bestEffort(journal: Journal): Journal {
  return {
    append: (event) =>
      journal.append(event).catch((error: unknown) => {
        if (!(error instanceof JournalFailure) || event.type === 'run') throw error
      }),
    close: () => journal.close(),
  }
}
