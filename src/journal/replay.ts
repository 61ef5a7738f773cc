import { idKey } from '../inventory/row.ts'
import { IllegalFate, isOpen, nextFate, NO_FATE, type Fate, type FateEvent } from './fate.ts'
import type { JournalEvent } from './journal.ts'

/** A create that earlier runs left without an end. */
export interface OpenCreate {
  readonly serverId: string
  readonly groupId: string
  readonly name: string
  /** The run that sent it last. */
  readonly runId: string
  readonly fate: Fate
  readonly jobId: string | null
  readonly instanceId: string | null
  /** When its last intent was written, ms since the epoch. */
  readonly intendedAt: number
}

/** What all earlier runs against one endpoint and project leave to the next. */
export interface Memory {
  /** By `idKey` of the server. */
  readonly open: ReadonlyMap<string, OpenCreate>
  /** IDs of instances that a failed create of ours left behind: the only ones we may ever delete. */
  readonly failedInstances: ReadonlySet<string>
}

export const NO_MEMORY: Memory = { open: new Map(), failedInstances: new Set() }

interface Entry {
  fate: Fate
  groupId: string
  name: string
  serverId: string
  runId: string
  intendedAt: number
}

/**
 * Folds the events of runs, oldest first, into what is still open. Pure. Runs against another
 * endpoint or project are passed over. Throws IllegalFate where a journal tells an impossible story.
 */
export function replay(
  runs: readonly (readonly JournalEvent[])[],
  where: { readonly endpoint: string; readonly projectId: string },
): Memory {
  const entries = new Map<string, Entry>()
  const failedInstances = new Set<string>()
  for (const events of runs) {
    const header = events[0]
    if (header?.type !== 'run') continue
    if (header.endpoint !== where.endpoint || header.projectId !== where.projectId) continue
    for (const event of events) fold(entries, failedInstances, header.runId, event)
  }
  const open = new Map<string, OpenCreate>()
  for (const [key, entry] of entries) {
    if (!isOpen(entry.fate)) continue
    open.set(key, {
      serverId: entry.serverId,
      groupId: entry.groupId,
      name: entry.name,
      runId: entry.runId,
      fate: entry.fate,
      jobId: 'jobId' in entry.fate ? entry.fate.jobId : null,
      instanceId: entry.fate.kind === 'accepted' ? entry.fate.instanceId : null,
      intendedAt: entry.intendedAt,
    })
  }
  return { open, failedInstances }
}

function fold(
  entries: Map<string, Entry>,
  failedInstances: Set<string>,
  runId: string,
  event: JournalEvent,
): void {
  switch (event.type) {
    case 'run':
    case 'end':
    case 'delete-intent':
    case 'delete-accepted':
    case 'delete-refused':
      return
    case 'deleted':
      failedInstances.delete(event.instanceId)
      return
    case 'intent': {
      const before = entries.get(idKey(event.server))
      entries.set(idKey(event.server), {
        fate: nextFate(before?.runId === runId ? before.fate : NO_FATE, { type: 'intent' }),
        groupId: event.groupId,
        name: event.name,
        serverId: event.server,
        runId,
        intendedAt: event.at,
      })
      return
    }
    case 'accepted':
    case 'refused':
    case 'lost':
    case 'found':
    case 'missing':
    case 'absent':
    case 'settled': {
      if (event.type === 'settled' && event.outcome === 'failed' && event.instanceId !== null) {
        failedInstances.add(event.instanceId)
      }
      const entry = entries.get(idKey(event.server))
      // A run may settle a server that another machine's run had sent: then there is no entry here.
      if (entry === undefined) return
      entry.fate = entry.runId === runId ? nextFate(entry.fate, event) : carry(entry.fate, event)
      return
    }
  }
}

/**
 * A later run's word about an earlier run's create. The run in between may be missing (its folder
 * deleted), so a step that does not follow is read as coming from an unknown fate; within one run
 * it would be damage.
 */
function carry(fate: Fate, event: FateEvent): Fate {
  try {
    return nextFate(fate, event)
  } catch (error) {
    if (!(error instanceof IllegalFate)) throw error
    return event.type === 'refused' || event.type === 'lost' || event.type === 'accepted'
      ? nextFate({ kind: 'intended' }, event)
      : nextFate(
          { kind: 'unknown', jobId: null },
          event.type === 'missing' ? { type: 'absent' } : event,
        )
  }
}
