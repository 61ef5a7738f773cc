import { estimate } from '../../live/eta.ts'
import { newRunState, nextRunState, type RunState } from '../../live/run-state.ts'
import { formatCount } from '../../ui/text.ts'
import { countTexts, doneOf } from './counts.ts'
import type { RunView, ViewParts } from './view.ts'
import { elapsedText, holdText, longestText, rangeText } from './words.ts'

/** What has changed is told at most so often. */
const NEWS_MS = 10_000
/** So often it says that it is alive, whatever happens. */
const HEARTBEAT_MS = 30_000
const LOOK_MS = 1_000

/** For a log and for CI: a line when something has changed, and one at least every 30 s that says what runs and for how long. */
export function createPlainView(parts: ViewParts): RunView {
  const { io, now } = parts
  let state = newRunState(now())
  let told = { news: '', at: Number.NEGATIVE_INFINITY }
  let isOver = false

  function look(isLast: boolean): void {
    const news = newsOf(state)
    const at = now()
    const isNews = news !== told.news && (isLast || at - told.at >= NEWS_MS)
    const isDue = at - told.at >= HEARTBEAT_MS && !isLast
    if (state.phase === 'beginning' || !(isNews || isDue)) return
    told = { news, at }
    io.stderr.write(`${lineOf(state, at)}\n`)
  }

  const timer = setInterval(() => look(false), LOOK_MS)
  return {
    isDrawn: false,
    onEvent(event) {
      const { phase } = state
      state = nextRunState(state, event, now())
      if (state.phase !== phase) look(false)
    },
    note(line) {
      io.stderr.write(`${line}\n`)
    },
    // The summary says it.
    ended() {},
    stop() {
      if (isOver) return
      isOver = true
      clearInterval(timer)
      look(true)
    },
  }
}

/** Only what is worth a line of its own: clocks and estimates move all the time. */
function newsOf(state: RunState): string {
  return [state.phase, ...countTexts(state), state.stopping].join()
}

/** `12m04s: 214 of 500 rows; created 209, running 96/100, waiting 190; longest: crm-07 in erp, 3m10s; 18–22 min left`. */
function lineOf(state: RunState, now: number): string {
  const wave =
    state.phase === 'creating' && state.waves.length > 1 && state.wave > 0
      ? [`wave ${state.wave}/${state.waves.length}`]
      : []
  const longest = longestText(state, now)
  const range = estimate(state, now).run
  const hold = holdText(state, now)
  const { done, of, unit } = doneOf(state)
  const parts = [
    [...wave, `${formatCount(done)} of ${formatCount(of)} ${unit}`].join(', '),
    countTexts(state).join(', '),
    longest === null ? null : `longest: ${longest}`,
    state.phase === 'looking' ? 'looking at the cloud once more' : null,
    state.stopping === null ? null : `stopping (${state.stopping})`,
    hold,
    range === null ? null : rangeText(range),
  ].filter((part) => part !== null && part !== '')
  return `${elapsedText(now - state.beganAt)}: ${parts.join('; ')}`
}
