import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  JOURNAL_FILE,
  JournalFailure,
  parseJournal,
  type JournalEvent,
} from '../../src/journal/journal.ts'
import { openJournal } from '../../src/journal/journal-file.ts'

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

  test('a folder that is removed in mid-run is noticed, though the file could still be written', async () => {
    const runDir = join(dir, 'run')
    await mkdir(runDir)
    let now = 0
    const journal = await openJournal(runDir, { now: () => now })
    await journal.append(header('r1'))
    await rm(runDir, { recursive: true })
    now += 1_000
    await expect(journal.append(absent('a'))).rejects.toThrow(/ENOENT/)
    await expect(journal.append(absent('b'))).rejects.toThrow(JournalFailure)
    await journal.close()
  })

  test('and so is one that has been put back without us', async () => {
    const runDir = join(dir, 'run')
    await mkdir(runDir)
    let now = 0
    const journal = await openJournal(runDir, { now: () => now })
    await journal.append(header('r1'))
    await rename(runDir, join(dir, 'moved'))
    await mkdir(runDir)
    await writeFile(join(runDir, JOURNAL_FILE), '')
    now += 1_000
    await expect(journal.append(absent('a'))).rejects.toThrow(JournalFailure)
    await journal.close()
  })

  test('who may not write any more does not; asked at most once a second', async () => {
    let now = 0
    let asked = 0
    let mayWrite = true
    const guard = async (): Promise<void> => {
      asked += 1
      if (!mayWrite) throw new Error('the lock is gone')
    }
    const journal = await openJournal(dir, { now: () => now, guard })
    await journal.append(header('r1'))
    await journal.append(absent('a'))
    now += 999
    await journal.append(absent('b'))
    expect(asked).toBe(1)
    mayWrite = false
    now += 1
    await expect(journal.append(absent('c'))).rejects.toThrow(/the lock is gone/)
    await journal.close()
    const text = await readFile(join(dir, JOURNAL_FILE), 'utf8')
    expect(parseJournal(text)).toEqual([header('r1'), absent('a'), absent('b')])
  })
})
