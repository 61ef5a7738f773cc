import { groupBy } from '../group-by.ts'
import type { Palette } from '../ui/colour.ts'
import { pluralize, sanitize, wrap } from '../ui/text.ts'
import { messageOf } from '../plan/plan-document.ts'
import type { ActionKind } from '../plan/action.ts'
import type { Plan, PlannedRow } from '../plan/plan.ts'
import { openQuestions, summarise } from '../plan/summary.ts'

const WORDS: Readonly<Record<ActionKind, readonly [label: string, tone: keyof Palette]>> = {
  create: ['to create', 'strong'],
  resume: ['to follow to their end', 'strong'],
  look: ['to look for, then decide', 'warn'],
  replace: ['to delete and create anew', 'warn'],
  keep: ['protected already', 'good'],
  conflict: ['in conflict', 'bad'],
  blocked: ['blocked', 'bad'],
}

const ROWS_SHOWN = 10

/** The plan for people: counts first, then the groups at work, then what needs a decision. */
export function planText(plan: Plan, palette: Palette): string {
  const summary = summarise(plan)
  const lines = [palette.strong(`${pluralize(summary.rows, 'server')}:`)]
  for (const [kind, [label, tone]] of Object.entries(WORDS)) {
    const count = summary.counts[kind as ActionKind]
    if (count > 0) lines.push(`${String(count).padStart(7)} ${palette[tone](label)}`)
  }
  if (summary.groups.length > 0) lines.push('', 'By protection group:')
  for (const { group, rows } of summary.groups) {
    const kinds = [...groupBy(rows, ({ action }) => action.kind)]
    const counts = kinds.map(([kind, some]) => `${some.length} ${kind}`).join(', ')
    lines.push(`  ${sanitize(group.name)} (${sanitize(group.status)}): ${counts}`)
  }
  const drifted = plan.rows.filter(
    ({ action }) => action.kind === 'keep' && action.drift.length > 0,
  )
  if (drifted.length > 0) {
    lines.push(
      '',
      palette.warn(
        `${pluralize(drifted.length, 'server')} differ from the inventory (nothing is changed):`,
      ),
    )
    lines.push(...some(drifted, driftLine))
  }
  const notable = plan.rows.filter(
    ({ action }) =>
      messageOf(action) !== null && action.kind !== 'conflict' && action.kind !== 'blocked',
  )
  if (notable.length > 0) lines.push('', 'To note:', ...notes(notable))
  const open = openQuestions(plan)
  if (open.length > 0) {
    lines.push(
      '',
      palette.bad(`For ${pluralize(open.length, 'server')} a person must decide; nothing is sent:`),
    )
    lines.push(...some(open, questionLine))
  }
  if (plan.carriedOver.length > 0) {
    lines.push(
      '',
      `${pluralize(plan.carriedOver.length, 'create')} of earlier runs will be followed for servers that no row names.`,
    )
  }
  return `${lines.join('\n')}\n`
}

function some(rows: readonly PlannedRow[], line: (planned: PlannedRow) => string): string[] {
  const shown = rows.slice(0, ROWS_SHOWN).map(line)
  return rows.length > ROWS_SHOWN
    ? [...shown, `  … and ${rows.length - ROWS_SHOWN} more (--json shows all)`]
    : shown
}

function driftLine({ row, action }: PlannedRow): string {
  const drift = action.kind === 'keep' ? action.drift : []
  const fields = drift.map(
    ({ field, wanted, actual }) => `${field}: "${wanted}" wanted, "${actual ?? ''}" found`,
  )
  return wrap(sanitize(`row ${row.row} ${row.name}: ${fields.join('; ')}`), '    ')
}

/** Rows of which the same is to be said are said together. */
function notes(rows: readonly PlannedRow[]): string[] {
  return [...groupBy(rows, ({ action }) => messageOf(action) ?? '')].map(([message, same]) => {
    const first = same[0]?.row
    const who =
      same.length === 1 && first !== undefined
        ? `row ${first.row} ${first.name}`
        : pluralize(same.length, 'row')
    return wrap(sanitize(`${who}: ${message}`), '    ')
  })
}

function questionLine({ row, action }: PlannedRow): string {
  const advice = 'result' in action ? action.result.advice : ''
  return wrap(sanitize(`row ${row.row} ${row.name}: ${messageOf(action) ?? ''}. ${advice}`), '    ')
}
