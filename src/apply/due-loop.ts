import type { Clock } from '../clock.ts'
import { linkSignals } from '../linked-signal.ts'

/** Does what is due when it is due; whoever learns that something is due sooner wakes it. Times in ms. */
export interface DueLoop {
  /** Begins, unless it runs already. */
  start(): void
  wakeBy(at: number): void
}

/** With nothing due there is nothing to wait for but answers, which wake the loop. */
const NOTHING_DUE_MS = 60_000

export function createDueLoop(parts: {
  readonly clock: Clock
  /** Aborted once the run ends. */
  readonly signal: AbortSignal
  readonly hasWork: () => boolean
  /** When something is due, as far as is known; `Infinity`: nothing is. */
  readonly nextDue: (now: number) => number
  readonly act: (now: number) => void
  /** The run ends while there is work. */
  readonly onStopped: () => Promise<void>
  readonly onBug: (error: unknown) => void
}): DueLoop {
  const { clock, signal, hasWork, nextDue, act, onStopped, onBug } = parts
  /** When something is due; null: to be found out. */
  let due: number | null = null
  let pause: AbortController | null = null
  let isRunning = false

  async function run(): Promise<void> {
    try {
      while (hasWork() && !signal.aborted) {
        const now = clock.now()
        due ??= Math.min(now + NOTHING_DUE_MS, nextDue(now))
        if (due > now) {
          await sleepUntil(due, now)
        } else {
          act(now)
          // Whatever was found wanting, there is no second look in one moment.
          due = Math.min(now + NOTHING_DUE_MS, Math.max(nextDue(now), now + 1))
        }
      }
    } catch (error) {
      onBug(error)
    }
    if (signal.aborted) await onStopped()
    isRunning = false
  }

  async function sleepUntil(at: number, now: number): Promise<void> {
    const off = new AbortController()
    pause = off
    const either = linkSignals([off.signal, signal])
    await clock.sleep(at - now, either.signal)
    either.release()
    pause = null
    if (!off.signal.aborted) due = null
  }

  return {
    start() {
      if (isRunning) return
      isRunning = true
      due = null
      void run()
    },
    wakeBy(at) {
      if (due === null || (at >= due && hasWork())) return
      due = at
      pause?.abort()
    },
  }
}
