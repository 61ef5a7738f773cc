import { closeSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { isatty } from 'node:tty'
import type { SecretRegistry } from '../secrets.ts'

/** What a process may be told: to stop, or (SIGHUP) that its terminal is gone. */
export const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGHUP'] as const
export type Signal = (typeof SIGNALS)[number]

/**
 * Everything a command sees of the process around it, so that a command is a function of its
 * settings and this. stdout is the product, stderr is for messages and progress.
 */
export interface Io {
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: Writable
  readonly env: Readonly<Record<string, string | undefined>>
  /** Asked of each stream: `apply --json > report.json` may still put a question through stdin and stderr. */
  readonly isTerminal: {
    readonly stdin: boolean
    readonly stdout: boolean
    readonly stderr: boolean
  }
  /** Every secret that this process has learnt, to keep out of whatever is written. */
  readonly secrets: SecretRegistry
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
  /** Calls `handler` at every signal of SIGNALS until the returned function is called. */
  readonly onSignal: (handler: (signal: Signal) => void) => () => void
  /** Calls `handler` when the process goes on after Ctrl-Z, until the returned function is called. */
  readonly onResume: (handler: () => void) => () => void
  /** Ends the process at once, whatever it is doing. */
  readonly exit: (code: number) => void
}

export function processIo(secrets: SecretRegistry): Io {
  return {
    secrets,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    isTerminal: {
      stdin: process.stdin.isTTY === true,
      stdout: process.stdout.isTTY === true,
      stderr: process.stderr.isTTY === true,
    },
    now: () => Date.now(),
    onSignal(handler) {
      for (const signal of SIGNALS) process.on(signal, handler)
      return () => {
        for (const signal of SIGNALS) process.off(signal, handler)
      }
    },
    onResume(handler) {
      process.on('SIGCONT', handler)
      return () => void process.off('SIGCONT', handler)
    },
    exit: endProcess,
  }
}

/** Fewer characters are put together before they are written. */
const PIECE_LENGTH = 64 * 1024

/** Many short texts as few that are longer; `end` is put behind each. */
export function* inPieces(texts: Iterable<string>, end = ''): Generator<string> {
  let piece = ''
  for (const text of texts) {
    piece += text + end
    if (piece.length < PIECE_LENGTH) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}

/** Writes it piece by piece, no faster than the reader takes it; a reader that has gone away takes all at once. */
export async function writeAll(stream: Writable, pieces: Iterable<string>): Promise<void> {
  for (const piece of pieces) {
    if (stream.write(piece) || stream.destroyed) continue
    await new Promise<void>((resolve) => {
      const events = ['drain', 'error', 'close'] as const
      const done = (): void => {
        for (const event of events) stream.off(event, done)
        resolve()
      }
      for (const event of events) stream.on(event, done)
    })
    if (stream.destroyed || stream.errored !== null) return
  }
}

/** One Ctrl-C may arrive twice: from the terminal, and passed on by npx. What comes so soon is the same. */
export const SAME_SIGNAL_MS = 500

/** Tells whether anything has been written to a stream since. */
export function noticeWrites(stream: NodeJS.WriteStream): () => boolean {
  let hasWritten = false
  const write = stream.write.bind(stream) as (...given: unknown[]) => boolean
  stream.write = (...given: unknown[]) => {
    // What is written to learn that everything before it is out says nothing.
    hasWritten ||= given[0] !== ''
    return write(...given)
  }
  return () => hasWritten
}

const WERE_TERMINALS = [0, 1, 2].filter((descriptor) => isatty(descriptor))

/**
 * Ends the process at once. Node resets a terminal on its way out, and aborts (no exit code, a core dump)
 * where that terminal is gone by now: what is closed already is passed over.
 */
export function endProcess(code: number): never {
  for (const descriptor of WERE_TERMINALS) {
    if (isatty(descriptor)) continue
    try {
      closeSync(descriptor)
    } catch {
      // Closed before.
    }
  }
  process.exit(code)
}

/** Whether a person is there to answer a question. CI systems may allocate a terminal, but nobody sits at it. */
export function canAsk(io: Io): boolean {
  return io.isTerminal.stdin && io.isTerminal.stderr && !isCi(io.env)
}

export function isCi(env: Io['env']): boolean {
  const value = env['CI']
  return value !== undefined && value !== '' && value !== 'false' && value !== '0'
}
