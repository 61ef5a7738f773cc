import { createSecretRegistry } from '../../src/secrets.ts'
import { PassThrough } from 'node:stream'
import type { Io, Signal } from '../../src/ui/io.ts'

export interface TestIo {
  readonly io: Io
  stdout(): string
  stderr(): string
  /** Moves the clock, in ms. */
  pass(ms: number): void
  signal(signal: Signal): void
  /** What the process was ended with, at once; null as long as it was not. */
  exitedWith(): number | null
}

/** A process that is not there: what is written is kept, and time stands still until it is told to pass. */
export function testIo(
  options: {
    readonly env?: Io['env']
    readonly terminal?: boolean
    readonly stdin?: string
  } = {},
): TestIo {
  const kept = { stdout: '', stderr: '' }
  const terminal = options.terminal ?? false
  const sink = (name: 'stdout' | 'stderr'): PassThrough => {
    const stream = Object.assign(new PassThrough(), terminal ? { isTTY: true, columns: 80 } : {})
    stream.on('data', (chunk: Buffer) => {
      kept[name] += chunk.toString()
    })
    return stream
  }
  const stdin = new PassThrough()
  stdin.end(options.stdin ?? '')
  const handlers = new Set<(signal: Signal) => void>()
  let exited: number | null = null
  let now = Date.parse('2026-01-01T00:00:00Z')
  return {
    io: {
      stdin,
      stdout: sink('stdout'),
      stderr: sink('stderr'),
      env: options.env ?? {},
      secrets: createSecretRegistry(),
      isTerminal: { stdin: terminal, stdout: terminal, stderr: terminal },
      now: () => now,
      onSignal(handler) {
        handlers.add(handler)
        return () => handlers.delete(handler)
      },
      onResume: () => () => {},
      exit: (code) => {
        exited ??= code
      },
    },
    stdout: () => kept.stdout,
    stderr: () => kept.stderr,
    exitedWith: () => exited,
    pass: (ms) => {
      now += ms
    },
    signal: (signal) => {
      for (const handler of handlers) handler(signal)
    },
  }
}
