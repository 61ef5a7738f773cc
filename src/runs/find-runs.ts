import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { z } from 'zod'
import { parseJson } from '../json.ts'
import { JOURNAL_FILE, parseJournal, type JournalEvent } from '../journal/journal.ts'
import type { Report } from '../report/schema.ts'
import { isRunId } from '../rollout/run-folder.ts'
import { readRunBegun, type RunBegun } from '../rollout/run-begun.ts'
import { hasSystemCode } from '../system-error.ts'
import type { LivingHolder } from './living-holder.ts'
import { reportOfJournal } from './report-of-journal.ts'
import { runState, type RunState } from './run-state.ts'

/** Folders read at once: each takes a few open files, and not all of them fit into memory. */
const READ_AT_ONCE = 8

/** A run folder as it lies there. */
export interface RunFiles {
  /** Null: there is no journal, or it cannot be read; `problem` says why. */
  readonly events: readonly JournalEvent[] | null
  readonly begun: RunBegun | null
  readonly problem: string | null
}

/** One run, as `runs` lists it. Absent is null; times are ISO 8601, UTC. */
export interface FoundRun {
  readonly id: string
  readonly state: RunState
  readonly command: string | null
  readonly startedAt: string | null
  /** Null: it has not come to an end. */
  readonly finishedAt: string | null
  /** How its report says it ended; null: it has none. */
  readonly outcome: string | null
  /** Of a run that is at work or was killed: as far as its journal goes. */
  readonly totals: Report['totals'] | null
  readonly pid: number | null
  readonly host: string | null
  /** Whether `pid` can be signalled from here. */
  readonly isHere: boolean
  /** Why not all of it can be told; null: it can. */
  readonly problem: string | null
}

/** The journal of a run folder and what the run was about. Rejects with nothing: what cannot be read is its problem. */
export async function readRunFiles(directory: string): Promise<RunFiles> {
  const begun = await readRunBegun(directory)
  try {
    const text = await readFile(join(directory, JOURNAL_FILE), 'utf8')
    const events = parseJournal(text)
    return { events: events.length === 0 ? null : events, begun, problem: null }
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ENOTDIR')) return { events: null, begun, problem: null }
    const why = error instanceof Error ? error.message : String(error)
    return { events: null, begun, problem: `the journal cannot be read: ${why}` }
  }
}

/**
 * All runs under a reports folder, the newest first. Rejects with the system's error where the folder cannot be
 * listed; a folder that is not there has no runs, and a damaged run is a run with a problem.
 */
export async function findRuns(
  reportsDir: string,
  living: LivingHolder | null,
  tool: Report['tool'],
): Promise<readonly FoundRun[]> {
  const entries = await readdir(reportsDir, { withFileTypes: true }).catch((error: unknown) => {
    if (hasSystemCode(error, 'ENOENT')) return []
    throw error
  })
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
  const limit = pLimit(READ_AT_ONCE)
  const found = await limit.map(folders, ({ name }) => findRun(reportsDir, name, living, tool))
  const runs = found.filter((run) => run !== null)
  return runs.toSorted((one, other) => (one.id < other.id ? 1 : -1))
}

/** Null: it is not a run's folder. */
async function findRun(
  reportsDir: string,
  id: string,
  living: LivingHolder | null,
  tool: Report['tool'],
): Promise<FoundRun | null> {
  const directory = join(reportsDir, id)
  const files = await readRunFiles(directory)
  const report = await readReportHead(directory)
  const holder = living?.holder.runId === id ? living.holder : null
  const { events, begun } = files
  const problem = files.problem ?? report.problem
  if (events === null && report.head === null && problem === null) {
    if (holder === null && begun === null && !isRunId(id)) return null
  }
  const isAlive = holder !== null
  const isEmpty = events === null && report.head === null && begun === null && !isAlive
  const state = runState({ events, reported: report.head?.run.outcome ?? null, isAlive })
  const hasEnded = state === 'done' || state === 'interrupted'
  const made = hasEnded || events === null ? null : reportOfJournal(events, begun, tool, isAlive)
  const about = report.head?.run ?? made?.run ?? begun?.run ?? null
  const end = events?.findLast((event) => event.type === 'end')
  const endedAt = end === undefined ? null : new Date(end.at).toISOString()
  return {
    id,
    state,
    command: about?.command ?? holder?.command ?? commandIn(events),
    startedAt: about?.startedAt ?? holder?.since ?? startIn(events),
    finishedAt: hasEnded ? (report.head?.run.finishedAt ?? endedAt) : null,
    outcome: report.head?.run.outcome ?? end?.outcome ?? null,
    totals: hasEnded ? (report.head?.totals ?? null) : (made?.totals ?? null),
    pid: holder?.pid ?? null,
    host: holder?.host ?? null,
    isHere: holder !== null && living?.isHere === true,
    problem: problem ?? (isEmpty ? 'nothing is in it: no run has begun there' : null),
  }
}

function commandIn(events: readonly JournalEvent[] | null): string | null {
  const header = events?.[0]
  return header?.type === 'run' ? header.command : null
}

function startIn(events: readonly JournalEvent[] | null): string | null {
  const header = events?.[0]
  return header?.type === 'run' ? new Date(header.at).toISOString() : null
}

const count = z.number()

/** Of a report as much as a list needs: ten thousand rows of each are not checked for a line. */
const headSchema = z.object({
  run: z.object({
    command: z.string(),
    outcome: z.string(),
    startedAt: z.string(),
    finishedAt: z.string(),
  }),
  totals: z.object({
    rows: count,
    created: count,
    alreadyProtected: count,
    failed: count,
    conflict: count,
    blocked: count,
    inProgress: count,
    unknown: count,
    notAttempted: count,
  }),
})

async function readReportHead(
  directory: string,
): Promise<{ readonly head: z.output<typeof headSchema> | null; readonly problem: string | null }> {
  try {
    const text = await readFile(join(directory, 'report.json'), 'utf8')
    const head = headSchema.safeParse(parseJson(text)).data ?? null
    return { head, problem: head === null ? 'report.json is damaged' : null }
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ENOTDIR')) return { head: null, problem: null }
    const why = error instanceof Error ? error.message : String(error)
    return { head: null, problem: `report.json cannot be read: ${why}` }
  }
}
