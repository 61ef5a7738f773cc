import { protectionOf } from '../group-status.ts'
import { pluralize } from '../ui/text.ts'
import type { Report } from './schema.ts'

type Group = Report['groups'][number]

/** The groups that hold created rows, by what is known of their protection at the end of the run. */
export interface ProtectionOfGroups {
  readonly on: readonly Group[]
  /** Nothing in them replicates, and `enable` would change that. */
  readonly off: readonly Group[]
  /** Between the two, or in trouble: `starting`, `failed-over`, `error` … */
  readonly notOn: readonly Group[]
  /** Nobody has looked at them, or was let. */
  readonly unknown: readonly Group[]
}

/**
 * Created is not protected: an instance replicates once its group is switched on. Groups without a created
 * row hold nothing that this report could call safe, and are left out. Pure.
 */
export function protectionOfGroups({ groups }: Pick<Report, 'groups'>): ProtectionOfGroups {
  const on: Group[] = []
  const off: Group[] = []
  const notOn: Group[] = []
  const unknown: Group[] = []
  for (const group of groups.filter((each) => each.protected > 0)) {
    if (group.protectionEnabled === null) unknown.push(group)
    else if (group.protectionEnabled) on.push(group)
    else if (protectionOf(group.status ?? '') === 'off') off.push(group)
    else notOn.push(group)
  }
  return { on, off, notOn, unknown }
}

/** Whether switching protection on is what comes next. */
export function awaitsEnabling(report: Pick<Report, 'groups'>): boolean {
  return protectionOfGroups(report).off.length > 0
}

/** Whether something was created whose protection is not known to be on. */
export function isUnprotected(report: Pick<Report, 'groups'>): boolean {
  const { off, notOn, unknown } = protectionOfGroups(report)
  return off.length + notOn.length + unknown.length > 0
}

/** `protection is off in 3 groups: nothing replicates yet`; null where nothing was created. Pure. */
export function protectionText(report: Pick<Report, 'groups'>): string | null {
  const { on, off, notOn, unknown } = protectionOfGroups(report)
  const away = off.length + notOn.length
  const parts = [
    ...(off.length === 0 ? [] : [`protection is off in ${pluralize(off.length, 'group')}`]),
    ...(notOn.length === 0
      ? []
      : [`${off.length === 0 ? 'protection is ' : ''}not on in ${inStatuses(notOn)}`]),
  ]
  const what =
    on.length + unknown.length === 0
      ? 'nothing replicates yet'
      : `what is in ${away === 1 ? 'it' : 'them'} does not replicate yet`
  return (
    [
      ...(away === 0 ? [] : [`${parts.join(', ')}: ${what}`]),
      ...(unknown.length === 0
        ? []
        : [`whether protection is on in ${pluralize(unknown.length, 'group')} is not known`]),
      ...(away + unknown.length === 0 && on.length > 0 ? ['protection is on'] : []),
    ].join('; ') || null
  )
}

/** What switches protection on, and when; null where nothing that was created is off, or `enable` itself has its own words. Pure. */
export function switchOnText(report: Pick<Report, 'groups' | 'run'>): string | null {
  if (!awaitsEnabling(report) || report.run.command === 'enable') return null
  return report.run.outcome === 'complete'
    ? 'Next: enable switches protection on, for the same inventory.'
    : 'Once no row of a group is open, enable switches its protection on.'
}

/** `2 groups (starting, failed-over)`. */
function inStatuses(groups: readonly Group[]): string {
  const statuses = [...new Set(groups.map(({ status }) => status ?? 'unknown'))]
  return `${pluralize(groups.length, 'group')} (${statuses.join(', ')})`
}

/** `on`, `off`, or the status in which it is neither; empty where that is not known. */
export function protectionCell({ status, protectionEnabled }: Group): string {
  if (protectionEnabled === null) return ''
  if (protectionEnabled) return 'on'
  return protectionOf(status ?? '') === 'off' ? 'off' : `not on (${status ?? 'unknown'})`
}
