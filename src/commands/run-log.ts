import type { RunEvent } from '../apply/events.ts'
import type { Log } from '../log.ts'

/** How `run.log` calls each event; null: not written, it comes at every step. */
const MESSAGES = {
  accepted: 'create accepted',
  'create-failed': 'create failed',
  'row-ended': 'row ended',
  'access-lost': 'access lost',
  'failure-limit': 'failure limit reached',
  progress: null,
  'start-accepted': 'start of a group accepted',
  'start-failed': 'start of a group failed',
  'group-ended': 'group ended',
  'groups-progress': null,
} as const satisfies Record<RunEvent['type'], string | null>

export function logEvent(log: Log, { type, ...facts }: RunEvent): void {
  const message = MESSAGES[type]
  if (message !== null) log.info(facts, message)
}
