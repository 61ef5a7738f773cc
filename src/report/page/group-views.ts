import { groupBy } from '../../group-by.ts'
import { groupKey } from '../../keys.ts'
import { formatCount, formatDuration, sanitize } from '../../ui/text.ts'
import { OUTCOME_ORDER, type Tone } from '../columns.ts'
import { enablingCell } from '../enabling-text.ts'
import { protectionCell } from '../protection.ts'
import type { Report, ReportRow } from '../schema.ts'
import { inSyncRows, isAudit, verdictCounts, verdictTone } from '../verification.ts'
import { barOf, type PieceView } from './bar.ts'

/** One group: how far it is, and `hash` shows its rows. Text is still to be escaped. */
export interface GroupView {
  readonly name: string
  readonly id: string
  readonly hash: string
  readonly status: string
  readonly rows: string
  readonly created: string
  /** Its rows by outcome; of an audit by verdict. */
  readonly bar: readonly PieceView[]
  /** How many an audit has found in sync. */
  readonly inSync: string
  readonly protection: string
  readonly protectionTone: Tone
  readonly enabling: string
  readonly took: string
}

export function groupViews(report: Report): readonly GroupView[] {
  const rowsOf = groupBy(report.rows, ({ serverGroupId }) =>
    serverGroupId === null ? '' : groupKey(serverGroupId),
  )
  const audit = isAudit(report)
  return report.groups.map((group) => {
    const rows = rowsOf.get(groupKey(group.id)) ?? []
    const protection = protectionCell(group)
    return {
      name: sanitize(group.name ?? group.id),
      id: sanitize(group.id),
      hash: hashOf({ group: group.id }),
      status: sanitize(group.status ?? ''),
      rows: formatCount(group.rows),
      created: formatCount(group.protected),
      bar: barOf(
        audit
          ? verdictCounts(rows).map(([key, count]) => ({ key, count, tone: verdictTone(key) }))
          : OUTCOME_ORDER.map(([outcome, , tone]) => ({
              key: outcome,
              count: rows.filter((row) => row.outcome === outcome).length,
              tone,
            })),
      ),
      inSync: audit ? formatCount(inSyncRows(rows)) : '',
      protection: protection === '' ? 'not known' : sanitize(protection),
      protectionTone: group.protectionEnabled === true ? 'good' : 'warn',
      enabling: sanitize(enablingCell(group)),
      took: spanText(rows, group),
    }
  })
}

/** From the first request for one of its rows to the end of the last. */
function spanText(rows: readonly ReportRow[], { enabling }: Report['groups'][number]): string {
  const times = [
    ...rows.filter(({ submittedAt }) => submittedAt !== null),
    ...[enabling ?? []].flat(),
  ]
  const starts = times.flatMap(({ submittedAt }) => submittedAt ?? [])
  const ends = times.flatMap(({ submittedAt, finishedAt }) =>
    submittedAt === null || finishedAt === null ? [] : [finishedAt],
  )
  if (starts.length === 0 || ends.length === 0) return ''
  const from = starts.reduce((one, other) => (one < other ? one : other))
  const to = ends.reduce((one, other) => (one > other ? one : other))
  return formatDuration(Math.max(0, Date.parse(to) - Date.parse(from)))
}

/** `#outcome=failed&group=erp`: what the page's script filters by. */
export function hashOf(filters: Readonly<Record<string, string>>): string {
  return `#${new URLSearchParams(filters).toString()}`
}
