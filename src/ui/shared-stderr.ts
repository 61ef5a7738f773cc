import { Writable } from 'node:stream'
import type { Io } from './io.ts'

/**
 * stderr for several writers: as long as a view is drawn there, what anybody writes goes through it, so that
 * messages stand above the drawing and do not tear it.
 */
export interface SharedStderr {
  /** The same process, writing to the shared stderr. */
  readonly io: Io
  /** From now on `tell` gets what is written, without the line's end; null: straight to stderr again. */
  through(tell: ((text: string) => void) | null): void
}

export function shareStderr(io: Io): SharedStderr {
  let above: ((text: string) => void) | null = null
  const stderr = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      if (above === null) io.stderr.write(chunk)
      else above(chunk.toString().replaceAll(/^\n+|\n+$/g, ''))
      done()
    },
  })
  return {
    io: { ...io, stderr },
    through: (tell) => {
      above = tell
    },
  }
}
