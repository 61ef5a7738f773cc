import type { Applied } from '../apply/apply.ts'
import type { Journal, JournalEvent } from '../journal/journal.ts'
import type { OutcomeKind } from '../outcome.ts'
import type { Report, ReportRow } from '../report/schema.ts'

/**
 * Where the fresh list settled what the run itself could not, the journal must say so too: the next
 * run then finds the server protected, and does not take it up again. And where the list does not show
 * what was settled as created, the create is open again, for the next run to look first.
 */
export async function settleLate(
  journal: Journal,
  applied: Applied,
  report: Report,
  at: number,
): Promise<void> {
  for (const row of report.rows) {
    const event = lateEvent(applied.outcomes.get(row.row)?.kind, row, at)
    // A journal that fails now has been told of already, and the next run looks anyway.
    if (event !== null) await journal.append(event).catch(() => undefined)
  }
}

function lateEvent(
  before: OutcomeKind | undefined,
  { outcome, reason, serverId: server, protectedInstanceId: instanceId }: ReportRow,
  at: number,
): JournalEvent | null {
  if (before === 'created' && outcome === 'unknown') return { type: 'missing', at, server }
  return before === 'unknown' && outcome !== 'unknown' && outcome !== 'in-progress'
    ? { type: 'settled', at, server, outcome, reason, instanceId }
    : null
}
