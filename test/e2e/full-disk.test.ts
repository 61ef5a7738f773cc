import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseJournal } from '../../src/journal/journal.ts'
import type { Finished } from '../support/cli.ts'
import { makeFleet } from '../support/fleet.ts'
import { onceEach } from '../support/served-cloud.ts'
import { openWorkbench, type Workbench } from '../support/workbench.ts'

/** Many enough that their journal does not fit where these tests let it be written. */
const SERVERS = 40
const FAST = ['--concurrency', '2'] as const

let bench: Workbench
beforeEach(async () => {
  bench = await openWorkbench(makeFleet(SERVERS))
})
afterEach(() => bench.close())

/** Every create that reached the cloud had its intent on disk; what could not be written was not sent. */
function expectNoCreateWithoutIntent(finished: Finished, reason: RegExp): void {
  expect(finished.stderr).toMatch(reason)
  expect(finished.stderr).not.toMatch(/^ {4}at /m)
  // Even if no file could take it, the report is told.
  expect(finished.stdout).toContain(`${SERVERS} servers`)
  const journal = parseJournal(bench.read(`${bench.runs().at(-1)}/journal.ndjson`))
  const intended = new Set(journal.flatMap((event) => ('server' in event ? [event.server] : [])))
  const created = Object.keys(bench.cloud.creates())
  expect(created.filter((id) => !intended.has(id))).toEqual([])
  expect(created.length).toBeGreaterThan(0)
  expect(created.length).toBeLessThan(SERVERS)
}

/** Its exit code, once all is as it should be. */
async function rerun(): Promise<number | null> {
  const { code } = await bench.apply()
  expect(bench.report().totals.rows).toBe(SERVERS)
  expect(bench.cloud.creates()).toEqual(onceEach(bench.serverIds))
  return code
}

test('a file may not grow any further (ulimit -f)', async () => {
  const finished = await bench.apply(FAST, {
    under: ['bash', '-c', 'ulimit -f 4; exec "$@"', 'bash'],
  })
  expect(finished.code).toBe(1)
  expectNoCreateWithoutIntent(finished, /journal cannot be written.*EFBIG/)
  expect(await rerun()).toBe(0)
})

const mountable = canMount()
test.skipIf(!mountable)(
  `no space is left on the device${mountable ? '' : ' (needs the right to mount a tmpfs)'}`,
  async () => {
    const reports = join(bench.directory, 'reports')
    mkdirSync(reports)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', reports])
    try {
      // Room for the lock, the log and a part of the journal.
      writeFileSync(join(reports, 'filler'), Buffer.alloc(40 * 1024))
      const finished = await bench.apply(FAST)
      expect(finished.code).toBe(1)
      expectNoCreateWithoutIntent(finished, /journal cannot be written.*ENOSPC/)
      execFileSync('mount', ['-o', 'remount,size=16m', reports])
      expect(await rerun()).toBe(0)
    } finally {
      execFileSync('umount', ['-l', reports])
    }
  },
)

test('there is no room even to begin with', async () => {
  const finished = await bench.apply([], {
    under: ['bash', '-c', 'ulimit -f 0; exec "$@"', 'bash'],
  })
  expect(finished.code).toBe(1)
  expect(finished.stderr).not.toMatch(/^ {4}at /m)
  expect(finished.stderr).toContain('EFBIG')
  expect(bench.cloud.creates()).toEqual({})
})

test('a journal that cannot be read is never taken for an empty one', async () => {
  expect((await bench.apply(['--limit', '2'])).code).toBe(0)
  const path = join(bench.directory, bench.runs()[0] ?? '', 'journal.ndjson')
  const lines = readFileSync(path, 'utf8').split('\n')
  writeFileSync(path, lines.with(1, (lines[1] ?? '').slice(5)).join('\n'))
  const sent = bench.cloud.asked('createProtectedInstance')
  const { code, stderr } = await bench.apply()
  expect(code).toBe(1)
  expect(stderr).toContain('journal.ndjson')
  expect(stderr).toContain('line 2')
  expect(stderr).not.toMatch(/^ {4}at /m)
  expect(bench.cloud.asked('createProtectedInstance')).toBe(sent)
})

test.skipIf(!mountable)(
  `a read-only file system is called that${mountable ? '' : ' (needs the right to mount a tmpfs)'}`,
  async () => {
    const reports = join(bench.directory, 'mount')
    mkdirSync(reports)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', reports])
    try {
      for (const directory of ['mount', 'mount/below/deeper']) {
        const { code, stderr } = await bench.apply(['--reports-dir', directory])
        expect(code).toBe(1)
        expect(stderr).toMatch(/read-only: mount.*\(EROFS\)/)
        expect(stderr).not.toContain('bug')
      }
    } finally {
      execFileSync('umount', ['-l', reports])
    }
    expect(bench.cloud.creates()).toEqual({})
  },
)

test.each([
  ['a file', 'servers.csv', 'EEXIST'],
  ['a folder below a file', 'servers.csv/reports', 'ENOTDIR'],
  ['a circle of links', 'loop', 'ELOOP'],
  ['a path that is too long', 'x'.repeat(300), 'ENAMETOOLONG'],
])('a reports folder that is %s: named with what to do', async (_, directory, errorCode) => {
  symlinkSync('loop', join(bench.directory, 'loop'))
  const { code, stderr } = await bench.apply(['--reports-dir', directory])
  expect(code).toBe(1)
  expect(stderr).toContain(`${directory.slice(0, 100)}`)
  expect(stderr).toContain(`(${errorCode})`)
  expect(stderr).not.toMatch(/bug|^ {4}at /m)
  expect(bench.cloud.creates()).toEqual({})
})

// Node alone takes some twenty.
test.each([20, 21, 22])('%i file descriptors: a sentence and an end', async (count) => {
  const finished = await bench.apply([], {
    under: ['bash', '-c', `ulimit -n ${count}; exec "$@"`, 'bash'],
  })
  expect(finished.code).toBe(1)
  expect(finished.stderr).toContain('ulimit -n')
  expect(finished.stderr).not.toMatch(/bug|^ {4}at /m)
  expect(bench.cloud.creates()).toEqual({})
})

test('48 file descriptors are enough: the program is in few files', async () => {
  const finished = await bench.apply([], {
    under: ['bash', '-c', 'ulimit -n 48; exec "$@"', 'bash'],
  })
  expect(finished.code).toBe(0)
})

/** Containers differ in what they allow; trying is the only way to know. */
function canMount(): boolean {
  const directory = mkdtempSync(join(tmpdir(), 'sdrs-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', directory], {
      stdio: 'ignore',
    })
    execFileSync('umount', [directory])
    return true
  } catch {
    return false
  } finally {
    rmdirSync(directory)
  }
}
