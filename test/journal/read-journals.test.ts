import {
  appendFile,
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Failure } from '../../src/failure.ts'
import { JOURNAL_FILE, renderEvent, type JournalEvent } from '../../src/journal/journal.ts'
import { replay } from '../../src/journal/replay.ts'
import { INDEX_FILE, readJournals, type JournalFiles } from '../../src/journal/read-journals.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'journals-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const absent = (server: string) => ({ type: 'absent', at: 1, server }) as const
const header = (runId: string, resumes: string[] = []): JournalEvent => ({
  type: 'run',
  at: 0,
  runId,
  command: 'apply',
  endpoint: 'https://sdrs.example.com',
  projectId: 'p',
  source: 'servers.csv',
  sha256: '',
  resumes,
})
const intent = (server: string) =>
  ({ type: 'intent', at: 1, server, groupId: 'g', name: server, attempt: 1 }) as const
const settled = (server: string, outcome = 'created', instanceId: string | null = 'i') =>
  ({ type: 'settled', at: 2, server, outcome, reason: null, instanceId }) as const

async function runFolder(name: string, journal?: string): Promise<string> {
  const path = join(dir, name)
  await mkdir(path)
  if (journal !== undefined) await writeFile(join(path, JOURNAL_FILE), journal)
  return path
}

/** A run folder with the journal of a run of its name. */
function journal(
  name: string,
  events: readonly JournalEvent[],
  resumes: string[] = [],
): Promise<string> {
  return runFolder(name, [header(name, resumes), ...events].map(renderEvent).join(''))
}

async function readRuns(remember = true): Promise<string[]> {
  const { read } = await readJournals(dir, { remember })
  return read.map(([first]) => (first?.type === 'run' ? first.runId : '?'))
}

describe('readJournals', () => {
  test('no reports folder and folders without a journal are no events', async () => {
    await runFolder('run-1')
    await writeFile(join(dir, 'README.md'), '')
    const none = { read: [], condensed: [] }
    expect(await readJournals(join(dir, 'missing'))).toEqual(none)
    expect(await readJournals(dir)).toEqual(none)
  })

  test('oldest run first', async () => {
    await runFolder('20260102', renderEvent(header('b')))
    await runFolder('20260101', renderEvent(header('a')))
    expect((await readJournals(dir)).read).toEqual([[header('a')], [header('b')]])
  })

  test('a link that leads nowhere is no empty journal', async () => {
    const path = await runFolder('run-1')
    await symlink(join(dir, 'gone.ndjson'), join(path, JOURNAL_FILE))
    await expect(readJournals(dir)).rejects.toThrow(Failure)
  })

  test('a damaged journal stops', async () => {
    await runFolder('run-1', `nonsense\n${renderEvent(absent('a'))}`)
    await expect(readJournals(dir)).rejects.toThrow(Failure)
  })

  test('a journal that cannot be read is not an empty one', async () => {
    const path = await runFolder('run-1')
    await mkdir(join(path, JOURNAL_FILE))
    await expect(readJournals(dir)).rejects.toThrow(Failure)
  })

  test.skipIf(process.getuid?.() === 0)('nor is one that may not be read', async () => {
    const path = await runFolder('run-1', renderEvent(absent('a')))
    await chmod(join(path, JOURNAL_FILE), 0)
    await expect(readJournals(dir)).rejects.toThrow(Failure)
  })
})

describe('settled runs', () => {
  test('are not read again; without `remember` nothing is noted', async () => {
    await journal('r1', [intent('a'), settled('a')])
    expect(await readRuns(false)).toEqual(['r1'])
    expect(await readRuns()).toEqual(['r1'])
    expect(await readRuns(false)).toEqual([])
  })

  test('a run with something open is read, with those that took it up', async () => {
    await journal('r1', [intent('a')])
    await journal('r2', [absent('a')], ['r1'])
    await journal('r3', [intent('b')])
    await journal('r4', [intent('c')], ['r3'])
    await journal('r5', [intent('d'), settled('d')])
    await readRuns()
    // r1 is ended by r2: both are over.
    expect(await readRuns()).toEqual(['r3', 'r4'])
    await journal('r6', [settled('b'), settled('c')], ['r3', 'r4'])
    expect(await readRuns()).toEqual(['r3', 'r4', 'r6'])
    expect(await readRuns()).toEqual([])
  })

  test('a run that took up one that is not here is read with it, should it come back', async () => {
    await journal('r2', [settled('a')], ['r1'])
    await readRuns()
    await journal('r1', [intent('a')])
    expect(await readRuns()).toEqual(['r1', 'r2'])
    expect(await readRuns()).toEqual([])
  })

  test('what decides over a delete is read for ever', async () => {
    await journal('r1', [intent('a'), settled('a', 'failed', 'left')])
    await journal('r2', [settled('a', 'already-protected', 'left')])
    await journal('r3', [{ type: 'deleted', at: 1, server: 'b', instanceId: 'other' }])
    await journal('r4', [intent('c'), settled('c', 'failed', null)])
    await readRuns()
    expect(await readRuns()).toEqual(['r1', 'r2', 'r3'])
  })

  test('that an instance was healthy once outlasts the reading of its run', async () => {
    await journal('r1', [intent('a'), settled('a', 'created', 'was-healthy')])
    await readRuns()
    const { read, condensed } = await readJournals(dir)
    expect(read).toEqual([])
    const { healthyInstances, knownInstances } = replay(condensed, { projectId: 'p' })
    expect([...healthyInstances]).toEqual(['was-healthy'])
    expect([...knownInstances]).toEqual([['a', ['was-healthy']]])
  })

  test('nor is one forgotten of which a create of ours made a conflict', async () => {
    await journal('r1', [intent('a'), settled('a', 'conflict', 'broken')])
    await readRuns()
    expect(await readRuns()).toEqual(['r1'])
  })

  test('a note that does not match the file is not believed', async () => {
    const path = join(await journal('r1', [intent('a'), settled('a')]), JOURNAL_FILE)
    await readRuns()
    const { mtime } = await stat(path)
    await appendFile(path, renderEvent(intent('b')))
    await utimes(path, mtime, mtime)
    expect(await readRuns()).toEqual(['r1'])

    const other = join(await journal('r2', [intent('a'), settled('a')]), JOURNAL_FILE)
    await readRuns()
    const text = await readFile(other, 'utf8')
    await writeFile(other, text.replace('"settled"', '"absent" '))
    await utimes(other, 5, 5)
    expect(await readRuns()).toEqual(['r1', 'r2'])
  })

  test.each([['', 'nonsense', '{"v":2,"settled":[]}', '{"v":1,"settled":[{"name":"r1"}]}']])(
    'a damaged note remembers nothing: %s',
    async (text) => {
      await journal('r1', [intent('a'), settled('a')])
      await writeFile(join(dir, INDEX_FILE), text)
      expect(await readRuns()).toEqual(['r1'])
    },
  )

  test('a note that cannot be written costs nothing but time', async () => {
    await journal('r1', [intent('a'), settled('a')])
    await mkdir(join(dir, INDEX_FILE))
    expect(await readRuns()).toEqual(['r1'])
    expect(await readRuns()).toEqual(['r1'])
  })
})

test('three thousand old runs: each read once, and none of them by the next run', async () => {
  const contents = new Map<string, string>()
  const reads: string[] = []
  const files: JournalFiles = {
    list: async () => [...new Set([...contents.keys()].map((path) => path.split('/')[1] ?? ''))],
    stat: async (path) => ({
      size: contents.get(path)?.length ?? 0,
      mtimeMs: 1,
      isFile: () => true,
    }),
    isThere: async (path) => contents.has(path),
    linkTarget: async () => null,
    read: async (path) => {
      reads.push(path)
      return contents.get(path) ?? ''
    },
    replace: async (path, text) => void contents.set(path, text),
  }
  for (let n = 0; n < 3_000; n += 1) {
    const name = `r${String(n).padStart(4, '0')}`
    const events = [header(name), intent('a'), settled('a')]
    contents.set(`d/${name}/${JOURNAL_FILE}`, events.map(renderEvent).join(''))
  }
  expect((await readJournals('d', { remember: true }, files)).read).toHaveLength(3_000)
  expect(reads).toHaveLength(3_000)
  reads.length = 0
  expect((await readJournals('d', { remember: true }, files)).read).toEqual([])
  expect(reads).toEqual([`d/${INDEX_FILE}`])
})
