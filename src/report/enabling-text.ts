import { isOn, type EnablingKind } from '../enabling.ts'
import { pluralize } from '../ui/text.ts'
import type { Tone } from './columns.ts'
import type { Report, ReportEnabling } from './schema.ts'

type Group = Report['groups'][number]
type Switched = Group & { readonly enabling: ReportEnabling }

/** How what came of a group is to be taken. */
export const ENABLING_TONE = {
  enabled: 'good',
  'already-enabled': 'good',
  failed: 'bad',
  refused: 'bad',
  'in-progress': 'warn',
  unknown: 'warn',
  'not-attempted': 'warn',
} as const satisfies Record<EnablingKind, Tone>

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

/** `failed/job-failed: …`, for a cell of a table; empty: it was not to be switched on. */
export function enablingCell({ enabling }: Group): string {
  if (enabling === null) return ''
  const { outcome, reason, message } = enabling
  const end = reason === null ? outcome : `${outcome}/${reason}`
  return message === null ? end : `${end}: ${message}`
}
