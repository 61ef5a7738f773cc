import type { Writable } from 'node:stream'
import ansiEscapes from 'ansi-escapes'
import { createLogUpdate } from 'log-update'
import { createEstimator } from '../../live/eta.ts'
import { newRunState, nextRunState } from '../../live/run-state.ts'
import { displayWidth, wrap } from '../../ui/text.ts'
import { frameOf } from './frame.ts'
import { requestRate } from './request-rate.ts'
import type { RunView, ViewParts } from './view.ts'

const FRAME_MS = 1_000
const DEFAULT_COLUMNS = 80
const DEFAULT_ROWS = 24

/** What Node's terminal streams have beside what every stream has. */
type Terminal = Writable & { readonly columns?: number; readonly rows?: number }

/**
 * Draws the run at the bottom of the terminal, about once a second and after each resize. Notes stand above it
 * and scroll away as everything else does. Neither the cursor nor the terminal's wrapping is touched: a run that
 * is killed must not leave them odd.
 */
export function createLiveView(parts: ViewParts): RunView {
  const { io, now } = parts
  const terminal: Terminal = io.stderr
  const log = createLogUpdate(terminal as NodeJS.WriteStream, { showCursor: true })
  const rate = requestRate(parts.requests)
  const estimate = createEstimator()
  let state = newRunState(now())
  let drawn: readonly string[] = []
  let drawnColumns = 0
  let isOver = false

  const columnsNow = (): number => terminal.columns ?? DEFAULT_COLUMNS

  /** After a resize the terminal has wrapped the lines anew: so many rows are they now. */
  function eraseIfResized(): void {
    const columns = columnsNow()
    if (drawn.length === 0 || columns === drawnColumns) return
    const rows = drawn.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / columns)),
      0,
    )
    const most = terminal.rows ?? DEFAULT_ROWS
    terminal.write(ansiEscapes.eraseLines(Math.min(rows + 1, most)))
    log.done()
    drawn = []
  }

  function draw(): void {
    if (isOver || state.phase === 'beginning') return
    eraseIfResized()
    const at = now()
    const lines = frameOf({
      ...parts,
      state,
      estimate: estimate(state, at),
      now: at,
      requestsPerSecond: rate(at),
      columns: columnsNow(),
      rows: terminal.rows ?? DEFAULT_ROWS,
    })
    log(lines.join('\n'))
    drawn = lines
    drawnColumns = columnsNow()
  }

  const timer = setInterval(draw, FRAME_MS)
  terminal.on('resize', draw)
  const forgetResume = io.onResume(() => {
    // The shell has written below the drawing, which is where it was no more: the next begins below that.
    log.done()
    drawn = []
    draw()
  })
  return {
    isDrawn: true,
    onEvent(event) {
      const before = state.phase
      state = nextRunState(state, event, now())
      // The first frame comes at once, and so does that of another phase.
      if (state.phase !== before) draw()
    },
    note(line) {
      if (isOver) return
      eraseIfResized()
      const width = columnsNow()
      log.persist(
        line
          .split('\n')
          .map((each) => wrap(each, '', width))
          .join('\n'),
      )
      drawn = []
      draw()
    },
    // The summary says it.
    ended() {},
    stop() {
      if (isOver) return
      isOver = true
      clearInterval(timer)
      terminal.off('resize', draw)
      forgetResume()
      eraseIfResized()
      // What it said is said by the summary.
      if (drawn.length > 0) log.clear()
      log.done()
    },
  }
}
