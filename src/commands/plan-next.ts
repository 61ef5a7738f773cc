import { replaceable } from '../plan/replaceable.ts'
import { openQuestions, summarise } from '../plan/summary.ts'
import { protectionOf } from '../group-status.ts'
import type { Plan, PlannedRow } from '../plan/plan.ts'
import type { PlannedRollout } from '../rollout/plan-rollout.ts'
import type { Settings } from '../settings.ts'
import type { Io } from '../ui/io.ts'
import { labelled, pluralize } from '../ui/text.ts'
import { mendingText } from './mending.ts'
import { nextRun } from './next-run.ts'
import { mendedIn } from './remedies.ts'

/**
 * What to do after a plan, for its last lines: the command that fits, as it is typed, and the edit to make
 * where no command would change anything.
 */
export function planNext(
  { plan, openWork }: Pick<PlannedRollout, 'plan' | 'openWork'>,
  settings: Settings,
  env: Io['env'],
): string {
  const open = openQuestions(plan)
  const toReplace = settings.replaceFailed ? [] : replaceable(plan, openWork)
  const toMend = open.filter((planned) => !toReplace.includes(planned))
  const replace = nextRun(settings, env, { with: { 'replace-failed': true } })
  const what = `what failed creates left of ${pluralize(toReplace.length, 'server')}`
  const lines: string[] = []
  if (summarise(plan).work > 0 || plan.carriedOver.length > 0) {
    lines.push(`Next:   ${nextApply(settings, env)}`)
    if (toReplace.length > 0)
      lines.push(labelled('Or', `also replace ${what}; look first:`), indented(replace))
    if (toMend.length > 0) lines.push(labelled('Then', mending(toMend, settings)))
  } else if (toReplace.length > 0) {
    lines.push(
      'Nothing to send.',
      '',
      `Next:   ${replace}`,
      labelled('', `to see ${what} replaced`),
    )
    if (toMend.length > 0) lines.push(labelled('And', mending(toMend, settings)))
  } else {
    lines.push('Nothing to send.')
    if (toMend.length > 0)
      lines.push('', labelled('Next', `${mending(toMend, settings)}; then plan again`))
    else if (isSwitchedOff(plan))
      lines.push('', `Next:   ${nextRun(settings, env, { command: 'enable' })}`)
  }
  return `${lines.join('\n')}\n`
}

/** All is created, and some of it does not replicate. */
function isSwitchedOff({ rows }: Plan): boolean {
  return rows.some(
    ({ action, group }) => action.kind === 'keep' && protectionOf(group.status) === 'off',
  )
}

/** A command stays one line, however long, so that it can be copied. */
function indented(command: string): string {
  return `        ${command}`
}

function nextApply(settings: Settings, env: Io['env']): string {
  const file = settings.out === null ? {} : { with: { plan: settings.out } }
  return nextRun(settings, env, { command: 'apply', ...file })
}

function mending(rows: readonly PlannedRow[], settings: Settings): string {
  const edits = rows.flatMap(({ row: { line }, action }) =>
    action.kind === 'conflict' || action.kind === 'blocked'
      ? [{ line, in: mendedIn(action.kind, action.result.reason) }]
      : [],
  )
  return `${mendingText(edits, settings.inventory)}, as said above`
}
