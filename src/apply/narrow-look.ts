import { MAY_PASS } from '../cloud/catalogue.ts'
import { ApiError } from '../cloud/errors.ts'
import { MOST_INSTANCES_A_LIST, type SdrsClient } from '../cloud/sdrs/sdrs-client.ts'
import type { ProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'
import { groupKey, isSameGroup, isSameServer, serverKey, unifyId } from '../keys.ts'

/** Whose instance is looked for among those of large groups. */
export interface WantedInstance {
  readonly serverId: string
  readonly groupId: string
  /** As its job or an earlier list has told it; null: nobody has. */
  readonly instanceId: string | null
  readonly need: Need
}

/** How much hangs on what a look shows of an instance. */
export type Need =
  /** Its job tells how it ends: any sight of it will do, and none decides nothing. */
  | 'sight'
  /** Its job has ended well: only how it stands itself counts, and that the list agrees sooner or later. */
  | 'agreement'
  /** Only the list tells: whether it is there, and how it stands. */
  | 'proof'

/** How such a look may ask; left out: groups are always listed whole. */
export type NarrowClient = Partial<Pick<SdrsClient, 'listInstancesInStatus' | 'listInstancesById'>>

/** Groups that show more instances than this together are not listed whole only to see some of them. */
export const WHOLE_UP_TO = 500
/** An instance that was asked for by its ID, in vain so often, is looked for in the whole list. */
const MOST_MISSES = 3
/** So many looks in a row that came to nothing for a reason of the moment: it is none of the moment. */
const MOST_FAILURES = 3
const CREATING = 'creating'

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
 * is not there: whatever hangs on that is left to the whole list. What the lists show counts as the
 * lists of the same groups would have shown it: an instance that is not said to be in one of them is none of theirs. A
 * service that does not take such a filter, or answers as if there were none, is not asked again.
 */
export function createNarrowLook(parts: {
  readonly client: NarrowClient
  readonly signal: AbortSignal
  readonly onError: (error: ApiError) => void
}): (wanted: readonly WantedInstance[]) => Promise<NarrowLook | null> {
  const { listInstancesInStatus, listInstancesById } = parts.client
  /** By the instance's ID, without its spelling. */
  const misses = new Map<string, number>()
  let failures = 0
  let isRefused = listInstancesInStatus === undefined || listInstancesById === undefined

  async function read(wanted: readonly WantedInstance[]): Promise<NarrowLook | null> {
    if (listInstancesInStatus === undefined || listInstancesById === undefined) return null
    const groups = new Set(wanted.map(({ groupId }) => groupKey(groupId)))
    const found = new Map<string, ProtectedInstance>()
    const enter = (instances: readonly ProtectedInstance[]): void => {
      for (const instance of instances) {
        if (!groups.has(groupKey(instance.serverGroupId ?? ''))) continue
        found.set(unifyId(instance.id), instance)
      }
    }

    const isEachKnown = wanted.every(({ instanceId }) => instanceId !== null)
    if (!isEachKnown || wanted.length > MOST_INSTANCES_A_LIST) {
      const shown = await listInstancesInStatus(CREATING, parts.signal)
      isRefused ||= isUnfiltered(shown)
      enter(shown)
    }
    const creating = new Map(
      [...found.values()].map((each) => [serverKey(each.sourceServer ?? ''), each]),
    )
    const idOf = ({ serverId, instanceId }: WantedInstance): string | null =>
      instanceId ?? creating.get(serverKey(serverId))?.id ?? null
    // A filter may go by an older status than the list itself: it is enough only where the job tells the rest.
    const left = wanted.filter(
      ({ serverId, need }) => need !== 'sight' || !creating.has(serverKey(serverId)),
    )
    const ids = left.flatMap((each) => idOf(each) ?? [])
    for (let from = 0; from < ids.length; from += MOST_INSTANCES_A_LIST) {
      const some = ids.slice(from, from + MOST_INSTANCES_A_LIST)
      const shown = await listInstancesById(some, parts.signal)
      isRefused ||= shown.length > some.length
      for (const id of some) found.delete(unifyId(id))
      enter(shown)
    }
    const whole = new Set<string>()
    const untold = new Set<string>()
    for (const each of left) {
      const { serverId, groupId, need } = each
      const id = idOf(each)
      const key = id === null ? null : unifyId(id)
      const instance = key === null ? undefined : found.get(key)
      if (
        key !== null &&
        isSameServer(instance?.sourceServer ?? null, serverId) &&
        isSameGroup(instance?.serverGroupId ?? null, groupId)
      ) {
        misses.delete(key)
        continue
      }
      const missed = key === null ? 0 : (misses.get(key) ?? 0) + 1
      const isWhole =
        need === 'proof' || (need === 'agreement' && key === null) || missed >= MOST_MISSES
      if (isWhole) whole.add(groupId)
      else untold.add(serverKey(serverId))
      if (key === null) continue
      // The whole list tells now; whether its ID brings it is tried again after that.
      if (isWhole) misses.delete(key)
      else misses.set(key, missed)
    }
    return { found: [...found.values()], whole, untold }
  }

  return async (wanted) => {
    if (isRefused || parts.signal.aborted) return null
    try {
      const look = await read(wanted)
      failures = 0
      return look
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      parts.onError(error)
      // In doubt the whole list is the one that is known to work.
      failures += 1
      isRefused = !MAY_PASS[error.class] || failures >= MOST_FAILURES
      return null
    }
  }
}

/** More in other statuses than in the one asked for, and more than a lagging filter could show: there was no filter. */
function isUnfiltered(shown: readonly ProtectedInstance[]): boolean {
  const others = shown.filter(({ status }) => status !== CREATING).length
  return others > MOST_INSTANCES_A_LIST && 2 * others > shown.length
}
