import type { RunEvent } from '../apply/events.ts'
import type { RequestTrace } from '../cloud/request-trace.ts'
import type { Log, LogLevel } from '../log.ts'

type Level = Extract<LogLevel, 'debug' | 'info' | 'warn'>

/** How `run.log` calls each event, and from which level on it is there; null: not written, it comes at every step. */
const ENTRIES = {
  'run-begun': ['debug', 'run begun'],
  'wave-begun': ['info', 'wave begun'],
  accepted: ['info', 'create accepted'],
  'create-failed': ['info', 'create failed'],
  'job-running': ['debug', 'job followed'],
  'job-ended': ['info', 'job ended'],
  removing: ['info', 'deleting what a failed create left'],
  removed: ['info', 'what a failed create left is gone'],
  'row-ended': ['info', 'row ended'],
  lane: ['info', 'how many creates the group takes'],
  'held-back': ['info', 'creates held back'],
  stopping: ['warn', 'nothing new is sent'],
  'access-lost': ['warn', 'access lost'],
  'failure-limit': ['warn', 'failure limit reached'],
  progress: null,
  looking: ['info', 'looking at the cloud once more'],
  'groups-begun': ['info', 'switching protection on'],
  'start-accepted': ['info', 'start of a group accepted'],
  'start-failed': ['info', 'start of a group failed'],
  'start-running': ['debug', 'start of a group followed'],
  'group-ended': ['info', 'group ended'],
  'groups-progress': null,
} as const satisfies Record<RunEvent['type'], readonly [level: Level, message: string] | null>

export function logEvent(log: Log, { type, ...facts }: RunEvent): void {
  const entry = ENTRIES[type]
  if (entry === null) return
  const [level, message] = entry
  log[level](readableTimes(facts), message)
}

/** Each request with what the service's support asks for. */
export function logRequest(log: Log, trace: RequestTrace): void {
  log.debug({ ...trace, at: new Date(trace.at).toISOString() }, 'request')
}

/** Moments as every other time in the log. */
const MOMENTS = new Set(['since', 'until', 'busySince', 'closedUntil'])

function readableTimes(facts: object): object {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]: [string, unknown]) => [
      name,
      MOMENTS.has(name) && typeof value === 'number' ? new Date(value).toISOString() : value,
    ]),
  )
}
