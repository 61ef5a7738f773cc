import type { Inventory } from '../inventory/read.ts'
import { selectRows } from '../inventory/select.ts'
import { readJournals } from '../journal/journal-file.ts'
import { replay, type Memory } from '../journal/replay.ts'
import { resolveGroups } from '../plan/groups.ts'
import { makePlan, type Plan } from '../plan/plan.ts'
import { readSnapshot, type Snapshot } from '../plan/snapshot.ts'
import type { ServerGroup } from '../sdrs/schema.ts'
import type { Settings } from '../settings.ts'
import type { Io } from '../ui/io.ts'
import { refuse } from './checked-inventory.ts'
import { readFailure, type Session } from './session.ts'

/** A plan with all that it was made from. */
export interface Prepared {
  readonly inventory: Inventory
  readonly snapshot: Snapshot
  readonly memory: Memory
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
  const runs = await readJournals(settings.reportsDir)
  const memory = replay(runs, {
    endpoint: connection.endpoints.sdrs,
    projectId: connection.projectId,
  })
  const snapshot = await readSnapshot(client, clock, {
    withFailures: settings.replaceFailed,
    signal,
  }).catch((error: unknown) => {
    throw readFailure(error)
  })
  const resolved = resolveGroups(inventory.rows, snapshot.groups)
  if (resolved.problems.length > 0) return refuse(inventory, resolved.problems, settings, io)
  const groups = resolved.byRow
  const rows = selectRows(
    inventory.rows,
    settings.selection,
    (row) => groups.get(row.row)?.id ?? '',
  )
  const { replaceFailed } = settings
  const plan = makePlan({ rows, groups, snapshot, memory, replaceFailed })
  return { inventory, snapshot, memory, groups, plan }
}
