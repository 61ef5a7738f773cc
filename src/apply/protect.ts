import { NO_FATE } from '../journal/fate.ts'
import { serverKey } from '../keys.ts'
import { liveStateFrom, NOT_SEEN_YET } from '../plan/live-state.ts'
import type { Action } from '../plan/action.ts'
import type { PlannedRow } from '../plan/plan.ts'
import { protectedResult, type Outcome, type RowResult } from '../outcome.ts'
import { newAccount, outcomeOf, type Account } from './account.ts'
import type { RunContext } from './context.ts'
import { createCreation } from './creation.ts'
import type { Turn } from './dispatch.ts'
import * as ends from './ends.ts'
import { follow } from './follow.ts'
import { keepKnown } from './keep-known.ts'
import type { Target } from './followed.ts'
import { noteInstance, type OneRow, type Step } from './one-row.ts'
import { removeFailed } from './remove-failed.ts'
import { sendUntilEnded } from './send-until-ended.ts'

/** Sees one planned row to its end: sends what must be sent, follows what runs. */
export async function protectRow(context: RunContext, planned: PlannedRow): Promise<Outcome> {
  // Thousands wait for their turn. Until it comes a new one holds nothing but its place among them.
  const first = isNew(context, planned)
    ? await context.dispatcher.turn(planned.group.id, FIRST_TURN)
    : null
  const account = newAccount()
  const result = await resultOf(context, planned, account, first)
  return outcomeOf(account, result, context.clock.now())
}

const FIRST_TURN = { notBefore: Number.NEGATIVE_INFINITY, again: false } as const

/** Nothing has to be looked for, removed or waited for before it is sent: its wave has begun, or it would not be here. */
function isNew({ knownInstances }: RunContext, { action, row }: PlannedRow): boolean {
  return action.kind === 'create' && !knownInstances.has(serverKey(row.serverId))
}

async function resultOf(
  context: RunContext,
  planned: PlannedRow,
  account: Account,
  first: Turn | null,
): Promise<RowResult> {
  const { action, row, group } = planned
  const settled = resultOfPlan(action, account)
  if (settled !== null) return settled
  const open = 'open' in action ? action.open : null
  const creation = createCreation(
    { serverId: row.serverId, name: row.name, groupId: group.id },
    open?.fate ?? NO_FATE,
    context,
  )
  const one: OneRow = {
    context,
    planned,
    account,
    creation,
    lost: 0,
    outSince: null,
    earlier: open,
    left: null,
    unproven: [],
    triedFailed: false,
    lastLost: null,
  }
  const result =
    first === null
      ? ((await beforeSending(one, action)) ??
        (await turnOfWave(one)) ??
        (await keepKnown(one)) ??
        (await sendUntilEnded(one, null)))
      : await sendUntilEnded(one, first)
  if (result.kind === 'created' || result.kind === 'failed' || result.kind === 'conflict') {
    // Only what a create is known to have left may ever be deleted.
    const left = result.kind === 'failed' && one.left?.proven === true ? one.left.status : null
    await creation.settled(outcomeOf(account, result, context.clock.now()), left)
  }
  return result
}

/** What runs already is followed from the start; what comes of it to be sent waits for its wave. */
async function turnOfWave({ context, planned }: OneRow): Promise<Step> {
  return (await context.waveStarts(planned)) ? null : ends.notAttempted('wave-stopped')
}

/** What the plan has decided already: nothing is sent for these. */
function resultOfPlan(action: Action, account: Account): RowResult | null {
  switch (action.kind) {
    case 'keep':
      noteInstance(account, action.instance)
      return protectedResult('already-protected', { message: action.warning, drift: action.drift })
    case 'conflict':
      noteInstance(account, action.instance)
      return action.result
    case 'blocked':
      account.errorCode = action.errorCode
      return action.result
    case 'create':
    case 'look':
    case 'resume':
    case 'replace':
      return null
  }
}

/** What must be known or done before a create may go. */
async function beforeSending(one: OneRow, action: Action): Promise<Step> {
  const { context, creation, account } = one
  if (action.kind === 'replace') return removeFailed(one, action.instance)
  if (action.kind !== 'look' && action.kind !== 'resume') return null
  if (action.kind === 'resume' && action.instance !== null) noteInstance(account, action.instance)
  const target: Target = {
    ...creation.subject,
    // It may be in another group than the row names now, or than an earlier run meant to create it in.
    groupId:
      (action.kind === 'resume' ? action.instance?.serverGroupId : null) ??
      action.open?.groupId ??
      creation.subject.groupId,
    // Where the fate is unknown a job has said all it can: only the list tells now.
    jobId: action.kind === 'resume' ? (action.open?.jobId ?? null) : null,
    live:
      action.kind === 'resume'
        ? liveStateFrom(action.instance, action.open?.instanceId ?? null)
        : NOT_SEEN_YET,
    since: action.open?.intendedAt ?? context.clock.now(),
  }
  account.jobId = action.open?.jobId ?? null
  account.submittedAt = action.open?.intendedAt ?? null
  context.dispatcher.occupy(target.groupId)
  return follow(one, target)
}
