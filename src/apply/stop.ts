import { setMaxListeners } from 'node:events'
import type { ReasonOf } from '../outcome.ts'
import type { ApiError } from '../cloud/errors.ts'

/** Which reasons of rows that are not attempted are reasons of the whole run to stop. */
const STOPS_RUN = {
  interrupted: true,
  'failure-limit': true,
  'access-lost': true,
  quota: true,
  'wave-stopped': true,
  'run-aborted': true,
  'group-unusable': false,
  'not-protected': false,
} as const satisfies Record<ReasonOf<'not-attempted'>, boolean>

export type StopReason = {
  [R in keyof typeof STOPS_RUN]: (typeof STOPS_RUN)[R] extends true ? R : never
}[keyof typeof STOPS_RUN]

/**
 * How a run ends early, in three steps that never undo each other: nothing new is sent; running jobs
 * are no longer followed; requests in flight are cut off.
 */
export interface StopControl {
  /** Aborted once nothing new may be sent. */
  readonly sending: AbortSignal
  /** Aborted once running jobs are no longer followed. */
  readonly following: AbortSignal
  /** Aborted once requests in flight are cut off. */
  readonly inFlight: AbortSignal
  /** Why nothing new is sent: the first reason given stays. */
  reason(): StopReason | null
  /** `detail` says more of it, for people: numbers, a quota. */
  stopSending(reason: StopReason, detail?: string): void
  /** What was said with the first reason, or null. */
  detail(): string | null
  stopFollowing(): void
  /** The service refuses us: nothing new is sent. With `readsToo` nothing is followed either. */
  loseAccess(error: ApiError, readsToo: boolean): void
  /** The service refuses one group, or one request: what needs it ends, the others go on. */
  forbid(error: ApiError): void
  /** What it said first. */
  accessError(): ApiError | null
  /** The first Ctrl-C: send nothing new, follow nothing, let requests in flight end. */
  interrupt(): void
  /** The second one. */
  cutOff(): void
}

export function createStopControl(): StopControl {
  const sending = new AbortController()
  const following = new AbortController()
  const inFlight = new AbortController()
  // Every row that waits hangs on them.
  setMaxListeners(0, sending.signal, following.signal, inFlight.signal)
  let first: { readonly reason: StopReason; readonly detail: string | null } | null = null
  let accessError: ApiError | null = null

  function stopSending(reason: StopReason, detail: string | null = null): void {
    first ??= { reason, detail }
    sending.abort()
  }

  return {
    sending: sending.signal,
    following: following.signal,
    inFlight: inFlight.signal,
    reason: () => first?.reason ?? null,
    detail: () => first?.detail ?? null,
    stopSending,
    stopFollowing: () => following.abort(),
    loseAccess(error, readsToo) {
      accessError ??= error
      stopSending('access-lost')
      if (readsToo) following.abort()
    },
    forbid(error) {
      accessError ??= error
    },
    accessError: () => accessError,
    interrupt() {
      stopSending('interrupted')
      following.abort()
    },
    cutOff() {
      stopSending('interrupted')
      following.abort()
      inFlight.abort()
    },
  }
}
