import { pluralize } from '../ui/text.ts'
import type { Report } from './schema.ts'
import { protectedRows } from './totals.ts'
import { auditHeadline, isAudit } from './verification.ts'

/** The whole report in a sentence. */
export function headline(report: Report): string {
  const { totals, run } = report
  const isProtected = protectedRows(totals)
  // "All protected" of one share must not be taken for that of the rollout.
  const share = run.shard === null ? '' : ` (shard ${run.shard.index} of ${run.shard.count})`
  const servers = `${pluralize(totals.rows, 'server')}${share}`
  if (isAudit(report)) return auditHeadline(report.rows, servers)
  if (isProtected === totals.rows) return `${servers}: all protected`
  const open = totals.rows - isProtected
  const stopped =
    run.outcome === 'interrupted' || run.outcome === 'aborted' ? `; ${run.outcome}` : ''
  return `${servers}: ${isProtected} protected, ${open} not${stopped}`
}
