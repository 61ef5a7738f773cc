import { noticingHealthy } from '../apply/noticed-healthy.ts'
import { Failure } from '../failure.ts'
import { keepLook } from '../journal/seen-healthy.ts'
import type { Inventory } from '../inventory/read.ts'
import { describeSelection } from '../inventory/select.ts'
import { readOpenWork } from '../rollout/open-work.ts'
import { planRollout, type PlannedRollout } from '../rollout/plan-rollout.ts'
import { withoutShard } from '../rollout/rows-in-cloud.ts'
import type { RolledOut } from '../rollout/roll-out.ts'
import type { Settings } from '../settings.ts'
import type { Io } from '../ui/io.ts'
import { refuse } from './checked-inventory.ts'
import { readFailure, type Session } from './session.ts'
import { tellReading } from './tell-reading.ts'

/**
 * The plan of what was asked for, on the command line and by earlier runs. An exit code when the
 * inventory names groups that are not there. Sends nothing but reads, and writes nothing but what it has
 * seen healthy, where earlier runs are kept.
 */
export async function prepare(
  settings: Settings,
  io: Io,
  session: Session,
  inventory: Inventory,
  signal: AbortSignal,
): Promise<PlannedRollout | number> {
  const { selection, replaceFailed, reportsDir } = settings
  const { client, others, clock, connection } = session
  const { projectId } = connection
  const openWork = await readOpenWork(reportsDir, projectId, { remember: false })
  const telling = tellReading(settings, io)
  const seenHealthy = new Map<string, string>()
  telling.start()
  try {
    const planned = await planRollout({
      rows: inventory.rows,
      resolution: { ecs: others.ecs, identify: inventory.identify },
      selection,
      openWork,
      client: noticingHealthy(client, seenHealthy),
      others: settings.preflight ? others : null,
      clock,
      replaceFailed,
      dialect: inventory.dialect,
      signal,
      onReading: telling.onReading,
    })
    return planned.kind === 'planned' ? planned : refusePlan(planned, settings, io, inventory)
  } catch (error) {
    throw readFailure(error, session.taken)
  } finally {
    telling.stop()
    const at = clock.now()
    await keepLook(reportsDir, { projectId, at, seenHealthy, openWork, rows: inventory.rows })
  }
}

/** Ends a command whose rows cannot be planned. */
export function refusePlan(
  found: Extract<RolledOut, { kind: 'problems' | 'nothing-selected' }>,
  settings: Settings,
  io: Io,
  inventory: Inventory,
): number {
  if (found.kind === 'problems') return refuse(inventory, found.problems, settings, io)
  const chosen = describeSelection(withoutShard(settings.selection)) ?? 'the selection'
  throw new Failure(
    'usage',
    `No row is selected: ${chosen} matches none of ${inventory.rows.length}. Nothing was sent.`,
    'Correct the selection, then run again.',
  )
}
