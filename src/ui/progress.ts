import cliProgress from 'cli-progress'
import type { GenericBar } from 'cli-progress'
import { isCi } from './io.ts'
import type { Io } from './io.ts'
import { WIDTH, formatDuration, truncate } from './text.ts'

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
  /** Call it whenever something has moved; how often it is shown is decided here. */
  update(state: ProgressState): void
  /** A line for the person, without tearing the progress line. */
  note(line: string): void
  /** Leaves the last state standing. Until then, a living line keeps the process alive. */
  stop(): void
}

const DRAWINGS_A_SECOND = 10
const PLAIN_EVERY_MS = 10_000

/** One living line on a terminal; elsewhere (a log, CI) a plain line at most every ten seconds, when something changed. */
export function createProgress(
  io: Pick<Io, 'stderr' | 'isTerminal' | 'env' | 'now'>,
  options: { readonly total: number; readonly quiet?: boolean },
): Progress {
  if (options.quiet === true) return { update() {}, note() {}, stop() {} }
  const living = io.isTerminal.stderr && !isCi(io.env) && io.env['TERM'] !== 'dumb'
  return living ? livingLine(io, options.total) : plainLines(io, options.total)
}

function livingLine({ stderr }: Pick<Io, 'stderr'>, total: number): Progress {
  // Neither the cursor nor the terminal's wrapping is touched: a run that is killed must not leave them odd.
  const bars = new cliProgress.MultiBar({
    stream: stderr,
    fps: DRAWINGS_A_SECOND,
    linewrap: true,
    barsize: 20,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    format: (options, { progress }, { text }: { readonly text: string }) =>
      truncate(`[${cliProgress.Format.BarFormat(progress, options)}] ${text}`, WIDTH - 1),
  })
  // Made by the first update: from then on, the library's timer draws what has changed, until `stop`.
  let bar: GenericBar | null = null
  return {
    update(state) {
      const payload = { text: summary(state, total) }
      if (bar === null) {
        bar = bars.create(total, ended(state), payload)
        bars.update()
      } else {
        bar.update(ended(state), payload)
      }
    },
    note(line) {
      if (bar === null) {
        stderr.write(`${line}\n`)
        return
      }
      bars.log(`${line}\n`)
      bars.update()
      // The note has taken the bar's line, and a bar that has not moved is not drawn again by itself.
      bar.render(true)
    },
    stop() {
      if (bar !== null) bars.stop()
      bar = null
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
      : `about ${formatDuration(state.etaMs)} left`,
  ].filter((part) => part !== null)
  return [`${ended(state)}/${total}`, ...counts, ...now].join(', ')
}

function ended(state: ProgressState): number {
  return Object.values(state.counts).reduce((sum, count) => sum + count, 0)
}
