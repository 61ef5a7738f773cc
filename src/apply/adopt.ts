import { liveStateFrom } from '../plan/live-state.ts'
import { NO_OPEN_WORK } from '../journal/replay.ts'
import type { Action } from '../plan/action.ts'
import { makePlan, type PlannedRow } from '../plan/plan.ts'
import type { ApiError } from '../sdrs/errors.ts'
import type { ProtectedInstance } from '../sdrs/schema.ts'
import { protectedResult, type RowResult } from '../outcome.ts'
import * as ends from './ends.ts'
import { findServer } from './find-server.ts'
import { follow } from './follow.ts'
import { noteInstance, type OneRow } from './one-row.ts'

/**
 * SDRS.1305: the server is used already. After a create of ours whose answer was lost, the instance
 * in our group is ours; otherwise it was there before, and the plan's own rules say what to do.
 */
export async function adopt(one: OneRow, error: ApiError): Promise<RowResult> {
  const { context, creation, planned, account } = one
  const afterLost = one.lost > 0 || planned.action.kind === 'look'
  const search = await findServer(context, creation.subject, { patient: true })
  if (search.kind !== 'found') {
    if (afterLost) await creation.lost(error)
    else await creation.refused(error)
    return ends.notInList('exists')
  }
  const found = search.instance
  noteInstance(account, found)
  const action = decideAnew(planned, found)
  if (action.kind === 'conflict' && !(afterLost && action.result.reason === 'broken-instance')) {
    await creation.refused(error)
    return action.result
  }
  if (action.kind === 'keep' && !afterLost) {
    await creation.refused(error)
    return protectedResult('already-protected', { message: action.warning, drift: action.drift })
  }
  if (afterLost) await creation.found(found.id)
  else await creation.refused(error)
  context.dispatcher.occupy(planned.group.id)
  const target = {
    ...creation.subject,
    jobId: null,
    live: liveStateFrom(found, null),
    since: context.clock.now(),
  }
  return (await follow(one, target)) ?? ends.notInList('vanished')
}

/** What a plan made now would say of this row, with this instance there. */
function decideAnew(planned: PlannedRow, instance: ProtectedInstance): Action {
  const plan = makePlan({
    rows: [planned.row],
    groups: new Map([[planned.row.row, planned.group]]),
    snapshot: { takenAt: 0, groups: [planned.group], instances: [instance], failureJobs: [] },
    openWork: NO_OPEN_WORK,
    replaceFailed: false,
  })
  return plan.rows[0]?.action ?? { kind: 'create' }
}
