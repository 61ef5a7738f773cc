import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Failure } from '../../src/failure.ts'
import {
  JOURNAL_FILE,
  JournalFailure,
  parseJournal,
  renderEvent,
  type JournalEvent,
} from '../../src/journal/journal.ts'
import { openJournal, readJournals } from '../../src/journal/journal-file.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'journal-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const absent = (server: string) => ({ type: 'absent', at: 1, server }) as const
const header = (runId: string): JournalEvent => ({
  type: 'run',
  at: 0,
  runId,
  command: 'apply',
  endpoint: 'https://sdrs.example.com',
  projectId: 'p',
  source: 'servers.csv',
  sha256: '',
  resumes: [],
})

async function runFolder(name: string, journal?: string): Promise<string> {
  const path = join(dir, name)
  await mkdir(path)
  if (journal !== undefined) await writeFile(join(path, JOURNAL_FILE), journal)
  return path
}

describe('openJournal', () => {
  test('what was appended at once is on disk, whole and in order', async () => {
    const journal = await openJournal(dir)
    const servers = Array.from({ length: 200 }, (_, index) => `s${index}`)
    const events = [header('r1'), ...servers.map(absent)]
    await Promise.all(events.map((event) => journal.append(event)))
    const text = await readFile(join(dir, JOURNAL_FILE), 'utf8')
    expect(parseJournal(text)).toEqual(events)
    await journal.close()
  })

  test('a journal that is there is never written over', async () => {
    await (await openJournal(dir)).close()
    await expect(openJournal(dir)).rejects.toThrow(JournalFailure)
  })

  test('a folder that is not there is no journal', async () => {
    await expect(openJournal(join(dir, 'missing'))).rejects.toThrow(JournalFailure)
  })
})

describe('readJournals', () => {
  test('no reports folder and folders without a journal are no events', async () => {
    await runFolder('run-1')
    await writeFile(join(dir, 'README.md'), '')
    expect(await readJournals(join(dir, 'missing'))).toEqual([])
    expect(await readJournals(dir)).toEqual([])
  })

  test('oldest run first', async () => {
    await runFolder('20260102', renderEvent(header('b')))
    await runFolder('20260101', renderEvent(header('a')))
    expect(await readJournals(dir)).toEqual([[header('a')], [header('b')]])
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
