import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { steadyClock, type Clock } from '../clock.ts'
import { Failure } from '../failure.ts'
import { processFacts, type ProcessFacts } from '../process-facts.ts'
import { hasSystemCode } from '../system-error.ts'
import { describeHolder, type Holder } from './holder.ts'
import { lockFiles, type LockFiles } from './lock-files.ts'
import { openLockFolder, type Look } from './lock-folder.ts'
import {
  contend,
  SILENT_MS,
  step,
  WATCH_MS,
  type Ask,
  type LockState,
  type Seen,
} from './lock-state.ts'

/** One writing run at a time per reports folder: this process is it. */
export interface Lock {
  /** Whose death made room for it. */
  readonly tookOverFrom: Holder | null
  /** Aborted once the lock is not ours any more (taken over while we were suspended, or its folder removed). */
  readonly lost: AbortSignal
  /**
   * Looks whether it is still ours, before something that only the holder may do. Rejects with LockLost.
   * A run that was suspended for minutes finds out here before it sends anything.
   */
  confirm(): Promise<void>
  /** Takes our own word away, and nobody else's. Never rejects: what is left is taken over. */
  release(): Promise<void>
}

/** The lock of this run is gone: nothing may be sent any more. */
export class LockLost extends Error {
  constructor(path: string) {
    super(`the lock ${path} is not this run's any more`)
    this.name = 'LockLost'
  }
}

export interface LockRequest {
  readonly reportsDir: string
  readonly runId: string
  readonly command: string
  readonly since: Date
  /** How long to wait for another run to end. */
  readonly timeoutMs: number
  /** Ends the wait. */
  readonly signal?: AbortSignal
  /** Takes a line for a person: why it waits. */
  readonly tell?: (line: string) => void
}

export interface LockPorts {
  readonly clock: Clock
  readonly files: LockFiles
  readonly facts: ProcessFacts
  readonly nonce: () => string
}

function machinePorts(): LockPorts {
  return { clock: steadyClock(), files: lockFiles, facts: processFacts, nonce: randomUUID }
}

/**
 * Makes this process the one that may write under `reportsDir`. Rejects with a Failure (exit 5) that
 * names the holder when another is, or with the system's error.
 */
export async function acquireLock(
  request: LockRequest,
  ports: LockPorts = machinePorts(),
): Promise<Lock> {
  const { clock, files, facts } = ports
  const path = join(request.reportsDir, '.lock')
  await files.makeDirectory(request.reportsDir)
  const me: Holder = {
    nonce: ports.nonce(),
    ...facts.self(),
    runId: request.runId,
    command: request.command,
    since: request.since.toISOString(),
  }
  const folder = openLockFolder({ path, reportsDir: request.reportsDir, me, files, facts })
  let last: Look = { sight: { kind: 'free' }, holder: null, trouble: null }
  let tookOverFrom: Holder | null = null
  let hasTold = false

  async function answer(ask: Ask): Promise<Seen> {
    switch (ask.type) {
      case 'look':
        last = await folder.look()
        return { type: 'look', sight: last.sight, now: clock.now() }
      case 'clear':
        await folder.clear(ask.entry)
        tookOverFrom = last.holder
        return { type: 'cleared' }
      case 'claim': {
        const isOurs = await folder.claim()
        if (isOurs) return { type: 'claimed', now: clock.now() }
        tookOverFrom = null
        return { type: 'occupied' }
      }
      case 'sleep':
        await clock.sleep(ask.ms, request.signal)
        if (request.signal?.aborted === true) {
          throw new Failure('locked', 'Interrupted while waiting for the lock. Nothing was sent.')
        }
        return { type: 'slept' }
      case 'touch':
      case 'remove':
      case 'nothing':
        throw new Error(`no contender does ${ask.type}`)
    }
  }

  function tell(state: LockState): void {
    if (hasTold || last.sight.kind !== 'held') return
    if (state.kind !== 'waiting' && state.kind !== 'watching') return
    hasTold = true
    const who = last.holder === null ? `whoever made ${path}` : describeHolder(last.holder)
    request.tell?.(
      state.kind === 'waiting'
        ? `Waiting for another run to end: ${who}.`
        : `The holder of the lock has been silent for over a minute: ${who}. Watching it for ten seconds more.`,
    )
  }

  let [state, ask] = contend(clock.now() + request.timeoutMs)
  try {
    while (state.kind !== 'held' && state.kind !== 'refused') {
      ;[state, ask] = step(state, await answer(ask))
      tell(state)
    }
  } catch (error) {
    await folder.withdraw()
    throw error
  }
  if (state.kind === 'refused') {
    await folder.withdraw()
    throw refusal(path, last, clock.now())
  }
  return hold(state, ask, { path, clock, folder, tookOverFrom })
}

/** The life of a lock that is held: a touch every few seconds, until it is released or lost. */
function hold(
  first: LockState,
  firstAsk: Ask,
  {
    path,
    clock,
    folder,
    tookOverFrom,
  }: {
    readonly path: string
    readonly clock: Clock
    readonly folder: ReturnType<typeof openLockFolder>
    readonly tookOverFrom: Holder | null
  },
): Lock {
  const lost = new AbortController()
  const released = new AbortController()
  let state = first

  function see(seen: Seen): Ask {
    const [next, ask] = step(state, seen)
    state = next
    if (state.kind === 'lost') lost.abort()
    return ask
  }

  async function touch(): Promise<Seen> {
    try {
      await folder.touch()
      return { type: 'touched', now: clock.now() }
    } catch (error) {
      return isGone(error) ? { type: 'gone' } : { type: 'untouched', now: clock.now() }
    }
  }

  async function keep(): Promise<void> {
    for (let ask = firstAsk; ask.type === 'sleep' || ask.type === 'touch';) {
      if (ask.type === 'sleep') {
        await clock.sleep(ask.ms, released.signal)
        ask = state.kind === 'held' ? see({ type: 'slept' }) : { type: 'nothing' }
      } else {
        ask = see(await touch())
      }
    }
  }
  const kept = keep()

  return {
    tookOverFrom,
    lost: lost.signal,
    async confirm() {
      if (state.kind === 'held') see(await touch())
      if (state.kind === 'lost') throw new LockLost(path)
    },
    async release() {
      const ask = see({ type: 'release' })
      released.abort()
      await kept
      if (ask.type === 'remove') await folder.remove()
    },
  }
}

function isGone(error: unknown): boolean {
  return hasSystemCode(error, 'ENOENT', 'ENOTDIR', 'ESTALE', 'ELOOP', 'EISDIR')
}

/** Says who holds it, and from when on it would count as dead. */
function refusal(path: string, { sight, holder, trouble }: Look, now: number): Failure {
  const wait = 'or let this one wait for it with --lock-timeout'
  if (sight.kind === 'free') {
    return new Failure(
      'locked',
      `The lock ${path} can neither be had nor seen: the file system does not say what is there. Nothing was sent.`,
      'Use a reports folder on another file system (--reports-dir), or run again later.',
    )
  }
  if (sight.kind === 'unreadable') {
    return new Failure(
      'locked',
      `The lock ${path} cannot be read (${trouble ?? 'unknown error'}), so nobody can tell who holds it. Nothing was sent.`,
      'If it belongs to a run of another user, wait for that to end. If no run is at work on this reports folder, delete it and run again.',
    )
  }
  const silentS = Math.floor(sight.silentMs / 1000)
  const deadIn = Math.max(0, SILENT_MS - sight.silentMs) + WATCH_MS
  const dead = `${new Date(now + deadIn).toISOString().slice(0, 19)}Z (in ${Math.ceil(deadIn / 1000)} s)`
  if (holder === null) {
    return new Failure(
      'locked',
      `The lock ${path} is ${trouble ?? 'damaged'}: somebody may be writing it, so it counts as held. Nothing was sent.`,
      `It was touched ${silentS} s ago. Should it stay silent, it counts as dead from ${dead}: run again then, ${wait}. If no other run is at work on this reports folder, it may be deleted.`,
    )
  }
  return new Failure(
    'locked',
    `Another run holds the lock: ${describeHolder(holder)}. Nothing was sent.`,
    sight.life === 'alive'
      ? `Wait for it to end, then run again, ${wait}.`
      : `Nobody here can ask that process; its lock ${path} was touched ${silentS} s ago, so it lives. Should it stay silent, it counts as dead from ${dead}: run again then, ${wait}.`,
  )
}
