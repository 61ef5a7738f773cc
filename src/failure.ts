import type { StopSignal } from './run-end.ts'

/**
 * What ended a command that is not a bug: wrong usage or an invalid input, no access to the cloud, a lock
 * that another run holds, a machine that failed us, a signal. What each exits with is said in one place.
 */
export type FailureKind = 'usage' | 'access' | 'locked' | 'machine' | StopSignal

/**
 * An expected end of a command: says what happened and what to do next. Everything else that reaches the
 * top is a bug.
 */
export class Failure extends Error {
  readonly kind: FailureKind
  readonly hint: string | null

  constructor(kind: FailureKind, message: string, hint: string | null = null) {
    super(message)
    this.name = 'Failure'
    this.kind = kind
    this.hint = hint
  }
}
