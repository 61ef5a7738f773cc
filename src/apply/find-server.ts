import { idKey } from '../inventory/row.ts'
import { ApiError } from '../sdrs/errors.ts'
import { isBroken, type ProtectedInstance } from '../sdrs/schema.ts'
import { lookTimes } from './poll-schedule.ts'
import type { RunContext } from './context.ts'

/**
 * Looks for a server in the whole project, as production or DR server. Patient: through the settle
 * window, since a list can lag. Null when it is not there; `unreadable` when nobody can tell.
 */
export async function findServer(
  context: Pick<RunContext, 'clock' | 'stop' | 'settleWindowMs' | 'allInstances'>,
  serverId: string,
  { patient }: { readonly patient: boolean },
): Promise<ProtectedInstance | null | 'unreadable'> {
  const from = context.clock.now()
  const times = [0, ...(patient ? lookTimes(context.settleWindowMs) : [])]
  let readable = false
  for (const time of times) {
    await context.clock.sleep(
      Math.max(0, from + time - context.clock.now()),
      context.stop.following,
    )
    if (context.stop.following.aborted) return 'unreadable'
    try {
      const found = pick(await context.allInstances(), serverId)
      if (found !== null) return found
      readable = true
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.class === 'access') context.stop.loseAccess(error, true)
      readable = false
    }
  }
  return readable ? null : 'unreadable'
}

function pick(instances: readonly ProtectedInstance[], serverId: string): ProtectedInstance | null {
  const key = idKey(serverId)
  const asSource = instances.filter((instance) => idKey(instance.sourceServer ?? '') === key)
  const asTarget = instances.filter((instance) => idKey(instance.targetServer ?? '') === key)
  return (
    asSource.find((instance) => !isBroken(instance.status)) ?? asSource[0] ?? asTarget[0] ?? null
  )
}
