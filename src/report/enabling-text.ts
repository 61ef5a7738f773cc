import { groupBy } from '../group-by.ts'
import { isOn, type EnablingKind } from '../enabling.ts'
import type { Palette } from '../ui/colour.ts'
import { pluralize, sanitize, truncate, WIDTH, wrap } from '../ui/text.ts'
import type { Tone } from './columns.ts'
import type { Report, ReportEnabling } from './schema.ts'

type Group = Report['groups'][number]
type Switched = Group & { readonly enabling: ReportEnabling }

const TONE_OF = {
  enabled: 'good',
  'already-enabled': 'good',
  failed: 'bad',
  refused: 'bad',
  'in-progress': 'warn',
  unknown: 'warn',
  'not-attempted': 'warn',
} as const satisfies Record<EnablingKind, Tone>

const NAMES_SHOWN = 10

/** The groups that the run was to switch on. */
export function switchedGroups({ groups }: Pick<Report, 'groups'>): readonly Switched[] {
  return groups.flatMap((group) =>
    group.enabling === null ? [] : [{ ...group, enabling: group.enabling }],
  )
}

/** `3 groups: protection is on in all`; null: the run was not to switch anything on. */
export function enablingHeadline(report: Pick<Report, 'groups'>): string | null {
  const groups = switchedGroups(report).filter(({ rows }) => rows > 0)
  if (groups.length === 0) return null
  const on = groups.filter(({ enabling }) => isOn(enabling.outcome)).length
  const all = pluralize(groups.length, 'group')
  if (on === groups.length) return `${all}: protection is on${on === 1 ? '' : ' in all of them'}`
  return on === 0
    ? `${all}: protection is not on${groups.length === 1 ? '' : ' in any of them'}`
    : `${all}: protection is on in ${on}, not in ${groups.length - on}`
}

/** What came of each group, by outcome and reason, for a terminal; empty where there is nothing to say. */
export function enablingText(report: Pick<Report, 'groups'>, palette: Palette): string {
  const byEnd = groupBy(switchedGroups(report), ({ enabling: { outcome, reason, errorCode } }) =>
    [outcome, reason, errorCode].join(),
  )
  return [...byEnd.values()].map((groups) => endText(groups, palette)).join('\n\n')
}

function endText(groups: readonly Switched[], palette: Palette): string {
  const [first] = groups
  if (first === undefined) return ''
  const { outcome, reason, errorCode, advice } = first.enabling
  const why = reason === null ? '' : `: ${reason}`
  const code = errorCode === null ? '' : `, ${sanitize(errorCode)}`
  const title = `Protection ${outcome}${why}${code} (${pluralize(groups.length, 'group')})`
  const named = groups.slice(0, NAMES_SHOWN).map(({ id, name, enabling: { message } }) => {
    const said = message === null ? '' : `: ${message}`
    return wrap(sanitize(`"${name ?? id}"${said}`), '    ')
  })
  const more = groups.length - named.length
  return [
    palette[TONE_OF[outcome]](truncate(title, WIDTH)),
    ...(advice === null ? [] : [wrap(`→ ${sanitize(advice)}`, '  ')]),
    ...named,
    ...(more > 0 ? [`    … and ${pluralize(more, 'more group')} in the report`] : []),
  ].join('\n')
}

/** `failed/job-failed: …`, for a cell of a table; empty: it was not to be switched on. */
export function enablingCell({ enabling }: Group): string {
  if (enabling === null) return ''
  const { outcome, reason, message } = enabling
  const end = reason === null ? outcome : `${outcome}/${reason}`
  return message === null ? end : `${end}: ${message}`
}
