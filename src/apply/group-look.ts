import { indexInstances, locateInstance } from '../plan/locate-instance.ts'
import { MOST_GROUPS_A_LIST, type SdrsClient } from '../cloud/sdrs/sdrs-client.ts'
import { ApiError } from '../cloud/errors.ts'
import type { ProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'
import { groupBy } from '../group-by.ts'
import { groupKey, serverKey, unifyId } from '../keys.ts'
import {
  createNarrowLook,
  WHOLE_UP_TO,
  type NarrowClient,
  type WantedInstance,
} from './narrow-look.ts'
import type { StopControl } from './stop.ts'

/** What one look at some groups has shown of a server. */
export type Sight =
  | { readonly kind: 'list'; readonly instance: ProtectedInstance | null }
  | { readonly kind: 'no-list'; readonly refused: boolean }

export interface GroupLook {
  of(wanted: { readonly serverId: string; readonly groupId: string }): Sight
  /** What the service said when it would not let the group be listed; null: it did, or for another reason. */
  forbidden(groupId: string): ApiError | null
  /** Nothing at all could be read. */
  readonly isBlind: boolean
  /** Instances that were read. */
  readonly size: number
}

/**
 * Lists groups, as many a call as the service takes. A group that may not be listed, or that is gone,
 * makes the service refuse the whole call: then the call is split until the culprits are known, and
 * from then on those are looked for in the list without a filter. What that list does not show of them
 * is no proof of anything. Only a refused sign-in, or a service that lists nothing at all any more,
 * ends the following. Of groups that are large together only those instances are asked for that are `wanted`
 * (see narrow-look.ts).
 */
export function createGroupLook(parts: {
  readonly client: Pick<SdrsClient, 'listProtectedInstances'> & NarrowClient
  readonly stop: StopControl
  /** Instances that are listed whole; default: those of half a page. */
  readonly wholeUpTo?: number
}): (groupIds: readonly string[], wanted?: readonly WantedInstance[]) => Promise<GroupLook> {
  const { client, stop, wholeUpTo = WHOLE_UP_TO } = parts
  const culprits = new Map<string, ApiError>()
  /** How many instances each group has shown. */
  const sizes = new Map<string, number>()
  const lookNarrowly = createNarrowLook({
    client,
    signal: stop.following,
    onError: (error) => {
      if (isSignInRefused(error)) stop.loseAccess(error, true)
    },
  })

  async function read(groupIds: readonly string[] | null): Promise<ProtectedInstance[] | ApiError> {
    try {
      return await client.listProtectedInstances(groupIds, stop.following)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (isSignInRefused(error)) stop.loseAccess(error, true)
      return error
    }
  }

  function count(groupIds: readonly string[], instances: readonly ProtectedInstance[]): void {
    const byGroup = groupBy(instances, ({ serverGroupId }) => groupKey(serverGroupId ?? ''))
    for (const id of groupIds) sizes.set(id, byGroup.get(groupKey(id))?.length ?? 0)
  }

  return async (asked, wanted = []) => {
    const size = asked.reduce((sum, id) => sum + (sizes.get(id) ?? 0), 0)
    const narrow = size > wholeUpTo && wanted.length > 0 ? await lookNarrowly(wanted) : null
    const groupIds = narrow === null ? asked : asked.filter((id) => narrow.whole.has(id))
    /** By ID: what a later list shows of an instance stands for what an earlier one has shown. */
    const found = new Map((narrow?.found ?? []).map((each) => [unifyId(each.id), each]))
    const enter = (instances: readonly ProtectedInstance[]): void => {
      for (const instance of instances) found.set(unifyId(instance.id), instance)
    }
    const listed = new Set<string>()
    const refused = new Set<string>()

    async function list(some: readonly string[]): Promise<void> {
      if (some.length === 0 || stop.following.aborted) return
      const answer = await read(some)
      if (!(answer instanceof ApiError)) {
        enter(answer)
        count(some, answer)
        for (const id of some) listed.add(id)
      } else if (isAboutGroups(answer)) {
        const [only] = some
        if (some.length === 1 && only !== undefined) {
          culprits.set(only, answer)
          return
        }
        const half = Math.ceil(some.length / 2)
        await list(some.slice(0, half))
        await list(some.slice(half))
      }
    }

    const open = groupIds.filter((id) => !culprits.has(id))
    for (let from = 0; from < open.length; from += MOST_GROUPS_A_LIST) {
      await list(open.slice(from, from + MOST_GROUPS_A_LIST))
    }
    const shut = groupIds.filter((id) => culprits.has(id))
    if (shut.length > 0 && !stop.following.aborted) {
      const answer = await read(null)
      if (!(answer instanceof ApiError)) {
        enter(answer)
        for (const id of shut) refused.add(id)
      } else if (isAboutGroups(answer)) {
        for (const id of shut) refused.add(id)
        if (listed.size === 0 && shut.length === groupIds.length && answer.class === 'access') {
          stop.loseAccess(answer, true)
        }
      }
    }

    const index = indexInstances([...found.values()])
    return {
      forbidden(groupId) {
        const why = culprits.get(groupId) ?? null
        return why?.class === 'access' ? why : null
      },
      isBlind: narrow === null && listed.size === 0 && found.size === 0,
      size: found.size,
      of(wanted) {
        const located = locateInstance(index, wanted)
        if (located !== null && !located.asDrServer) {
          return { kind: 'list', instance: located.instance }
        }
        const isUnseen = narrow?.untold.has(serverKey(wanted.serverId)) === true
        if (isUnseen && !listed.has(wanted.groupId)) return { kind: 'no-list', refused: false }
        return listed.has(wanted.groupId)
          ? { kind: 'list', instance: null }
          : { kind: 'no-list', refused: refused.has(wanted.groupId) }
      },
    }
  }
}

/** A refusal on its merits: not of the moment, and not of something in between. */
function isAboutGroups(error: ApiError): boolean {
  if (error.class === 'access') return !isSignInRefused(error)
  return (error.class === 'row' || error.class === 'group-done') && error.answeredBy === 'service'
}

export function isSignInRefused(error: ApiError): boolean {
  return error.accessScope === 'sign-in'
}
