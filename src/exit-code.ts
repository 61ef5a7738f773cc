import type { FailureKind } from './failure.ts'
import type { Report } from './report/schema.ts'
import { isAudit, unexpectedRows } from './report/verification.ts'
import type { RunEnd, StopSignal } from './run-end.ts'

/** The documented exit codes: people script against them. */
export const EXIT = {
  done: 0,
  bug: 1,
  usage: 2,
  notAllProtected: 3,
  access: 4,
  locked: 5,
  /** `plan --detailed-exitcode`: clean, and there are changes to make. */
  changes: 10,
  interrupted: 130,
  quit: 131,
  terminated: 143,
} as const

/** What a run that a signal stopped exits with. */
export const EXIT_BY_SIGNAL = {
  SIGINT: EXIT.interrupted,
  SIGQUIT: EXIT.quit,
  SIGTERM: EXIT.terminated,
} as const satisfies Record<StopSignal, number>

/** What a command that ended early exits with. */
export const EXIT_OF_FAILURE = {
  usage: EXIT.usage,
  access: EXIT.access,
  locked: EXIT.locked,
  machine: EXIT.bug,
  ...EXIT_BY_SIGNAL,
} as const satisfies Record<FailureKind, number>

/**
 * The exit code of a run that has a report. A crash is never hidden behind a good report; apart from
 * that, a run whose rows all have their instance is done, whatever else happened on the way; an audit is done
 * when every row is as written and as expected.
 */
export function exitCodeFor(report: Report, end: RunEnd): number {
  if (end.kind === 'aborted' && end.cause === 'crash') return EXIT.bug
  if (isAudit(report)) {
    return unexpectedRows(report).length === 0 ? EXIT.done : EXIT.notAllProtected
  }
  if (report.run.outcome === 'complete') return EXIT.done
  if (end.kind === 'interrupted') return EXIT_BY_SIGNAL[end.signal]
  return end.kind === 'aborted' && end.cause === 'access' ? EXIT.access : EXIT.notAllProtected
}
