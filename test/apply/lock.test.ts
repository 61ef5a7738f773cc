import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { acquireLock, type Holder, type Lock } from '../../src/apply/lock.ts'
import { EXIT } from '../../src/exit-code.ts'
import { Failure } from '../../src/failure.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lock-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

function acquire(runId: string, projectId = 'p'): Promise<Lock> {
  const since = new Date(0)
  return acquireLock({
    reportsDir: dir,
    endpoint: 'https://sdrs.test',
    projectId,
    runId,
    command: 'apply',
    since,
  })
}

/** Changes the one lock file that is there, as if somebody else had made it. */
async function rewrite(change: Partial<Holder>): Promise<void> {
  const path = join(dir, (await readdir(dir)).find((name) => name.startsWith('.lock-')) ?? '')
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
    expect(failure.exitCode).toBe(EXIT.locked)
    for (const said of ['run-1', String(process.pid), hostname()]) {
      expect(failure.message).toContain(said)
    }
  })

  test('another project is another lock', async () => {
    await acquire('run-1')
    expect((await acquire('run-2', 'other')).tookOverFrom).toBeNull()
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
    {
      name: 'a holder on another host',
      change: { pid: DEAD_PID, host: 'elsewhere' },
      taken: false,
    },
  ])('$name: taken over? $taken', async ({ change, taken }) => {
    await acquire('run-1')
    await rewrite(change)
    if (taken) expect((await acquire('run-2')).tookOverFrom?.runId).toBe('run-1')
    else expect((await failureOf(acquire('run-2'))).exitCode).toBe(EXIT.locked)
  })

  test('a lock that cannot be read counts as held', async () => {
    await acquire('run-1')
    const [name = ''] = await readdir(dir)
    await writeFile(join(dir, name), 'half a li')
    expect((await failureOf(acquire('run-2'))).exitCode).toBe(EXIT.locked)
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
    },
  )

  test('dead holders one after the other: the chain is walked, and cleaned up', async () => {
    await acquire('run-1')
    await rewrite({ pid: DEAD_PID })
    const second = await acquire('run-2')
    expect((await failureOf(acquire('run-3'))).message).toContain('run-2')
    await second.release()
    expect(await readdir(dir)).toEqual([])
  })
})
