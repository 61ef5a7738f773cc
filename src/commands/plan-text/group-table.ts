import type { ActionKind } from '../../plan/action.ts'
import { type GroupSummary, type PairCount } from '../../plan/summary.ts'
import { protectionOf } from '../../group-status.ts'
import { table, type Column } from '../../ui/table.ts'
import { formatCount, pluralize, sanitize, truncate, wrap } from '../../ui/text.ts'

const INDENT = '  '
const LONGEST_STATUS = 14

/** The columns of actions; all but the first only where a group has something to show in them. */
const COUNTED: readonly (readonly [header: string, kinds: readonly ActionKind[]])[] = [
  ['create', ['create', 'look']],
  ['replace', ['replace']],
  ['follow', ['resume']],
  ['existing', ['keep']],
  ['blocked', ['conflict', 'blocked']],
]

/**
 * A line a protection group: what is to be done in it, the replication pairs that makes, and whether
 * protection is on. Of more than `limit` the ones with the most work, and one line for the rest.
 */
export function groupTable(groups: readonly GroupSummary[], limit: number): string[] {
  const shown = groups.length <= limit ? groups : busiest(groups, limit)
  const counted = COUNTED.filter(
    ([, kinds], at) => at === 0 || groups.some((group) => countOf(group, kinds) > 0),
  )
  const columns: Column[] = [
    { header: 'group', flexible: true },
    ...counted.map(([header]): Column => ({ header, align: 'right' })),
    { header: 'pairs', align: 'right' },
    { header: 'protection' },
  ]
  const rows = shown.map((group) => [
    group.group.name,
    ...counted.map(([, kinds]) => formatCount(countOf(group, kinds))),
    pairsText(group.pairs),
    protectionOf(group.group.status) ?? truncate(sanitize(group.group.status), LONGEST_STATUS),
  ])
  const rest = groups.filter((group) => !shown.includes(group))
  return [
    '',
    ...table(columns, rows, { indent: INDENT }).split('\n'),
    ...(rest.length === 0 ? [] : [`${INDENT}+ ${restText(rest)}`]),
  ]
}

/** The ones with the most creates, in their order in the inventory. */
function busiest(groups: readonly GroupSummary[], limit: number): readonly GroupSummary[] {
  const chosen = new Set(
    groups.toSorted((one, other) => weight(other) - weight(one)).slice(0, limit),
  )
  return groups.filter((group) => chosen.has(group))
}

function weight({ counts }: GroupSummary): number {
  return counts.create + counts.look + counts.replace
}

function restText(rest: readonly GroupSummary[]): string {
  const creates = rest.reduce((sum, group) => sum + weight(group), 0)
  return `${pluralize(rest.length, 'group')} more: ${formatCount(creates)} to create, ${pairsText(addPairs(rest))} pairs, protection off in ${formatCount(countOff(rest))}`
}

/** `792`, `?` where nobody could count, `12+?` where that is so for some rows. */
export function pairsText({ known, unknownRows }: PairCount): string {
  if (unknownRows === 0) return formatCount(known)
  return known === 0 ? '?' : `${formatCount(known)}+?`
}

export function addPairs(groups: readonly Pick<GroupSummary, 'pairs'>[]): PairCount {
  return {
    known: groups.reduce((sum, { pairs }) => sum + pairs.known, 0),
    unknownRows: groups.reduce((sum, { pairs }) => sum + pairs.unknownRows, 0),
  }
}

/** What a person must not take for safe: rows that are, or will be, in a group which does not replicate. */
export function protectionOffLine(groups: readonly GroupSummary[]): string | null {
  const off = countOff(groups.filter(holdsInstances))
  if (off === 0) return null
  return wrap(
    `Protection is off in ${pluralize(off, 'group')}: what is in ${off === 1 ? 'it' : 'them'} does not replicate until enable switches it on.`,
    '',
  )
}

function holdsInstances(group: GroupSummary): boolean {
  return weight(group) + group.counts.resume + group.counts.keep > 0
}

function countOff(groups: readonly GroupSummary[]): number {
  return groups.filter(({ group }) => protectionOf(group.status) === 'off').length
}

function countOf({ counts }: GroupSummary, kinds: readonly ActionKind[]): number {
  return kinds.reduce((sum, kind) => sum + counts[kind], 0)
}
