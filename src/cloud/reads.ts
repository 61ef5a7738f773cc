import type { Random } from '../clock.ts'
import { linkSignals } from '../linked-signal.ts'
import { ApiError, isFromElsewhere, UNREADABLE } from './errors.ts'
import type { Call, Exchange, ExchangeParts } from './exchange.ts'
import { readPages, type Page } from './pages.ts'
import { decideReadRetry, isHopelessRead } from './retry.ts'

/** How long a read that fails is tried again. */
export interface ReadPatience {
  /** Times it is sent at most, the first included; the service's errors may ask for fewer. */
  readonly attempts: number
  /** Since it was first sent. */
  readonly ms: number
  /** A 404 is the end of it, whoever says so. */
  readonly is404Final: boolean
}

/** Without these nothing can be planned. Given up by count; the time only bounds what Retry-After asks for. */
const NEEDED: ReadPatience = { attempts: Infinity, ms: 10 * 60_000, is404Final: false }

/**
 * What a plan can do without: a service that answers odd things costs seconds, and one that hangs costs
 * one `--request-timeout`, since it is not asked again after that.
 */
export const DISPENSABLE: ReadPatience = { attempts: 3, ms: 20_000, is404Final: true }

export interface Reads {
  /** Tried again by itself while that may help. Rejects with ApiError only. */
  get<T>(call: Omit<Call<T>, 'method'>, signal?: AbortSignal): Promise<T>
  /** A whole list, page by page; `ask` gets the offset. Rejects with ApiError only. */
  pages<T extends { readonly id: string }>(
    operation: string,
    pageSize: number,
    ask: (offset: number) => Promise<Page<T>>,
  ): Promise<T[]>
}

/** The reads of one service: whether it has ever answered is its own. */
export function createReads(
  exchange: Exchange,
  { clock, random }: Pick<ExchangeParts, 'clock'> & { readonly random: Random },
  patience: ReadPatience = NEEDED,
): Reads {
  let everAnswered = false

  async function get<T>(call: Omit<Call<T>, 'method'>, shared?: AbortSignal): Promise<T> {
    // One of its own: Node warns of a leak when more than ten reads wait on a signal that they share.
    const { signal, release } = linkSignals([shared])
    try {
      return await getUntil(signal, call)
    } finally {
      release()
    }
  }

  async function getUntil<T>(signal: AbortSignal, call: Omit<Call<T>, 'method'>): Promise<T> {
    const since = clock.now()
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await exchange(
          { ...call, method: 'GET' },
          { priority: 'other', again: attempt > 1, signal, cutOff: signal },
        )
        everAnswered = true
        return answer
      } catch (error) {
        if (!(error instanceof ApiError) || signal.aborted) throw error
        everAnswered ||= error.httpStatus !== null && !isFromElsewhere(error)
        if (isHopelessRead(error, attempt, everAnswered)) throw error
        if (attempt >= patience.attempts) throw error
        if (patience.is404Final && error.httpStatus === 404) throw error
        const decision = decideReadRetry(
          {
            class: error.class,
            attempt,
            retryAfterMs: error.retryAfterMs,
            waitedMs: clock.now() - since,
            patienceMs: patience.ms,
          },
          random,
        )
        if (decision.kind !== 'resend') throw error
        await clock.sleep(decision.afterMs, signal)
      }
    }
  }

  return {
    get,
    pages: (operation, pageSize, ask) =>
      readPages({
        pageSize,
        ask,
        endless: () =>
          unreadable(operation, 'the pages of the list do not end, or do not fit together'),
      }),
  }
}

/** An answer that cannot be what was asked for. */
export function unreadable(operation: string, message: string): ApiError {
  return new ApiError({ class: 'unknown-fate', operation, message, code: UNREADABLE })
}
