import { ApiError } from '../cloud/errors.ts'
import { MOST_INSTANCES_A_LIST, type SdrsClient } from '../cloud/sdrs/sdrs-client.ts'
import type { ProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'
import { isSameServer, serverKey } from '../keys.ts'

/** Whose instance is looked for among those of large groups. */
export interface WantedInstance {
  readonly serverId: string
  readonly groupId: string
  /** As its job or an earlier list has told it; null: nobody has. */
  readonly instanceId: string | null
  /** Its job can be asked: that a list does not show the instance decides nothing. */
  readonly hasJob: boolean
}

/** How such a look may ask; left out: groups are always listed whole. */
export type NarrowClient = Partial<Pick<SdrsClient, 'listInstancesInStatus' | 'listInstancesById'>>

/** Groups that show more instances than this together are not listed whole only to see some of them. */
export const WHOLE_UP_TO = 500
/** An instance that was asked for by its ID, in vain so often, is looked for in the whole list. */
const MOST_MISSES = 3

export interface NarrowLook {
  /** What was seen of some of them; of the rest the whole list of their groups must tell. */
  readonly found: readonly ProtectedInstance[]
  /** Groups that have to be listed whole. */
  readonly whole: ReadonlySet<string>
  /** Nothing has been learnt of these, by their servers. */
  readonly untold: ReadonlySet<string>
}

/**
 * Looks at some instances of large groups, at a cost that does not grow with the groups: those that are being
 * created are listed by that status, and those that have moved on by their IDs. Neither proves that something
 * is not there: whatever hangs on that is left to the whole list. A service that does not take such a filter
 * is not asked again.
 */
export function createNarrowLook(parts: {
  readonly client: NarrowClient
  readonly signal: AbortSignal
  readonly onError: (error: ApiError) => void
}): (wanted: readonly WantedInstance[]) => Promise<NarrowLook | null> {
  const { listInstancesInStatus, listInstancesById } = parts.client
  const misses = new Map<string, number>()
  let isRefused = listInstancesInStatus === undefined || listInstancesById === undefined

  async function read(wanted: readonly WantedInstance[]): Promise<NarrowLook | null> {
    if (listInstancesInStatus === undefined || listInstancesById === undefined) return null
    const creating =
      wanted.length <= MOST_INSTANCES_A_LIST &&
      wanted.every(({ instanceId }) => instanceId !== null)
        ? []
        : await listInstancesInStatus('creating', parts.signal)
    const found = new Map(creating.map((instance) => [instance.id, instance]))
    const sources = new Set(creating.map(({ sourceServer }) => serverKey(sourceServer ?? '')))
    const left = wanted.filter(({ serverId }) => !sources.has(serverKey(serverId)))
    const ids = left.flatMap(({ instanceId }) => instanceId ?? [])
    for (let from = 0; from < ids.length; from += MOST_INSTANCES_A_LIST) {
      const some = ids.slice(from, from + MOST_INSTANCES_A_LIST)
      for (const instance of await listInstancesById(some, parts.signal)) {
        found.set(instance.id, instance)
      }
    }
    const whole = new Set<string>()
    const untold = new Set<string>()
    for (const { serverId, groupId, instanceId, hasJob } of left) {
      const instance = instanceId === null ? undefined : found.get(instanceId)
      if (instance !== undefined && isSameServer(instance.sourceServer, serverId)) {
        misses.delete(instance.id)
        continue
      }
      const missed = instanceId === null ? 0 : (misses.get(instanceId) ?? 0) + 1
      if (instanceId !== null) misses.set(instanceId, missed)
      if (!hasJob || missed >= MOST_MISSES) whole.add(groupId)
      else untold.add(serverKey(serverId))
    }
    return { found: [...found.values()], whole, untold }
  }

  return async (wanted) => {
    if (isRefused || parts.signal.aborted) return null
    try {
      return await read(wanted)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      parts.onError(error)
      // Of the moment, or for good: in doubt the whole list is the one that is known to work.
      isRefused = error.answeredBy === 'service'
      return null
    }
  }
}
