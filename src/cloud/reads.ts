import type { Random } from '../clock.ts'
import { ApiError, isFromElsewhere, UNREADABLE } from './errors.ts'
import type { Call, Exchange, ExchangeParts } from './exchange.ts'
import { readPages, type Page } from './pages.ts'
import { decideReadRetry, isHopelessRead } from './retry.ts'

/** Reads give up by count, this is only a bound on Retry-After waits. */
const READ_PATIENCE_MS = 10 * 60_000

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
): Reads {
  let everAnswered = false

  async function get<T>(call: Omit<Call<T>, 'method'>, signal?: AbortSignal): Promise<T> {
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
        if (!(error instanceof ApiError) || signal?.aborted === true) throw error
        everAnswered ||= error.httpStatus !== null && !isFromElsewhere(error)
        if (isHopelessRead(error, attempt, everAnswered)) throw error
        const decision = decideReadRetry(
          {
            class: error.class,
            attempt,
            retryAfterMs: error.retryAfterMs,
            waitedMs: clock.now() - since,
            patienceMs: READ_PATIENCE_MS,
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
