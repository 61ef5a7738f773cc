import { setMaxListeners } from 'node:events'

/** A signal that aborts with the first of several others. */
export interface LinkedSignal {
  readonly signal: AbortSignal
  /** Lets go of those others: to be called once nobody waits for it any more. */
  readonly release: () => void
}

/**
 * What `AbortSignal.any` is for, where the others live as long as the run and one is made for each request: what that
 * makes, they keep a reference to for ever (Node 20), so that a long run holds more with each request.
 */
export function linkSignals(others: Iterable<AbortSignal | undefined>): LinkedSignal {
  const linked = new AbortController()
  const sources = [...new Set(others)].filter((other) => other !== undefined)
  const abort = (event: Event): void => {
    const { target } = event
    linked.abort(target instanceof AbortSignal ? target.reason : undefined)
  }
  const aborted = sources.find((source) => source.aborted)
  if (aborted !== undefined) {
    linked.abort(aborted.reason)
    return { signal: linked.signal, release: () => undefined }
  }
  for (const source of sources) {
    // As many listen as requests are under way; more than ten are no leak.
    setMaxListeners(0, source)
    source.addEventListener('abort', abort, { once: true })
  }
  return {
    signal: linked.signal,
    release() {
      for (const source of sources) source.removeEventListener('abort', abort)
    },
  }
}
