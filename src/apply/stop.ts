import type { Reason } from '../outcome.ts'

export type StopReason = Extract<
  Reason,
  'interrupted' | 'failure-limit' | 'access-lost' | 'quota' | 'run-aborted' | 'wave-stopped'
>

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
