import type { ReasonOf } from '../outcome.ts'
import type { ApiError } from '../sdrs/errors.ts'

export type StopReason = Exclude<ReasonOf<'not-attempted'>, 'group-unusable' | 'not-protected'>

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
  stopSending(reason: StopReason): void
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
  let first: StopReason | null = null
  let accessError: ApiError | null = null

  function stopSending(reason: StopReason): void {
    first ??= reason
    sending.abort()
  }

  return {
    sending: sending.signal,
    following: following.signal,
    inFlight: inFlight.signal,
    reason: () => first,
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
