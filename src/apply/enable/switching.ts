import type { ApiError } from '../../cloud/errors.ts'
import type { Clock } from '../../clock.ts'
import {
  nextEnabling,
  NO_ENABLING,
  type EnablingEvent,
  type EnablingFate,
} from '../../journal/enabling-fate.ts'
import type { JournalFailure, Journal } from '../../journal/journal.ts'
import type { OpenEnabling } from '../../journal/open-enablings.ts'
import { journalledFate } from '../journalled-fate.ts'
import type { StopControl } from '../stop.ts'

/**
 * The start of one group on its way: its fate in memory and in the journal, always moved together, as
 * creation.ts does it for a create. An intent that cannot be written rejects, and so nothing is sent.
 */
export interface Switching {
  fate(): EnablingFate
  /** Looked at through the settle window, the group stays off: only then may a start follow one that was lost. */
  absent(): Promise<void>
  /** `before`: the group's status, as looked at just now. Throws IllegalEnabling where a start may be out there. */
  intent(before: string): Promise<void>
  sent(): void
  accepted(jobId: string): Promise<void>
  /** `openSince`: an earlier start, sent then, may be out there, so that this refusal ends nothing. */
  refused(error: ApiError, openSince: number | null): Promise<void>
  lost(error: ApiError): Promise<void>
  /** The group is seen to start. Nothing where no start of ours may be out there. */
  found(): Promise<void>
  on(): Promise<void>
  failed(code: string | null, reason: string): Promise<void>
}

export function createSwitching(
  group: { readonly id: string; readonly name: string },
  open: OpenEnabling | null,
  parts: {
    readonly journal: Journal
    readonly clock: Clock
    readonly stop: StopControl
    readonly onJournalFailure: (error: JournalFailure) => void
  },
): Switching {
  const withdrawn: readonly EnablingEvent[] = [{ type: 'sent' }, { type: 'refused' }]
  const { fate, move, note } = journalledFate(
    open?.fate ?? NO_ENABLING,
    nextEnabling,
    withdrawn,
    parts,
  )
  let attempt = 0
  const groupId = group.id

  const at = (): number => parts.clock.now()
  const why = (error: ApiError) => ({ status: error.httpStatus, code: error.code })
  const mayBeOut = (): boolean => fate().kind === 'unknown' || fate().kind === 'accepted'

  return {
    fate,
    async absent() {
      if (mayBeOut()) await note({ type: 'absent' }, { type: 'enable-absent', at: at(), groupId })
    },
    async intent(before) {
      // A request repeated after a renewed sign-in is the same attempt: its intent is on disk.
      if (fate().kind === 'intended' || fate().kind === 'sent') return
      attempt += 1
      const { name } = group
      await note(
        { type: 'intent' },
        { type: 'enable-intent', at: at(), groupId, name, attempt, before },
      )
    },
    sent() {
      if (fate().kind !== 'sent') move({ type: 'sent' })
    },
    accepted: (jobId) =>
      note({ type: 'accepted', jobId }, { type: 'enable-accepted', at: at(), groupId, jobId }),
    refused(error, since) {
      const openSince = since === null ? {} : { openSince: since }
      return note(
        { type: 'refused', ...openSince },
        { type: 'enable-refused', at: at(), groupId, ...why(error), ...openSince },
      )
    },
    lost: (error) =>
      note({ type: 'lost' }, { type: 'enable-lost', at: at(), groupId, ...why(error) }),
    async found() {
      if (fate().kind !== 'unknown') return
      await note({ type: 'found' }, { type: 'enable-found', at: at(), groupId })
    },
    async on() {
      if (mayBeOut()) await note({ type: 'on' }, { type: 'enable-on', at: at(), groupId })
    },
    async failed(code, reason) {
      if (!mayBeOut()) return
      await note({ type: 'failed' }, { type: 'enable-failed', at: at(), groupId, code, reason })
    },
  }
}
