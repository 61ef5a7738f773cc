import { lstat, readdir, readFile, readlink, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { Failure } from '../failure.ts'
import { hasSystemCode, systemErrorCode } from '../system-error.ts'
import { JOURNAL_FILE, parseJournal, type JournalEvent } from './journal.ts'
import { InconsistentJournal } from './replay.ts'
import { parseSeenHealthy, SEEN_HEALTHY_FILE } from './seen-healthy.ts'
import {
  parseIndex,
  renderIndex,
  settledJournals,
  type FoundJournal,
  type SettledJournal,
} from './settled.ts'

/** Beside the run folders: a link to the newest of them. */
export const LATEST_RUN = 'latest'

/** Which journals need not be read again; beside the run folders. Deleting it costs one longer start. */
export const INDEX_FILE = '.settled-runs.json'

/** What reading journals does with files; each rejects as node:fs does. */
export interface JournalFiles {
  list(path: string): Promise<readonly string[]>
  /** `isFile`: not a pipe or a device, which would be waited for for ever. */
  stat(
    path: string,
  ): Promise<{ readonly size: number; readonly mtimeMs: number; isFile(): boolean }>
  /** Whether the name is there, be it a link that leads nowhere. */
  isThere(path: string): Promise<boolean>
  read(path: string): Promise<string>
  /** Where a link leads; null: it is none. */
  linkTarget(path: string): Promise<string | null>
  /** The old or the new content; it need not survive a power cut. */
  replace(path: string, text: string): Promise<void>
}

const nodeFiles: JournalFiles = {
  list: (path) => readdir(path),
  stat: (path) => stat(path),
  isThere: (path) =>
    lstat(path).then(
      () => true,
      () => false,
    ),
  read: (path) => readFile(path, 'utf8'),
  linkTarget: (path) => readlink(path).catch(() => null),
  async replace(path, text) {
    const temporary = `${path}.${process.pid}.tmp`
    await writeFile(temporary, text, { mode: 0o600 })
    await rename(temporary, path)
  },
}

/** Files open at once: few enough for any limit, enough not to wait for each in turn. */
const READ_AT_ONCE = 16

type FoundOne =
  | { readonly kind: 'settled'; readonly before: SettledJournal }
  | ({ readonly kind: 'read'; readonly events: JournalEvent[] } & FoundJournal)

interface ReadOptions {
  /** Notes which journals need not be read again. Only under the lock: nobody may be writing one. */
  readonly remember?: boolean
}

/** The runs under a reports folder, each with its events. */
export interface FoundRuns {
  readonly read: readonly JournalEvent[][]
  /** Of settled runs, which are not read again, and of looks without a run: what still counts of them. */
  readonly condensed: readonly JournalEvent[][]
}

/**
 * The events of the runs under `reportsDir` that are not known to be settled, oldest run first (run IDs
 * sort by time). A folder or a journal that cannot be read or trusted is a Failure, never "no events":
 * an unread journal may hold a create whose fate is open.
 */
export async function readJournals(
  reportsDir: string,
  { remember = false }: ReadOptions = {},
  files: JournalFiles = nodeFiles,
): Promise<FoundRuns> {
  const names: readonly string[] = await files.list(reportsDir).catch((error: unknown) => {
    if (isMissing(error)) return []
    // A folder that cannot be listed is the machine's trouble, which has words of its own.
    throw systemErrorCode(error) === null ? unusable(reportsDir, error) : error
  })
  const indexPath = join(reportsDir, INDEX_FILE)
  const isIndexed =
    names.includes(INDEX_FILE) &&
    (await files.stat(indexPath).then(
      (found) => found.isFile(),
      () => false,
    ))
  const index = parseIndex(isIndexed ? await files.read(indexPath).catch(() => null) : null)
  const seen = await readSeenHealthy(reportsDir, names, files)
  const settled: SettledJournal[] = []
  const known: JournalEvent[][] = []
  const read: (FoundJournal & { readonly events: JournalEvent[] })[] = []
  const isRunName = new Set(names)

  async function readOne(name: string): Promise<FoundOne | null> {
    if (name.startsWith('.')) return null
    // Another name of a run that is read under its own.
    if (
      name === LATEST_RUN &&
      isRunName.has((await files.linkTarget(join(reportsDir, name))) ?? '')
    )
      return null
    const path = join(reportsDir, name, JOURNAL_FILE)
    // Looked at before it is read: should it grow meanwhile, the index does not fit it.
    const found = await files.stat(path).catch(async (error: unknown) => {
      // A link that leads nowhere is a journal that is not there any more, not one that never was.
      if (isMissing(error) && !(await files.isThere(path))) return null
      throw unusable(path, error)
    })
    if (found === null) return null
    if (!found.isFile()) throw unusable(path, new Error('it is not a file'))
    const { size, mtimeMs } = found
    const before = index.get(name)
    return before?.size === size && before.mtimeMs === mtimeMs
      ? { kind: 'settled', before }
      : { kind: 'read', name, size, mtimeMs, events: await readJournal(path, files) }
  }

  const limit = pLimit(READ_AT_ONCE)
  const all = await limit.map(names.toSorted(), readOne)
  for (const one of all) {
    if (one?.kind === 'settled') {
      settled.push(one.before)
      known.push(parseJournal(one.before.condensed))
    } else if (one !== null) {
      read.push(one)
    }
  }
  if (remember) {
    const found = newlySettled(read, settled)
    if (found.length > 0) {
      // Only ever a help: where it cannot be written, the next run reads more.
      await files.replace(indexPath, renderIndex([...settled, ...found])).catch(() => {})
    }
  }
  return { read: read.map(({ events }) => events), condensed: [...known, ...seen] }
}

/** Rejects with Failure where it is there and cannot be read: it may say what must not be deleted. */
async function readSeenHealthy(
  reportsDir: string,
  names: readonly string[],
  files: JournalFiles,
): Promise<JournalEvent[][]> {
  if (!names.includes(SEEN_HEALTHY_FILE)) return []
  const path = join(reportsDir, SEEN_HEALTHY_FILE)
  try {
    if (!(await files.stat(path)).isFile()) throw new Error('it is not a file')
    return parseSeenHealthy(await files.read(path))
  } catch (error) {
    throw new Failure(
      'machine',
      `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}. Nothing was sent.`,
      'It says which instances have been seen healthy, so that nothing deletes them. Mend it, or move it away if nothing is to be deleted, then run again.',
    )
  }
}

async function readJournal(path: string, files: JournalFiles): Promise<JournalEvent[]> {
  try {
    return parseJournal(await files.read(path))
  } catch (error) {
    throw unusable(path, error)
  }
}

function newlySettled(
  read: Parameters<typeof settledJournals>[0],
  settled: readonly SettledJournal[],
): readonly SettledJournal[] {
  try {
    return settledJournals(read, new Set(settled.map(({ runId }) => runId)))
  } catch (error) {
    // Whoever replays them says so.
    if (error instanceof InconsistentJournal) return []
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return hasSystemCode(error, 'ENOENT', 'ENOTDIR')
}

/** What to do about a journal that cannot be used. */
export function unusable(path: string, error: unknown): Failure {
  return new Failure(
    'machine',
    `The journal ${path} cannot be trusted: ${error instanceof Error ? error.message : String(error)}. Nothing was sent.`,
    'It may hold creates whose end is open. If it cannot be mended, move its run folder out of the reports ' +
      'folder and run again: what it started is then found through the live list alone.',
  )
}
