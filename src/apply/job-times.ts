import type { JobSeen } from './ask-job.ts'
import type { Target } from './followed.ts'
import { readJobResult } from './job-result.ts'

/** What is known of one job's time; by the run's own clock, ms. */
export interface JobTimes {
  /** When the service began it, as near as its create's answer tells. */
  readonly startedAt: number
  /** Not to be asked for directly before; `Infinity`: it cannot be asked for. */
  askFrom: number
  /** When it was last known to run for certain: no list knows that. */
  ranAt: number
  /** It was asked about in vain: until then what a list shows of it raises no new question. */
  quietUntil: number
  /** Answers in a row that did not say how it is. */
  unanswered: number
  /** Whether the list shows its instance at all. */
  isListed: boolean
  /** The last list that did not show it whole, and the first that did. */
  hiddenAt: number | null
  shownAt: number | null
  /** When it ended. */
  overAt: number | null
}

/** Between two questions about one job, ms; after one without an answer, doubling. */
const SHORTEST_GAP = 250
const AFTER_NO_ANSWER = 2_000
const LONGEST_GAP = 60_000

export function beginJob(
  { since, jobId }: Pick<Target, 'since' | 'jobId'>,
  roundTripMs: number,
): JobTimes {
  return {
    startedAt: since - roundTripMs / 2,
    ranAt: since,
    askFrom: jobId === null ? Number.POSITIVE_INFINITY : since,
    quietUntil: Number.NEGATIVE_INFINITY,
    unanswered: 0,
    isListed: true,
    hiddenAt: null,
    shownAt: null,
    overAt: null,
  }
}

/**
 * Up to when it is known to have run: what a list shows may be so old. Worked out anew each time, since what lists
 * have shown before counts for less once they turn out to be late.
 */
export function aliveAt({ ranAt, hiddenAt }: JobTimes, mostLagMs: number): number {
  return hiddenAt === null ? ranAt : Math.max(ranAt, hiddenAt - mostLagMs)
}

/** When anything was last heard of it. */
export function heardOfAt({ ranAt, hiddenAt }: JobTimes): number {
  return Math.max(ranAt, hiddenAt ?? ranAt)
}

/** Notes that a question about it came to nothing: the next one waits, each time longer. */
export function noteInVain(job: JobTimes, at: number): void {
  job.quietUntil = at + Math.min(LONGEST_GAP, AFTER_NO_ANSWER * 2 ** job.unanswered)
  job.unanswered += 1
}

/** Notes its answer, asked for at `sentAt`. How long it took, once it has ended, and whether all went well; else null. */
export function noteAnswer(
  job: JobTimes,
  seen: JobSeen,
  sentAt: number,
  mostLagMs: number,
): { readonly lengthMs: number; readonly isSuccess: boolean } | null {
  const tookMs = seen.at - sentAt
  if (seen.kind !== 'job') {
    noteInVain(job, seen.at)
    job.askFrom = job.quietUntil
    return null
  }
  job.unanswered = 0
  job.quietUntil = Number.NEGATIVE_INFINITY
  job.askFrom = seen.at + SHORTEST_GAP
  const askedAt = sentAt + tookMs / 2
  const result = readJobResult(seen.job)
  if (result.kind === 'running') {
    job.ranAt = askedAt
    return null
  }
  const shortest = job.ranAt - job.startedAt
  const longest = Math.max(shortest, askedAt - job.startedAt)
  const middle = (aliveAt(job, mostLagMs) - job.startedAt + longest) / 2
  const said = lengthSaid(seen.job.beginTime, seen.job.endTime) ?? middle
  // Told by the service's clock, which may count from elsewhere: what was seen holds.
  const lengthMs = Math.min(longest, Math.max(shortest, said))
  job.overAt = job.startedAt + lengthMs
  return { lengthMs, isSuccess: result.kind === 'success' }
}

/** How long the service itself says that a job took, ms; null: it does not say. */
function lengthSaid(begin: string | null, end: string | null): number | null {
  const ms = Date.parse(end ?? '') - Date.parse(begin ?? '')
  return ms > 0 ? ms : null
}
