import type { ReasonOf } from '../outcome.ts'
import { replaceable } from '../plan/replaceable.ts'
import { openQuestions, protectionOf, summarise } from '../plan/summary.ts'
import type { Plan, PlannedRow } from '../plan/plan.ts'
import type { PlannedRollout } from '../rollout/plan-rollout.ts'
import type { Settings } from '../settings.ts'
import type { Io } from '../ui/io.ts'
import { formatCount, labelled, pluralize, sanitize } from '../ui/text.ts'
import { nextRun } from './next-run.ts'

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

/** Where the cause of an open row is mended: in its line of the inventory, or at the server, its group or the quota. */
const MENDED_IN = {
  'other-group': 'inventory',
  'broken-instance': 'cloud',
  'being-deleted': 'cloud',
  'group-not-ready': 'cloud',
  'group-full': 'inventory',
  'az-mismatch': 'inventory',
  'vpc-mismatch': 'inventory',
  'server-missing': 'inventory',
  'server-status': 'cloud',
  'server-locked': 'cloud',
  'no-disk': 'cloud',
  'disk-unsupported': 'cloud',
  'flavor-unsupported': 'inventory',
  'subnet-missing': 'inventory',
  'ip-outside-subnet': 'inventory',
  'ip-taken': 'inventory',
  'pair-quota': 'cloud',
} as const satisfies Record<ReasonOf<'conflict'> | ReasonOf<'blocked'>, 'inventory' | 'cloud'>

const LINES_SHOWN = 8

/** `correct 3 rows of servers.csv (lines 4, 7 and 9), mend the cause of 2 in the cloud, as said above`. */
function mending(rows: readonly PlannedRow[], settings: Settings): string {
  const where = (planned: PlannedRow): 'inventory' | 'cloud' | null =>
    'result' in planned.action ? MENDED_IN[planned.action.result.reason] : null
  const edits = rows.filter((planned) => where(planned) === 'inventory')
  const causes = rows.filter((planned) => where(planned) === 'cloud')
  const parts = [
    ...(edits.length === 0 ? [] : [`correct ${linesOf(edits, settings)}`]),
    ...(causes.length === 0
      ? []
      : [`mend in the cloud what stands in the way of ${pluralize(causes.length, 'server')}`]),
  ]
  return `${parts.join(', ')}, as said above`
}

function linesOf(rows: readonly PlannedRow[], { inventory }: Settings): string {
  const file = inventory === null || inventory === '-' ? 'the inventory' : sanitize(inventory)
  const lines = rows.slice(0, LINES_SHOWN).map(({ row }) => String(row.line))
  const more = rows.length - lines.length
  const listed = `${lines.join(', ')}${more === 0 ? '' : ` + ${formatCount(more)} more`}`
  return `${pluralize(rows.length, 'row')} of ${file} (line${rows.length === 1 ? '' : 's'} ${listed})`
}
