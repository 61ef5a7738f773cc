/** The signals that end a run early, with a report. */
export type StopSignal = 'SIGINT' | 'SIGQUIT' | 'SIGTERM'

/** How a run came to its end. */
export type RunEnd =
  | { readonly kind: 'ended' }
  | { readonly kind: 'interrupted'; readonly signal: StopSignal }
  | { readonly kind: 'aborted'; readonly cause: 'access' | 'failure-limit' | 'crash' }
