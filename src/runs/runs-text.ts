import type { Report } from '../report/schema.ts'
import { countedAs, OUTCOME_ORDER } from '../report/columns.ts'
import type { Palette } from '../ui/colour.ts'
import { formatCount, formatDuration, pluralize, sanitize, wrap } from '../ui/text.ts'
import type { FoundRun } from './find-runs.ts'
import type { RunState } from './run-state.ts'

const TONE = {
  running: 'strong',
  done: 'faint',
  interrupted: 'warn',
  killed: 'bad',
} as const satisfies Record<RunState, keyof Palette>

/** A run a paragraph, the newest first: what it was, how it stands, and how far it came. Pure. */
export function runsText(runs: readonly FoundRun[], now: number, palette: Palette): string {
  return runs.map((run) => `${runText(run, now, palette)}\n`).join('')
}

function runText(run: FoundRun, now: number, palette: Palette): string {
  const { id, state, command, outcome, totals, problem } = run
  const ended = outcome === 'aborted' ? ' (aborted)' : ''
  const when = whenText(run, now)
  const about = [command ?? '', when].filter((part) => part !== '').join(', ')
  return [
    `${sanitize(id)}  ${palette[TONE[state]](state)}${ended}${about === '' ? '' : `  ${sanitize(about)}`}`,
    ...(totals === null ? [] : [wrap(farText(totals), '  ')]),
    ...(state === 'running' ? [wrap(atWorkText(run), '  '), `  ${stopText(run)}`] : []),
    ...(problem === null ? [] : [palette.bad(wrap(sanitize(problem), '  '))]),
  ].join('\n')
}

function whenText({ state, startedAt, finishedAt }: FoundRun, now: number): string {
  if (startedAt === null) return ''
  const start = `${startedAt.slice(0, 16).replace('T', ' ')} UTC`
  if (state === 'running') return `${start}, for ${formatDuration(now - Date.parse(startedAt))}`
  if (finishedAt === null) return start
  return `${start}, took ${formatDuration(Date.parse(finishedAt) - Date.parse(startedAt))}`
}

/** `500 servers: 209 created, 5 failed, 286 not attempted`. */
export function farText(totals: Report['totals']): string {
  const counts = OUTCOME_ORDER.flatMap(([outcome, total]) =>
    totals[total] === 0 ? [] : [`${formatCount(totals[total])} ${countedAs(outcome)}`],
  )
  const servers = pluralize(totals.rows, 'server')
  return counts.length === 0 ? servers : `${servers}: ${counts.join(', ')}`
}

/** Who does it. */
export function atWorkText({ pid, host }: Pick<FoundRun, 'pid' | 'host'>): string {
  return `pid ${pid} on ${sanitize(host ?? '')}`
}

/** How it is stopped: the same as one Ctrl-C. On a line of its own, to be copied. */
export function stopText({ pid, isHere }: Pick<FoundRun, 'pid' | 'isHere'>): string {
  return `to stop it${isHere ? '' : ', where it runs'}: kill -INT ${pid}`
}
