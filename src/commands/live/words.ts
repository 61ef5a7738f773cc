import type { Range } from '../../live/eta.ts'
import type { GroupState, RunState } from '../../live/run-state.ts'
import { formatCount, sanitize } from '../../ui/text.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const HALF_HOUR_MS = 30 * MINUTE_MS
/** From here on a range is told in hours. */
const HOURS_FROM_MS = 90 * MINUTE_MS

/** `45s`, `12m04s`, `1h02m`: as it stands on a clock that runs. */
export function elapsedText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / SECOND_MS))
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}m${twoDigits(seconds % 60)}s`
  return `${Math.floor(minutes / 60)}h${twoDigits(minutes % 60)}m`
}

/** `0:12`: until a moment comes. */
export function countdownText(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / SECOND_MS))
  return `${Math.floor(seconds / 60)}:${twoDigits(seconds % 60)}`
}

/** `18–22 min left`: rounded outwards, so that it never says more than the range does. */
export function rangeText({ fromMs, toMs }: Range): string {
  if (toMs <= MINUTE_MS) return 'under 1 min left'
  if (toMs <= HOURS_FROM_MS) {
    const from = Math.floor(fromMs / MINUTE_MS)
    const to = Math.ceil(toMs / MINUTE_MS)
    if (from === 0) return `up to ${to} min left`
    return from === to ? `about ${to} min left` : `${from}–${to} min left`
  }
  const from = Math.floor(fromMs / HALF_HOUR_MS) / 2
  const to = Math.ceil(toMs / HALF_HOUR_MS) / 2
  return from === to ? `about ${to} h left` : `${from}–${to} h left`
}

/** `1 at a time`; null: the group has shown no limit. */
export function limitText({ lane }: GroupState): string | null {
  return lane.limit === null ? null : `${lane.limit} at a time`
}

/** `running 3m10s`, `4 running, longest 3m10s`; null: nothing runs. */
export function runningText({ running }: GroupState, now: number, word: string): string | null {
  if (running.size === 0) return null
  const since = Math.min(...[...running.values()].map((job) => job.since))
  const longest = elapsedText(now - since)
  return running.size === 1
    ? `${word} ${longest}`
    : `${formatCount(running.size)} ${word}, longest ${longest}`
}

/** `busy (SDRS.1018), next try 0:12`; null: it is not, or its own jobs run. */
export function busyText({ lane, running, refusedWith }: GroupState, now: number): string | null {
  if (lane.busySince === null || running.size > 0) return null
  const said = refusedWith === null ? '' : ` (${sanitize(refusedWith)})`
  const until = lane.closedUntil ?? now
  return until > now
    ? `busy${said}, next try ${countdownText(until - now)}`
    : `busy${said} for ${elapsedText(now - lane.busySince)}`
}

/** `slowed by 503, resumes 0:19`; null: nothing holds creates back. */
export function holdText({ hold }: Pick<RunState, 'hold'>, now: number): string | null {
  if (hold === null || hold.until <= now) return null
  return `slowed by ${sanitize(hold.said)}, resumes ${countdownText(hold.until - now)}`
}

/** `crm-07 in batch, 3m10s`: the job that has run longest; null: none runs. */
export function longestText({ groups }: Pick<RunState, 'groups'>, now: number): string | null {
  const jobs = [...groups.values()].flatMap((group) =>
    [...group.running].map(([key, job]) => ({ ...job, group, isGroup: key === group.groupId })),
  )
  const [first, ...others] = jobs
  if (first === undefined) return null
  const longest = others.reduce((best, job) => (job.since < best.since ? job : best), first)
  const where = longest.isGroup ? '' : ` in ${sanitize(longest.group.name)}`
  return `${sanitize(longest.name)}${where}, ${elapsedText(now - longest.since)}`
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}
