import { groupBy } from '../group-by.ts'
import { serverKey, type ServerKey } from '../keys.ts'
import { createKnownInstances, foldKnownInstance, knownInstances } from './known-instances.ts'
import { foldLeftBehind, nothingLeftBehind } from './left-behind.ts'
import { IllegalFate, isOpen, nextFate, NO_FATE, type Fate, type FateEvent } from './fate.ts'
import type { JournalEvent } from './journal.ts'
import { IllegalEnabling } from './enabling-fate.ts'
import {
  enablingRuns,
  foldEnabling,
  forgetEndedEnablings,
  openEnablings,
  type Enablings,
  type OpenEnabling,
} from './open-enablings.ts'

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

/** What all earlier runs of one project leave to the next. */
export interface OpenWork {
  /** By `serverKey` of the server. */
  readonly open: ReadonlyMap<string, OpenCreate>
  /** Starts of groups, by `groupKey`: taken up by whoever switches protection on, and left alone by all others. */
  readonly openEnablings: ReadonlyMap<string, OpenEnabling>
  /** The runs that left something open: the next one says in its journal that it has read them. */
  readonly openRuns: readonly string[]
  /** Those of them that left a create open, and those that left a start of a group open. */
  readonly openRunsOf: {
    readonly creates: readonly string[]
    readonly enablings: readonly string[]
  }
  /** IDs of instances that a failed create of ours left behind: the only ones we may ever delete. */
  readonly failedInstances: ReadonlySet<string>
  /** IDs of instances that were seen healthy after that, or left so: never to be deleted. */
  readonly healthyInstances: ReadonlySet<string>
  /**
   * IDs of the instances that each server is known to have had, by `serverKey`: never sent again without
   * asking for these, whatever a list shows.
   */
  readonly knownInstances: ReadonlyMap<string, readonly string[]>
}

export const NO_OPEN_WORK: OpenWork = {
  open: new Map(),
  openEnablings: new Map(),
  openRuns: [],
  openRunsOf: { creates: [], enablings: [] },
  failedInstances: new Set(),
  healthyInstances: new Set(),
  knownInstances: new Map(),
}

/** A journal whose events cannot have happened in their order: damage that every single line hides. */
export class InconsistentJournal extends Error {
  readonly runId: string

  constructor(runId: string, detail: string) {
    super(detail)
    this.name = 'InconsistentJournal'
    this.runId = runId
  }
}

/** One run's word on one server. */
interface Entry {
  fate: Fate
  groupId: string
  name: string
  serverId: string
  runId: string
  intendedAt: number
}

/** Each run's word on each server. */
type Entries = Map<ServerKey, Entry[]>

interface RunJournal {
  readonly runId: string
  readonly events: readonly JournalEvent[]
  /** The runs whose open creates it had read when it began; null: all that stand before it. */
  readonly resumes: ReadonlySet<string> | null
}

/**
 * Folds the events of runs into what is still open. Pure; its work grows with the events, however many
 * runs they are of. Runs of another project are passed over; a project is known by its ID, however an
 * endpoint is spelt. What one run left open is closed only by a run that knew of it, whatever their
 * clocks said: the order of names alone must never hide a create. Throws InconsistentJournal.
 */
export function replay(
  runs: readonly (readonly JournalEvent[])[],
  where: { readonly projectId: string },
): OpenWork {
  const entries: Entries = new Map()
  const enablings: Enablings = new Map()
  const left = nothingLeftBehind()
  const known = createKnownInstances()
  for (const journal of inOrderOfKnowledge(runJournalsOf(runs, where.projectId))) {
    const servers = new Set<ServerKey>()
    const isRepeated = createRepeats()
    try {
      for (const event of journal.events) {
        foldLeftBehind(left, event)
        foldKnownInstance(known, event)
        // Some file systems write a line again whose answer they have lost. To pass it over ends nothing.
        if (isRepeated(event)) continue
        foldEnabling(enablings, journal, event)
        if (!('server' in event)) continue
        const key = serverKey(event.server)
        fold(entries, journal, event, key)
        servers.add(key)
      }
    } catch (error) {
      throw error instanceof IllegalFate || error instanceof IllegalEnabling
        ? new InconsistentJournal(journal.runId, error.message)
        : error
    }
    for (const server of servers) forgetEnded(entries, server)
    forgetEndedEnablings(enablings)
  }
  const open = new Map<string, OpenCreate>()
  const openRuns = new Set<string>()
  for (const [key, unended] of entries) {
    for (const { runId } of unended) openRuns.add(runId)
    const entry = mostTelling(unended)
    if (entry === undefined) continue
    const { fate: last, ...rest } = entry
    // That it is absent was to be followed by an intent, and that was never written.
    const fate: Fate = last.kind === 'absent' ? { kind: 'unknown', jobId: null } : last
    open.set(key, {
      ...rest,
      fate,
      jobId: 'jobId' in fate ? fate.jobId : null,
      instanceId: fate.kind === 'accepted' ? fate.instanceId : null,
    })
  }
  const creates = [...openRuns].toSorted()
  const ofEnablings = enablingRuns(enablings)
  return {
    open,
    openEnablings: openEnablings(enablings),
    openRuns: [...new Set([...creates, ...ofEnablings])].toSorted(),
    openRunsOf: { creates, enablings: ofEnablings },
    failedInstances: left.failed,
    healthyInstances: left.healthy,
    knownInstances: knownInstances(known),
  }
}

/**
 * Whether the very event has come before, of those of one journal. Only where one of the same kind was written at the
 * same instant about the same thing, the two are compared whole.
 */
function createRepeats(): (event: JournalEvent) => boolean {
  const alike = new Map<string, JournalEvent[]>()
  return (event) => {
    const about = 'server' in event ? event.server : 'groupId' in event ? event.groupId : ''
    const key = `${event.at} ${event.type} ${about}`
    const others = alike.get(key)
    if (others === undefined) {
      alike.set(key, [event])
      return false
    }
    const line = JSON.stringify(event)
    const isRepeated = others.some((other) => JSON.stringify(other) === line)
    if (!isRepeated) others.push(event)
    return isRepeated
  }
}

/** What a run has brought to an end says nothing to a later one: thousands of them would only be carried along. */
function forgetEnded(entries: Entries, server: ServerKey): void {
  const left = (entries.get(server) ?? []).filter(({ fate }) => isOpen(fate))
  if (left.length > 0) entries.set(server, left)
  else entries.delete(server)
}

function runJournalsOf(
  runs: readonly (readonly JournalEvent[])[],
  projectId: string,
): RunJournal[] {
  const ofProject = runs.flatMap((events): RunJournal[] => {
    const header = events[0]
    if (header?.type !== 'run' || header.projectId !== projectId) return []
    const resumes = header.resumes === undefined ? null : new Set(header.resumes)
    return [{ runId: header.runId, events, resumes }]
  })
  return [...groupBy(ofProject, ({ runId }) => runId).values()].flatMap(withoutCopies)
}

/** A run folder that was copied tells its journal twice, perhaps one time only the beginning: the whole one counts. */
function withoutCopies(journals: readonly RunJournal[]): readonly RunJournal[] {
  if (journals.length === 1) return journals
  const kept: { readonly journal: RunJournal; readonly text: string }[] = []
  const longestFirst = journals.toSorted((one, other) => other.events.length - one.events.length)
  for (const journal of longestFirst) {
    const text = journal.events.map((event) => `${JSON.stringify(event)}\n`).join('')
    if (!kept.some((other) => other.text.startsWith(text))) kept.push({ journal, text })
  }
  return kept.map(({ journal }) => journal)
}

/** As given, but every run after those that it had read. */
function inOrderOfKnowledge(journals: readonly RunJournal[]): RunJournal[] {
  const byId = new Map(journals.map((journal) => [journal.runId, journal]))
  const ordered = new Set<RunJournal>()
  const visited = new Set<RunJournal>()
  for (const first of journals) {
    // Not by recursion: a chain of runs may be longer than the stack is deep.
    const path = [first]
    for (let journal = path.at(-1); journal !== undefined; journal = path.at(-1)) {
      if (visited.has(journal)) {
        path.pop()
        ordered.add(journal)
        continue
      }
      visited.add(journal)
      for (const runId of [...(journal.resumes ?? [])].toReversed()) {
        const earlier = byId.get(runId)
        if (earlier !== undefined && !visited.has(earlier)) path.push(earlier)
      }
    }
  }
  return [...ordered]
}

/** Of several runs that left a create of one server open: one with a job to ask, else the last. */
function mostTelling(open: readonly Entry[]): Entry | undefined {
  return (
    open.find(({ fate }) => fate.kind === 'accepted') ??
    open.toSorted((one, other) => other.intendedAt - one.intendedAt)[0]
  )
}

type OfServer = Extract<JournalEvent, { readonly server: string }>

function fold(entries: Entries, journal: RunJournal, event: OfServer, key: ServerKey): void {
  switch (event.type) {
    case 'delete-intent':
    case 'delete-accepted':
    case 'delete-refused':
    case 'deleted':
    case 'healthy':
      return
    case 'intent': {
      const own = takeOver(entries, journal, key)
      const before = own?.runId === journal.runId ? own.fate : NO_FATE
      put(entries, key, {
        fate: nextFate(before, { type: 'intent' }),
        groupId: event.groupId,
        name: event.name,
        serverId: event.server,
        runId: journal.runId,
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
      const own = takeOver(entries, journal, key)
      // A run may settle a server that no run here has sent: then there is no entry.
      if (own === undefined) return
      const fate = own.runId === journal.runId ? nextFate(own.fate, event) : carry(own.fate, event)
      const openSince = 'openSince' in event ? event.openSince : undefined
      const intendedAt = openSince ?? own.intendedAt
      put(entries, key, { ...own, fate, intendedAt, runId: journal.runId })
      return
    }
    default:
      event satisfies never
  }
}

/**
 * The entry that a run's event on a server is about: its own, or the one it took up from a run that it
 * had read. What it had read is thereby its own to end; what it had not read stays as it is.
 */
function takeOver(entries: Entries, journal: RunJournal, key: ServerKey): Entry | undefined {
  const all = entries.get(key)
  if (all === undefined) return undefined
  const own = all.find(({ runId }) => runId === journal.runId)
  if (own !== undefined) return own
  const isKnown = ({ runId }: Entry): boolean => journal.resumes?.has(runId) ?? true
  entries.set(
    key,
    all.filter((entry) => !isKnown(entry)),
  )
  const known = all.filter(isKnown)
  return mostTelling(known.filter(({ fate }) => isOpen(fate))) ?? known.at(-1)
}

function put(entries: Entries, key: ServerKey, entry: Entry): void {
  const others = (entries.get(key) ?? []).filter(({ runId }) => runId !== entry.runId)
  entries.set(key, [...others, entry])
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
    if (event.type === 'missing')
      return { kind: 'unknown', jobId: 'jobId' in fate ? fate.jobId : null }
    return event.type === 'refused' || event.type === 'lost' || event.type === 'accepted'
      ? nextFate({ kind: 'intended' }, event)
      : nextFate({ kind: 'unknown', jobId: null }, event)
  }
}
