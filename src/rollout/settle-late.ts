import type { Applied } from '../apply/apply.ts'
import type { Journal, JournalEvent } from '../journal/journal.ts'
import type { Outcome } from '../outcome.ts'
import type { Report, ReportRow } from '../report/schema.ts'

/**
 * Where the fresh list settled what the run itself could not, the journal must say so too: the next
 * run then finds the server protected, and does not take it up again. And where the list does not show
 * whole what was settled as created, the create is open again, for the next run to look first.
 */
export async function settleLate(
  journal: Journal,
  applied: Applied,
  report: Report,
  at: number,
): Promise<void> {
  const ofRows = report.rows.map((row) => [applied.outcomes.get(row.row), row] as const)
  const ofOthers = report.carriedOver.map(
    (row, index) => [applied.carriedOver[index]?.outcome, row] as const,
  )
  for (const [before, row] of [...ofRows, ...ofOthers]) {
    const event = before === undefined ? null : lateEvent(before, row, at)
    // A journal that fails now has been told of already, and the next run looks anyway.
    if (event !== null) await journal.append(event).catch(() => undefined)
  }
}

function lateEvent(
  before: Outcome,
  { outcome, reason, serverId: server, protectedInstanceId: instanceId }: ReportRow,
  at: number,
): JournalEvent | null {
  const isOpen = outcome === 'unknown' || outcome === 'in-progress'
  if (before.kind === 'created' && isOpen) return { type: 'missing', at, server }
  return before.kind === 'unknown' && before.mayBeOurs && !isOpen
    ? { type: 'settled', at, server, outcome, reason, instanceId }
    : null
}
