import { join } from 'node:path'
import { EXIT } from '../exit-code.ts'
import { Failure } from '../failure.ts'
import type { Inventory } from '../inventory/read.ts'
import { describeSelection } from '../inventory/select.ts'
import { readJournals, unusable } from '../journal/journal-file.ts'
import { JOURNAL_FILE } from '../journal/journal.ts'
import { InconsistentJournal, replay, type OpenWork } from '../journal/replay.ts'
import { planRollout, withoutShard, type PlannedRollout } from '../rollout/plan-rollout.ts'
import type { Settings } from '../settings.ts'
import type { Io } from '../ui/io.ts'
import { refuse } from './checked-inventory.ts'
import { readFailure, type Session } from './session.ts'

/** A service that is down or asks us to wait may take minutes: somebody should know. */
const SLOW_MS = 4_000

/**
 * The plan of what was asked for, on the command line and by earlier runs. An exit code when the
 * inventory names groups that are not there. Sends nothing but reads.
 */
export async function prepare(
  settings: Settings,
  io: Io,
  session: Session,
  inventory: Inventory,
  signal: AbortSignal,
): Promise<PlannedRollout | number> {
  const openWork = await readOpenWork(settings, session)
  const patience = setTimeout(() => {
    if (!settings.quiet) io.stderr.write('Reading the cloud takes longer than usual …\n')
  }, SLOW_MS)
  const { selection, replaceFailed } = settings
  const { client, clock } = session
  const { rows } = inventory
  const planned = await planRollout({
    rows,
    selection,
    openWork,
    client,
    clock,
    replaceFailed,
    signal,
  })
    .catch((error: unknown) => {
      throw readFailure(error)
    })
    .finally(() => clearTimeout(patience))
  switch (planned.kind) {
    case 'planned':
      return planned
    case 'problems':
      return refuse(inventory, planned.problems, settings, io)
    case 'nothing-selected': {
      const chosen = withoutShard(selection)
      throw new Failure(
        EXIT.usage,
        `No row is selected: ${describeSelection(chosen) ?? 'the selection'} matches none of ${rows.length}. Nothing was sent.`,
        'Correct the selection, then run again.',
      )
    }
  }
}

async function readOpenWork(settings: Settings, { connection }: Session): Promise<OpenWork> {
  const runs = await readJournals(settings.reportsDir)
  const { endpoints, projectId } = connection
  try {
    return replay(runs, { endpoint: endpoints.sdrs, projectId })
  } catch (error) {
    if (!(error instanceof InconsistentJournal)) throw error
    throw unusable(join(settings.reportsDir, error.runId, JOURNAL_FILE), error)
  }
}
