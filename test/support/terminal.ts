import { createRequire } from 'node:module'
import type { IPty } from '@lydell/node-pty'
import { CLI } from './cli.ts'

/** The built command at a real terminal: what is on its screen is read as a person would. */
export interface TerminalRun {
  /** The lines of the screen, without what is blank at their ends. */
  screen(): readonly string[]
  /** Everything: what has scrolled away, and the screen. */
  all(): readonly string[]
  /** As it was written, with what steers the terminal. */
  raw(): string
  resize(columns: number, rows: number): Promise<void>
  type(text: string): void
  /** Resolves with the screen as soon as it is as wanted; rejects with what it shows when that takes too long, or the program has ended. */
  until(wanted: (lines: readonly string[]) => boolean): Promise<readonly string[]>
  readonly ended: Promise<number>
  kill(): void
}

const require = createRequire(import.meta.url)
const LONGEST_MS = 60_000
const LOOK_MS = 50

/** Whether a pseudo-terminal can be had here: it needs a native module. */
export function canOpenTerminals(): boolean {
  try {
    require('@lydell/node-pty')
    return true
  } catch {
    return false
  }
}

export function openTerminal(
  typed: readonly string[],
  options: {
    readonly cwd: string
    readonly columns: number
    readonly rows?: number
    readonly env?: Readonly<Record<string, string>>
  },
): TerminalRun {
  const pty = require('@lydell/node-pty') as typeof import('@lydell/node-pty')
  const { Terminal } = require('@xterm/headless') as typeof import('@xterm/headless')
  const { columns, rows = 24, cwd } = options
  const terminal = new Terminal({ cols: columns, rows, scrollback: 5_000, allowProposedApi: true })
  const { PATH = '' } = process.env
  const child: IPty = pty.spawn(process.execPath, [CLI, ...typed], {
    name: options.env?.['TERM'] ?? 'xterm-256color',
    cols: columns,
    rows,
    cwd,
    env: { PATH, HOME: cwd, TERM: 'xterm-256color', ...options.env },
  })
  let written = ''
  let code: number | null = null
  child.onData((data) => {
    written += data
    terminal.write(data)
  })
  const ended = new Promise<number>((resolve) => {
    child.onExit(({ exitCode }) => {
      // What it wrote last is still being drawn.
      terminal.write('', () => {
        code = exitCode
        resolve(exitCode)
      })
    })
  })
  const lines = (from: number, to: number): string[] => {
    const { active } = terminal.buffer
    const found = []
    for (let at = from; at < to; at += 1) {
      found.push(active.getLine(at)?.translateToString(true).trimEnd() ?? '')
    }
    return found
  }
  const screen = (): string[] => {
    const { baseY } = terminal.buffer.active
    return lines(baseY, baseY + terminal.rows)
  }
  return {
    screen,
    all: () => lines(0, terminal.buffer.active.length),
    raw: () => written,
    resize: async (wide, high) => {
      await new Promise<void>((resolve) => terminal.write('', resolve))
      terminal.resize(wide, high)
      child.resize(wide, high)
    },
    type: (text) => child.write(text),
    async until(wanted) {
      const from = Date.now()
      for (;;) {
        const shown = screen()
        if (wanted(shown)) return shown
        if (code !== null || Date.now() - from > LONGEST_MS) {
          throw new Error(
            `${code === null ? 'not shown' : `ended with ${code}`}:\n${shown.join('\n')}`,
          )
        }
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
      }
    },
    ended,
    kill: () => child.kill('SIGKILL'),
  }
}
