import type { Clock } from '../../src/clock.ts'
import { acquireLock, type Lock } from '../../src/rollout/lock.ts'
import type { LockFiles } from '../../src/rollout/lock-files.ts'
import type { StopControl } from '../../src/apply/stop.ts'
import { memoryLockFiles } from '../support/memory-lock-files.ts'
import type { Sighting } from './cloud.ts'
import type { CrowdPlan } from './history.ts'
import type { Life } from './life.ts'

/** When a run held the lock of its folder, up to its end or its death. */
export interface Tenure {
  readonly run: number
  readonly from: number
  until: number | null
  /** When its run was suspended; null: never. */
  stoodStillAt: number | null
}

/**
 * It reached the cloud after another run had taken the lock over: its sender stood still between the intent
 * and the request, for which no look at the lock can help. Whoever took over has looked and not found it.
 */
export function isOvertaken(
  tenures: readonly Tenure[],
  { run, arrivedAt }: Pick<Sighting, 'run' | 'arrivedAt'>,
): boolean {
  const own = tenures.find((tenure) => tenure.run === run)
  return tenures.some(
    ({ from }) => own !== undefined && from > own.from && from < (arrivedAt ?? Infinity),
  )
}

/** A reports folder that several runs share: its lock, and who holds it. */
export interface SharedFolder {
  readonly tenures: readonly Tenure[]
  /** Rejects with Failure when another run holds it, as `acquireLock` does; with what a defect makes of that. */
  acquire(life: Life, how: CrowdPlan, stop: StopControl): Promise<Lock>
  /** It has come to its end: its process is there no more. */
  ended(life: Life): void
}

const DIR = '/reports'

/**
 * The lock that ships, on files in memory, so that its minutes pass in virtual time. The shipped `rollOut`
 * itself cannot stand here: it takes no ports for its lock, and its journals and reports are real files, with
 * the real time of a real file system.
 */
export function sharedFolder(
  clock: Clock,
  acquire: typeof acquireLock = acquireLock,
): SharedFolder {
  const memory = memoryLockFiles({ now: () => clock.now() })
  const tenures: Tenure[] = []
  const living = new Map<number, Life>()
  let nonces = 0

  return {
    tenures,
    async acquire(life, { namespace, lockTimeoutMs }, stop) {
      living.set(life.run, life)
      const lock = await acquire(
        {
          reportsDir: DIR,
          runId: `run-${life.run}`,
          command: 'apply',
          since: new Date(life.clock.now()),
          timeoutMs: lockTimeoutMs,
          signal: stop.sending,
        },
        {
          clock: life.clock,
          files: gated(memory.files, life),
          facts: {
            self: () => ({
              pid: 100 + life.run,
              processStart: '7',
              bootId: `boot-${namespace}`,
              pidNamespace: `pid:[${namespace}]`,
              host: 'builder',
            }),
            isAlive: ({ pid }) => living.get(pid - 100)?.isDead() === false,
          },
          nonce: () => `00000000-0000-4000-8000-${String((nonces += 1)).padStart(12, '0')}`,
        },
      )
      const tenure: Tenure = { run: life.run, from: clock.now(), until: null, stoodStillAt: null }
      tenures.push(tenure)
      return {
        ...lock,
        async release() {
          tenure.until = clock.now()
          await lock.release()
        },
      }
    },
    ended(life) {
      living.delete(life.run)
      const tenure = tenures.find(({ run }) => run === life.run)
      if (tenure === undefined) return
      tenure.until ??= clock.now()
      tenure.stoodStillAt = life.stoodStillAt()
    },
  }
}

/** None of its steps comes back while the run is suspended, or once it is dead. */
function gated(files: LockFiles, life: Life): LockFiles {
  const gate =
    <Given extends readonly unknown[], Answer>(work: (...given: Given) => Promise<Answer>) =>
    async (...given: Given): Promise<Answer> => {
      await life.awake()
      const answer = await work(...given)
      await life.awake()
      return answer
    }
  return {
    makeDirectory: gate(files.makeDirectory),
    lstat: gate(files.lstat),
    list: gate(files.list),
    read: gate(files.read),
    mkdir: gate(files.mkdir),
    create: gate(files.create),
    rewrite: gate(files.rewrite),
    rename: gate(files.rename),
    unlink: gate(files.unlink),
    rmdir: gate(files.rmdir),
    sync: gate(files.sync),
  }
}
