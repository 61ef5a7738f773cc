import type { Clock } from '../clock.ts'
import { nextFate, type Fate, type FateEvent } from '../journal/fate.ts'
import type { JournalFailure, Journal } from '../journal/journal.ts'
import type { ApiError } from '../cloud/errors.ts'
import type { Outcome } from '../outcome.ts'
import { journalledFate } from './journalled-fate.ts'
import type { StopControl } from './stop.ts'

/** The server whose create this is, and the group it is created in. */
export interface Subject {
  readonly serverId: string
  readonly name: string
  readonly groupId: string
}

/**
 * One create on its way: its fate in memory and in the journal, always moved together. An intent that
 * cannot be written rejects, and so nothing is sent. What is learnt afterwards must not be lost with
 * the disk: it stays in memory, and the run stops sending.
 */
export interface Creation {
  readonly subject: Subject
  fate(): Fate
  intent(): Promise<void>
  sent(): void
  accepted(jobId: string): Promise<void>
  /** `openSince`: an earlier create, sent then, may be out there, so that this refusal ends nothing. */
  refused(error: ApiError, openSince: number | null): Promise<void>
  lost(error: ApiError): Promise<void>
  found(instanceId: string): Promise<void>
  missing(): Promise<void>
  /** `openSince`: sent then, it may be out there all the same. */
  absent(openSince: number | null): Promise<void>
  /** `left`: in which status a create that is known to have failed left its instance, or null. */
  settled(
    outcome: Pick<Outcome, 'kind' | 'reason' | 'protectedInstanceId'>,
    left: string | null,
  ): Promise<void>
}

export function createCreation(
  subject: Subject,
  from: Fate,
  parts: {
    readonly journal: Journal
    readonly clock: Clock
    readonly stop: StopControl
    readonly onJournalFailure: (error: JournalFailure) => void
  },
): Creation {
  const withdrawn: readonly FateEvent[] = [{ type: 'sent' }, { type: 'refused' }]
  const { fate, move, note } = journalledFate(from, nextFate, withdrawn, parts)
  let attempt = 0
  const server = subject.serverId

  const at = (): number => parts.clock.now()
  const why = (error: ApiError) => ({ status: error.httpStatus, code: error.code })

  return {
    subject,
    fate,
    async intent() {
      // A request repeated after a renewed sign-in is the same attempt: its intent is on disk.
      if (fate().kind === 'intended' || fate().kind === 'sent') return
      attempt += 1
      const { groupId, name } = subject
      await note({ type: 'intent' }, { type: 'intent', at: at(), server, groupId, name, attempt })
    },
    sent() {
      if (fate().kind !== 'sent') move({ type: 'sent' })
    },
    accepted: (jobId) =>
      note({ type: 'accepted', jobId }, { type: 'accepted', at: at(), server, jobId }),
    refused(error, since) {
      const openSince = since === null ? {} : { openSince: since }
      return note(
        { type: 'refused', ...openSince },
        { type: 'refused', at: at(), server, ...why(error), ...openSince },
      )
    },
    lost: (error) => note({ type: 'lost' }, { type: 'lost', at: at(), server, ...why(error) }),
    found: (instanceId) =>
      note({ type: 'found', instanceId }, { type: 'found', at: at(), server, instanceId }),
    missing: () => note({ type: 'missing' }, { type: 'missing', at: at(), server }),
    absent(since) {
      const openSince = since === null ? {} : { openSince: since }
      return note(
        { type: 'absent', ...openSince },
        { type: 'absent', at: at(), server, ...openSince },
      )
    },
    async settled({ kind: outcome, reason, protectedInstanceId: instanceId }, left) {
      if (fate().kind === 'none') return
      await note(
        { type: 'settled' },
        { type: 'settled', at: at(), server, outcome, reason, instanceId, left },
      )
    },
  }
}
