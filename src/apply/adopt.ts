import { liveStateFrom } from '../plan/live-state.ts'
import { NO_OPEN_WORK } from '../journal/replay.ts'
import type { Action } from '../plan/action.ts'
import { makePlan, type PlannedRow } from '../plan/plan.ts'
import type { ApiError } from '../cloud/errors.ts'
import type { ProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'
import { protectedResult, type RowResult } from '../outcome.ts'
import { openResult } from '../outcome-sentences.ts'
import { driftOf } from '../plan/drift.ts'
import * as ends from './ends.ts'
import { findServer } from './find-server.ts'
import { follow } from './follow.ts'
import { showKnown } from './known-instance.ts'
import { isLongOut, noteInstance, openSince, type OneRow, type Step } from './one-row.ts'

/**
 * The service refuses a create, and the server may be protected all the same: SDRS.1305 says so, and
 * after a create of ours that was lost, or beside an instance that journals know, any refusal may be its
 * echo (the address is in use, the disk in a pair, the group full or the quota spent: by that very
 * create). Looked for patiently. Not found, nobody knows: it stays open, and nothing follows from the
 * refusal. Null: nothing is out there that it could be an echo of.
 */
export async function adopt(one: OneRow, error: ApiError): Promise<Step> {
  const { context, creation, planned } = one
  const since = openSince(one)
  const ours = since !== null || planned.action.kind === 'look'
  const search = await findServer(context, creation.subject, { patient: true })
  // Only SDRS.1305 has not been written down yet.
  if (creation.fate().kind === 'sent')
    await creation.refused(error, ours ? (since ?? context.clock.now()) : null)
  if (search.kind === 'found') return settleFound(one, search.instance, ours)
  const shown = await showKnown(one, one.unproven)
  if (shown !== null) return settleFound(one, shown, ours)
  if (error.class === 'exists') return ends.notInList('exists', ours)
  if (one.unproven.length > 0) return ends.notInList('known', ours)
  const isOver = since === null || (isLongOut(one) && search.kind === 'not-found')
  return isOver ? null : ends.echoed(error)
}

/**
 * A look has shown an instance of a server for which a create was to be sent, or was refused. In our group
 * it is ours where a create of ours may have made it; else it was there before, and the plan's own rules
 * say what to do.
 */
export async function settleFound(
  one: OneRow,
  found: ProtectedInstance,
  ours: boolean,
): Promise<RowResult> {
  const { context, creation, planned, account } = one
  noteInstance(account, found)
  const action = decideAnew(planned, found)
  if (action.kind === 'conflict' && !(ours && action.result.reason === 'broken-instance')) {
    return action.result
  }
  if (action.kind === 'keep' && !ours) {
    return protectedResult('already-protected', { message: action.warning, drift: action.drift })
  }
  if (ours) await creation.found(found.id)
  context.dispatcher.occupy(planned.group.id)
  const target = {
    ...creation.subject,
    jobId: null,
    live: liveStateFrom(found, null),
    since: context.clock.now(),
  }
  const result = (await follow(one, target)) ?? ends.notInList('vanished', ours)
  return ours ? result : asSomebodyElses(one, found, result)
}

/** Followed to its end, and yet no create of ours made it, or left it broken. */
function asSomebodyElses(one: OneRow, found: ProtectedInstance, result: RowResult): RowResult {
  if (result.kind === 'created') {
    const drift = driftOf(one.planned.row, found)
    return protectedResult('already-protected', { message: result.message, drift })
  }
  if (result.kind !== 'failed') return result
  // Its create failed and left nothing: what was found is gone.
  if (one.left === null) return ends.notInList('vanished', false)
  const instance = { ...found, status: one.left.status }
  return openResult('conflict', 'broken-instance', { why: 'found', instance })
}

/** What a plan made now would say of this row, with this instance there. */
export function decideAnew(planned: PlannedRow, instance: ProtectedInstance): Action {
  const plan = makePlan({
    rows: [planned.row],
    groups: new Map([[planned.row.row, planned.group]]),
    snapshot: {
      takenAt: 0,
      groups: [planned.group],
      instances: [instance],
      failureJobs: [],
      preflight: null,
    },
    openWork: NO_OPEN_WORK,
    replaceFailed: false,
  })
  return plan.rows[0]?.action ?? { kind: 'create' }
}
