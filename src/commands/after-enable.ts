import { isOn, type EnablingKind, type EnablingReason } from '../enabling.ts'
import type { NextStep } from '../report/next-step.ts'
import { awaitsEnabling } from '../report/protection.ts'
import type { Report } from '../report/schema.ts'
import { protectedRows } from '../report/totals.ts'
import type { Settings } from '../settings.ts'
import type { Io } from '../ui/io.ts'
import { pluralize } from '../ui/text.ts'
import { nextRun, withEdits } from './next-run.ts'
import { leftToDo, NOTHING_LEFT, type LeftByCreates } from './remedies.ts'

/** What carries on a group that is not on. Nothing: a person must decide about it in the console. */
const CARRIED_ON_BY = {
  // For good: the same start would be refused again.
  refused: null,
  'job-failed': 'enable',
  'rows-not-protected': 'apply',
  'group-not-ready': null,
  'group-empty': 'apply',
  'job-running': 'enable',
  'job-timeout': 'enable',
  interrupted: 'enable',
  'fate-unknown': 'enable',
  'not-in-list': null,
  'failure-limit': 'enable',
  'access-lost': 'enable',
  'run-aborted': 'enable',
  'not-protected': 'apply',
} as const satisfies Record<EnablingReason, 'enable' | 'apply' | null>

type Groups = readonly {
  readonly rows: number
  readonly enabling: {
    readonly outcome: EnablingKind
    readonly reason: EnablingReason | null
  } | null
}[]

/** Whether apply could create what is open: of a conflict a person must decide. */
function isApplyOfUse(totals: Report['totals']): boolean {
  const open = totals.rows - protectedRows(totals)
  // With no row open, those that a selection has left out are.
  return open === 0 || open > totals.conflict
}

/** The command that carries on after `enable`; null: none would change anything. Pure. */
export function commandAfterEnable(
  groups: Groups,
  totals: Report['totals'],
  /** The open rows are known one by one: what carries them on is told with the command, or in its place. */
  isToldByRow = false,
): 'enable' | 'apply' | null {
  const wanted = groups.flatMap(({ rows, enabling }) =>
    rows === 0 || enabling === null || isOn(enabling.outcome) || enabling.reason === null
      ? []
      : [CARRIED_ON_BY[enabling.reason]],
  )
  if (wanted.includes('enable')) return 'enable'
  return wanted.includes('apply') && (isToldByRow || isApplyOfUse(totals)) ? 'apply' : null
}

/** The command that carries a run on: of one whose rows are all protected only its groups are left. Pure. */
export function commandAfterRun({
  run,
  totals,
  groups,
}: Pick<Report, 'run' | 'totals' | 'groups'>): 'enable' | 'apply' | null {
  const areGroupsLeft = run.command === 'enable' || protectedRows(totals) === totals.rows
  if (areGroupsLeft) return commandAfterEnable(groups, totals)
  return run.command.includes('apply') ? 'apply' : null
}

/** What comes after a run of creates that left nothing open: switching on what is off. Null: nothing. Pure. */
export function commandAfterSuccess(report: Pick<Report, 'run' | 'groups'>): 'enable' | null {
  return report.run.command.includes('apply') && awaitsEnabling(report) ? 'enable' : null
}

/** The same limit would stop the run at the same place. */
export function withoutGroupLimit(groups: Groups): { 'max-failures'?: string } {
  return groups.some(({ enabling }) => enabling?.reason === 'failure-limit')
    ? { 'max-failures': '100%' }
    : {}
}

/** A group is switched on when all of its rows are created, whichever of them a selection had left out. */
const SELECTION = ['only', 'rows', 'wave', 'limit'] as const

/**
 * What to do after `enable`, or null where every group is on: the line to type, or what to look at
 * where none would change anything. What was approved of one command is not approved of another.
 */
export function nextAfterEnable(
  settings: Settings,
  env: Io['env'],
  { groups, totals, rows = [] }: Pick<Report, 'groups' | 'totals'> & Partial<Pick<Report, 'rows'>>,
  left: LeftByCreates = NOTHING_LEFT,
): NextStep | null {
  const { again, edits } = leftToDo(rows, left, settings.replaceFailed)
  const command = commandAfterEnable(groups, totals, again !== null || edits.length > 0)
  if (command === null) return lookAtGroups(groups)
  if (command === 'enable') {
    const line = nextRun(settings, env, {
      command,
      without: settings.command === command ? ['plan'] : ['plan', 'yes'],
      with: withoutGroupLimit(groups),
    })
    return { command: line, words: null }
  }
  const isSelectionDone = protectedRows(totals) === totals.rows
  const without = ['yes', 'max-failures', ...(isSelectionDone ? SELECTION : [])] as const
  const line = nextRun(settings, env, { command, without, with: again ?? {} })
  // Without an open row it is those that this run has left out.
  const isWorthwhile = again !== null || edits.length === 0
  return withEdits(line, edits, { source: settings.inventory, remaining: null, isWorthwhile })
}

/** What only a person can mend; null: nothing. */
export function lookAtGroups(groups: Groups): NextStep | null {
  const stuck = groups.filter(
    ({ rows, enabling }) => rows > 0 && enabling !== null && !isOn(enabling.outcome),
  )
  return stuck.length === 0
    ? null
    : {
        command: null,
        words: `look at ${pluralize(stuck.length, 'group')} in the console`,
        isExplained: true,
      }
}
