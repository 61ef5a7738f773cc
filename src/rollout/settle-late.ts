import type { Applied } from '../apply/apply.ts'
import type { Journal } from '../journal/journal.ts'
import type { Report } from '../report/schema.ts'

/**
 * Where the fresh list settled what the run itself could not, the journal must say so too: the next
 * run then finds the server protected, and does not take it up again.
 */
export async function settleLate(
  journal: Journal,
  applied: Applied,
  report: Report,
  at: number,
): Promise<void> {
  for (const row of report.rows) {
    const before = applied.outcomes.get(row.row)
    if (before?.kind !== 'unknown' || row.outcome === 'unknown' || row.outcome === 'in-progress') {
      continue
    }
    await journal
      .append({
        type: 'settled',
        at,
        server: row.serverId,
        outcome: row.outcome,
        reason: row.reason,
        instanceId: row.protectedInstanceId,
      })
      // A journal that fails now has been told of already, and the next run looks anyway.
      .catch(() => undefined)
  }
}
