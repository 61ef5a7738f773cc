import { join } from 'node:path'
import { EXIT } from '../exit-code.ts'
import { Failure } from '../failure.ts'
import type { Inventory } from '../inventory/read.ts'
import { describeSelection, selectRows } from '../inventory/select.ts'
import { readJournals, unusable } from '../journal/read-journals.ts'
import { JOURNAL_FILE } from '../journal/journal.ts'
import { InconsistentJournal, replay, type OpenWork } from '../journal/replay.ts'
import { resolveGroups } from '../plan/groups.ts'
import { makePlan, type Plan } from '../plan/plan.ts'
import { readSnapshot, type Snapshot } from '../plan/snapshot.ts'
import type { ServerGroup } from '../sdrs/schema.ts'
import type { Settings } from '../settings.ts'
import type { Io } from '../ui/io.ts'
import { refuse } from './checked-inventory.ts'
import { readFailure, type Session } from './session.ts'

/** A service that is down or asks us to wait may take minutes: somebody should know. */
const SLOW_MS = 4_000

/** A plan with all that it was made from. */
export interface Prepared {
  readonly inventory: Inventory
  readonly snapshot: Snapshot
  readonly openWork: OpenWork
  readonly groups: ReadonlyMap<number, ServerGroup>
  readonly plan: Plan
}

/**
 * Reads the cloud and what earlier runs left open, and makes the plan of the selected rows. An exit
 * code when the inventory names groups that are not there. Sends nothing but reads.
 */
export async function prepare(
  settings: Settings,
  io: Io,
  session: Session,
  inventory: Inventory,
  signal: AbortSignal,
): Promise<Prepared | number> {
  const { connection, client, clock } = session
  const runs = await readJournals(settings.reportsDir, { remember: settings.command === 'apply' })
  const openWork = recall(settings, runs, { projectId: connection.projectId })
  const patience = setTimeout(() => {
    if (!settings.quiet) io.stderr.write('Reading the cloud takes longer than usual …\n')
  }, SLOW_MS)
  const snapshot = await readSnapshot(client, clock, {
    withFailures: settings.replaceFailed,
    signal,
  })
    .catch((error: unknown) => {
      throw readFailure(error)
    })
    .finally(() => clearTimeout(patience))
  const resolved = resolveGroups(inventory.rows, snapshot.groups)
  if (resolved.problems.length > 0) return refuse(inventory, resolved.problems, settings, io)
  const groups = resolved.byRow
  const rows = selectRows(
    inventory.rows,
    settings.selection,
    (row) => groups.get(row.row)?.id ?? '',
  )
  if (rows.length === 0) refuseEmptySelection(inventory, settings)
  const { replaceFailed } = settings
  const plan = makePlan({ rows, groups, snapshot, openWork, replaceFailed })
  return { inventory, snapshot, openWork, groups, plan }
}

function recall(settings: Settings, ...[runs, where]: Parameters<typeof replay>): OpenWork {
  try {
    return replay(runs, where)
  } catch (error) {
    if (!(error instanceof InconsistentJournal)) throw error
    throw unusable(join(settings.reportsDir, error.runId, JOURNAL_FILE), error)
  }
}

/** A selection that matches nothing is a slip of the pen, not a job well done; a shard may be empty. */
function refuseEmptySelection({ rows }: Inventory, { selection }: Settings): void {
  const { shard: _, ...chosen } = selection
  if (rows.length === 0 || selectRows(rows, chosen).length > 0) return
  throw new Failure(
    EXIT.usage,
    `No row is selected: ${describeSelection(chosen) ?? 'the selection'} matches none of ${rows.length}. Nothing was sent.`,
    'Correct the selection, then run again.',
  )
}
