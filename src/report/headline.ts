import { pluralize } from '../ui/text.ts'
import { enablingHeadline } from './enabling-text.ts'
import type { Report } from './schema.ts'
import { protectedRows } from './totals.ts'

/** The whole report in a sentence; of `enable` its groups are what it is about. */
export function headline(report: Report): string {
  const groups = enablingHeadline(report)
  if (groups === null) return ofRows(report)
  const { command, outcome } = report.run
  if (command !== 'enable') return `${ofRows(report)}; ${groups}`
  return outcome === 'interrupted' || outcome === 'aborted' ? `${groups}; ${outcome}` : groups
}

function ofRows({ totals, run }: Report): string {
  const isProtected = protectedRows(totals)
  // "All protected" of one share must not be taken for that of the rollout.
  const share = run.shard === null ? '' : ` (shard ${run.shard.index} of ${run.shard.count})`
  const servers = `${pluralize(totals.rows, 'server')}${share}`
  if (isProtected === totals.rows) return `${servers}: all protected`
  const open = totals.rows - isProtected
  const stopped =
    run.outcome === 'interrupted' || run.outcome === 'aborted' ? `; ${run.outcome}` : ''
  return `${servers}: ${isProtected} protected, ${open} not${stopped}`
}
