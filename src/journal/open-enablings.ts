import { groupKey } from '../keys.ts'
import {
  IllegalEnabling,
  isOpenEnabling,
  nextEnabling,
  NO_ENABLING,
  type EnablingEvent,
  type EnablingFate,
} from './enabling-fate.ts'
import type { JournalEvent } from './journal.ts'

/** A start of a group that earlier runs left without an end. */
export interface OpenEnabling {
  readonly groupId: string
  readonly name: string
  /** The run that sent it last. */
  readonly runId: string
  readonly fate: EnablingFate
  readonly jobId: string | null
  /** The group's status when it was to be sent. */
  readonly before: string
  /** When its last intent was written, ms since the epoch. */
  readonly intendedAt: number
}

type Entry = Omit<OpenEnabling, 'jobId'>

/** Whose events they are, and which runs it had read: only what these left open may it end. Null: all before it. */
interface Reader {
  readonly runId: string
  readonly resumes: ReadonlySet<string> | null
}

/** By `groupKey`: what each run has said last of the start of a group. */
export type Enablings = Map<string, readonly Entry[]>

/** One more event of a run; those of one run in their order. Throws IllegalEnabling. */
export function foldEnabling(all: Enablings, reader: Reader, event: JournalEvent): void {
  const what = enablingEventOf(event)
  if (what === null || !('groupId' in event)) return
  const key = groupKey(event.groupId)
  const own = takeOver(all, reader, key)
  if (event.type === 'enable-intent') {
    const from = own?.runId === reader.runId ? own.fate : NO_ENABLING
    const { groupId, name, before, at } = event
    const fate = nextEnabling(from, what)
    put(all, key, { groupId, name, before, fate, runId: reader.runId, intendedAt: at })
    return
  }
  // A run may end a start that no run here has sent: then there is no entry.
  if (own === undefined) return
  const fate = own.runId === reader.runId ? nextEnabling(own.fate, what) : carry(own.fate, what)
  const intendedAt = ('openSince' in event ? event.openSince : undefined) ?? own.intendedAt
  put(all, key, { ...own, fate, intendedAt, runId: reader.runId })
}

/** What the run whose events were folded last has brought to an end says nothing to a later one. */
export function forgetEndedEnablings(all: Enablings): void {
  for (const [key, entries] of all) {
    const open = entries.filter(({ fate }) => isOpenEnabling(fate))
    if (open.length > 0) all.set(key, open)
    else all.delete(key)
  }
}

/** By `groupKey`; of several runs that left a start open, the one with a job to ask, else the last. Pure. */
export function openEnablings(all: Enablings): ReadonlyMap<string, OpenEnabling> {
  const open = new Map<string, OpenEnabling>()
  for (const [key, entries] of all) {
    const entry = mostTelling(entries)
    if (entry === undefined) continue
    // What was intended is perhaps sent; that it is absent was to be followed by an intent.
    const fate: EnablingFate = entry.fate.kind === 'accepted' ? entry.fate : { kind: 'unknown' }
    open.set(key, { ...entry, fate, jobId: fate.kind === 'accepted' ? fate.jobId : null })
  }
  return open
}

export function enablingRuns(all: Enablings): readonly string[] {
  return [...new Set([...all.values()].flat().map(({ runId }) => runId))].toSorted()
}

/** What an event of the journal is to the fate of a start; null: it is about something else. */
function enablingEventOf(event: JournalEvent): EnablingEvent | null {
  switch (event.type) {
    case 'enable-intent':
      return { type: 'intent' }
    case 'enable-accepted':
      return { type: 'accepted', jobId: event.jobId }
    case 'enable-refused':
      return { type: 'refused', openSince: event.openSince }
    case 'enable-lost':
      return { type: 'lost' }
    case 'enable-found':
      return { type: 'found' }
    case 'enable-absent':
      return { type: 'absent' }
    case 'enable-on':
      return { type: 'on' }
    case 'enable-failed':
      return { type: 'failed' }
    case 'run':
    case 'intent':
    case 'accepted':
    case 'refused':
    case 'lost':
    case 'found':
    case 'missing':
    case 'absent':
    case 'settled':
    case 'healthy':
    case 'delete-intent':
    case 'delete-accepted':
    case 'delete-refused':
    case 'deleted':
    case 'end':
      return null
  }
}

/** The run's own entry, or the one it took up; what it had read is thereby its own to end. */
function takeOver(all: Enablings, reader: Reader, key: string): Entry | undefined {
  const entries = all.get(key) ?? []
  const own = entries.find(({ runId }) => runId === reader.runId)
  if (own !== undefined) return own
  const isKnown = ({ runId }: Entry): boolean => reader.resumes?.has(runId) ?? true
  all.set(
    key,
    entries.filter((entry) => !isKnown(entry)),
  )
  const known = entries.filter(isKnown)
  return mostTelling(known.filter(({ fate }) => isOpenEnabling(fate))) ?? known.at(-1)
}

function put(all: Enablings, key: string, entry: Entry): void {
  const others = (all.get(key) ?? []).filter(({ runId }) => runId !== entry.runId)
  all.set(key, [...others, entry])
}

function mostTelling(entries: readonly Entry[]): Entry | undefined {
  return (
    entries.find(({ fate }) => fate.kind === 'accepted') ??
    entries.toSorted((one, other) => other.intendedAt - one.intendedAt)[0]
  )
}

/** A later run's word on an earlier run's start: the run in between may be missing, so that a step does not follow. */
function carry(fate: EnablingFate, event: EnablingEvent): EnablingFate {
  try {
    return nextEnabling(fate, event)
  } catch (error) {
    if (!(error instanceof IllegalEnabling)) throw error
    const isAnswer = event.type === 'refused' || event.type === 'lost' || event.type === 'accepted'
    return nextEnabling({ kind: isAnswer ? 'intended' : 'unknown' }, event)
  }
}
