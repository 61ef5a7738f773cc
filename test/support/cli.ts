import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The program as it is built; `npm test` builds it first. */
export const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

/** A folder of the search path with the program in it by its name, as `npm install -g` makes one. */
const BIN = mkdtempSync(join(tmpdir(), 'sdrs-bin-'))
chmodSync(CLI, 0o755)
symlinkSync(CLI, join(BIN, 'sdrs-protect'))
process.once('exit', () => rmSync(BIN, { recursive: true, force: true }))

export interface Finished {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface CliOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** What is typed or piped into it; without it, stdin is empty. */
  readonly stdin?: string
  /** Arguments of Node itself, such as a preload. */
  readonly node?: readonly string[]
  /** Another program that runs the command line given to it: `['bash', '-c', '…; exec "$@"', 'bash']`. */
  readonly under?: readonly [string, ...string[]]
}

export interface RunningCli {
  readonly child: ChildProcess
  readonly ended: Promise<Finished>
  /** Resolves with the first match in what both streams have said so far, or rejects at the end. */
  said(pattern: RegExp): Promise<RegExpExecArray>
}

/** A hung program must fail its own test, with what it said, and not the whole suite. */
const LONGEST_MS = 120_000

/** Starts the built command line with a clean environment: nothing of the person's own gets in. */
export function startCli(typed: readonly string[], options: CliOptions): RunningCli {
  const { PATH = '' } = process.env
  const line = [process.execPath, ...(options.node ?? []), join(BIN, 'sdrs-protect'), ...typed]
  const [command = '', ...rest] = [...(options.under ?? []), ...line]
  const child = spawn(command, rest, {
    cwd: options.cwd,
    env: { PATH: `${BIN}:${PATH}`, HOME: options.cwd, ...options.env },
  })
  let stdout = ''
  let stderr = ''
  const listeners = new Set<() => void>()
  const hear = (): void => {
    for (const listener of listeners) listener()
  }
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
    hear()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
    hear()
  })
  // Whoever refuses an inventory does not read it to its end.
  child.stdin.on('error', () => {})
  child.stdin.end(options.stdin ?? '')

  const ended = new Promise<Finished>((resolve, reject) => {
    const alarm = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`no end of: ${typed.join(' ')}\n${stdout}\n${stderr}`))
    }, LONGEST_MS)
    child.once('error', reject)
    child.once('close', (code, signal) => {
      clearTimeout(alarm)
      resolve({ code, signal, stdout, stderr })
    })
  })
  return {
    child,
    ended,
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const listener = (): void => {
          const match = pattern.exec(stdout) ?? pattern.exec(stderr)
          if (match === null) return
          listeners.delete(listener)
          resolve(match)
        }
        listeners.add(listener)
        ended.then(
          () => reject(new Error(`it ended without saying ${pattern}\n${stdout}\n${stderr}`)),
          reject,
        )
        listener()
      }),
  }
}

export function runCli(typed: readonly string[], options: CliOptions): Promise<Finished> {
  return startCli(typed, options).ended
}
