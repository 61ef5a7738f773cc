import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Failure } from '../../src/failure.ts'
import type { Holder } from '../../src/rollout/holder.ts'
import { acquireLock, LockLost, type Lock } from '../../src/rollout/lock.ts'

// The life of the lock in virtual time is in lock-life.test.ts; here are real files and the real machine.
let dir = ''
const held: Lock[] = []
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lock-'))
})
afterEach(async () => {
  for (const lock of held.splice(0)) await lock.release()
  await rm(dir, { recursive: true, force: true })
})

async function acquire(runId: string): Promise<Lock> {
  const since = new Date(0)
  const lock = await acquireLock({ reportsDir: dir, runId, command: 'apply', since, timeoutMs: 0 })
  held.push(lock)
  return lock
}

async function lockFile(): Promise<string> {
  return join(dir, '.lock', (await readdir(join(dir, '.lock')))[0] ?? '')
}

/** Changes the one lock that is there, as if somebody else had made it. */
async function rewrite(change: Partial<Holder>): Promise<void> {
  const path = await lockFile()
  const holder = JSON.parse(await readFile(path, 'utf8')) as Holder
  await writeFile(path, JSON.stringify({ ...holder, ...change }))
}

/** No process has this ID: it is above the highest there can be. */
const DEAD_PID = 2 ** 22 + 1

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof Failure)) throw new Error(`no Failure but ${String(error)}`)
  return error
}

describe('the lock', () => {
  test('the second one is told who holds it, and exits 5', async () => {
    await acquire('run-1')
    const failure = await failureOf(acquire('run-2'))
    expect(failure.kind).toBe('locked')
    for (const said of ['run-1', String(process.pid), hostname()]) {
      expect(failure.message).toContain(said)
    }
    // What the second one made aside is gone.
    expect(await readdir(dir)).toEqual(['.lock'])
  })

  test('a released lock leaves nothing behind and is free', async () => {
    await (await acquire('run-1')).release()
    expect(await readdir(dir)).toEqual([])
    expect((await acquire('run-2')).tookOverFrom).toBeNull()
  })

  test.for<{ name: string; change: Partial<Holder>; taken: boolean }>([
    { name: 'a dead holder', change: { pid: DEAD_PID }, taken: true },
    {
      name: 'a later process with the pid of the holder',
      change: { processStart: '1' },
      taken: true,
    },
    { name: 'a holder of another boot', change: { pid: DEAD_PID, bootId: 'x' }, taken: false },
    {
      name: 'a holder in another PID namespace of this host',
      change: { pid: DEAD_PID, pidNamespace: 'pid:[1]' },
      taken: false,
    },
  ])('$name: taken over at once? $taken', async ({ change, taken }) => {
    await acquire('run-1')
    await rewrite(change)
    if (taken) expect((await acquire('run-2')).tookOverFrom?.runId).toBe('run-1')
    else expect((await failureOf(acquire('run-2'))).kind).toBe('locked')
  })

  test('its words cannot steer a terminal', async () => {
    await acquire('run-1')
    await rewrite({ runId: '\u001B[2J\u202E', bootId: 'x' })
    expect((await failureOf(acquire('run-2'))).message).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })

  test('one that is being written counts as held, and is told', async () => {
    await acquire('run-1')
    await writeFile(await lockFile(), '')
    const failure = await failureOf(acquire('run-2'))
    expect(failure.kind).toBe('locked')
    expect(failure.message).toContain('empty')
  })

  test('a loop of links is told, not followed', async () => {
    await symlink('.lock', join(dir, '.lock'))
    expect((await failureOf(acquire('run-1'))).kind).toBe('locked')
  })

  test.for([{ dead: false }, { dead: true }])(
    'of many who come at once exactly one gets it; a dead holder there: $dead',
    async ({ dead }) => {
      if (dead) {
        await acquire('run-0')
        await rewrite({ pid: DEAD_PID })
      }
      const all = await Promise.allSettled(
        Array.from({ length: 12 }, (_, index) => acquire(`run-${index + 1}`)),
      )
      expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      expect(await readdir(dir)).toEqual(['.lock'])
    },
  )

  test('what a killed contender left aside goes, what a new one made stays', async () => {
    const old = join(dir, '.lock.00000000-0000-4000-8000-000000000001')
    const young = join(dir, '.lock.00000000-0000-4000-8000-000000000002')
    await mkdir(old)
    await mkdir(young)
    await utimes(old, 1, 1)
    await acquire('run-1')
    expect((await readdir(dir)).toSorted()).toEqual(['.lock', young.slice(dir.length + 1)])
  })

  test('a reports folder that is removed is a lock that is lost', async () => {
    const lock = await acquire('run-1')
    await lock.confirm()
    await rm(dir, { recursive: true })
    await expect(lock.confirm()).rejects.toThrow(LockLost)
    expect(lock.lost.aborted).toBe(true)
  })

  test('a reports folder that cannot be made is the machine’s own error', async () => {
    const file = join(dir, 'file')
    await writeFile(file, '')
    const request = { runId: 'r', command: 'apply', since: new Date(0), timeoutMs: 0 }
    await expect(acquireLock({ ...request, reportsDir: file })).rejects.toMatchObject({
      code: 'EEXIST',
      path: file,
    })
    const below = join(file, 'below')
    await expect(acquireLock({ ...request, reportsDir: below })).rejects.toMatchObject({
      code: 'ENOTDIR',
    })
  })
})
