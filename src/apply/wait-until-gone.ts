import { hasBeenHealthy } from '../instance-status.ts'
import type { RowResult } from '../outcome.ts'
import { openResult } from '../outcome-sentences.ts'
import { ApiError, isNoSuchInstance } from '../cloud/errors.ts'
import type { ProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'
import type { RunContext } from './context.ts'
import { isSignInRefused } from './group-look.ts'
import { lookTimes } from './poll-schedule.ts'

/** Between two looks at an instance that is being deleted, unless `--poll-interval` says otherwise. */
const TICK_MS = 5_000

/** What one look has shown; `unreadable`: nobody can tell. */
type Look = ProtectedInstance | 'unreadable' | null

type Asking = Pick<RunContext, 'client' | 'stop' | 'allInstances'>

/**
 * Waits for an instance whose delete was sent, and perhaps lost. `gone` is said only where SDRS itself
 * knows no such instance, or where the list leaves it out through the whole settle window: a create
 * follows, and one list that lacks it, or a gateway's 404, proves nothing. `still-there`: nothing deletes
 * it, once the settle window is over. A result where the row ends with it.
 */
export async function waitUntilGone(
  context: Asking & Pick<RunContext, 'clock' | 'settleWindowMs' | 'pollIntervalMs' | 'patienceMs'>,
  instanceId: string,
): Promise<'gone' | 'still-there' | 'error-deleting' | RowResult> {
  const from = context.clock.now()
  const settled = lookTimes(context.settleWindowMs).at(-1) ?? 0
  /** Since when every list has left it out, and nobody could be asked for it; null: not the last one. */
  let leftOutSince: number | null = null
  for (;;) {
    await context.clock.sleep(context.pollIntervalMs ?? TICK_MS, context.stop.following)
    if (context.stop.following.aborted) {
      return openResult('conflict', 'being-deleted', {
        why: 'run-ended',
        instanceId,
        status: 'deleting',
      })
    }
    const lookedAt = context.clock.now()
    const elapsed = lookedAt - from
    const listed = await listedNow(context, instanceId)
    const now = listed === null ? await shownNow(context, instanceId) : listed
    if (now === null) return 'gone'
    const isLeftOut = listed === null && now === 'unreadable'
    if (isLeftOut && leftOutSince !== null && lookedAt - leftOutSince >= settled) return 'gone'
    leftOutSince = isLeftOut ? (leftOutSince ?? lookedAt) : null
    const status = now === 'unreadable' ? null : now.status
    if (status === 'error-deleting') return status
    if (elapsed > settled && (status === 'error' || (status !== null && hasBeenHealthy(status)))) {
      return 'still-there'
    }
    if (elapsed > context.patienceMs) {
      return openResult('conflict', 'being-deleted', {
        why: 'slow',
        instanceId,
        status: status ?? 'deleting, as far as is known',
      })
    }
  }
}

/** As the list has it; null where that leaves it out, which is no proof. */
export async function listedNow(
  { allInstances, stop }: Pick<Asking, 'allInstances' | 'stop'>,
  instanceId: string,
): Promise<Look> {
  try {
    const all = await allInstances()
    return all.find((candidate) => candidate.id === instanceId) ?? null
  } catch (error) {
    return unreadable(error, stop)
  }
}

/** As it is shown by its ID; null only where SDRS itself says that there is none. */
async function shownNow({ client, stop }: Asking, instanceId: string): Promise<Look> {
  try {
    return await client.showProtectedInstance(instanceId, stop.following)
  } catch (error) {
    return error instanceof ApiError && isNoSuchInstance(error) ? null : unreadable(error, stop)
  }
}

function unreadable(error: unknown, stop: RunContext['stop']): 'unreadable' {
  if (!(error instanceof ApiError)) throw error
  if (isSignInRefused(error)) stop.loseAccess(error, true)
  return 'unreadable'
}
