import {
  indexInstances,
  locateInstance,
  type Located,
  type Wanted,
} from '../plan/locate-instance.ts'
import { ApiError } from '../cloud/errors.ts'
import { isSignInRefused } from './group-look.ts'
import { lookTimes } from './poll-schedule.ts'
import type { RunContext } from './context.ts'

/** What a search has come to; `unreadable`: nobody can tell. */
export type Search =
  | ({ readonly kind: 'found' } & Located)
  | { readonly kind: 'not-found' }
  | { readonly kind: 'unreadable' }

/**
 * Looks for a server in the whole project, as production or DR server. Patient: through the settle
 * window, since a list can lag.
 */
export async function findServer(
  context: Pick<RunContext, 'clock' | 'stop' | 'settleWindowMs' | 'allInstances'>,
  wanted: Wanted,
  { patient }: { readonly patient: boolean },
): Promise<Search> {
  const from = context.clock.now()
  const times = [0, ...(patient ? lookTimes(context.settleWindowMs) : [])]
  let readable = false
  for (const time of times) {
    await context.clock.sleep(
      Math.max(0, from + time - context.clock.now()),
      context.stop.following,
    )
    if (context.stop.following.aborted) return { kind: 'unreadable' }
    try {
      const located = locateInstance(indexInstances(await context.allInstances()), wanted)
      if (located !== null) return { kind: 'found', ...located }
      readable = true
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (isSignInRefused(error)) context.stop.loseAccess(error, true)
      readable = false
    }
  }
  return { kind: readable ? 'not-found' : 'unreadable' }
}
