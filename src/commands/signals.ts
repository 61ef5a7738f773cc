import type { StopControl } from '../apply/stop.ts'
import type { Io, StopSignal } from '../ui/io.ts'

export interface Signals {
  /** The first that came. */
  first(): StopSignal | null
  forget(): void
}

/** The first Ctrl-C sends nothing new and waits for requests in flight, the second waits for nothing. */
export function listen(io: Io, stop: StopControl): Signals {
  let first: StopSignal | null = null
  const forget = io.onSignal((signal) => {
    if (first === null) {
      first = signal
      io.stderr.write(
        '\nStopping: nothing new is sent, requests in flight end, then the report. Once more stops at once.\n',
      )
      stop.interrupt()
    } else {
      stop.cutOff()
    }
  })
  return { first: () => first, forget }
}
