import { isCi } from './io.ts'
import type { Io } from './io.ts'
import { WIDTH, forHumans, truncate } from './text.ts'

export interface ProgressState {
  /** Rows that have ended, by outcome; outcomes without rows may be left out. */
  readonly counts: Readonly<Record<string, number>>
  /** Jobs running in the cloud. */
  readonly running: number
  /** Rows whose turn has not come, or whose group is busy. */
  readonly waiting: number
  /** Null: nobody can tell yet. */
  readonly etaMs: number | null
}

export interface Progress {
  /** Call it whenever something has moved, and now and then in any case: there is no timer in here. */
  update(state: ProgressState): void
  /** A line for the person, without tearing the progress line. */
  note(line: string): void
  /** Leaves the last state standing. */
  stop(): void
}

const BAR = 20
const REDRAW_MS = 100
const PLAIN_EVERY_MS = 10_000
/** Back to the first column, and clear to the end of the line. */
const CLEAR = '\r\u001B[K'

/** One living line on a terminal; elsewhere (a log, CI) a plain line at most every ten seconds, when something changed. */
export function createProgress(
  io: Pick<Io, 'stderr' | 'isTerminal' | 'env' | 'now'>,
  options: { readonly total: number; readonly quiet?: boolean },
): Progress {
  if (options.quiet === true) return { update() {}, note() {}, stop() {} }
  const living = io.isTerminal.stderr && !isCi(io.env) && io.env['TERM'] !== 'dumb'
  return living ? livingLine(io, options.total) : plainLines(io, options.total)
}

function livingLine(io: Pick<Io, 'stderr' | 'now'>, total: number): Progress {
  let state: ProgressState | null = null
  let drawnAt = Number.NEGATIVE_INFINITY
  const draw = (): void => {
    if (state === null) return
    drawnAt = io.now()
    io.stderr.write(CLEAR + truncate(`${bar(state, total)} ${summary(state, total)}`, WIDTH - 1))
  }
  return {
    update(next) {
      state = next
      if (io.now() - drawnAt >= REDRAW_MS) draw()
    },
    note(line) {
      io.stderr.write(`${state === null ? '' : CLEAR}${line}\n`)
      draw()
    },
    stop() {
      draw()
      if (state !== null) io.stderr.write('\n')
      state = null
    },
  }
}

function plainLines(io: Pick<Io, 'stderr' | 'now'>, total: number): Progress {
  let last = { text: '', at: Number.NEGATIVE_INFINITY }
  let pending: string | null = null
  const print = (text: string): void => {
    io.stderr.write(`${text}\n`)
    last = { text, at: io.now() }
    pending = null
  }
  return {
    update(state) {
      // The estimate alone moves all the time and is no news.
      const text = summary({ ...state, etaMs: null }, total)
      if (text === last.text) return
      pending = summary(state, total)
      if (io.now() - last.at >= PLAIN_EVERY_MS) {
        print(pending)
        last = { ...last, text }
      }
    },
    note(line) {
      io.stderr.write(`${line}\n`)
    },
    stop() {
      if (pending !== null) print(pending)
    },
  }
}

function summary(state: ProgressState, total: number): string {
  const counts = Object.entries(state.counts)
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${count} ${outcome}`)
  const now = [
    state.running > 0 ? `${state.running} running` : null,
    state.waiting > 0 ? `${state.waiting} waiting` : null,
    state.etaMs === null || state.running + state.waiting === 0
      ? null
      : `about ${forHumans(state.etaMs)} left`,
  ].filter((part) => part !== null)
  return [`${ended(state)}/${total}`, ...counts, ...now].join(', ')
}

function bar(state: ProgressState, total: number): string {
  const share = total === 0 ? 1 : Math.min(1, ended(state) / total)
  const filled = Math.round(share * BAR)
  return `[${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}]`
}

function ended(state: ProgressState): number {
  return Object.values(state.counts).reduce((sum, count) => sum + count, 0)
}
