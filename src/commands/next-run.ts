import { Failure, type FailureKind } from '../failure.ts'
import type { Inventory } from '../inventory/read.ts'
import { nextCommand, type NextCommand } from '../settings/next-command.ts'
import { nextClause, type NextStep } from '../report/next-step.ts'
import { awaitsEnabling } from '../report/protection.ts'
import type { Report } from '../report/schema.ts'
import type { Given } from '../settings/source.ts'
import type { Settings } from '../settings.ts'
import type { Io } from '../ui/io.ts'
import { labelled } from '../ui/text.ts'
import { mendingText } from './mending.ts'
import { leftToDo, NOTHING_LEFT, type LeftByCreates, type LeftToDo } from './remedies.ts'

/**
 * The line that runs the same inventory again. What came through stdin is gone, and pasting a line
 * that then waits for the terminal helps nobody: it says that something must be piped in.
 */
export function nextRun(settings: Settings, env: Io['env'], next: NextCommand = {}): string {
  const line = nextCommand(settings, { env, ...next })
  return settings.inventory === '-' ? `… | ${line}` : line
}

/**
 * What carries a run on that has ended: the command, as it is typed, and what to mend beside it; or
 * the edit alone, where the command would change nothing. Of an inventory from stdin the open rows are in the run's
 * remaining.csv: the selected ones only, so that selecting again would miss them.
 *
 * @param directory that of the run; null when its files could not be written.
 */
export function nextAfterRun(
  { settings, env, left = NOTHING_LEFT }: AboutNext,
  inventory: Pick<Inventory, 'format'>,
  directory: string | null,
  rows: Report['rows'] = [],
): NextStep {
  const { again, edits } =
    rows.length === 0 ? RUN_AGAIN : leftToDo(rows, left, settings.replaceFailed)
  const command = commandAfterRun(settings, env, inventory, directory, again ?? {})
  const { inventory: source } = settings
  const remaining = source === '-' && directory !== null ? `${directory}/remaining.csv` : null
  return withEdits(command, edits, { source, remaining, isWorthwhile: again !== null })
}

const RUN_AGAIN: LeftToDo = { again: {}, edits: [] }

/**
 * The command, and what to mend beside it; or that alone, where the command as it stands would change nothing.
 */
export function withEdits(
  command: string,
  edits: LeftToDo['edits'],
  about: {
    readonly source: string | null
    /** What came through stdin is mended there, and nowhere else. */
    readonly remaining: string | null
    /** The command changes something by itself. */
    readonly isWorthwhile: boolean
  },
): NextStep {
  if (edits.length === 0) return { command, words: null }
  const { source, remaining, isWorthwhile } = about
  const words =
    remaining === null
      ? mendingText(edits, source)
      : mendingText(
          edits.map((edit) => ({ ...edit, line: null })),
          remaining,
        )
  if (isWorthwhile) return { command, words, relation: 'as-well', isExplained: true }
  return {
    command: remaining === null ? null : command,
    words,
    relation: 'before',
    isExplained: true,
  }
}

/** What stands behind `Next:` at a terminal. A command stays one line, however long, so that it can be copied. */
export function nextText(step: NextStep): string {
  const { command, relation } = step
  const clause = nextClause(step, 'as the report says')
  if (clause === null) return command ?? ''
  if (command === null) return labelled('', clause).trimStart()
  return relation === 'before'
    ? `${labelled('', clause).trimStart()}\n        ${command}`
    : `${command}\n${labelled(relation === 'as-well' ? 'And' : '', clause)}`
}

function commandAfterRun(
  settings: Settings,
  env: Io['env'],
  inventory: Pick<Inventory, 'format'>,
  directory: string | null,
  more: Given,
): string {
  if (settings.inventory !== '-' || directory === null) {
    return nextRun(settings, env, { without: ['plan', ...unapproved(more)], with: more })
  }
  return nextCommand(settings, {
    env,
    with: more,
    positionals: [`${directory}/remaining.csv`],
    without: [
      'plan',
      ...unapproved(more),
      ...NOT_OF_REMAINING,
      // Those of a CSV are its remaining.csv's as well.
      ...(inventory.format === 'csv' ? [] : (['delimiter', 'encoding'] as const)),
    ],
  })
}

/** Who approved of creates has not approved of what is deleted first: a person is asked. */
export function unapproved(more: Given): readonly ['yes'] | readonly [] {
  return more['replace-failed'] === true ? ['yes'] : []
}

/**
 * What comes after a run that left nothing open: what it created replicates only once its groups are switched
 * on. Null where they are, or where nobody knows.
 */
export function nextAfterSuccess(
  settings: Settings,
  env: Io['env'],
  report: Pick<Report, 'groups'>,
): NextStep | null {
  // What was approved of creates is not approved of starts.
  return awaitsEnabling(report)
    ? { command: nextRun(settings, env, { command: 'enable', without: ['yes'] }), words: null }
    : null
}

/** Of whom the next line is, and what is known of what failed creates have left. */
export interface AboutNext {
  readonly settings: Settings
  readonly env: Io['env']
  /** Left out: nothing is known. */
  readonly left?: LeftByCreates
}

/** What to do after a run that did not end well, or null. `directory`: see `nextAfterRun`. */
export type AfterRun = (
  about: AboutNext,
  report: Report,
  inventory: Pick<Inventory, 'format'>,
  directory: string | null,
) => NextStep | null

/** Options about an inventory that its remaining.csv has behind it. A share of a share is the same again. */
export const NOT_OF_REMAINING = ['rows', 'only', 'wave', 'limit', 'format', 'sheet'] as const

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
const NAMES_ITSELF: readonly Settings['command'][] = [
  'plan',
  'apply',
  'enable',
  'verify',
  'coverage',
]

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
