import { IllegalFate, isOpen, nextFate, NO_FATE, type Fate } from '../journal/fate.ts'
import type { JournalEvent } from '../journal/journal.ts'
import { serverKey } from '../keys.ts'
import { openResult, settledBefore, unknownResult } from '../outcome-sentences.ts'
import type { Outcome, RowResult } from '../outcome.ts'

/** What a journal tells of one server: all that a look from outside can know of it. */
export interface JournalledRow {
  readonly serverId: string
  readonly name: string
  readonly groupId: string
  readonly outcome: Outcome
}

interface Entry {
  readonly serverId: string
  readonly name: string
  readonly groupId: string
  fate: Fate
  attempts: number
  jobId: string | null
  instanceId: string | null
  submittedAt: number
  endedAt: number | null
  errorCode: string | null
  httpStatus: number | null
  settled: { readonly outcome: string; readonly reason: string | null } | null
}

/**
 * The creates of one run, by `serverKey`, as its journal tells them: accepted ones are in progress, those without an
 * answer unknown, what the run itself had settled is as it settled it. Pure; events that cannot have happened in
 * their order leave their row unknown.
 */
export function journalledRows(
  events: readonly JournalEvent[],
  isAlive: boolean,
): ReadonlyMap<string, JournalledRow> {
  const entries = new Map<string, Entry>()
  for (const event of events) fold(entries, event)
  return new Map(
    [...entries].map(([key, entry]) => {
      const { serverId, name, groupId } = entry
      return [key, { serverId, name, groupId, outcome: outcomeOf(entry, isAlive) }]
    }),
  )
}

function fold(entries: Map<string, Entry>, event: JournalEvent): void {
  if (!('server' in event)) return
  const key = serverKey(event.server)
  const entry = entries.get(key)
  if (event.type === 'intent') {
    const { server: serverId, name, groupId, at } = event
    entries.set(key, {
      serverId,
      name,
      groupId,
      fate: step(entry?.fate ?? NO_FATE, event),
      attempts: (entry?.attempts ?? 0) + 1,
      jobId: null,
      instanceId: null,
      submittedAt: entry?.submittedAt ?? at,
      endedAt: null,
      errorCode: entry?.errorCode ?? null,
      httpStatus: entry?.httpStatus ?? null,
      settled: null,
    })
    return
  }
  // Of what an earlier run sent, this one's row is the one to tell.
  if (entry === undefined) return
  switch (event.type) {
    case 'accepted':
      entry.jobId = event.jobId
      entry.errorCode = null
      entry.httpStatus = null
      break
    case 'refused':
    case 'lost':
      entry.errorCode = event.code
      entry.httpStatus = event.status
      break
    case 'found':
      entry.instanceId = event.instanceId
      break
    case 'settled':
      entry.settled = event
      entry.instanceId = event.instanceId ?? entry.instanceId
      entry.endedAt = event.at
      break
    case 'missing':
      entry.settled = null
      break
    case 'absent':
      break
    case 'healthy':
    case 'delete-intent':
    case 'delete-accepted':
    case 'delete-refused':
    case 'deleted':
      return
    default:
      event satisfies never
  }
  entry.fate = step(entry.fate, event)
}

function step(fate: Fate, event: Parameters<typeof nextFate>[1]): Fate {
  try {
    return nextFate(fate, event)
  } catch (error) {
    if (error instanceof IllegalFate) return { kind: 'unknown', jobId: null }
    throw error
  }
}

function outcomeOf(entry: Entry, isAlive: boolean): Outcome {
  const { attempts, jobId, instanceId, errorCode, httpStatus, submittedAt, endedAt } = entry
  return {
    ...resultOf(entry, isAlive),
    attempts,
    protectedInstanceId: instanceId,
    targetServerId: null,
    jobId,
    jobStatus: null,
    errorCode,
    httpStatus,
    submittedAt: new Date(submittedAt).toISOString(),
    finishedAt: endedAt === null ? null : new Date(endedAt).toISOString(),
  }
}

function resultOf({ fate, settled }: Entry, isAlive: boolean): RowResult {
  if (settled !== null) return settledBefore(settled.outcome, settled.reason)
  if (fate.kind === 'accepted') {
    return openResult('in-progress', 'job-running', { cause: null, isAlive })
  }
  if (isOpen(fate)) return unknownResult('fate-unknown', true, { why: 'lost', cause: null })
  return notYet(isAlive)
}

/** A row whose turn has not come, or has to come again. */
export function notYet(isAlive: boolean): RowResult {
  return isAlive
    ? openResult('not-attempted', 'interrupted', { isAlive })
    : openResult('not-attempted', 'run-aborted', { why: 'killed' })
}
