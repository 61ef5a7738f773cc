import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/clock.ts'
import { Failure } from '../../src/failure.ts'
import type { ProcessIdentity } from '../../src/process-facts.ts'
import { acquireLock, LockLost, type Lock, type LockPorts } from '../../src/rollout/lock.ts'
import { SILENT_MS, WATCH_MS } from '../../src/rollout/lock-state.ts'
import { memoryLockFiles, type MemoryLockOptions } from '../support/memory-lock-files.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const DIR = '/reports'
const START = Date.UTC(2026, 0, 1)

/** Runs on several machines that share one reports folder; each on a host, boot and namespace of its own by default. */
function shared(options: Partial<MemoryLockOptions> & { readonly seed?: number } = {}) {
  const clock = virtualClock(START)
  const dead = new Set<number>()
  const random = seededRandom(options.seed ?? 1)
  // The file system's clock is another machine's: an hour behind ours.
  const memory = memoryLockFiles({ now: () => clock.now() - 3_600_000, ...options })
  let nonces = 0

  function ports(pid: number, identity: Partial<ProcessIdentity> = {}): LockPorts {
    const self: ProcessIdentity = {
      pid,
      processStart: '7',
      bootId: `boot-${pid}`,
      pidNamespace: 'pid:[1]',
      host: `host-${pid}`,
      ...identity,
    }
    return {
      clock,
      files: memory.files,
      facts: { self: () => self, isAlive: (asked) => !dead.has(asked.pid) },
      nonce: () => `00000000-0000-4000-8000-${String((nonces += 1)).padStart(12, '0')}`,
    }
  }
  /** A process that stops in its tracks: none of its steps ever comes back. */
  function killable(of: LockPorts): { readonly ports: LockPorts; kill(): void } {
    let isDead = false
    const forever = new Promise<never>(() => {})
    const files = Object.fromEntries(
      Object.entries(of.files).map(([name, work]) => [
        name,
        (...given: readonly unknown[]) =>
          isDead ? forever : (work as (...all: readonly unknown[]) => unknown)(...given),
      ]),
    ) as unknown as LockPorts['files']
    return {
      ports: {
        ...of,
        files,
        clock: {
          now: () => clock.now(),
          sleep: async (ms, signal) => {
            await clock.sleep(ms, signal)
            if (isDead) await forever
          },
        },
      },
      kill() {
        isDead = true
        dead.add(of.facts.self().pid)
      },
    }
  }
  const acquire = (of: LockPorts, timeoutMs = 0, tell?: (line: string) => void): Promise<Lock> =>
    acquireLock(
      {
        reportsDir: DIR,
        runId: `run-${of.facts.self().pid}`,
        command: 'apply',
        since: new Date(START),
        timeoutMs,
        ...(tell === undefined ? {} : { tell }),
      },
      of,
    )
  return { clock, memory, ports, killable, acquire, random }
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof Failure)) throw new Error(`no Failure but ${String(error)}`)
  expect(error.kind).toBe('locked')
  return error
}

describe('a holder that cannot be asked', () => {
  test('lives as long as it touches its lock, for hours', async () => {
    const { clock, acquire, ports } = shared()
    await clock.run(
      (async () => {
        const lock = await acquire(ports(1))
        for (let hour = 0; hour < 3; hour += 1) {
          await clock.sleep(3_600_000)
          const failure = await failureOf(acquire(ports(2)))
          expect(failure.message).toContain('run-1')
          expect(failure.message).toContain('host-1')
        }
        await lock.release()
      })(),
    )
  })

  test('killed: told when it would count as dead, and taken over then', async () => {
    const { clock, memory, acquire, ports, killable } = shared()
    await clock.run(
      (async () => {
        const first = killable(ports(1))
        await acquire(first.ports)
        await clock.sleep(1)
        first.kill()
        await clock.sleep(20_000)
        const failure = await failureOf(acquire(ports(2)))
        // Silent for 20 s: 40 s until it is a minute, and ten more.
        expect(failure.hint).toContain('in 50 s')
        expect(failure.hint).toContain('2026-01-01T00:01:10Z')
        await clock.sleep(50_000)
        const before = clock.now()
        const second = await acquire(ports(2))
        expect(second.tookOverFrom?.runId).toBe('run-1')
        expect(clock.now() - before).toBe(WATCH_MS)
        await second.release()
        expect(memory.names()).toEqual([DIR])
      })(),
    )
  })

  test.each([
    ['another boot', { bootId: 'other' }],
    ['another namespace', { pidNamespace: 'pid:[2]' }],
    ['no /proc', { bootId: null, pidNamespace: null, processStart: null }],
  ])('%s: not asked by its pid, whatever the host is called', async (_, identity) => {
    const { clock, acquire, ports, killable } = shared()
    await clock.run(
      (async () => {
        const same = { host: 'same', bootId: 'same' }
        const first = killable(ports(1, { ...same, ...identity }))
        await acquire(first.ports)
        first.kill()
        const failure = await failureOf(acquire(ports(2, same)))
        expect(failure.hint).toContain('counts as dead')
      })(),
    )
  })

  test('--lock-timeout waits for its end, and through its death', async () => {
    const { clock, acquire, ports, killable } = shared()
    await clock.run(
      (async () => {
        const first = await acquire(ports(1))
        const told: string[] = []
        const second = acquire(ports(2), 60_000, (line) => told.push(line))
        await clock.sleep(30_000)
        await first.release()
        const held = await second
        expect(clock.now() - START).toBeLessThan(32_000)
        expect(told).toEqual([expect.stringContaining('run-1')])
        await held.release()

        const victim = killable(ports(3))
        await acquire(victim.ports)
        victim.kill()
        const next = await acquire(ports(4), 10 * 60_000)
        expect(next.tookOverFrom?.runId).toBe('run-3')
        await next.release()
      })(),
    )
  })

  test('--lock-timeout ends with the holder named', async () => {
    const { clock, acquire, ports } = shared()
    await clock.run(
      (async () => {
        const first = await acquire(ports(1))
        const before = clock.now()
        expect((await failureOf(acquire(ports(2), 7_500))).message).toContain('run-1')
        expect(clock.now() - before).toBe(7_500)
        await first.release()
      })(),
    )
  })
})

describe('a holder of the same boot and namespace', () => {
  const here = { bootId: 'b', host: 'h' }

  test('dead: taken over at once; alive: never, however silent', async () => {
    const { clock, acquire, ports, killable } = shared()
    await clock.run(
      (async () => {
        const first = killable(ports(1, here))
        await acquire(first.ports)
        first.kill()
        const before = clock.now()
        const second = killable(ports(2, here))
        expect((await acquire(second.ports)).tookOverFrom?.runId).toBe('run-1')
        expect(clock.now()).toBe(before)
        await clock.sleep(10 * SILENT_MS)
        await failureOf(acquire(ports(3, here)))
        second.kill()
      })(),
    )
  })
})

describe('a lock that is damaged', () => {
  const ENTRY = `${DIR}/.lock/00000000-0000-4000-8000-00000000000f.json`
  test.each([
    ['empty', (put: Put) => put(ENTRY, 'file')],
    ['half a line', (put: Put) => put(ENTRY, 'file', '{"nonce":')],
    ['a loop of links', (put: Put) => put(ENTRY, 'loop')],
    ['not readable', (put: Put) => put(ENTRY, 'unreadable')],
    ['something else', (put: Put) => put(`${DIR}/.lock/.nfs0001`, 'file')],
    ['a file where the folder should be', (put: Put) => put(`${DIR}/.lock`, 'file', 'x')],
    ['a loop where the folder should be', (put: Put) => put(`${DIR}/.lock`, 'loop')],
  ])('%s: held while it is young, taken over once it has been silent', async (_, spoil) => {
    const { clock, memory, acquire, ports } = shared()
    memory.put(DIR, 'directory')
    memory.put(`${DIR}/.lock`, 'directory')
    spoil(memory.put)
    await clock.run(
      (async () => {
        const failure = await failureOf(acquire(ports(2)))
        expect(failure.message).toContain('.lock')
        expect(failure.hint).toContain('in 70 s')
        await clock.sleep(SILENT_MS)
        const lock = await acquire(ports(2))
        await lock.confirm()
        await lock.release()
        expect(memory.names()).toEqual([DIR])
      })(),
    )
  })

  test('an empty folder is free', async () => {
    const { clock, memory, acquire, ports } = shared()
    memory.put(DIR, 'directory')
    memory.put(`${DIR}/.lock`, 'directory')
    const lock = await clock.run(acquire(ports(1)))
    expect(lock.tookOverFrom).toBeNull()
    await clock.run(lock.release())
  })
})
type Put = ReturnType<typeof memoryLockFiles>['put']

describe('a holder that is not it any more', () => {
  test('the folder removed: lost within seconds', async () => {
    const { clock, memory, acquire, ports } = shared()
    await clock.run(
      (async () => {
        const lock = await acquire(ports(1))
        memory.remove(DIR)
        await clock.sleep(6_000)
        expect(lock.lost.aborted).toBe(true)
        await expect(lock.confirm()).rejects.toThrow(LockLost)
        await lock.release()
      })(),
    )
  })

  test('suspended and succeeded: it finds out before it acts, and harms nobody at its end', async () => {
    const { clock, acquire, ports, memory } = shared()
    await clock.run(
      (async () => {
        const sleepy = ports(1)
        let until = 0
        const suspended = {
          ...sleepy,
          clock: {
            now: () => clock.now(),
            sleep: async (ms: number, signal?: AbortSignal) => {
              await clock.sleep(ms, signal)
              while (clock.now() < until) await clock.sleep(until - clock.now())
            },
          },
        }
        const first = await acquire(suspended)
        until = clock.now() + 500_000
        await clock.sleep(SILENT_MS + 1)
        const second = await acquire(ports(2))
        await expect(first.confirm()).rejects.toThrow(LockLost)
        expect(first.lost.aborted).toBe(true)
        void first.release()
        await clock.sleep(1_000_000)
        await second.confirm()
        await failureOf(acquire(ports(3)))
        await second.release()
        expect(memory.names()).toEqual([DIR])
      })(),
    )
  })

  test('a disk that refuses every touch: it gives up before others would take over', async () => {
    let broken = false
    const { clock, acquire, ports } = shared({
      before: (operation) => {
        if (broken && operation === 'rewrite') {
          throw Object.assign(new Error('EIO'), { code: 'EIO' })
        }
      },
    })
    await clock.run(
      (async () => {
        const lock = await acquire(ports(1))
        broken = true
        await clock.sleep(50_000)
        expect(lock.lost.aborted).toBe(false)
        await clock.sleep(10_000)
        expect(lock.lost.aborted).toBe(true)
        await lock.release()
      })(),
    )
  })
})

/** One contender's luck: when it comes, how long it holds, and what befalls it. */
const anyContender = fc.record({
  comesAtMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3_000 })),
  holdsMs: fc.integer({ min: 0, max: 90_000 }),
  isLocal: fc.boolean(),
  diesAfterMs: fc.option(fc.integer({ min: 0, max: 100_000 }), { nil: null }),
  suspendedFor: fc.option(fc.integer({ min: 1_000, max: 300_000 }), { nil: null }),
  suspendedAtMs: fc.integer({ min: 0, max: 20_000 }),
  timeoutMs: fc.constantFrom(0, 5_000, 200_000),
})

describe('two or three at once, their steps in any order', () => {
  test('never two at work, and a dead one is always succeeded', async () => {
    let takeovers = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyContender, { minLength: 2, maxLength: 3 }),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom(1, 2_000),
        fc.integer(),
        async (contenders, beginsWithDead, renamesOntoEmpty, granularityMs, seed) => {
          const random = seededRandom(seed)
          const world = shared({
            renamesOntoEmpty,
            granularityMs,
            // Most steps are quick; some take so long that others get far meanwhile.
            before: () => world.clock.sleep(Math.floor(random() * (random() < 0.2 ? 500 : 8))),
          })
          const { clock, ports, killable, acquire } = world
          const working = new Map<number, { readonly sleptLong: () => boolean }>()

          async function life(index: number): Promise<void> {
            const luck = contenders[index]
            if (luck === undefined) return
            const identity = luck.isLocal ? { bootId: 'shared', host: 'shared' } : {}
            const process = killable(ports(index + 1, identity))
            let wakesAt = 0
            let longest = 0
            // A suspended process takes no step: neither of its lock's nor of its own.
            const awake = async (): Promise<void> => {
              while (clock.now() < wakesAt) await clock.sleep(wakesAt - clock.now())
            }
            const files = Object.fromEntries(
              Object.entries(process.ports.files).map(([name, work]) => [
                name,
                async (...given: readonly unknown[]) => {
                  await awake()
                  const done = await (work as (...all: readonly unknown[]) => unknown)(...given)
                  await awake()
                  return done
                },
              ]),
            ) as unknown as LockPorts['files']
            const suspendable: LockPorts = {
              ...process.ports,
              files,
              clock: {
                now: () => clock.now(),
                sleep: async (ms, signal) => {
                  await process.ports.clock.sleep(ms, signal)
                  await awake()
                },
              },
            }
            await clock.sleep(luck.comesAtMs)
            if (luck.suspendedFor !== null) {
              const ms = luck.suspendedFor
              void clock.sleep(luck.suspendedAtMs).then(() => {
                wakesAt = clock.now() + ms
                longest = ms
              })
            }
            let isDead = false
            const death = new Promise<void>((resolve) => {
              if (luck.diesAfterMs === null) return
              void clock.sleep(luck.diesAfterMs).then(() => {
                isDead = true
                process.kill()
                working.delete(index)
                resolve()
              })
            })
            const work = async (): Promise<void> => {
              const lock = await acquire(suspendable, luck.timeoutMs).catch((error: unknown) => {
                if (error instanceof Failure && error.kind === 'locked') return null
                throw error
              })
              if (lock === null) return
              if (lock.tookOverFrom !== null) takeovers += 1
              const end = clock.now() + luck.holdsMs
              while (clock.now() < end) {
                if ((await lock.confirm().catch(() => 'lost')) === 'lost') {
                  if (longest < SILENT_MS - 10_000) throw new Error('robbed without being silent')
                  break
                }
                await awake()
                if (isDead) return
                working.set(index, { sleptLong: () => longest >= SILENT_MS - 10_000 })
                if (working.size > 1) {
                  const innocent = [...working.values()].every(({ sleptLong }) => !sleptLong())
                  if (innocent) throw new Error('two holders at work')
                }
                await clock.sleep(200)
                await awake()
                working.delete(index)
              }
              await lock.release()
            }
            await Promise.race([work(), death])
          }
          await clock.run(
            (async () => {
              if (beginsWithDead) {
                const first = killable(ports(8, { bootId: 'shared', host: 'shared' }))
                await acquire(first.ports)
                first.kill()
              }
              await Promise.all(contenders.map((_, index) => life(index)))
              // Whatever they left behind, somebody new gets it.
              const heir = await acquire(ports(9), 5 * 60_000)
              if (heir.tookOverFrom !== null) takeovers += 1
              await heir.confirm()
              await heir.release()
            })(),
          )
        },
      ),
      { numRuns: 300 },
    )
    // The draw must have met what this is about.
    expect(takeovers).toBeGreaterThan(50)
  }, 120_000)
})
