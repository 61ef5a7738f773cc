import * as z from 'zod'
import { groupBy } from '../group-by.ts'
import { parseJournal, renderEvent, type JournalEvent } from './journal.ts'
import { foldLeftBehind, nothingLeftBehind } from './left-behind.ts'
import { replay } from './replay.ts'

/** A journal as it lies on disk. `name` is that of its run folder. */
export interface FoundJournal {
  readonly name: string
  readonly size: number
  readonly mtimeMs: number
}

/** A journal that need not be read again as long as its file is the same. */
export interface SettledJournal extends FoundJournal {
  readonly runId: string
  /** What it still says: its header, and the instances that it has seen healthy. A journal's text. */
  readonly condensed: string
}

/**
 * Whether an event says nothing more to anybody once all that its run has sent has ended. The compiler
 * asks whoever adds an event; `false` is always safe, and costs reading that journal again in each run.
 */
const ENDS_WITH_ITS_WORK = {
  run: true,
  intent: true,
  accepted: true,
  refused: true,
  lost: true,
  found: true,
  missing: true,
  absent: true,
  settled: true,
  'delete-intent': false,
  'delete-accepted': false,
  'delete-refused': false,
  deleted: false,
  // The start of a group as well: until it has ended, its run is among the open ones.
  'enable-intent': true,
  'enable-accepted': true,
  'enable-refused': true,
  'enable-lost': true,
  'enable-found': true,
  'enable-absent': true,
  'enable-on': true,
  'enable-failed': true,
  // Kept in the index.
  healthy: true,
  end: true,
} as const satisfies Record<JournalEvent['type'], boolean>

/**
 * Those of `journals` that no later run needs to read: nothing that they, or a run that they took up,
 * have sent is open, and nothing in them is about an instance that a failed create has left. Pure; throws
 * InconsistentJournal.
 *
 * @param known runs that have been found settled before.
 */
export function settledJournals(
  journals: readonly (FoundJournal & { readonly events: readonly JournalEvent[] })[],
  known: ReadonlySet<string>,
): readonly SettledJournal[] {
  const ofRuns = journals.flatMap((journal) => {
    const [header] = journal.events
    return header?.type === 'run' ? [{ journal, header }] : []
  })
  return [...groupBy(ofRuns, ({ header }) => header.projectId)].flatMap(([projectId, runs]) => {
    const left = instancesLeft(runs.map(({ journal }) => journal.events))
    const openRuns = new Set(
      replay(
        runs.map(({ journal }) => journal.events),
        { projectId },
      ).openRuns,
    )
    const isRead = new Set(runs.map(({ header }) => header.runId))
    const all = runs.map(({ header }) => ({
      runId: header.runId,
      // Before runs said what they had read, they had read all.
      resumes: header.resumes ?? [...isRead],
    }))
    const linked = linkedWith(
      [...openRuns, ...all.flatMap((run) => missingOf(run, isRead, known))],
      all,
    )
    return runs
      .filter(
        ({ journal, header }) =>
          !linked.has(header.runId) && journal.events.every((event) => isOver(event, left)),
      )
      .map(({ journal: { name, size, mtimeMs, events }, header }) => ({
        name,
        size,
        mtimeMs,
        runId: header.runId,
        condensed: condense(header, events),
      }))
  })
}

/** An instance that was healthy once is never deleted as a failed create's: that must outlast the reading. */
function condense(header: JournalEvent, events: readonly JournalEvent[]): string {
  const left = nothingLeftBehind()
  const healthy = events.flatMap((event): JournalEvent[] => {
    foldLeftBehind(left, event)
    if (!('instanceId' in event) || event.instanceId === null) return []
    const { at, server, instanceId } = event
    return left.healthy.delete(instanceId) ? [{ type: 'healthy', at, server, instanceId }] : []
  })
  return [header, ...healthy].map(renderEvent).join('')
}

/** A run that took up one that is not here must be read with it, should it come back. */
function missingOf(
  run: { readonly runId: string; readonly resumes: readonly string[] },
  isRead: ReadonlySet<string>,
  known: ReadonlySet<string>,
): readonly string[] {
  return run.resumes.every((each) => isRead.has(each) || known.has(each)) ? [] : [run.runId]
}

/** These runs and all that took one of them up, or that they took up, however far. */
function linkedWith(
  first: readonly string[],
  runs: readonly { readonly runId: string; readonly resumes: readonly string[] }[],
): ReadonlySet<string> {
  const neighbours = new Map<string, Set<string>>()
  const join = (one: string, other: string): void => {
    neighbours.set(one, (neighbours.get(one) ?? new Set()).add(other))
  }
  for (const { runId, resumes } of runs) {
    for (const earlier of resumes) {
      join(runId, earlier)
      join(earlier, runId)
    }
  }
  const linked = new Set(first)
  for (const runId of linked) for (const other of neighbours.get(runId) ?? []) linked.add(other)
  return linked
}

/**
 * Instances that a create left broken: what is known of them decides whether they may be deleted, and
 * whether a create may be sent.
 */
function instancesLeft(journals: readonly (readonly JournalEvent[])[]): ReadonlySet<string> {
  return new Set(
    journals
      .flat()
      .flatMap((event) =>
        event.type === 'settled' &&
        (event.outcome === 'failed' || event.outcome === 'conflict') &&
        event.instanceId !== null
          ? [event.instanceId]
          : [],
      ),
  )
}

function isOver(event: JournalEvent, left: ReadonlySet<string>): boolean {
  if (!ENDS_WITH_ITS_WORK[event.type]) return false
  return !('instanceId' in event && event.instanceId !== null && left.has(event.instanceId))
}

const indexSchema = z.object({
  v: z.literal(2),
  settled: z.array(
    z.object({
      name: z.string(),
      size: z.number(),
      mtimeMs: z.number(),
      runId: z.string(),
      condensed: z.string(),
    }),
  ),
})

export function renderIndex(settled: readonly SettledJournal[]): string {
  return `${JSON.stringify({ v: 2, settled })}\n`
}

/** By name. What cannot be read remembers nothing: then every journal is read, which is always right. */
export function parseIndex(text: string | null): ReadonlyMap<string, SettledJournal> {
  if (text === null) return new Map()
  try {
    const { settled } = indexSchema.parse(JSON.parse(text))
    for (const { condensed } of settled) parseJournal(condensed)
    return new Map(settled.map((each) => [each.name, each]))
  } catch {
    return new Map()
  }
}
