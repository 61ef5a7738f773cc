/** One request and how it ended, for a log. No header and no body: nothing secret is in here. */
export interface RequestTrace {
  /** When it left, ms since the epoch. */
  readonly at: number
  readonly service: string
  readonly operation: string
  readonly method: string
  /** Behind version and project, with its query. */
  readonly path: string
  /** Null: there was no answer. */
  readonly status: number | null
  /** As the service's support asks for it. */
  readonly requestId: string | null
  readonly durationMs: number
  /** Sent before in this run. */
  readonly again: boolean
}

/** Of those that came before anybody listened, so many are kept. */
const MOST_KEPT = 1_000

/** Hands traces on to whoever listens; what came before is kept for them. */
export interface RequestTraces {
  readonly add: (trace: RequestTrace) => void
  listen(listener: (trace: RequestTrace) => void): void
}

export function createRequestTraces(): RequestTraces {
  const kept: RequestTrace[] = []
  let tell: ((trace: RequestTrace) => void) | null = null
  return {
    add(trace) {
      if (tell !== null) tell(trace)
      else if (kept.length < MOST_KEPT) kept.push(trace)
    },
    listen(listener) {
      tell = listener
      for (const trace of kept.splice(0)) listener(trace)
    },
  }
}
