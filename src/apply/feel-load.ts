import type { Clock } from '../clock.ts'
import type { ApiError } from '../cloud/errors.ts'
import { clampRetryAfter } from '../cloud/retry.ts'
import { AFTER_REFUSAL } from './after-refusal.ts'
import type { Dispatcher } from './dispatch.ts'
import { answerOf, type RunEvent } from './events.ts'
import type { Slots } from './slots.ts'

/** What an answer that refuses says about the load that the service bears. `sentAt`: when it was asked, ms. */
export function feelLoad(
  error: ApiError,
  sentAt: number,
  {
    slots,
    dispatcher,
    clock,
    onEvent,
  }: {
    readonly slots: Slots
    readonly dispatcher: Dispatcher
    readonly clock: Clock
    readonly onEvent: (event: RunEvent) => void
  },
): void {
  switch (AFTER_REFUSAL[error.class].load) {
    case 'congested':
      slots.congested(sentAt, clock.now())
      if (error.retryAfterMs !== null) {
        const until = clock.now() + clampRetryAfter(error.retryAfterMs)
        dispatcher.holdUntil(until)
        onEvent({ type: 'held-back', until, ...answerOf(error) })
      }
      return
    case 'bears-it':
      // A refusal on its merits shows that the service bears the load.
      slots.succeeded()
      return
    case 'nothing':
  }
}
