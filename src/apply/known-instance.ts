import { isSameServer } from '../keys.ts'
import { ApiError, isNoSuchInstance } from '../cloud/errors.ts'
import type { ProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'
import { isSignInRefused } from './group-look.ts'
import type { OneRow } from './one-row.ts'

/**
 * Asks by their IDs, which no list can leave out, for instances of the row's server that journals know.
 * The first that is there, or null; `one.unproven` are then those of which nobody could tell. That one
 * is gone only SDRS itself can say: a gateway's 404 or an answer that cannot be read proves nothing.
 */
export async function showKnown(
  one: OneRow,
  instanceIds: readonly string[],
): Promise<ProtectedInstance | null> {
  const { client, stop } = one.context
  const unproven: string[] = []
  for (const id of instanceIds) {
    try {
      const shown = await client.showProtectedInstance(id, stop.following)
      if (isOfServer(shown, one.creation.subject.serverId)) return shown
      // It is there, but not said to be whose: as good as no answer.
      if (shown.sourceServer === null) unproven.push(id)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (isSignInRefused(error)) stop.loseAccess(error, true)
      if (!isNoSuchInstance(error)) unproven.push(id)
    }
  }
  one.unproven = unproven
  return null
}

/** After a failover it is undocumented which of the two servers is called source. */
function isOfServer({ sourceServer, targetServer }: ProtectedInstance, serverId: string): boolean {
  return isSameServer(sourceServer, serverId) || isSameServer(targetServer, serverId)
}
