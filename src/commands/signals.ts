import type { StopControl } from '../apply/stop.ts'
import { EXIT_BY_SIGNAL } from '../exit-code.ts'
import type { StopSignal } from '../run-end.ts'
import { SAME_SIGNAL_MS, type Io } from '../ui/io.ts'

export interface Signals {
  /** The first that asked the run to stop. */
  first(): StopSignal | null
  /** Calls `tell` once the terminal has gone away: at once if it has already. */
  whenHungUp(tell: () => void): void
  forget(): void
}

/**
 * The first Ctrl-C sends nothing new and waits for requests in flight, the second waits for nothing, the
 * third ends the process: the journal is enough. A terminal that goes away (SIGHUP) stops nothing.
 */
export function listen(io: Io, stop: StopControl): Signals {
  let first: StopSignal | null = null
  let count = 0
  let lastAt = Number.NEGATIVE_INFINITY
  let isHungUp = false
  const told: (() => void)[] = []

  const forget = io.onSignal((signal) => {
    if (signal === 'SIGHUP') {
      if (isHungUp) return
      isHungUp = true
      for (const tell of told) tell()
      return
    }
    const sinceMs = io.now() - lastAt
    // A clock that was set back meanwhile says nothing: better one signal too many than one too few.
    if (sinceMs >= 0 && sinceMs < SAME_SIGNAL_MS) return
    lastAt = io.now()
    first ??= signal
    count += 1
    if (count === 1) {
      io.stderr.write(
        '\nStopping: nothing new is sent, requests in flight end, then the report. Once more stops at once.\n',
      )
      stop.interrupt()
    } else if (count === 2) {
      io.stderr.write('\nStopping at once. Once more ends it without a report.\n')
      stop.cutOff()
    } else {
      io.stderr.write(
        '\nEnded without a report; the journal has everything. Run again: it carries on.\n',
      )
      io.exit(EXIT_BY_SIGNAL[first])
    }
  })
  return {
    first: () => first,
    whenHungUp(tell) {
      if (isHungUp) tell()
      else told.push(tell)
    },
    forget,
  }
}
