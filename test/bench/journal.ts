import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { openJournal } from '../../src/journal/journal-file.ts'
import { renderEvent, type Journal, type JournalEvent } from '../../src/journal/journal.ts'
import { DEFAULT_RATE } from './measure.ts'
import type { Figure, Section } from './table.ts'

const CREATES = 2_000
const CONCURRENCY = 10

/** How many creates a second the journal could take, with nothing else to wait for. */
export async function journal(): Promise<Section> {
  return {
    title: `Journalled creates a second, ${CONCURRENCY} at once (three events each, on a real disk)`,
    figures: [
      figure('one fsync for all that wait (as it is)', await throughput(openJournal), true),
      figure('an fsync for each event', await throughput(oneByOne), false),
      figure('no fsync at all', await throughput(unsynced), false),
    ],
  }
}

function figure(what: string, perSecond: number, promised: boolean): Figure {
  const measured = `${Math.round(perSecond)}/s`
  if (!promised) return { what, measured }
  const target = `≥ ${DEFAULT_RATE}`
  return { what, measured, target, met: perSecond >= DEFAULT_RATE }
}

async function throughput(openIn: (directory: string) => Promise<Journal>): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'sdrs-protect-bench-'))
  try {
    const opened = await openIn(directory)
    const limit = pLimit(CONCURRENCY)
    const startedAt = performance.now()
    await Promise.all(
      Array.from({ length: CREATES }, (_, at) =>
        limit(async () => {
          for (const event of eventsOf(at)) await opened.append(event)
        }),
      ),
    )
    const seconds = (performance.now() - startedAt) / 1_000
    await opened.close()
    return CREATES / seconds
  } finally {
    await rm(directory, { recursive: true })
  }
}

function eventsOf(nth: number): JournalEvent[] {
  const server = `00000000-0000-4000-8000-${String(nth).padStart(12, '0')}`
  const at = nth
  return [
    { type: 'intent', at, server, groupId: 'group', name: `server-${nth}`, attempt: 1 },
    { type: 'accepted', at, server, jobId: `job-${nth}` },
    { type: 'settled', at, server, outcome: 'created', reason: null, instanceId: `id-${nth}` },
  ]
}

function oneByOne(directory: string): Promise<Journal> {
  return plainJournal(directory, true)
}

function unsynced(directory: string): Promise<Journal> {
  return plainJournal(directory, false)
}

/** For comparison only: every event written by itself. */
async function plainJournal(directory: string, sync: boolean): Promise<Journal> {
  const file = await open(join(directory, 'journal.ndjson'), 'ax', 0o600)
  const one = pLimit(1)
  return {
    append: (event) =>
      one(async () => {
        await file.appendFile(renderEvent(event))
        if (sync) await file.datasync()
      }),
    close: () => file.close(),
  }
}
