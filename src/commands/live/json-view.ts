import { estimate } from '../../live/eta.ts'
import { newRunState, nextRunState, runningJobs, type RunState } from '../../live/run-state.ts'
import { sanitizeJson } from '../../safe-text.ts'
import { waitingOf } from './counts.ts'
import type { RunView, ViewParts } from './view.ts'

/** Of each line of `--progress json`. A new kind of line or field leaves it as it is; what changes its meaning raises it. */
const EVENTS_VERSION = 1
const HEARTBEAT_MS = 10_000

/**
 * For other programs: each event of the run as a line of JSON on stderr, `{"v": 1, "at": "…Z", "run": "…",
 * "type": "…", …}` with the fields of `RunEvent`, every ten seconds a `heartbeat`, which alone has an estimate,
 * and last `run-ended`. Other lines (a question, an error) do not begin with `{`.
 */
export function createJsonView(parts: ViewParts): RunView {
  const { io, now, runId } = parts
  let state = newRunState(now())
  let isOver = false

  function write(line: object): void {
    const at = new Date(now()).toISOString()
    const json = JSON.stringify({ v: EVENTS_VERSION, at, run: runId, ...line })
    io.stderr.write(`${sanitizeJson(io.secrets.redact(json))}\n`)
  }

  const timer = setInterval(() => write(heartbeatOf(state, now())), HEARTBEAT_MS)
  return {
    isDrawn: false,
    onEvent(event) {
      state = nextRunState(state, event, now())
      write(event)
    },
    // Whatever it says is in the events.
    note() {},
    ended: (end) => write({ type: 'run-ended', ...end }),
    stop() {
      if (isOver) return
      isOver = true
      clearInterval(timer)
    },
  }
}

function heartbeatOf(state: RunState, now: number): object {
  const since = [...state.groups.values()].flatMap(({ running }) =>
    [...running.values()].map((job) => job.since),
  )
  return {
    type: 'heartbeat',
    phase: state.phase,
    elapsedMs: now - state.beganAt,
    rows: state.rows,
    ended: state.ended,
    running: runningJobs(state),
    waiting: waitingOf(state),
    longestRunningMs: since.length === 0 ? null : now - Math.min(...since),
    heldUntil: state.hold !== null && state.hold.until > now ? state.hold.until : null,
    left: estimate(state, now).run,
  }
}
