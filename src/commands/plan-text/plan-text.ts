import type { ActionKind } from '../../plan/action.ts'
import { disksBy, summarise, summariseGroups, summariseWaves } from '../../plan/summary.ts'
import type { Plan, PlanNote } from '../../plan/plan.ts'
import type { PreflightFacts } from '../../plan/preflight/facts.ts'
import { whereText } from '../../report/where.ts'
import type { PlannedRollout } from '../../rollout/plan-rollout.ts'
import type { Palette } from '../../ui/colour.ts'
import { formatCount, labelled, pluralize, sanitize, truncate, wrap } from '../../ui/text.ts'
import { causeSection, type CauseLimits } from '../../ui/cause-lines.ts'
import { driftFindings, notableFindings, openFindings, warningFindings } from './findings.ts'
import { addPairs, groupTable, pairsText, protectionOffLine } from './group-table.ts'
import { namesText } from './names-text.ts'
import { rowLines } from './row-lines.ts'
import { uncheckedLines } from './unchecked-lines.ts'
import { whereLines, type PlanWhere } from './where-lines.ts'

/** What a plan is shown from. */
export type Reviewed = Pick<PlannedRollout, 'plan' | 'preflight'>

const WORDS: Readonly<Record<ActionKind, readonly [label: string, tone: keyof Palette]>> = {
  create: ['to create', 'strong'],
  resume: ['to follow to their end', 'strong'],
  look: ['to look for, then decide', 'warn'],
  replace: ['to delete and create anew', 'warn'],
  keep: ['already created', 'good'],
  conflict: ['in conflict', 'bad'],
  blocked: ['blocked', 'bad'],
}

export interface PlanTextOptions {
  readonly palette: Palette
  readonly verbose: boolean
  /** Whether the other services were to be asked (not with `--no-preflight`). */
  readonly asked: boolean
}

interface Limits extends CauseLimits {
  readonly groups: number
  readonly waves: number
}

/** From roomy to tight: the first that fits is taken, so that a small plan is whole and a large one is a screen and a half. */
const LIMITS: readonly Limits[] = [
  { groups: 25, waves: 50, whole: 8, brief: 8 },
  { groups: 15, waves: 30, whole: 4, brief: 4 },
  { groups: 10, waves: 20, whole: 2, brief: 4 },
  { groups: 6, waves: 12, whole: 1, brief: 3 },
]
const UNLIMITED: Limits = { groups: Infinity, waves: Infinity, whole: Infinity, brief: 0 }
/** A screen and a half, with room for what comes next. */
const MOST_LINES = 54

/**
 * The plan for people: where, counts, waves, a line a group, then what needs attention, folded by cause;
 * `verbose`: every row as well. What was matched by name or changed is always there in full. At most 80 columns wide.
 */
export function planText(reviewed: Reviewed, where: PlanWhere, options: PlanTextOptions): string {
  const { verbose, palette } = options
  const names = namesText(reviewed.plan.rows, palette)
  if (verbose) {
    const { plan, preflight } = reviewed
    const rows = rowLines(plan.rows, disksBy(preflight))
    const lines = sections(reviewed, where, options, UNLIMITED)
    const all = rows.length === 0 ? lines : [...lines, '', palette.strong('Rows'), ...rows]
    return textOf(all) + names
  }
  const texts = LIMITS.map((limits) => textOf(sections(reviewed, where, options, limits)))
  const fitting = texts.find((text) => text.split('\n').length <= MOST_LINES)
  return (fitting ?? texts.at(-1) ?? '') + names
}

function textOf(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`
}

function sections(
  { plan, preflight }: Reviewed,
  where: PlanWhere,
  { palette, asked }: PlanTextOptions,
  limits: Limits,
): string[] {
  const groups = summariseGroups(plan, disksBy(preflight))
  const off = protectionOffLine(groups)
  const open = openFindings(plan)
  const notable = notableFindings(plan)
  const warnings = warningFindings(plan)
  const drift = driftFindings(plan)
  const isFolded = open.length + notable.length + warnings.length + drift.length > 0
  const hint =
    limits !== UNLIMITED && (isFolded || groups.length > limits.groups)
      ? ['', palette.faint(HINT)]
      : []
  return [
    ...whereLines(where),
    '',
    countsLine(plan, palette),
    ...wavesLine(plan, limits.waves),
    ...pairsLine(addPairs(groups), preflight),
    ...(groups.length === 0 ? [] : groupTable(groups, limits.groups)),
    ...(off === null ? [] : ['', palette.warn(off)]),
    ...plan.notes.flatMap((note) => ['', palette.bad(wrap(noteText(note, where), ''))]),
    ...causeSection(
      palette.bad(`Nothing is sent for ${pluralize(open.length, 'server')}:`),
      open,
      limits,
    ),
    ...causeSection('To note:', notable, limits),
    ...causeSection(palette.warn('Sent all the same, with a warning:'), warnings, limits),
    ...causeSection(
      palette.warn('Not as the inventory has it (nothing is changed):'),
      drift,
      limits,
    ),
    ...carriedOverLine(plan),
    ...uncheckedLines(plan.unchecked, palette),
    ...(asked || summarise(plan).sends === 0 ? [] : ['', palette.warn(NOT_ASKED)]),
    ...hint,
  ]
}

const NOT_ASKED = 'ECS, VPC and EVS were not asked (--no-preflight): the API may refuse more.'
const HINT = 'plan --verbose shows every row and group.'

function countsLine(plan: Plan, palette: Palette): string {
  const { rows, counts } = summarise(plan)
  const parts = Object.entries(WORDS).flatMap(([kind, [label, tone]]) => {
    const count = counts[kind as ActionKind]
    return count === 0 ? [] : [palette[tone](`${formatCount(count)} ${label}`)]
  })
  const total = palette.strong(pluralize(rows, 'server'))
  return wrap(parts.length === 0 ? total : `${total}: ${parts.join(', ')}`, '')
}

function noteText({ code, count }: PlanNote, where: PlanWhere): string {
  switch (code) {
    case 'no-server-known':
      return `None of the ${pluralize(count, 'server')} exists in this project (${whereText(where)}): is this export from another project or region, or from vCenter?`
  }
}

const LONGEST_WAVE = 20

function wavesLine(plan: Plan, limit: number): string[] {
  const waves = summariseWaves(plan)
  if (waves.length === 0) return []
  const shown = waves
    .slice(0, limit)
    .map(({ wave, rows }) =>
      wave === null
        ? `${formatCount(rows)} without a wave`
        : `${truncate(sanitize(wave), LONGEST_WAVE)} (${formatCount(rows)})`,
    )
  const more = waves.length - shown.length
  const rest = more === 0 ? [] : [`then ${pluralize(more, 'wave')} more`]
  return [labelled('Waves', [...shown, ...rest].join(', '))]
}

/** What the creates take of the quota of replication pairs. */
function pairsLine(pairs: ReturnType<typeof addPairs>, preflight: PreflightFacts | null): string[] {
  if (pairs.known === 0) return []
  const quota = preflight?.pairs ?? null
  const left =
    quota === null || quota.quota === -1
      ? ''
      : `; the quota has room for ${formatCount(Math.max(0, quota.quota - quota.used))}`
  return [labelled('Pairs', `${pairsText(pairs)} to make, one a disk${left}`)]
}

function carriedOverLine({ carriedOver }: Plan): string[] {
  if (carriedOver.length === 0) return []
  const creates = pluralize(carriedOver.length, 'create')
  return [
    '',
    wrap(`${creates} of earlier runs will be followed for servers that no row names.`, ''),
  ]
}
