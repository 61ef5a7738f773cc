import type { Clock } from '../../src/clock.ts'

export interface VirtualClock extends Clock {
  /** Sleepers waiting now. */
  sleeping(): number
  /**
   * Lets `work` run to its end, jumping to the next sleeper whenever nothing else can go on. Rejects
   * as `work` does, or when it waits for something that is neither a sleep nor I/O.
   */
  run<T>(work: Promise<T>): Promise<T>
}

interface Sleeper {
  readonly at: number
  /** Sleepers of one instant wake in the order in which they lay down. */
  readonly order: number
  wake: (() => void) | null
}

/** Turns of the event loop without sleepers or I/O after which waiting is taken for a deadlock. */
const PATIENCE_TURNS = 200
/** Work that really is under way outside: files, name look-ups, sockets being opened or written, processes. */
const REAL_IO =
  /^(FSReq|GetAddrInfoReq|TCPConnect|Write|Shutdown|.*Request$|ChildProcess|Process|HTTP|TCPServer|TCPSocket|PipeConnect)/

/** Time that stands still until `run` moves it; `start` in ms since the epoch. */
export function virtualClock(start = Date.UTC(2026, 0, 1)): VirtualClock {
  let time = start
  let order = 0
  let waiting = 0
  const heap: Sleeper[] = []

  function wakeNext(): boolean {
    for (let next = pop(heap); next !== undefined; next = pop(heap)) {
      if (next.wake === null) continue
      time = Math.max(time, next.at)
      next.wake()
      return true
    }
    return false
  }

  return {
    now: () => time,
    sleeping: () => waiting,
    sleep(ms, signal) {
      if (!(ms > 0) || signal?.aborted === true) return Promise.resolve()
      return new Promise((resolve) => {
        // Whole milliseconds, one at least: as Node's timers and clock have it.
        const at = time + Math.max(1, Math.trunc(ms))
        const sleeper: Sleeper = { at, order: (order += 1), wake: null }
        const done = (): void => {
          if (sleeper.wake === null) return
          sleeper.wake = null
          waiting -= 1
          signal?.removeEventListener('abort', done)
          resolve()
        }
        sleeper.wake = done
        waiting += 1
        signal?.addEventListener('abort', done, { once: true })
        push(heap, sleeper)
      })
    },
    async run(work) {
      let ended = false
      const settle = (): void => {
        ended = true
      }
      work.then(settle, settle)
      for (let idle = 0; ;) {
        await turn()
        if (ended) return work
        if (isBusyOutside(FILES_ONLY)) continue
        if (wakeNext()) {
          idle = 0
        } else if (isBusyOutside(REAL_IO)) {
          idle = 0
        } else if ((idle += 1) > PATIENCE_TURNS) {
          throw new Error('deadlock: the work waits for something that is neither a sleep nor I/O')
        }
      }
    },
  }
}

/** Before time jumps, what was handed to the disk has to come back, or the order of things would depend on the disk. */
const FILES_ONLY = /^(FSReq|CloseReq|FileHandleCloseReq)/

function isBusyOutside(kind: RegExp): boolean {
  return process.getActiveResourcesInfo().some((name) => kind.test(name))
}

/** All microtasks have run when this comes back. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

function isBefore(left: Sleeper, right: Sleeper): boolean {
  return left.at < right.at || (left.at === right.at && left.order < right.order)
}

/** A binary heap: a rollout of 10,000 servers has thousands of sleepers. */
function push(heap: Sleeper[], sleeper: Sleeper): void {
  let at = heap.push(sleeper) - 1
  while (at > 0) {
    const above = (at - 1) >> 1
    const parent = heap[above]
    if (parent === undefined || isBefore(parent, sleeper)) break
    heap[at] = parent
    at = above
  }
  heap[at] = sleeper
}

function pop(heap: Sleeper[]): Sleeper | undefined {
  const first = heap[0]
  const last = heap.pop()
  if (first === undefined || last === undefined || heap.length === 0) return first
  let at = 0
  for (;;) {
    const left = heap[2 * at + 1]
    const right = heap[2 * at + 2]
    const isRight = left !== undefined && right !== undefined && isBefore(right, left)
    const child = isRight ? right : left
    if (child === undefined || isBefore(last, child)) break
    heap[at] = child
    at = 2 * at + (isRight ? 2 : 1)
  }
  heap[at] = last
  return first
}
