import { SIMULATOR } from '../../cloud/cloud-target.ts'
import { mayBeStarted, type EnablingPlan, type PlannedEnabling } from '../../plan/enabling-plan.ts'
import { isStartable } from '../../plan/start-guard.ts'
import type { Palette } from '../../ui/colour.ts'
import { table } from '../../ui/table.ts'
import { formatCount, labelled, pluralize, sanitize, wrap } from '../../ui/text.ts'
import { pairsText } from './group-table.ts'
import { whereLines, type PlanWhere } from './where-lines.ts'

const GROUPS_SHOWN = 25
const GROUPS_NAMED = 4

const TO_DO = {
  start: 'start',
  resume: 'follow',
  follow: 'follow',
  keep: 'on already',
  refuse: 'not started',
} as const satisfies Record<PlannedEnabling['action']['kind'], string>

/** What `enable` would do, for people: where, a line a group, then why groups are not started. Pure. */
export function enablingText(plan: EnablingPlan, where: PlanWhere, palette: Palette): string {
  const { groups } = plan
  const shown = groups.slice(0, GROUPS_SHOWN)
  const refused = groups.filter(({ action }) => action.kind === 'refuse')
  const toStart = groups.filter(mayBeStarted)
  const more = groups.length - shown.length
  return [
    ...whereLines(where),
    '',
    palette.strong(
      `${pluralize(groups.length, 'group')}: protection is to be switched on in ${formatCount(toStart.length)}`,
    ),
    '',
    ...table(
      [
        { header: 'group', flexible: true },
        { header: 'rows', align: 'right' },
        { header: 'healthy', align: 'right' },
        { header: 'pairs', align: 'right' },
        { header: 'status' },
        { header: 'to do' },
      ],
      shown.map(({ group, rows, healthy, pairs, action }) => [
        sanitize(group.name),
        formatCount(rows),
        formatCount(healthy),
        pairs === null ? '?' : formatCount(pairs),
        sanitize(group.status),
        TO_DO[action.kind],
      ]),
      { indent: '  ' },
    ).split('\n'),
    ...(more > 0 ? [`  + ${pluralize(more, 'more group')}`] : []),
    ...refused
      .slice(0, GROUPS_SHOWN)
      .flatMap(({ group, action }) =>
        action.kind === 'refuse'
          ? [
              '',
              palette.bad(
                wrap(
                  `"${sanitize(group.name)}" is not started: ${sanitize(action.result.message)}`,
                  '',
                ),
              ),
              wrap(`→ ${sanitize(action.result.advice)}`, '  '),
            ]
          : [],
      ),
    '',
  ].join('\n')
}

/** The question of `enable`; null: nothing is to be started. Pure. */
export function enablingQuestion({ groups }: EnablingPlan, where: PlanWhere): string | null {
  const started = groups.filter(mayBeStarted)
  if (started.length === 0) return null
  const isReal = where.target.cloud !== SIMULATOR
  return [
    ...whereLines(where),
    labelled('Start', `protection in ${named(started)}`),
    labelled('', `${pairsText(countPairs(started))} replication pairs begin to copy their disks`),
    isReal
      ? `Switch protection on in ${pluralize(started.length, 'group')}? This starts real replication.`
      : `Switch protection on in ${pluralize(started.length, 'group')}? Nothing real is started: this is the simulator.`,
  ].join('\n')
}

/** The question of creates, with what `--enable-protection` does after them. Pure. */
export function thenEnabling(creates: string, plan: EnablingPlan): string {
  const after = startedAfterCreates(plan)
  if (after.length === 0) return creates
  const lines = creates.split('\n')
  const then = labelled(
    'Then',
    `switch protection on in ${named(after)}, if every row is protected`,
  )
  return [...lines.slice(0, -1), then, ...lines.slice(-1)].join('\n')
}

/** The same as a last line of the plan; empty where nothing is to be switched on. Pure. */
export function thenEnablingText(plan: EnablingPlan | null): string {
  const after = plan === null ? [] : startedAfterCreates(plan)
  return after.length === 0
    ? ''
    : `\n${labelled('Then', `switch protection on in ${named(after)}, if every row is protected`)}\n`
}

/** What a run that creates first may switch on: its rows are not there yet. */
function startedAfterCreates({ groups }: EnablingPlan): readonly PlannedEnabling[] {
  return groups.filter(({ group, rows }) => rows > 0 && isStartable(group.status))
}

function named(groups: readonly PlannedEnabling[]): string {
  const count = pluralize(groups.length, 'protection group')
  if (groups.length > GROUPS_NAMED) return count
  return `${count}: ${groups.map(({ group }) => `"${sanitize(group.name)}"`).join(', ')}`
}

function countPairs(groups: readonly PlannedEnabling[]): Parameters<typeof pairsText>[0] {
  return {
    known: groups.reduce((sum, { pairs }) => sum + (pairs ?? 0), 0),
    unknownRows: groups.filter(({ pairs }) => pairs === null).length,
  }
}
