import { sanitize } from '../safe-text.ts'
import { formatCount, pluralize } from '../ui/text.ts'
import { OUTCOME_ORDER, countedAs, type Tone } from './columns.ts'
import { isUnprotected, protectionText } from './protection.ts'
import { enablingHeadline } from './enabling-text.ts'
import type { Report } from './schema.ts'
import { protectedRows } from './totals.ts'
import { auditHeadline, isAudit, unexpectedRows } from './verification.ts'

/**
 * The whole report in a sentence: what was created and what was not, and, apart from that, whether it is
 * protected. `40 servers: 39 created, 1 failed; protection is off in 3 groups: nothing replicates yet`. Of
 * `enable` its groups are what it is about.
 */
export function headline(report: Report): string {
  const { totals, run } = report
  const groups = isAudit(report) ? null : enablingHeadline(report)
  const stopped = run.outcome === 'interrupted' || run.outcome === 'aborted' ? [run.outcome] : []
  if (groups !== null && run.command === 'enable') {
    const created = protectedRows(totals)
    const rows =
      created === totals.rows
        ? []
        : [
            `of ${pluralize(totals.rows, 'server')} ${formatCount(created)} ${created === 1 ? 'is' : 'are'} created`,
          ]
    return [groups, ...rows, ...stopped].join('; ')
  }
  // "40 created" of one share must not be taken for that of the rollout.
  const share = run.shard === null ? '' : ` (shard ${run.shard.index} of ${run.shard.count})`
  const servers = `${pluralize(totals.rows, 'server')}${share}`
  if (isAudit(report)) return sanitize(auditHeadline(report, servers))
  const counts = OUTCOME_ORDER.flatMap(([outcome, total]) =>
    totals[total] === 0 ? [] : [`${totals[total].toLocaleString('en-US')} ${countedAs(outcome)}`],
  )
  const parts = [
    counts.length === 0 ? servers : `${servers}: ${counts.join(', ')}`,
    ...stopped,
    groups ?? protectionText(report),
  ]
  return sanitize(parts.filter((part) => part !== null).join('; '))
}

/** Good is only what leaves nothing to do: all created, and their groups switched on; of an audit: all as expected. */
export function headlineTone(report: Report): Tone {
  if (isAudit(report)) return unexpectedRows(report).length === 0 ? 'good' : 'bad'
  if (report.run.outcome !== 'complete') return 'bad'
  // A run of `enable` is complete once its groups are on, whatever is in them.
  const isWhole = protectedRows(report.totals) === report.totals.rows
  return isWhole && !isUnprotected(report) ? 'good' : 'warn'
}
