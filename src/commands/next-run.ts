import { Failure, type FailureKind } from '../failure.ts'
import type { Inventory } from '../inventory/read.ts'
import { nextCommand, type NextCommand } from '../settings/next-command.ts'
import { awaitsEnabling } from '../report/protection.ts'
import type { Report } from '../report/schema.ts'
import type { Given } from '../settings/source.ts'
import type { Settings } from '../settings.ts'
import type { Io } from '../ui/io.ts'

/**
 * The line that runs the same inventory again. What came through stdin is gone, and pasting a line
 * that then waits for the terminal helps nobody: it says that something must be piped in.
 */
export function nextRun(settings: Settings, env: Io['env'], next: NextCommand = {}): string {
  const line = nextCommand(settings, { env, ...next })
  return settings.inventory === '-' ? `… | ${line}` : line
}

/**
 * What carries a run on that has ended. Of an inventory from stdin the open rows are in the run's
 * remaining.csv: the selected ones only, so that selecting again would miss them, and in UTF-8.
 *
 * @param directory that of the run; null when its files could not be written.
 */
export function nextAfterRun(
  settings: Settings,
  env: Io['env'],
  inventory: Pick<Inventory, 'format'>,
  directory: string | null,
  rows: Report['rows'] = [],
): string {
  const more = { with: withoutLimit(rows) }
  if (settings.inventory !== '-' || directory === null) {
    return nextRun(settings, env, { without: ['plan'], ...more })
  }
  return nextCommand(settings, {
    env,
    ...more,
    positionals: [`${directory}/remaining.csv`],
    without: [
      'plan',
      ...NOT_OF_REMAINING,
      // That of a CSV is the delimiter of its remaining.csv as well.
      ...(inventory.format === 'csv' ? [] : (['delimiter'] as const)),
    ],
  })
}

/**
 * What comes after a run that left nothing open: what it created replicates only once its groups are switched
 * on. Null where they are, or where nobody knows.
 */
export function nextAfterSuccess(
  settings: Settings,
  env: Io['env'],
  report: Pick<Report, 'groups'>,
): string | null {
  // What was approved of creates is not approved of starts.
  return awaitsEnabling(report)
    ? nextRun(settings, env, { command: 'enable', without: ['yes'] })
    : null
}

/** The line to type after a run that did not end well, or null. `directory`: see `nextAfterRun`. */
export type NextLine = (
  about: { readonly settings: Settings; readonly env: Io['env'] },
  report: Report,
  inventory: Pick<Inventory, 'format'>,
  directory: string | null,
) => string | null

/** The same rows would fail again, and the limit stop the run at the same place: it must not stand as it did. */
export function withoutLimit(rows: Report['rows']): Given {
  return rows.some(({ reason }) => reason === 'failure-limit') ? { 'max-failures': '100%' } : {}
}

/** Options about an inventory that its remaining.csv has behind it. A share of a share is the same again. */
export const NOT_OF_REMAINING = ['rows', 'only', 'wave', 'limit', 'format', 'encoding'] as const

/** Whether the same command, typed again, is what to do. */
const TO_BE_RUN_AGAIN = {
  usage: false,
  access: true,
  locked: true,
  machine: false,
  SIGINT: true,
  SIGQUIT: true,
  SIGTERM: true,
} as const satisfies Record<FailureKind, boolean>

/** What reads a cloud, and may be kept from it. */
const NAMES_ITSELF: readonly Settings['command'][] = ['plan', 'apply', 'verify', 'coverage']

/** A failure after which the same command is to be run again says so, with the line to type. */
export function withNextRun(error: unknown, settings: Settings, env: Io['env']): unknown {
  if (!(error instanceof Failure) || !TO_BE_RUN_AGAIN[error.kind]) return error
  if (!NAMES_ITSELF.includes(settings.command)) return error
  const next = `Next:   ${nextRun(settings, env)}`
  return new Failure(
    error.kind,
    error.message,
    error.hint === null ? next : `${error.hint}\n${next}`,
  )
}
